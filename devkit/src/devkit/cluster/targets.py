"""The cluster to deploy to: kind, one that KUBECONFIG names, or a node of our own.

Each kind of cluster answers the same three questions: how is it reached, how do images get into it, and
where does its ingress answer? Which one is used is decided in `choose_target`, and nowhere else.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from devkit.bootstrap import CLUSTER_CACHE, LOCAL, REPOSITORY, Step, docker_runs
from devkit.cluster.images_engine import EngineName
from devkit.cluster.kube import POLL_S, ClusterError, Kube, kubectl_program, run_bounded

Say = Callable[[str], None]

NODE = REPOSITORY / "tests" / "cluster" / "node"
KIND_CONFIG = REPOSITORY / "kind-config.yaml"
KIND_INGRESS = REPOSITORY / "k8s" / "ingress"
KIND_KUBECONFIG = LOCAL / "kind.kubeconfig"
KIND_NAME = "day-trading"
LOCK_WAIT_S = 300
"""How long `up` and `down` of tests/cluster/node wait for another one to end; then they say who is in the way."""
NODE_UP_S = LOCK_WAIT_S + 600.0
"""More than all that tests/cluster/node/up waits for, one after the other; it says itself what did not come."""
NODE_DOWN_S = LOCK_WAIT_S + 120.0
KIND_S = 900.0
"""More than kubeadm's own limits, of which kind meets two, and the download of its image."""
LOAD_S = 300.0
ADDRESS_S = 180.0
"""How long a cluster may take to give an Ingress its address."""
WITHOUT_KIND = (
    "Docker runs here, but kind is missing: a Kubernetes node of our own is used, which needs root and Debian."
    " For a cluster in Docker install kind (https://kind.sigs.k8s.io)."
)


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
        """Where the Ingress resources of `kube`'s namespace answer, once there are any. Raises ClusterError."""

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

    def __init__(self, why: str = "") -> None:
        """`why` is said at the start: what led to a node where something else was to be expected."""
        self._why = why
        self._started = False

    @staticmethod
    def kubeconfig() -> Path:
        state = os.environ.get("CLUSTER_STATE") or Path.home() / ".local" / "state" / "cluster"
        return Path(state) / "admin.kubeconfig"

    @classmethod
    def _begun_here(cls) -> bool:
        """Whether it was this process that called the `up` which began the node."""
        try:
            return cls.kubeconfig().with_name("started-by").read_text().strip() == str(os.getpid())
        except FileNotFoundError:
            return False

    def up(self, say: Say) -> Kube:
        if self._why:
            say(self._why)
        if not (CLUSTER_CACHE / "built").is_file():
            say("Building a Kubernetes node from its sources: 9 to 13 minutes, once")
        LOCAL.joinpath("logs").mkdir(parents=True, exist_ok=True)
        with Step("The node's programs") as step:
            step.run([str(NODE / "build")])
        try:
            said = run_bounded([str(NODE / "up")], NODE_UP_S, environment=_node_environment())
        finally:  # also where it came up by half: `down` ends that too
            self._started = self._started or self._begun_here()
        say(f"The node {'runs' if self._started else 'ran already'} at {self._address}")
        return Kube(Path(said.split()[-1]))

    def load(self, archives: Mapping[str, str | None], say: Say) -> None:
        listed = self._inside("ctr", "--namespace", "k8s.io", "images", "list", "--quiet")
        there = set(listed.split())
        for reference, archive in archives.items():
            if reference in there:
                continue
            if archive is None:
                raise ClusterError(f"{reference} was built without an archive to load")
            run_bounded([str(NODE / "load-image"), archive], LOAD_S)
            say(f"  {reference} loaded")

    def down(self) -> None:
        if self._started:
            # Only its own: when `up` failed, another that waited may have begun a node since.
            down = [str(NODE / "down"), "--started-by", str(os.getpid())]
            run_bounded(down, NODE_DOWN_S, environment=_node_environment())

    def ingress_url(self, kube: Kube) -> str:
        return f"http://{self._address}"

    def kill(self, kube: Kube, pod: str) -> None:
        self._inside(*kill_command(kube, pod))

    def _inside(self, *command: str) -> str:
        """Run a command among the node's own processes."""
        pid = self.kubeconfig().with_name("pid").read_text().strip()
        return run_bounded(["nsenter", "--target", pid, "--net", "--mount", "--pid", *command], 60)


class Kind(Target):
    """A cluster of kind, where Docker runs, with an ingress controller on a port of this machine."""

    name = "kind"
    engine = "docker"
    closed = False

    def __init__(self) -> None:
        self._started = False

    def up(self, say: Say) -> Kube:
        kubectl_program()  # before minutes are spent on a cluster that nothing could speak to
        KIND_KUBECONFIG.parent.mkdir(parents=True, exist_ok=True)
        named = ["--name", KIND_NAME, "--kubeconfig", str(KIND_KUBECONFIG)]
        if KIND_NAME in run_bounded(["kind", "get", "clusters"], 60).split():
            run_bounded(["kind", "export", "kubeconfig", *named], 60)
        else:
            say(f"Creating the kind cluster {KIND_NAME}")
            self._started = True
            create = ["kind", "create", "cluster", "--config", str(KIND_CONFIG), *named]
            run_bounded(create, KIND_S)
        kube = Kube(KIND_KUBECONFIG)
        kube.kubectl("apply", "--kustomize", str(KIND_INGRESS))
        return kube

    def load(self, archives: Mapping[str, str | None], say: Say) -> None:
        if archives:
            run_bounded(["kind", "load", "docker-image", "--name", KIND_NAME, *archives], LOAD_S)
            say(f"  {len(archives)} images loaded")

    def down(self) -> None:
        if self._started:
            run_bounded(["kind", "delete", "cluster", "--name", KIND_NAME], KIND_S)

    def kill(self, kube: Kube, pod: str) -> None:
        node = kube.get("pod", pod)["spec"]["nodeName"]
        run_bounded(["docker", "exec", node, *kill_command(kube, pod)], 60)

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
        until = time.monotonic() + ADDRESS_S
        while True:
            for item in kube.items("ingress"):
                for address in item.get("status", {}).get("loadBalancer", {}).get("ingress", []):
                    return f"http://{address.get('ip') or address['hostname']}"
            if time.monotonic() >= until:
                raise ClusterError(
                    f"the Ingress got no address in {ADDRESS_S:.0f} s: set INGRESS_URL to where it answers"
                )
            time.sleep(POLL_S)


def choose_target(environment: Mapping[str, str] = os.environ) -> Target:
    """The cluster that KUBECONFIG names, else kind where Docker runs, else the node.

    Raises ClusterError when KUBECONFIG names a cluster and nobody said how images get there.
    """
    named = environment.get("KUBECONFIG")
    if named is None or not named.strip():
        if not docker_runs():
            return Node()
        return Kind() if shutil.which("kind") else Node(WITHOUT_KIND)
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


def give_up(target: Target, say: Say) -> None:
    """End what `up` started because of an error, which stays the one that is told: another is only said."""
    try:
        target.down()
    except ClusterError as another:
        say(f"What was started could not be ended: {another}")


def kill_command(kube: Kube, pod: str) -> list[str]:
    """The command that, on the pod's node, sends SIGKILL to its first container."""
    status = kube.get("pod", pod)["status"]["containerStatuses"][0]
    container = status["containerID"].removeprefix("containerd://")
    return ["ctr", "--namespace", "k8s.io", "tasks", "kill", "--signal", "SIGKILL", container]


def _node_environment() -> dict[str, str]:
    return {**os.environ, "LOCK_WAIT_S": str(LOCK_WAIT_S)}
