"""The namespaces of a run of these tests: made with the run's label, and only what carries it is ever removed."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex

from devkit.cluster.deploy import make_namespace
from devkit.cluster.kube import ClusterError, Kube

PREFIX = "day-trading-test"
LABEL = "day-trading/test-run"
RUN = f"{os.getpid()}-{token_hex(3)}"
"""The label's value: the process that runs the tests, and what tells it from others that had its number."""
KEEP = bool(os.environ.get("CLUSTER_KEEP"))
"""For whoever writes tests: what is up is taken up again, and left."""
REMOVED_S = 180


def own(cluster: Kube, what: str) -> Kube:
    """The run's own namespace for something; made, where it is not one that a run before kept."""
    kube = cluster.at(f"{PREFIX}-{what}-{'kept' if KEEP else token_hex(3)}")
    if not (KEEP and run_of(kube)):
        make(kube)
    return kube


def make(kube: Kube) -> None:
    """Raises ClusterError where it is there: what is in it is not this run's."""
    if kube.exists("namespace", kube.namespace):
        raise ClusterError(f"the namespace {kube.namespace} is there already: it is not used")
    make_namespace(kube, {LABEL: RUN})


def remove(kube: Kube) -> None:
    """Remove one of this run, or one that was kept, and wait until nothing of it is left.

    Raises ClusterError for every other one that is there.
    """
    run = run_of(kube)
    if run is None and not kube.exists("namespace", kube.namespace):
        return
    if run != RUN and not (KEEP and run):
        raise ClusterError(
            f"the namespace {kube.namespace} is not of this run ({LABEL}={run}), so it is not removed"
        )
    _delete(kube)


def remove_left_behind(cluster: Kube) -> list[str]:
    """Remove what runs that ended left in a cluster of this machine: the names of it."""
    left = [
        one["metadata"]["name"]
        for one in cluster.items("namespaces", LABEL)
        if ended(one["metadata"]["labels"][LABEL])
    ]
    for name in left:
        _delete(cluster.at(name))
    return left


def ended(run: str) -> bool:
    """Whether the process of a run is gone; one that got its number later is taken for it."""
    return not Path("/proc", run.split("-")[0]).exists()


def run_of(kube: Kube) -> str | None:
    """Which run made the namespace; None: none did, or there is none."""
    if not kube.exists("namespace", kube.namespace):
        return None
    labels: dict[str, str] = kube.get("namespace", kube.namespace)["metadata"].get("labels", {})
    return labels.get(LABEL)


def _delete(kube: Kube) -> None:
    kube.kubectl(
        "delete", "namespace", kube.namespace, "--ignore-not-found", "--wait",
        f"--timeout={REMOVED_S}s", seconds=REMOVED_S + 10,
    )  # fmt: skip
