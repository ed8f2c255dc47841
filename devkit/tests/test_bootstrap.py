"""What bootstrap says about a machine that lacks something."""

import re
from pathlib import Path

import pytest

from devkit import bootstrap
from devkit.bootstrap import BootstrapError, check_go, check_node, helm_program, numbers


def go_that_says(text: str, folder: Path) -> str:
    program = folder / "go"
    program.write_text(f"#!/bin/sh\necho '{text}'\n")
    program.chmod(0o755)
    return str(program)


def test_an_older_go_is_refused_in_a_sentence_that_names_both_versions(tmp_path: Path) -> None:
    with pytest.raises(
        BootstrapError, match=r"Go 1\.\d+\.\d+ or later is needed.* says: go1\.9\.7\."
    ):
        check_go(go_that_says("go1.9.7", tmp_path))


@pytest.mark.parametrize("version", ["go1.999", "go2.0.1", "go1.999rc1"])
def test_a_newer_go_is_taken(version: str, tmp_path: Path) -> None:
    check_go(go_that_says(version, tmp_path))


def test_a_go_that_tells_no_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BootstrapError, match=r"is needed.* says: nothing"):
        check_go(go_that_says("", tmp_path))


def test_versions_are_compared_as_numbers() -> None:
    assert numbers("1.26") == numbers("1.26.0") < numbers("1.26.1") < numbers("1.100")


@pytest.mark.parametrize(
    ("says", "taken"), [("v20.19.0", True), ("v24.1.0", True), ("v18.20.4", False), ("", False)]
)
def test_node_is_taken_from_the_version_that_the_ui_needs(
    says: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    if taken:
        check_node()
    else:
        with pytest.raises(BootstrapError, match=r"Node\.js 20\.19 or later with npm is needed"):
            check_node()


def test_a_missing_node_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BootstrapError, match=r"there is none in the PATH.*nodejs\.org"):
        check_node()


@pytest.mark.parametrize(
    ("says", "taken"),
    [("v3.19.5", True), ("v3.18.0", True), ("v3.17.9", False), ("v4.0.1", False), ("", False)],
)
def test_helm_is_taken_from_the_path_in_the_versions_that_the_charts_are_for(
    says: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "helm"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bootstrap, "CLUSTER_CACHE", tmp_path / "empty")
    assert helm_program() == (str(program) if taken else None)


def test_a_helm_that_does_not_fit_is_passed_over_for_the_one_built_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / "cache" / "bin" / "helm"
    built.parent.mkdir(parents=True)
    for program, says in ((tmp_path / "helm", "v4.0.1"), (built, "v3.19.5")):
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bootstrap, "CLUSTER_CACHE", tmp_path / "cache")
    assert helm_program() == str(built)


@pytest.mark.parametrize("runs", [True, False])
def test_the_image_builder_is_installed_where_no_docker_engine_answers(
    runs: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []
    for name, code in (("docker", 0 if runs else 1), ("buildah", 0)):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\nexit {code}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(
        bootstrap, "install_packages", lambda packages, step: asked_for.extend(packages)
    )
    bootstrap.image_builder()
    assert asked_for == ([] if runs else ["mmdebstrap"])


def test_what_a_node_lacks_is_installed_once_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []
    (tmp_path / "here").write_text("#!/bin/sh\n")
    (tmp_path / "here").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(
        bootstrap, "install_packages", lambda packages, step: asked_for.extend(packages)
    )
    bootstrap.install_missing({"here": "a", "gone-1": "b", "gone-2": "b"}, "for a test")
    assert asked_for == ["b"]


def test_the_doors_that_need_images_install_their_builder() -> None:
    doors = (bootstrap.REPOSITORY / "Makefile").read_text()
    for door in ("images", "deploy", "cluster-test"):
        recipe = re.search(rf"^{door}:.*\n((?:\t.*\n)+)", doors, re.MULTILINE)
        assert recipe is not None
        assert re.search(r"\$\(BOOTSTRAP\).* builder\b", recipe[1])
