"""Brings the whole platform into a namespace of a cluster: `make deploy`, and the start of the cluster test.

In the order in which things need each other: a namespace that admits restricted pods only, the secret of
the backing servers, the servers, monitoring, the chart. Every step may be repeated, and changes nothing
where nothing changed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from devkit.bootstrap import REPOSITORY
from devkit.cluster.deployment import READY_S, Deployment, merged
from devkit.cluster.images import build_images, push_images
from devkit.cluster.images_table import BACKING_IMAGES, PLATFORM_IMAGES, PREFIX
from devkit.cluster.kube import ClusterError, Kube
from devkit.cluster.targets import Say, Target

BACKING = REPOSITORY / "k8s" / "backing"
MONITORING = REPOSITORY / "k8s" / "monitoring"
RELEASE = "day-trading"
NAMESPACE = "day-trading"

MADE_HERE = {"day-trading/made-by": "devkit"}
"""The label of the namespaces that `make_namespace` made; others are not ours to deploy to."""
RESTRICTED = {
    f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")
}


def deploy(
    target: Target,
    kube: Kube,
    images: Mapping[str, str],
    say: Say,
    *,
    namespace: str = NAMESPACE,
    release: str = RELEASE,
    values: Mapping[str, Any] | None = None,
    timed: dict[str, float] | None = None,
    adopt: bool = False,
) -> Deployment:
    """Install or upgrade everything; returns when every pod is ready.

    `images` names the reference of each image that was built; those of the backing servers only where the
    cluster cannot fetch the official ones. `timed` is told the seconds of each step. `adopt` takes a namespace
    that was made otherwise. Raises ClusterError.
    """
    seconds = timed if timed is not None else {}
    kube = kube.at(namespace)
    given = image_values(images)
    if target.registry is not None:
        given["image"]["pullPolicy"] = "IfNotPresent"  # values-kind.yaml: loaded ones only
    deployment = Deployment(kube, release, target, merged(given, values or {}))
    deployment.check_nothing_pends()  # before minutes are spent on servers, and anything is changed
    with _Step("namespace", say, seconds):
        make_namespace(kube, adopt=adopt)
        make_backing_secret(kube)
    with _Step("backing servers", say, seconds):
        kube.apply(rendered(kube, BACKING, images, closed=target.closed))
        kube.apply(rendered(kube, MONITORING, images, closed=target.closed))
        wait_ready(kube, "app.kubernetes.io/component=backing")
    with _Step("chart", say, seconds):
        deployment.upgrade()
    with _Step("monitoring", say, seconds):
        wait_ready(kube, "app.kubernetes.io/part-of=day-trading-monitoring")
    return deployment


def images_for(target: Target, say: Say, seconds: dict[str, float] | None = None) -> dict[str, str]:
    """Build what changed and bring it to the cluster: the reference of each image by its name.

    Where the cluster reaches no registry, the servers' images too. Raises PlatformError.
    """
    timed = seconds if seconds is not None else {}
    names = [image.name for image in PLATFORM_IMAGES]
    names += [image.name for image in BACKING_IMAGES if target.closed]
    with _Step("images built", say, timed):
        built = build_images(names, engine=target.engine, archives=target.closed, say=say)
    references = {name: image.reference for name, image in built.items()}
    with _Step("images in the cluster", say, timed):
        if target.registry is not None:
            # One name for exactly these images, so that no node runs older ones that it kept.
            version = sha256("\n".join(sorted(references.values())).encode()).hexdigest()[:12]
            return push_images(
                names, target.registry, engine=target.engine, platforms=(), version=version, labels={}
            )  # fmt: skip
        target.load({image.reference: image.archive for image in built.values()}, say)
    return references


def make_namespace(
    kube: Kube, labels: Mapping[str, str] | None = None, *, adopt: bool = False
) -> None:
    """The namespace, which admits no pod that Pod Security's "restricted" does not, with these labels too.

    Raises ClusterError for one that was made otherwise, unless `adopt` says to use it: what is in there would
    be overwritten by what has the same name here.
    """
    name, wanted = kube.namespace, {**RESTRICTED, **(labels or {})}
    if not kube.exists("namespace", name):
        metadata = {"name": name, "labels": {**MADE_HERE, **wanted}}
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        kube.kubectl("create", "--filename", "-", stdin=json.dumps(made))
        return
    there = kube.get("namespace", name)["metadata"].get("labels", {})
    if not (adopt or MADE_HERE.items() <= there.items()):
        raise ClusterError(
            f"the namespace {name} was not made by `make deploy`, so it is left alone:"
            ' name another with DEPLOY="--namespace ...", or use it all the same with DEPLOY="--adopt"'
        )
    kube.kubectl(
        "label", "--overwrite", "namespace", name,
        *(f"{label}={value}" for label, value in wanted.items()),
    )  # fmt: skip


def make_backing_secret(kube: Kube) -> None:
    """Random passwords of the servers, made once: whoever has data keeps the passwords to it."""
    if kube.exists("secret", "day-trading-backing"):
        return
    made = subprocess.run(
        [sys.executable, str(BACKING / "secret.py")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    # Should another deployment have been faster, its passwords are those of the servers.
    kube.kubectl("create", "--filename", "-", stdin=made.stdout)


def rendered(kube: Kube, folder: Path, images: Mapping[str, str], *, closed: bool) -> str:
    """The manifests of a kustomize folder, as `adapted` makes them fit. Raises ClusterError."""
    objects = [one for one in yaml.safe_load_all(kube.kubectl("kustomize", str(folder))) if one]
    return yaml.safe_dump_all(
        adapted(objects, kube.namespace, images, closed=closed), sort_keys=False
    )


def adapted(
    objects: Sequence[dict[str, Any]],
    namespace: str,
    images: Mapping[str, str],
    *,
    closed: bool,
) -> list[dict[str, Any]]:
    """The same objects in a namespace.

    In a closed cluster every container runs the image that was built in the official one's place (the
    workload's own name says which), and a workload without one is left out with all that carries its name.
    """
    missing = {_name(one) for one in objects if closed and _pod(one) and _name(one) not in images}
    kept = deepcopy([one for one in objects if _name(one) not in missing])
    for one in kept:
        one["metadata"]["namespace"] = namespace
        for subject in one.get("subjects", []):
            subject["namespace"] = namespace
        pod = _pod(one)
        if closed and pod is not None:
            for container in [*pod.get("initContainers", []), *pod["containers"]]:
                container["image"] = images[_name(one)]
    return kept


def wait_ready(kube: Kube, selector: str, seconds: int = READY_S) -> None:
    """Wait until every workload with these labels has all its pods ready. Raises ClusterError."""
    for kind in ("statefulset", "deployment"):
        for one in kube.items(kind, selector):
            name = f"{kind}/{one['metadata']['name']}"
            kube.kubectl("rollout", "status", name, f"--timeout={seconds}s", seconds=seconds + 10)


def image_values(images: Mapping[str, str]) -> dict[str, Any]:
    """The chart's values that name the platform's own among these images.

    A reference is `[<registry>/]day-trading/<name>:<tag>`; every image has a tag of its own. Raises ValueError
    when they are not all in one place.
    """
    places: set[str] = set()
    tags: dict[str, str] = {}
    for name, reference in images.items():
        path, _, tag = reference.rpartition(":")
        own = f"{PREFIX}/{name}"
        if path == own or path.endswith(f"/{own}"):
            places.add(path.removesuffix(own).removesuffix("/"))
            tags[name] = tag
    if len(places) != 1:
        raise ValueError(f"the platform's images are not in one place: {sorted(places)}")
    return {"image": {"registry": places.pop(), "prefix": PREFIX, "tags": tags}}


def _name(one: Mapping[str, Any]) -> str:
    labels = one["metadata"].get("labels", {})
    return str(labels.get("app.kubernetes.io/name") or one["metadata"]["name"])


def _pod(one: Mapping[str, Any]) -> Any:
    if one["kind"] not in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
        return None
    return one["spec"]["template"]["spec"]


class _Step:
    """One visible step whose seconds are kept."""

    def __init__(self, title: str, say: Say, seconds: dict[str, float]) -> None:
        self._title, self._say, self._seconds = title, say, seconds

    def __enter__(self) -> None:
        self._started = time.monotonic()
        self._say(f"{self._title} ...")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        took = time.monotonic() - self._started
        self._seconds[self._title] = round(took, 1)
        self._say(f"{self._title}: {'failed' if kind else 'ready'} ({took:.0f} s)")
