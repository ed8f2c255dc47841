"""Which cluster a run uses."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from devkit.cluster import kube, targets
from devkit.cluster.kube import ClusterError
from devkit.cluster.targets import Kind, Named, Node, choose_target, give_up


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


def test_docker_without_kind_leads_to_the_node_and_why_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(targets, "docker_runs", lambda: True)
    monkeypatch.setattr(targets.shutil, "which", lambda name: None)
    monkeypatch.setenv("CLUSTER_STATE", str(tmp_path))
    monkeypatch.setattr(targets, "NODE", tmp_path)
    said: list[str] = []
    for name, text in {"build": "", "up": "echo /some/config"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    assert choose_target({}).up(said.append).kubeconfig == Path("/some/config")
    assert "kind is missing" in said[0]


@pytest.fixture
def node_scripts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Path]:
    """`node_scripts(up)`: with this `up`, and a `down` that writes how it was called to the file returned."""
    monkeypatch.setenv("CLUSTER_STATE", str(tmp_path))
    monkeypatch.setattr(targets, "NODE", tmp_path)
    ended = tmp_path / "ended"

    def write(up: str) -> Path:
        for name, text in {"build": "", "up": up, "down": f'echo "$@" >{ended}'}.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
            (tmp_path / name).chmod(0o755)
        return ended

    return write


def test_a_node_that_came_up_by_half_is_ended(node_scripts: Callable[[str], Path]) -> None:
    ended = node_scripts("echo $PPID >$CLUSTER_STATE/started-by; exit 1")
    node = Node()
    node.down()
    assert not ended.exists()
    with pytest.raises(ClusterError):
        node.up(print)
    node.down()
    assert ended.read_text() == f"--started-by {os.getpid()}\n"


@pytest.mark.parametrize("end", ["echo /some/config", "exit 1"])
def test_a_node_that_another_process_began_meanwhile_is_not_ended(
    node_scripts: Callable[[str], Path], end: str
) -> None:
    ended = node_scripts(f"echo 1 >$CLUSTER_STATE/started-by; {end}")
    node = Node()
    said: list[str] = []
    try:
        node.up(said.append)
    except ClusterError:
        assert end == "exit 1"
    else:
        assert "ran already" in said[-1]
    node.down()
    assert not ended.exists()


def test_the_scripts_of_the_node_give_up_the_lock_before_they_are_given_up(
    node_scripts: Callable[[str], Path],
) -> None:
    node_scripts('echo "waits $LOCK_WAIT_S" >&2; exit 1')
    with pytest.raises(ClusterError, match=f"waits {targets.LOCK_WAIT_S}$"):
        Node().up(print)
    assert min(targets.NODE_UP_S, targets.NODE_DOWN_S) > targets.LOCK_WAIT_S


def test_an_error_in_giving_up_is_said_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Node) -> None:
        raise ClusterError("the node does not end")

    monkeypatch.setattr(Node, "down", refuse)
    said: list[str] = []
    give_up(Node(), said.append)
    assert said == ["What was started could not be ended: the node does not end"]


def test_kind_makes_no_cluster_that_nothing_here_could_speak_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(targets, "run_bounded", lambda *command, **_: asked.append(command) or "")
    monkeypatch.setattr(kube, "CLUSTER_CACHE", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClusterError, match="kubectl is missing"):
        Kind().up(print)
    assert asked == []


def test_a_named_cluster_is_given_time_to_give_an_ingress_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ready = {"status": {"loadBalancer": {"ingress": [{"hostname": "exchange.example.com"}]}}}
    answers = iter([[], [{"status": {}}], [ready]])
    monkeypatch.setattr(targets.Kube, "items", lambda *_: next(answers))
    monkeypatch.setattr(targets, "POLL_S", 0)
    named = Named(Path("/dev/null"), "registry.example.com")
    assert named.ingress_url(targets.Kube(Path("/dev/null"))) == "http://exchange.example.com"
    monkeypatch.setattr(targets.Kube, "items", lambda *_: [])
    monkeypatch.setattr(targets, "ADDRESS_S", 0)
    with pytest.raises(ClusterError, match="INGRESS_URL"):
        named.ingress_url(targets.Kube(Path("/dev/null")))
