"""A release that could not go on from what is deployed is refused with a sentence, before anything is changed.

That is one with older matching rules, forth and back, and one that comes after rules which left no snapshot.
"""

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
    with newer_rules_deployed(deployed) as sentence, pytest.raises(ClusterError) as refused:
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
    with newer_rules_deployed(deployed) as sentence, pytest.raises(ClusterError) as refused:
        deployed.upgrade({"logLevel": "ERROR"}, seconds=120)
    assert sentence in str(refused.value)
    assert deployed.revision() == revision
    assert chart_pods(deployed) == pods
    assert specs(deployed) == before
    deployed.upgrade()
    assert chart_pods(deployed) == pods


def test_an_upgrade_from_rules_that_leave_no_snapshot_is_refused_changes_nothing_and_leaves_the_next_one_free(
    deployed: Deployment,
) -> None:
    """Releases of rules 1 left none that newer rules could go on from."""
    revision, pods, before = deployed.revision(), chart_pods(deployed), specs(deployed)
    assert pods
    with rules_deployed(deployed, 1), pytest.raises(ClusterError) as refused:
        deployed.upgrade({"logLevel": "ERROR"}, seconds=120)
    assert "releases of rules 1 leave no snapshot" in str(refused.value)
    assert deployed.revision() == revision
    assert chart_pods(deployed) == pods
    assert specs(deployed) == before
    deployed.upgrade()
    assert chart_pods(deployed) == pods


@contextmanager
def newer_rules_deployed(deployed: Deployment) -> Iterator[str]:
    """As a release with rules to come would have left it; gives what the engine says then."""
    own = rules_of(deployed)
    with rules_deployed(deployed, own + 1):
        yield f"runs matching rules {own + 1}, this release has {own}"


@contextmanager
def rules_deployed(deployed: Deployment, version: int) -> Iterator[None]:
    """The ConfigMap as a release with other rules would have left it."""
    own = rules_of(deployed)
    set_rules(deployed, version)
    try:
        yield
    finally:
        set_rules(deployed, own)


def rules_of(deployed: Deployment) -> int:
    return int(deployed.kube.get("configmap", rules_map(deployed))["data"]["version"])


def set_rules(deployed: Deployment, version: int) -> None:
    patch = json.dumps({"data": {"version": str(version)}})
    deployed.kube.kubectl(
        "patch", "configmap", rules_map(deployed), "--type=merge", "--patch", patch
    )


def rules_map(deployed: Deployment) -> str:
    return f"{deployed.release}-matching-rules"


def specs(deployed: Deployment) -> dict[str, int]:
    """Each workload with its generation, which counts the changes of its specification."""
    return {
        f"{one['kind']}/{one['metadata']['name']}": one["metadata"]["generation"]
        for kind in ("deployments", "statefulsets")
        for one in deployed.kube.items(kind)
    }
