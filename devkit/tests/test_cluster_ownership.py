"""Nothing in a cluster is taken, changed or removed that is not known to be ours."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import namespaces
import pytest
import yaml
from namespaces import LABEL, PREFIX, RUN

from devkit.cluster import kube
from devkit.cluster.deploy import (
    MADE_HERE,
    RESTRICTED,
    deploy,
    make_backing_secret,
    make_namespace,
)
from devkit.cluster.deployment import Deployment
from devkit.cluster.kube import ClusterError, Kube
from devkit.cluster.targets import Node

ENDED_RUN = "4194305-abcdef"
"""Above the highest process id that Linux gives."""


class Cluster:
    """Answers what is asked of namespaces and releases as kubectl and helm do; keeps what is done."""

    def __init__(self) -> None:
        self.labels: dict[str, dict[str, str]] = {}
        self.releases: list[dict[str, Any]] = []
        self.history: list[dict[str, Any]] = []
        self.done: list[str] = []
        self.created: list[Any] = []

    def run(self, command: Sequence[str], seconds: float, *, stdin: str = "", **_: Any) -> str:
        namespace, arguments = command[2], list(command[3:])
        match arguments:
            case ["get", "namespace", _, "--ignore-not-found", *_]:
                return f"namespace/{namespace}" if namespace in self.labels else ""
            case ["get", "namespace", _, *_]:
                return json.dumps({"metadata": {"labels": self.labels[namespace]}})
            case ["get", "namespaces", "--selector", label, *_]:
                found = {name: one for name, one in self.labels.items() if label in one}
                items = [{"metadata": {"name": n, "labels": one}} for n, one in found.items()]
                return json.dumps({"items": items})
            case ["list", *_]:
                return json.dumps(self.releases)
            case ["history", *_]:
                return json.dumps(self.history)
            case ["get", *_]:
                return ""
            case ["create", *_]:
                self.created.append(yaml.safe_load(stdin))
        self.done.append(f"{arguments[0]} {namespace}")
        return ""


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster()
    monkeypatch.setattr(kube, "run_bounded", cluster.run)
    monkeypatch.setattr(kube, "kubectl_program", lambda: "kubectl")
    monkeypatch.setattr(kube, "helm", lambda: "helm")
    return cluster


def at(namespace: str) -> Kube:
    return Kube(Path("/dev/null"), namespace)


def test_a_namespace_that_was_not_made_here_is_left_alone_unless_it_is_adopted(
    cluster: Cluster,
) -> None:
    cluster.labels["kube-system"] = {"kubernetes.io/metadata.name": "kube-system"}
    with pytest.raises(ClusterError, match=r"kube-system was not made by .*--adopt"):
        make_namespace(at("kube-system"))
    assert cluster.done == []
    make_namespace(at("kube-system"), adopt=True)
    assert cluster.done == ["label kube-system"]


def test_a_namespace_that_is_made_is_known_again(cluster: Cluster) -> None:
    make_namespace(at("some"), {"of": "a test"})
    [made] = cluster.created
    cluster.labels["some"] = made["metadata"]["labels"]
    assert cluster.labels["some"] == {**MADE_HERE, **RESTRICTED, "of": "a test"}
    make_namespace(at("some"))
    assert cluster.done == ["create some", "label some"]


def test_the_servers_passwords_are_created_and_never_replaced(cluster: Cluster) -> None:
    make_backing_secret(at("some"))
    assert cluster.done == ["create some"]


@pytest.mark.parametrize(
    ("status", "history", "way"),
    [
        ("pending-rollback", [("superseded", 1), ("deployed", 2)], "some rollback it 2"),
        ("pending-install", [("pending-install", 1)], "some uninstall it"),
    ],
)
def test_a_release_that_another_helm_was_ended_at_is_not_upgraded_and_the_way_out_is_said(
    cluster: Cluster, status: str, history: list[tuple[str, int]], way: str
) -> None:
    cluster.releases = [{"name": "it", "status": status}]
    cluster.history = [{"status": one, "revision": number} for one, number in history]
    with pytest.raises(ClusterError, match=f"{status}.* helm --namespace {way}$"):
        Deployment(at("some"), "it", Node()).upgrade()
    images = {"gateway": "localhost/day-trading/gateway:aa"}
    with pytest.raises(ClusterError, match=status):
        deploy(Node(), at("default"), images, print, namespace="some", release="it")
    assert cluster.created == []
    assert cluster.done == []


def test_a_run_of_the_cluster_tests_has_names_of_its_own_and_removes_only_what_it_made(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespaces, "KEEP", False)
    one, other = (namespaces.own(at("default"), "shared") for _ in range(2))
    assert one.namespace.startswith(f"{PREFIX}-shared-")
    assert one.namespace != other.namespace
    assert [made["metadata"]["labels"][LABEL] for made in cluster.created] == [RUN, RUN]
    cluster.done.clear()

    cluster.labels["day-trading"] = dict(MADE_HERE)
    cluster.labels["of-another-run"] = {**MADE_HERE, LABEL: ENDED_RUN}
    for name in cluster.labels:
        with pytest.raises(ClusterError, match=f"{name} is not of this run"):
            namespaces.remove(at(name))
        with pytest.raises(ClusterError, match=f"{name} is there already"):
            namespaces.make(at(name))
    namespaces.remove(at("nowhere"))
    assert cluster.done == []
    cluster.labels[one.namespace] = {**MADE_HERE, LABEL: RUN}
    namespaces.remove(one)
    assert cluster.done == [f"delete {one.namespace}"]


def test_only_what_runs_left_that_have_ended_is_removed_with_theirs(cluster: Cluster) -> None:
    cluster.labels = {
        "default": {},
        "day-trading": dict(MADE_HERE),
        "left": {LABEL: ENDED_RUN},
        "in-use": {LABEL: f"{os.getpid()}-abcdef"},
    }
    assert namespaces.remove_left_behind(at("default")) == ["left"]
    assert cluster.done == ["delete left"]
