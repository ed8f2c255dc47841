"""What `make kind-up` and `make dev` say on a machine that lacks something."""

from pathlib import Path

import pytest

from devkit.cluster import kind
from devkit.home import PlatformError


def programs(folder: Path, *names: str, engine: bool) -> None:
    for name in names:
        file = folder / name
        file.write_text(f"#!/bin/sh\nexit {0 if engine else 1}\n")
        file.chmod(0o755)


def test_everything_that_is_missing_is_said_at_once_and_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlatformError) as refused:
        kind.need("docker", "kind", "skaffold")
    said = str(refused.value)
    for name in ("docker", "kind", "skaffold"):
        assert f"{name} is missing: {kind.HOW_TO_GET[name]}" in said
    assert "Without Docker `make deploy` installs the platform on a Kubernetes node" in said


def test_a_docker_without_an_engine_is_not_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs(tmp_path, "docker", "kind", engine=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlatformError, match="no Docker engine answers: start it"):
        kind.need("docker", "kind")


def test_with_all_of_them_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(tmp_path, "docker", "kind", engine=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    kind.need("docker", "kind")


def test_without_a_cluster_there_is_nothing_to_develop_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs(tmp_path, "docker", "kind", "kubectl", "skaffold", "helm", engine=True)
    monkeypatch.setattr(kind, "KUBECONFIG", tmp_path / "none")
    monkeypatch.setattr(kind, "helm_program", lambda: str(tmp_path / "helm"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlatformError, match="run `make kind-up`"):
        kind.dev()
