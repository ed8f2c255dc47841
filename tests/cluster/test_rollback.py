"""A release with older matching rules is refused with a sentence, forth and back, before anything is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from test_replay import chart_pods

from devkit.cluster.deployment import Deployment
from devkit.cluster.kube import ClusterError


def test_a_rollback_to_older_matching_rules_is_refused_and_changes_nothing(
    deployed: Deployment,
) -> None:
    # A release to go back from; the same as the one before, so that nothing restarts.
    deployed.upgrade()
    revision, pods, before = deployed.revision(), chart_pods(deployed), specs(deployed)
    assert pods
    with other_rules_deployed(deployed, +1) as sentence, pytest.raises(ClusterError) as refused:
        deployed.rollback(seconds=120)
    assert sentence in str(refused.value)
    assert deployed.revision() == revision
    assert chart_pods(deployed) == pods
    assert specs(deployed) == before
    # Helm keeps it as pending: whoever upgrades now is told how that ends, and it does (charts/README.md).
    assert deployed.status() == "pending-rollback"
    with pytest.raises(ClusterError, match=f"rollback {deployed.release} {revision}$"):
        deployed.upgrade()
    deployed.rollback(revision)
    deployed.upgrade()
    assert chart_pods(deployed) == pods
    assert specs(deployed) == before
    # And it was the rules alone: with those of now one may go back.
    deployed.rollback()
    assert chart_pods(deployed) == pods


def test_an_upgrade_to_older_matching_rules_is_refused_changes_nothing_and_leaves_the_next_one_free(
    deployed: Deployment,
) -> None:
    revision, pods, before = deployed.revision(), chart_pods(deployed), specs(deployed)
    assert pods
    # A change that every service would see, were it let.
    with other_rules_deployed(deployed, +1) as sentence, pytest.raises(ClusterError) as refused:
        deployed.upgrade({"logLevel": "ERROR"}, seconds=120)
    assert sentence in str(refused.value)
    assert deployed.revision() == revision
    assert chart_pods(deployed) == pods
    assert specs(deployed) == before
    deployed.upgrade()
    assert chart_pods(deployed) == pods


def test_an_upgrade_to_newer_matching_rules_is_let(deployed: Deployment) -> None:
    revision, pods = deployed.revision(), chart_pods(deployed)
    with other_rules_deployed(deployed, -1):
        deployed.upgrade()
    assert deployed.revision() == revision + 1
    # The engine that runs is the new one already: nothing else changed, so nothing restarts.
    assert chart_pods(deployed) == pods


@contextmanager
def other_rules_deployed(deployed: Deployment, difference: int) -> Iterator[str]:
    """The ConfigMap as a release with other rules would have left it; gives what the engine says of newer ones."""
    name = f"{deployed.release}-matching-rules"
    now = int(deployed.kube.get("configmap", name)["data"]["version"])

    def set_version(version: int) -> None:
        patch = json.dumps({"data": {"version": str(version)}})
        deployed.kube.kubectl("patch", "configmap", name, "--type=merge", "--patch", patch)

    set_version(now + difference)
    try:
        yield f"runs matching rules {now + difference}, this release has {now}"
    finally:
        set_version(now)


def specs(deployed: Deployment) -> dict[str, int]:
    """Each workload with its generation, which counts the changes of its specification."""
    return {
        f"{one['kind']}/{one['metadata']['name']}": one["metadata"]["generation"]
        for kind in ("deployments", "statefulsets")
        for one in deployed.kube.items(kind)
    }
