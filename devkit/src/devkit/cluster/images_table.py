"""The table of images: what each is built from. The first file to read about images.

An image's tag in development is a digest of its sources, so `sources` must name all that its
Dockerfile copies; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PREFIX = "day-trading"
"""In front of the name of every image of the platform."""
BASES = "tests/cluster/bases"
LOCK = "requirements.lock"


@dataclass(frozen=True)
class ImageSpec:
    """One image, as a Dockerfile of this repository makes it."""

    name: str
    dockerfile: str
    sources: tuple[str, ...] = ()
    """Files and folders of the repository that go into it, besides the Dockerfile."""
    bases: Mapping[str, str] = field(default_factory=dict)
    """Build argument -> the base made here (a key of `BASE_IMAGES`) that stands in for the official
    image where no Docker engine can fetch that."""
    prefix: str = PREFIX
    contexts: tuple[str, ...] = ()
    """Folders of this machine that are copied from; see `devkit.cluster.images_bases`."""
    shared_stage: str | None = None
    """A stage that is the same in several Dockerfiles: built once, before them."""


def _python(name: str, package: str) -> ImageSpec:
    return ImageSpec(
        name,
        f"services/{name}/Dockerfile",
        (LOCK, "services/chassis/image", *_package("services/chassis"), *_package(package)),
        {"PYTHON_IMAGE": "python", "PYTHON_BUILD_IMAGE": "python-build"},
        shared_stage="tools",
    )


def _package(folder: str) -> tuple[str, str]:
    return f"{folder}/pyproject.toml", f"{folder}/src"


SERVICE_IMAGES = (
    ImageSpec(
        "matching-engine",
        "services/matching-engine/Dockerfile",
        tuple(f"services/matching-engine/{part}" for part in ("go.mod", "go.sum", "cmd", "internal")),
        {"GO_IMAGE": "go"},
    ),
    *(_python(name, f"services/{name}") for name in
      ("auth", "trading", "market-data", "audit-log", "gateway")),
)  # fmt: skip
UI_IMAGE = ImageSpec(
    "ui",
    "frontend/Dockerfile",
    tuple(
        f"frontend/{part}"
        for part in ("package.json", "package-lock.json", "index.html", "tsconfig.json",
                     "vite.config.ts", "public", "scripts", "src", "nginx")
    ),
    {"NODE_IMAGE": "node", "NGINX_IMAGE": "nginx"},
)  # fmt: skip
TOOLBOX_IMAGE = ImageSpec(
    "toolbox",
    "loadtest/Dockerfile",
    (LOCK, "services/chassis/image", *_package("services/chassis"), *_package("loadtest"),
     "loadtest/ob-analytics.lock", *_package("loadtest/simulator"), "tests/verify"),
    {"PYTHON_IMAGE": "python", "PYTHON_BUILD_IMAGE": "python-build"},
    shared_stage="tools",
)  # fmt: skip
PLATFORM_IMAGES = (*SERVICE_IMAGES, UI_IMAGE, TOOLBOX_IMAGE)
"""What the chart runs."""

LOAD_IMAGE = ImageSpec(
    "load",
    "k8s/load/Dockerfile",
    (LOCK, "services/chassis/image", *_package("loadtest"), "loadtest/plans.json", "loadtest/k6",
     "loadtest/jmeter"),
    {"PYTHON_IMAGE": "python", "PYTHON_BUILD_IMAGE": "python-build", "GO_IMAGE": "go",
     "MAVEN_IMAGE": "maven"},
    shared_stage="tools",
)  # fmt: skip
"""What loads a platform that is in a cluster (k8s/load): built when that is asked for."""

BACKING_IMAGES = (
    *(ImageSpec(name, f"{BASES}/{name}/Dockerfile", (), {"DEBIAN_IMAGE": "debian"}, "backing")
      for name in ("postgresql", "redis", "rabbitmq")),
    ImageSpec("prometheus", f"{BASES}/prometheus/Dockerfile", (), {"GO_IMAGE": "go"}, "backing"),
    ImageSpec("otel-collector", f"{BASES}/otel-collector/Dockerfile",
              (f"{BASES}/otel-collector/components.yaml",), {"GO_IMAGE": "go"}, "backing"),
)  # fmt: skip
"""Stand-ins for official images of servers, from the system's packages or their Go modules: only built
where no Docker engine can fetch those. Their prefix is "backing"."""

BASE_IMAGES = {
    spec.name: spec
    for spec in (
        ImageSpec("python", f"{BASES}/python/Dockerfile", (), {"BASE": "debian"}, "base"),
        ImageSpec("python-build", f"{BASES}/python-build/Dockerfile", (), {"BASE": "python"}, "base",
                  ("certificates",)),
        ImageSpec("go", f"{BASES}/go/Dockerfile", (), {"BASE": "debian"}, "base",
                  ("certificates", "go")),
        ImageSpec("node", f"{BASES}/node/Dockerfile", (), {"BASE": "debian"}, "base",
                  ("certificates", "node")),
        ImageSpec("nginx", f"{BASES}/nginx/Dockerfile", (), {"BASE": "debian"}, "base"),
        ImageSpec("maven", f"{BASES}/maven/Dockerfile", (), {"BASE": "debian"}, "base",
                  ("certificates",)),
    )
}  # fmt: skip
"""Bases made of the system's packages and this machine's toolchains. `debian`, on which they stand,
has no Dockerfile: mmdebstrap makes it."""

IMAGES = {spec.name: spec for spec in (*PLATFORM_IMAGES, LOAD_IMAGE, *BACKING_IMAGES)}
