"""The table of images, their tags, and what the engines are asked for."""

from __future__ import annotations

import fcntl
import io
import json
import os
import re
import tarfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devkit.bootstrap import REPOSITORY
from devkit.cluster import images
from devkit.cluster.images_digest import digest_of, ignore_rules
from devkit.cluster.images_engine import Archive, Build, weigh
from devkit.cluster.images_progress import Progress
from devkit.cluster.images_table import BASE_IMAGES, IMAGES, PLATFORM_IMAGES, ImageSpec
from devkit.home import PlatformError
from devkit.services import SERVICES

EVERY = [*IMAGES.values(), *BASE_IMAGES.values()]


def by_name(spec: ImageSpec) -> str:
    return spec.name


def instructions(dockerfile: str) -> list[str]:
    text = (REPOSITORY / dockerfile).read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [line.strip() for line in "\n".join(lines).replace("\\\n", " ").splitlines()]


@pytest.mark.parametrize("spec", EVERY, ids=by_name)
def test_what_a_dockerfile_copies_counts_for_its_tag(spec: ImageSpec) -> None:
    for line in instructions(spec.dockerfile):
        if not line.startswith("COPY ") or "--from=" in line:
            continue
        *copied, _ = [word for word in line.split()[1:] if not word.startswith("--")]
        for path in copied:
            assert any(
                Path(path) == Path(source) or Path(source) in Path(path).parents
                for source in spec.sources
            ), f"{path} goes into {spec.name}, and a change of it would not be seen"


@pytest.mark.parametrize("spec", EVERY, ids=by_name)
def test_every_base_is_an_argument_that_the_table_knows(spec: ImageSpec) -> None:
    text = (REPOSITORY / spec.dockerfile).read_text()
    asked_for = set(re.findall(r"^ARG (\w*(?:IMAGE|BASE))=(?!scratch)", text, re.MULTILINE))
    assert set(spec.bases) == asked_for


@pytest.mark.parametrize("spec", PLATFORM_IMAGES, ids=by_name)
def test_an_image_of_the_platform_runs_as_nobody_and_says_what_it_is(spec: ImageSpec) -> None:
    lines = instructions(spec.dockerfile)
    last_stage = lines[max(at for at, line in enumerate(lines) if line.startswith("FROM ")) :]
    inherited = "\n".join(lines) if "FROM runtime" in last_stage else "\n".join(last_stage)
    assert "USER 10001:10001" in inherited
    assert "org.opencontainers.image.revision" in "\n".join(last_stage)
    assert any(line.startswith("ENTRYPOINT [") for line in last_stage), "a shell would eat SIGTERM"


def test_every_service_has_an_image_with_its_port_and_package() -> None:
    for service in SERVICES:
        if service.role != "serve":
            continue
        lines = instructions(f"services/{service.name}/Dockerfile")
        assert f"EXPOSE {service.port}" in lines
        if service.package:
            assert f'ENTRYPOINT ["python", "-m", "{service.package}"]' in lines


def test_the_dockerfiles_of_the_python_services_differ_in_nothing_but_their_names() -> None:
    bodies = set()
    for service in SERVICES:
        if service.package and service.role == "serve":
            _, _, text = (
                (REPOSITORY / f"services/{service.name}/Dockerfile").read_text().partition("\n")
            )
            for own in (f'"{service.package}"', rf"(?<!day-){service.name}", str(service.port)):
                text = re.sub(own, "…", text)
            bodies.add(text)
    assert len(bodies) == 1


def test_a_tag_changes_with_content_name_mode_and_salt_and_with_nothing_else(
    tmp_path: Path,
) -> None:
    (tmp_path / ".dockerignore").write_text("*\n!src\n**/__pycache__\n**/*_test.go\n")
    source = tmp_path / "src"
    source.mkdir()
    (source / "a.py").write_text("one")
    first = digest_of(tmp_path, ["src"], ["salt"])

    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "a.pyc").write_text("left out")
    (source / "a_test.go").write_text("left out")
    (source / "a.py").touch()
    assert digest_of(tmp_path, ["src"], ["salt"]) == first

    seen = {first, digest_of(tmp_path, ["src"], ["pepper"])}
    (source / "a.py").chmod(0o755)
    seen.add(digest_of(tmp_path, ["src"], ["salt"]))
    (source / "a.py").write_text("two")
    seen.add(digest_of(tmp_path, ["src"], ["salt"]))
    (source / "a.py").rename(source / "b.py")
    seen.add(digest_of(tmp_path, ["src"], ["salt"]))
    assert len(seen) == 5


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("*\n**/none\n")
    with pytest.raises(PlatformError, match="gone goes into an image and is not there"):
        digest_of(tmp_path, ["gone"], [])


@pytest.mark.parametrize(
    ("path", "left_out"),
    [
        ("services/auth/src/auth/main.py", False),
        ("services/auth/src/auth/__pycache__/main.cpython-311.pyc", True),
        ("services/auth/tests/test_users.py", True),
        ("services/matching-engine/internal/book/book_test.go", True),
        ("services/matching-engine/internal/book/book.go", False),
        ("frontend/node_modules/react/index.js", True),
        ("frontend/src/main.tsx", False),
        ("tests/verify/compare.py", False),
        ("tests/verify/test_compare.py", True),
    ],
)
def test_what_the_dockerignore_leaves_out(path: str, left_out: bool) -> None:
    rules = ignore_rules((REPOSITORY / ".dockerignore").read_text())
    assert bool(rules.fullmatch(path)) is left_out


def test_an_unknown_image_is_answered_with_all_names() -> None:
    with pytest.raises(PlatformError, match="no image 'gatway'; there are: matching-engine, auth"):
        images.spec("gatway")


@dataclass
class RecordingEngine:
    """Stands where an engine would and keeps what it was asked: building for real takes minutes."""

    name: images.EngineName = "docker"
    registry: str = ""
    built: list[Build] = field(default_factory=list)

    def has(self, reference: str) -> bool:
        return any(build.reference == reference for build in self.built)

    def build(self, build: Build, log: Path) -> None:
        self.built.append(build)

    def save(self, reference: str, path: Path, log: Path) -> Archive:
        path.write_text(reference)
        return Archive(path, 1_000_000, "sha256:of-" + reference)

    def push(self, build: Build, to: str, log: Path) -> None:
        self.built.append(build)

    def prune(self, log: Path) -> None:
        pass


def test_what_did_not_change_is_not_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = RecordingEngine()
    monkeypatch.setattr(images, "FOLDER", tmp_path)
    monkeypatch.setattr(images, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(images, "choose", lambda wanted, storage: engine)
    said: list[str] = []

    first = images.build_images(["auth", "gateway"], say=said.append)
    assert {build.reference for build in engine.built} == {
        image.reference for image in first.values()
    }
    assert first["auth"].reference.startswith("day-trading/auth:")
    assert first["auth"].archive is not None
    assert Path(first["auth"].archive).read_text() == first["auth"].reference
    assert (
        json.loads((tmp_path / "images.json").read_text())["auth"]["bytes_compressed"] == 1_000_000
    )

    assert images.build_images(["auth", "gateway"], say=said.append) == first
    assert len(engine.built) == 2
    assert sum("unchanged" in line for line in said) == 2

    Path(first["auth"].archive).unlink()
    images.build_images(["auth"], say=said.append)
    assert len(engine.built) == 2, "an archive that is gone is written again, not built again"
    assert Path(first["auth"].archive).is_file()


def test_the_archives_of_the_newest_two_tags_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "FOLDER", tmp_path)
    monkeypatch.setattr(images, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(images, "choose", lambda wanted, storage: RecordingEngine())
    for age, tag in enumerate(("aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"), 1):
        (tmp_path / f"auth-{tag}.tar").touch()
        os.utime(tmp_path / f"auth-{tag}.tar", (1e9 - age, 1e9 - age))
    (tmp_path / "auth-notes.tar").touch()

    made = images.build_images(["auth"], say=lambda line: None)["auth"]
    kept = {f"auth-{made.tag}.tar", "auth-aaaaaaaaaaaa.tar", "auth-notes.tar"}
    assert {one.name for one in tmp_path.glob("*.tar")} == kept


def test_builds_and_pushes_wait_for_another_checkouts_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = RecordingEngine()
    monkeypatch.setattr(images, "FOLDER", tmp_path)
    monkeypatch.setattr(images, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(images, "choose", lambda wanted, storage: engine)
    (tmp_path / "cache").mkdir()
    waiting = threading.Barrier(3)
    runs: list[Callable[[], object]] = [
        lambda: images.build_images(["auth"], say=lambda line: None),
        lambda: images.push_images(
            ["ui"], "registry", engine=None, platforms=(), version="1", labels={}
        ),
    ]

    class Noting(Progress):
        def note(self, text: str) -> None:
            waiting.wait(10)

    monkeypatch.setattr(images, "Progress", Noting)
    with (tmp_path / "cache" / "lock").open("w") as other, ThreadPoolExecutor() as pool:
        fcntl.flock(other, fcntl.LOCK_EX)
        tasks = [pool.submit(one) for one in runs]
        waiting.wait(10)
        assert engine.built == []
        fcntl.flock(other, fcntl.LOCK_UN)
        for task in tasks:
            task.result(10)
    assert len(engine.built) == 2


def test_a_failed_build_is_the_callers_error_and_leaves_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(RecordingEngine):
        def build(self, build: Build, log: Path) -> None:
            raise PlatformError("the compiler said no")

    monkeypatch.setattr(images, "FOLDER", tmp_path)
    monkeypatch.setattr(images, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(images, "choose", lambda wanted, storage: Broken())
    with pytest.raises(PlatformError, match="the compiler said no"):
        images.build_images(["auth"], say=lambda line: None)
    assert images.read_images() == {}


def test_the_official_bases_are_left_to_the_dockerfile_where_docker_runs() -> None:
    builder = images.Builder(RecordingEngine(), archives=False)
    for spec in PLATFORM_IMAGES:
        assert builder.described(spec, Progress(lambda line: None)).arguments == {}


def test_an_oci_archive_is_weighed_by_its_layers(tmp_path: Path) -> None:
    manifest = json.dumps({"layers": [{"size": 700}, {"size": 55}]}).encode()
    index = json.dumps({"manifests": [{"digest": "sha256:abc"}]}).encode()
    path = tmp_path / "image.tar"
    with tarfile.open(path, "w") as tar:
        for name, content in (("index.json", index), ("blobs/sha256/abc", manifest)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    assert weigh(path) == (755, "sha256:abc")
