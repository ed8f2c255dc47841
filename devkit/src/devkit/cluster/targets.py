"""The cluster to deploy to: kind, one that KUBECONFIG names, or a node of our own.

Each kind of cluster answers the same three questions: how is it reached, how do images get into it, and
where does its ingress answer? Which one is used is decided in `choose_target`, and nowhere else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from devkit.bootstrap import CLUSTER_CACHE, LOCAL, REPOSITORY, Step
from devkit.cluster.images_engine import EngineName
from devkit.cluster.kube import ClusterError, Kube

Say = Callable[[str], None]

NODE = REPOSITORY / "tests" / "cluster" / "node"
KIND_CONFIG = REPOSITORY / "kind-config.yaml"
KIND_INGRESS = REPOSITORY / "k8s" / "ingress"
KIND_KUBECONFIG = LOCAL / "kind.kubeconfig"
KIND_NAME = "day-trading"
KIND_S = 300.0
LOAD_S = 300.0


class Target(ABC):
    """A cluster that may have to be started first."""

    name: ClassVar[str]
    engine: ClassVar[EngineName | None]
    """What builds its images; None: what there is."""
    closed: ClassVar[bool]
    """Nothing in it reaches a registry: the servers' images too have to be built and loaded."""

    @abstractmethod
    def up(self, say: Say) -> Kube:
        """The running cluster; started when it does not run. Raises ClusterError."""

    @abstractmethod
    def load(self, archives: Mapping[str, str | None], say: Say) -> None:
        """Give it images: the archive of each, where one was made, by its reference. Raises ClusterError."""

    @abstractmethod
    def down(self) -> None:
        """End what `up` started; a cluster that ran before is left running."""

    @abstractmethod
    def ingress_url(self, kube: Kube) -> str:
        """Where the Ingress resources of `kube`'s namespace answer. Raises ClusterError."""

    @abstractmethod
    def kill(self, kube: Kube, pod: str) -> None:
        """End a pod's first container as a crash would: SIGKILL, without a word before."""

    @property
    def registry(self) -> str | None:
        """The registry that images are pushed to instead of being loaded; None: they are loaded."""
        return None


class Node(Target):
    """The single node of tests/cluster/node: for machines without Docker."""

    name = "node"
    engine = "buildah"
    closed = True
    _address = "198.18.0.2"

    def __init__(self) -> None:
        self._started = False

    @staticmethod
    def kubeconfig() -> Path:
        state = os.environ.get("CLUSTER_STATE") or Path.home() / ".local" / "state" / "cluster"
        return Path(state) / "admin.kubeconfig"

    def up(self, say: Say) -> Kube:
        if not (CLUSTER_CACHE / "built").is_file():
            say("Building a Kubernetes node from its sources: 9 to 13 minutes, once")
        LOCAL.joinpath("logs").mkdir(parents=True, exist_ok=True)
        with Step("The node's programs") as step:
            step.run([str(NODE / "build")])
        pid = self.kubeconfig().with_name("pid")
        ran = pid.is_file() and Path("/proc", pid.read_text().strip()).is_dir()
        said = _run([str(NODE / "up")], 180)
        self._started = not ran
        say(f"The node {'ran already' if ran else 'runs'} at {self._address}")
        return Kube(Path(said.split()[-1]))

    def load(self, archives: Mapping[str, str | None], say: Say) -> None:
        listed = self._inside("ctr", "--namespace", "k8s.io", "images", "list", "--quiet")
        there = set(listed.split())
        for reference, archive in archives.items():
            if reference in there:
                continue
            if archive is None:
                raise ClusterError(f"{reference} was built without an archive to load")
            _run([str(NODE / "load-image"), archive], LOAD_S)
            say(f"  {reference} loaded")

    def down(self) -> None:
        if self._started:
            _run([str(NODE / "down")], 120)

    def ingress_url(self, kube: Kube) -> str:
        return f"http://{self._address}"

    def kill(self, kube: Kube, pod: str) -> None:
        self._inside(*kill_command(kube, pod))

    def _inside(self, *command: str) -> str:
        """Run a command among the node's own processes."""
        pid = self.kubeconfig().with_name("pid").read_text().strip()
        return _run(["nsenter", "--target", pid, "--net", "--mount", "--pid", *command], 60)


class Kind(Target):
    """A cluster of kind, where Docker runs, with an ingress controller on a port of this machine."""

    name = "kind"
    engine = "docker"
    closed = False

    def __init__(self) -> None:
        self._started = False

    def up(self, say: Say) -> Kube:
        KIND_KUBECONFIG.parent.mkdir(parents=True, exist_ok=True)
        named = ["--name", KIND_NAME, "--kubeconfig", str(KIND_KUBECONFIG)]
        if KIND_NAME in _run(["kind", "get", "clusters"], 60).split():
            _run(["kind", "export", "kubeconfig", *named], 60)
        else:
            say(f"Creating the kind cluster {KIND_NAME}")
            _run(["kind", "create", "cluster", "--config", str(KIND_CONFIG), *named], KIND_S)
            self._started = True
        kube = Kube(KIND_KUBECONFIG)
        kube.kubectl("apply", "--kustomize", str(KIND_INGRESS))
        return kube

    def load(self, archives: Mapping[str, str | None], say: Say) -> None:
        if archives:
            _run(["kind", "load", "docker-image", "--name", KIND_NAME, *archives], LOAD_S)
            say(f"  {len(archives)} images loaded")

    def down(self) -> None:
        if self._started:
            _run(["kind", "delete", "cluster", "--name", KIND_NAME], KIND_S)

    def kill(self, kube: Kube, pod: str) -> None:
        node = kube.get("pod", pod)["spec"]["nodeName"]
        _run(["docker", "exec", node, *kill_command(kube, pod)], 60)

    def ingress_url(self, kube: Kube) -> str:
        """The first port of the machine that kind-config.yaml maps."""
        mapped = re.search(r"hostPort:\s*(\d+)", KIND_CONFIG.read_text())
        if mapped is None:
            raise ClusterError(f"{KIND_CONFIG.name} maps no port of this machine (hostPort)")
        return f"http://127.0.0.1:{mapped[1]}"


@dataclass
class Named(Target):
    """Any cluster that KUBECONFIG names; images reach it through the registry IMAGE_REGISTRY."""

    kubeconfig: Path
    image_registry: str
    ingress: str | None = None

    name = "kubeconfig"
    engine = None
    closed = False

    @property
    def registry(self) -> str | None:
        return self.image_registry

    def up(self, say: Say) -> Kube:
        kube = Kube(self.kubeconfig)
        kube.kubectl("get", "--raw", "/readyz")
        return kube

    def load(self, archives: Mapping[str, str | None], say: Say) -> None:
        """Nothing: the images were pushed to the registry when they were built."""

    def down(self) -> None:
        """Nothing: it is not ours."""

    def kill(self, kube: Kube, pod: str) -> None:
        """Its nodes are not ours to enter: the pod is removed without a grace period instead."""
        kube.kubectl("delete", "pod", pod, "--grace-period=0", "--force")

    def ingress_url(self, kube: Kube) -> str:
        if self.ingress is not None:
            return self.ingress
        for item in kube.items("ingress"):
            for address in item.get("status", {}).get("loadBalancer", {}).get("ingress", []):
                return f"http://{address.get('ip') or address['hostname']}"
        raise ClusterError("the Ingress has no address yet: set INGRESS_URL to where it answers")


def choose_target(environment: Mapping[str, str] = os.environ) -> Target:
    """The cluster that KUBECONFIG names, else kind where Docker runs, else the node.

    Raises ClusterError when KUBECONFIG names a cluster and nobody said how images get there.
    """
    named = environment.get("KUBECONFIG")
    if named is None or not named.strip():
        return Kind() if docker_runs() and shutil.which("kind") else Node()
    kubeconfig = Path(named).resolve()
    if kubeconfig == Node.kubeconfig().resolve():
        return Node()
    if kubeconfig == KIND_KUBECONFIG.resolve():
        return Kind()
    registry = environment.get("IMAGE_REGISTRY")
    if not registry:
        raise ClusterError(
            f"KUBECONFIG names {named}: say with IMAGE_REGISTRY where its nodes take images from"
            " (they are built and pushed there), or unset KUBECONFIG for a cluster of our own"
        )
    return Named(kubeconfig, registry, environment.get("INGRESS_URL"))


def kill_command(kube: Kube, pod: str) -> list[str]:
    """The command that, on the pod's node, sends SIGKILL to its first container."""
    status = kube.get("pod", pod)["status"]["containerStatuses"][0]
    container = status["containerID"].removeprefix("containerd://")
    return ["ctr", "--namespace", "k8s.io", "tasks", "kill", "--signal", "SIGKILL", container]


def docker_runs() -> bool:
    """Whether a Docker engine answers, not only whether its client is there."""
    if shutil.which("docker") is None:
        return False
    asked = ["docker", "info", "--format", "{{.ServerVersion}}"]
    return subprocess.run(asked, capture_output=True, timeout=30, check=False).returncode == 0


def _run(command: Sequence[str], seconds: float) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ClusterError(f"{' '.join(command[:4])} was not done after {seconds:.0f} s") from None
    if done.returncode != 0:
        raise ClusterError(f"{' '.join(command[:4])}: {(done.stderr + done.stdout).strip()}")
    return done.stdout
