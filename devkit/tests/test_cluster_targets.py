"""Which cluster a run uses."""

from pathlib import Path

import pytest

from devkit.cluster import targets
from devkit.cluster.kube import ClusterError
from devkit.cluster.targets import Kind, Named, Node, choose_target


def docker(monkeypatch: pytest.MonkeyPatch, *, runs: bool) -> None:
    monkeypatch.setattr(targets, "docker_runs", lambda: runs)
    monkeypatch.setattr(targets.shutil, "which", lambda name: f"/usr/bin/{name}")


def test_a_cluster_that_is_named_is_used_before_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    docker(monkeypatch, runs=True)
    named = {"KUBECONFIG": "/somewhere/config", "IMAGE_REGISTRY": "registry.example.com"}
    chosen = choose_target(named)
    assert isinstance(chosen, Named)
    assert chosen.registry == "registry.example.com"


def test_a_named_cluster_without_a_registry_is_refused_with_what_to_do() -> None:
    with pytest.raises(ClusterError, match="IMAGE_REGISTRY"):
        choose_target({"KUBECONFIG": "/somewhere/config"})


def test_kind_is_used_where_docker_runs_and_the_node_where_it_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    docker(monkeypatch, runs=True)
    assert isinstance(choose_target({}), Kind)
    docker(monkeypatch, runs=False)
    assert isinstance(choose_target({}), Node)


def test_the_kubeconfig_of_a_cluster_of_our_own_names_that_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    docker(monkeypatch, runs=True)
    assert isinstance(choose_target({"KUBECONFIG": str(Node.kubeconfig())}), Node)
    docker(monkeypatch, runs=False)
    assert isinstance(choose_target({"KUBECONFIG": str(targets.KIND_KUBECONFIG)}), Kind)


def test_the_ports_of_kind_are_read_where_kind_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kind-config.yaml"
    monkeypatch.setattr(targets, "KIND_CONFIG", file)
    file.write_text("nodes: [{extraPortMappings: [{containerPort: 80, hostPort: 8088}]}]")
    kube = targets.Kube(Path("/dev/null"))
    assert Kind().ingress_url(kube) == "http://127.0.0.1:8088"
    file.write_text("nodes: []")
    with pytest.raises(ClusterError, match="hostPort"):
        Kind().ingress_url(kube)
