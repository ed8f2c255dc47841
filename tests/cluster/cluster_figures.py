"""What a run of the cluster test measured: `.local/bench/cluster.json`, once it is whole."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit.cluster.kube import Kube
from replay.figures import FIGURES, machine, write_figures

MIB = 2**20


NEEDED = frozenset(
    {
        "cluster",
        "images_compressed_mb",
        "memory_at_rest_mib",
        "edges",
        "disturbances",
        "under_load",
        "acknowledged",
        "acknowledged_lost",
        "replay",
        "restore",
    }
)
"""What a run has measured that met every question."""
WHOLE, PARTIAL = "cluster", "cluster-partial"


class Figures:
    """A document that is written whenever something is added.

    Until it is whole it goes to a file of its own: a run of some of the tests, or one that was ended, leaves
    what it has there, and the figures of the last whole run where they are.
    """

    def __init__(self, folder: Path = FIGURES) -> None:
        self._folder = folder
        self._document: dict[str, Any] = {"machine": machine(), "phases_s": {}}

    def set(self, name: str, value: Any) -> None:
        self._document[name] = value
        self._write()

    def took(self, phase: str, seconds: float) -> None:
        self._document["phases_s"][phase] = round(seconds, 1)
        self._write()

    def _write(self) -> None:
        partial = write_figures(PARTIAL, self._document, self._folder)
        if self._document.keys() >= NEEDED:
            partial.replace(partial.with_name(f"{WHOLE}.json"))

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Keeps how long its body took; nothing of one that failed."""
        started = time.monotonic()
        yield
        self.took(name, time.monotonic() - started)


@dataclass(frozen=True)
class PodUse:
    """What a pod uses."""

    program: str
    """Which one it runs: its `app.kubernetes.io/name`."""
    memory_mib: float
    """The working set."""
    cpu_s: float
    """Since it started."""


def by_program(used: Mapping[str, PodUse]) -> dict[str, PodUse]:
    """The most that any pod of each program used, by the program's name."""
    most: dict[str, PodUse] = {}
    for use in used.values():
        other = most.get(use.program, use)
        most[use.program] = PodUse(
            use.program, max(use.memory_mib, other.memory_mib), max(use.cpu_s, other.cpu_s)
        )
    return dict(sorted(most.items()))


def use_of_pods(kube: Kube) -> dict[str, PodUse]:
    """What each pod of the namespace uses now.

    From the kubelets themselves, summed over a pod's containers; ephemeral ones are not counted.
    """
    used: dict[str, PodUse] = {}
    pods = {pod["metadata"]["name"]: pod for pod in kube.items("pods")}
    for node in kube.items("nodes"):
        name = node["metadata"]["name"]
        summary = kube.get("--raw", f"/api/v1/nodes/{name}/proxy/stats/summary")
        for pod in summary.get("pods", []):
            reference = pod["podRef"]
            if reference["namespace"] != kube.namespace or reference["name"] not in pods:
                continue
            running = pods[reference["name"]]
            names = {one["name"] for one in running["spec"]["containers"]}
            own = [one for one in pod.get("containers", []) if one["name"] in names]
            memory = sum(one.get("memory", {}).get("workingSetBytes", 0) for one in own)
            cpu = sum(one.get("cpu", {}).get("usageCoreNanoSeconds", 0) for one in own)
            used[reference["name"]] = PodUse(
                running["metadata"]["labels"].get("app.kubernetes.io/name", reference["name"]),
                round(memory / MIB, 1),
                round(cpu / 1e9, 2),
            )
    return used
