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
from base64 import b64decode
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

import yaml

from devkit.bootstrap import LOCAL, REPOSITORY
from devkit.cluster.images import build_images, push_images
from devkit.cluster.images_table import BACKING_IMAGES, PLATFORM_IMAGES, PREFIX
from devkit.cluster.kube import ClusterError, Kube
from devkit.cluster.targets import Say, Target

CHART = REPOSITORY / "charts" / "day-trading"
VALUES = CHART / "values-kind.yaml"
BACKING = REPOSITORY / "k8s" / "backing"
MONITORING = REPOSITORY / "k8s" / "monitoring"
RELEASE = "day-trading"
NAMESPACE = "day-trading"
READY_S = 600
"""How long servers, and after them the release, may take until every pod is ready."""

MADE_HERE = {"day-trading/made-by": "devkit"}
"""The label of the namespaces that `make_namespace` made; others are not ours to deploy to."""
RESTRICTED = {
    f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")
}


@dataclass(frozen=True)
class Deployment:
    """A platform in a cluster: what is needed to speak to it and to change it."""

    kube: Kube
    """At its namespace."""
    release: str
    target: Target
    values: Mapping[str, Any] = field(default_factory=dict)
    """What `deploy` gave Helm besides values-kind.yaml: which images, above all."""

    @cached_property
    def url(self) -> str:
        """Where its ingress answers. Raises ClusterError where it has none."""
        if not self.has_ingress():
            raise ClusterError(f"the release {self.release} has no Ingress (ingress.enabled)")
        return self.target.ingress_url(self.kube)

    def has_ingress(self) -> bool:
        return bool(self.kube.items("ingress", f"app.kubernetes.io/instance={self.release}"))

    def upgrade(self, values: Mapping[str, Any] | None = None, *, seconds: int = READY_S) -> str:
        """`helm upgrade --install`, with further values; returns once every pod is ready.

        Raises ClusterError, also for a release that another Helm works on, or was ended at.
        """
        self._check_nothing_pends()
        given = merged(self.values, values or {})
        file = LOCAL / "cluster" / f"values-{self.kube.namespace}-{self.release}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(given, indent=2))
        return self.kube.helm(
            "upgrade", "--install", self.release, str(CHART),
            "--values", str(VALUES), "--values", str(file),
            "--wait", "--timeout", f"{seconds}s",
            seconds=seconds + 60,
        )  # fmt: skip

    def rollback(self, revision: int = 0, *, seconds: int = READY_S) -> str:
        """`helm rollback` to a revision, 0: the one before; returns once every pod is ready.

        Raises ClusterError, also with the sentence of an engine that refuses.
        """
        return self.kube.helm(
            "rollback", self.release, str(revision), "--wait", "--timeout", f"{seconds}s",
            seconds=seconds + 60,
        )  # fmt: skip

    def revision(self) -> int:
        """The revision that is deployed; 0: none ever was."""
        history = self.kube.helm("history", self.release, "--output", "json")
        deployed = [one for one in json.loads(history) if one["status"] == "deployed"]
        return int(deployed[-1]["revision"]) if deployed else 0

    def status(self) -> str:
        """What Helm says of the newest revision, such as `deployed` or `pending-rollback`; "": no release."""
        chosen = ["--all", "--filter", f"^{self.release}$", "--output", "json"]
        return "".join(one["status"] for one in json.loads(self.kube.helm("list", *chosen)))

    def _check_nothing_pends(self) -> None:
        status = self.status()
        if not status.startswith("pending-"):
            return
        revision = self.revision()
        way = f"rollback {self.release} {revision}" if revision else f"uninstall {self.release}"
        raise ClusterError(
            f"the release {self.release} is {status}: another Helm is at work on it, or was ended while it was."
            f" When none is, end that with: helm --namespace {self.kube.namespace} {way}"
        )

    def verify(self, *, seconds: int = 600) -> str:
        """Run the verify CronJob now: what it said. Raises ClusterError when an invariant is broken."""
        job = f"verify-{token_hex(3)}"
        self.kube.kubectl("create", "job", job, f"--from=cronjob/{self.release}-verify")
        ended = self.kube.wait_for_end(job, seconds)
        said = self.kube.kubectl("logs", f"job/{job}", "--all-containers", "--prefix", "--tail=-1")
        if ended != "Complete":
            raise ClusterError(f"the platform is not clean: job/{job} ended as {ended}\n{said}")
        self.kube.kubectl("delete", "job", job)
        return said

    def secret(self, name: str) -> dict[str, bytes]:
        """A secret's decoded values."""
        return decoded(self.kube.get("secret", name))

    def admin(self) -> tuple[str, str]:
        """Username and password of the platform's administrator."""
        secret = self.secret(f"{self.release}-auth")
        return secret["admin-username"].decode(), secret["admin-password"].decode()


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


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two trees of values, as Helm merges them: where both say something, `over` does."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        result[key] = merged(below, value) if both and below is not None else value
    return result


def decoded(secret: Mapping[str, Any]) -> dict[str, bytes]:
    """A Secret's values, by key."""
    return {name: b64decode(value) for name, value in secret.get("data", {}).items()}


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
