"""What a run of the cluster test measured, kept in `.local/bench/cluster.json` while it goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from devkit.cluster.kube import Kube
from replay.figures import machine, write_figures

MIB = 2**20


class Figures:
    """A document that is written whenever something is added, so that a run that fails leaves its own."""

    def __init__(self) -> None:
        self._document: dict[str, Any] = {"machine": machine(), "phases_s": {}}

    def set(self, name: str, value: Any) -> None:
        self._document[name] = value
        write_figures("cluster", self._document)

    def took(self, phase: str, seconds: float) -> None:
        self._document["phases_s"][phase] = round(seconds, 1)
        write_figures("cluster", self._document)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Keeps how long its body took; nothing of one that failed."""
        started = time.monotonic()
        yield
        self.took(name, time.monotonic() - started)


def use_of_pods(kube: Kube) -> dict[str, dict[str, float]]:
    """What each pod of the namespace uses now: `memory_mib` (working set), `cpu_s` since it started.

    From the kubelets themselves, summed over a pod's containers; ephemeral ones are not counted.
    """
    used: dict[str, dict[str, float]] = {}
    of_pods = {
        pod["metadata"]["name"]: {one["name"] for one in pod["spec"]["containers"]}
        for pod in kube.items("pods")
    }
    for node in kube.items("nodes"):
        name = node["metadata"]["name"]
        summary = kube.get("--raw", f"/api/v1/nodes/{name}/proxy/stats/summary")
        for pod in summary.get("pods", []):
            reference = pod["podRef"]
            if reference["namespace"] != kube.namespace or reference["name"] not in of_pods:
                continue
            own = [c for c in pod.get("containers", []) if c["name"] in of_pods[reference["name"]]]
            used[reference["name"]] = {
                "memory_mib": round(
                    sum(c.get("memory", {}).get("workingSetBytes", 0) for c in own) / MIB, 1
                ),
                "cpu_s": round(
                    sum(c.get("cpu", {}).get("usageCoreNanoSeconds", 0) for c in own) / 1e9, 2
                ),
            }
    return used
