"""Tries TCP connections from inside pods: what a network policy says is only believed when it was tried.

A probe is an ephemeral container, so it has its pod's own address and labels and is bound by the same
policies. It needs nothing of the pod's image, and ends when it has tried everything.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from secrets import token_hex

from devkit.cluster.kube import Kube

PROBE_S = 120.0
"""How long a probe may take, with the start of its container."""
REFUSED_AFTER_S = 2.0
"""A connection that is not made after this long is not allowed: policies drop, they do not refuse."""
ALLOWED_WITHIN_S = 20.0
"""How long an edge that must be there may take: a policy learns a new pod's address a moment late."""

_SCRIPT = """
import json, socket, sys, time
from concurrent.futures import ThreadPoolExecutor

def tried(target):
    host, port, patience = target
    until = time.monotonic() + patience
    while True:
        try:
            socket.create_connection((host, port), timeout=float(sys.argv[2])).close()
            return True
        except OSError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.2)

with ThreadPoolExecutor(64) as pool:
    print(json.dumps(list(pool.map(tried, json.loads(sys.argv[1])))))
"""


@dataclass(frozen=True)
class Listener:
    """A port that something listens on."""

    name: str
    """What listens, such as `trading`."""
    host: str
    port: int


@dataclass(frozen=True)
class Tried:
    """One pair that was tried."""

    source: str
    target: str
    port: int
    allowed: bool
    """What was expected."""
    connected: bool

    @property
    def wrong(self) -> bool:
        return self.allowed != self.connected


@dataclass(frozen=True)
class Source:
    """A running pod to try connections from, under the name that its policies know it by."""

    name: str
    pod: str


def sources(kube: Kube) -> list[Source]:
    """One running pod of each name in the namespace."""
    found: dict[str, Source] = {}
    for pod in kube.items("pods"):
        name = pod["metadata"]["labels"].get("app.kubernetes.io/name")
        if (
            name
            and pod["status"]["phase"] == "Running"
            and "deletionTimestamp" not in pod["metadata"]
        ):
            found.setdefault(name, Source(name, pod["metadata"]["name"]))
    return sorted(found.values(), key=lambda one: one.name)


def listeners(kube: Kube) -> list[Listener]:
    """Every TCP port that a running pod of the namespace declares, one pod of each name."""
    chosen = {one.pod: one.name for one in sources(kube)}
    found = []
    for pod in kube.items("pods"):
        name = chosen.get(pod["metadata"]["name"])
        if name is None:
            continue
        for container in pod["spec"]["containers"]:
            for port in container.get("ports", []):
                if port.get("protocol", "TCP") == "TCP":
                    found.append(Listener(name, pod["status"]["podIP"], port["containerPort"]))
    return sorted(found, key=lambda one: (one.name, one.port))


def try_all(
    kube: Kube,
    image: str,
    origins: Sequence[Source],
    targets: Sequence[Listener],
    allowed: Sequence[frozenset[tuple[str, int]]],
) -> list[Tried]:
    """Try every target from every origin; `allowed[n]` are the (name, port) that origin n may reach."""

    def one(number: int) -> list[Tried]:
        may, origin = allowed[number], origins[number]
        expected = [(target.name, target.port) in may for target in targets]
        asked = [
            (target.host, target.port, ALLOWED_WITHIN_S if expects else 0)
            for target, expects in zip(targets, expected, strict=True)
        ]
        made = probe(kube, image, origin.pod, asked)
        return [
            Tried(origin.name, target.name, target.port, expects, connected)
            for target, expects, connected in zip(targets, expected, made, strict=True)
        ]

    with ThreadPoolExecutor(4) as pool:
        return [tried for row in pool.map(one, range(len(origins))) for tried in row]


def probe(
    kube: Kube, image: str, pod: str, targets: Sequence[tuple[str, int, float]]
) -> list[bool]:
    """Which (host, port, patience in seconds) a process in `pod` connects to."""
    name = f"probe-{token_hex(3)}"
    kube.kubectl(
        "debug", pod, f"--image={image}", f"--container={name}", "--profile=restricted",
        "--image-pull-policy=IfNotPresent", "--quiet",
        "--", "python", "-c", _SCRIPT, json.dumps(targets), str(REFUSED_AFTER_S),
    )  # fmt: skip
    until = time.monotonic() + PROBE_S
    while True:
        status = kube.get("pod", pod)["status"]
        states = {one["name"]: one["state"] for one in status.get("ephemeralContainerStatuses", [])}
        ended = states.get(name, {}).get("terminated")
        if ended is not None:
            said = kube.kubectl("logs", pod, "--container", name)
            assert ended["exitCode"] == 0, f"the probe in {pod} failed: {said}"
            answer: list[bool] = json.loads(said.splitlines()[-1])
            return answer
        assert time.monotonic() < until, f"the probe in {pod} did not end: {states.get(name)}"
        time.sleep(0.3)
