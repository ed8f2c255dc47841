"""What is done to a platform while people trade on it: its engine dies, releases come and go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from devkit.cluster.deployment import Deployment
from devkit.cluster.kube import Kube
from devkit.cluster.targets import Target
from replay.drive import Drive

ENGINE = "matching-engine"
BACK_WITHIN_S = 180.0
POLL_S = 0.5


@dataclass
class Traffic:
    """The records of the replays that run one after another, the last of them perhaps still under way."""

    records: list[Drive] = field(default_factory=list)

    _awaited: list[tuple[int, asyncio.Event]] = field(default_factory=list)

    @property
    def sent(self) -> int:
        return sum(record.sent for record in self.records)

    def answered(self, _: Drive) -> None:
        """Told by the replay after each answer: whoever waits for so many commands goes on."""
        for sent, reached in self._awaited:
            if self.sent >= sent:
                reached.set()

    async def reaches(self, sent: int) -> None:
        """Wait until so many commands were sent. The replay itself bounds how long that may take."""
        reached = asyncio.Event()
        self._awaited.append((sent, reached))
        await reached.wait()


@dataclass
class Disturber:
    """Disturbs, and notes how many commands were sent meanwhile (`done`)."""

    deployment: Deployment
    target: Target
    traffic: Traffic
    say: Callable[[str], None]
    done: list[dict[str, Any]] = field(default_factory=list)

    async def run(self, what: str, disturbance: Callable[[], object]) -> None:
        """One disturbance, from its first moment until the platform is whole again."""
        self.say(f"{what}, after {self.traffic.sent} commands")
        before, started = self.traffic.sent, time.monotonic()
        await asyncio.to_thread(disturbance)
        took = time.monotonic() - started
        meanwhile = self.traffic.sent - before
        self.say(f"{what}: over after {took:.0f} s, in which {meanwhile} commands were sent")
        self.done.append({"what": what, "seconds": round(took, 1), "sent_meanwhile": meanwhile})

    def crash_engine(self) -> None:
        """SIGKILL to the engine's process; over when it is ready again: the same pod, or another in its place.

        A cluster whose nodes are not ours is only asked to remove the pod (`Target.kill`).
        """
        kube = self.deployment.kube
        uid, restarts, _ = state_of(kube)
        self.target.kill(kube, f"{ENGINE}-0")
        wait_until(kube, lambda now, count, ready: ready and (now != uid or count > restarts))

    def remove_engine_pod(self) -> None:
        """The pod is gone at once, as with its node; over when its successor is ready."""
        kube = self.deployment.kube
        uid = state_of(kube)[0]
        kube.kubectl("delete", "pod", f"{ENGINE}-0", "--grace-period=0", "--force")
        wait_until(kube, lambda now, count, ready: ready and now not in ("", uid))


def state_of(kube: Kube) -> tuple[str, int, bool]:
    """The engine pod's uid ("" when there is none), how often it was started again, and whether it is ready."""
    for pod in kube.items("pods", f"app.kubernetes.io/name={ENGINE}"):
        for status in pod["status"].get("containerStatuses", []):
            return pod["metadata"]["uid"], status["restartCount"], status["ready"]
    return "", 0, False


def wait_until(kube: Kube, holds: Callable[[str, int, bool], bool]) -> None:
    until = time.monotonic() + BACK_WITHIN_S
    while not holds(*state_of(kube)):
        assert time.monotonic() < until, f"the engine is not back: {state_of(kube)}"
        time.sleep(POLL_S)
