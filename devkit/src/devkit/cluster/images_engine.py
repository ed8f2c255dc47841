"""Who builds images: a Docker engine, or buildah where none runs."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

from devkit.bootstrap import REPOSITORY
from devkit.home import PlatformError

EngineName = Literal["docker", "buildah"]


@dataclass(frozen=True)
class Build:
    """One run of an engine over one Dockerfile, with the repository's root as its context."""

    reference: str
    dockerfile: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Path] = field(default_factory=dict)
    target: str | None = None
    platforms: tuple[str, ...] = ()
    """Empty: this machine's own."""

    def options(self) -> list[str]:
        """What both engines spell alike."""
        return [
            *("--file", self.dockerfile),
            *(part for name, value in self.arguments.items()
              for part in ("--build-arg", f"{name}={value}")),
            *(part for name, folder in self.contexts.items()
              for part in ("--build-context", f"{name}={folder}")),
            *(("--target", self.target) if self.target else ()),
            *(("--platform", ",".join(self.platforms)) if self.platforms else ()),
        ]  # fmt: skip


@dataclass(frozen=True)
class Archive:
    """An image in a file, as `ctr images import` and `kind load image-archive` take it."""

    path: Path
    bytes_compressed: int
    digest: str


class Engine(Protocol):
    """What building needs of a Docker engine or of buildah."""

    name: EngineName
    registry: str
    """What stands before the names of images that are only on this machine."""

    def has(self, reference: str) -> bool: ...
    def build(self, build: Build, log: Path) -> None: ...
    def save(self, reference: str, path: Path, log: Path) -> Archive: ...
    def push(self, build: Build, to: str, log: Path) -> None: ...


def choose(wanted: EngineName | None, storage: Path) -> Engine:
    """The engine that was asked for, or Docker where it runs, or buildah.

    Raises PlatformError with what to do when there is none.
    """
    if wanted != "buildah" and docker_runs():
        return Docker()
    if wanted == "docker":
        raise PlatformError("No Docker engine answers: start it, or use --engine buildah")
    if shutil.which("buildah") is None:
        raise PlatformError(
            "Images need a Docker engine, or buildah: apt-get install buildah mmdebstrap"
        )
    if os.geteuid() != 0:
        raise PlatformError("buildah makes these images as root only: run this with sudo")
    return Buildah(storage)


def docker_runs() -> bool:
    """Whether a Docker engine answers."""
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


class Docker:
    """A Docker engine, with BuildKit."""

    name: EngineName = "docker"
    registry = ""

    def has(self, reference: str) -> bool:
        found = subprocess.run(
            ["docker", "image", "inspect", reference], capture_output=True, check=False
        )
        return found.returncode == 0

    def build(self, build: Build, log: Path) -> None:
        command = ["docker", "buildx", "build", "--progress=plain", "--load", *build.options()]
        _run([*command, "--tag", build.reference, "."], log)

    def save(self, reference: str, path: Path, log: Path) -> Archive:
        # Docker saves layers as they are; compressed they are what a registry would hold.
        with subprocess.Popen(["docker", "save", reference], stdout=subprocess.PIPE) as saving:
            assert saving.stdout is not None, "a pipe was asked for"
            with gzip.open(path, "wb", compresslevel=6) as file:
                shutil.copyfileobj(saving.stdout, file, 1 << 20)
        if saving.returncode != 0:
            raise PlatformError(f"docker save {reference} failed")
        told = subprocess.run(
            ["docker", "image", "inspect", "--format", "{{.Id}}", reference],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return Archive(path, path.stat().st_size, told.stdout.strip())

    def push(self, build: Build, to: str, log: Path) -> None:
        # One image for several platforms exists only in a registry: it is pushed as it is built.
        command = ["docker", "buildx", "build", "--progress=plain", "--push", *build.options()]
        _run([*command, "--tag", to, "."], log)


class Buildah:
    """buildah as root, with a storage of its own: chroot isolation needs no daemon and no cgroups."""

    name: EngineName = "buildah"
    registry = "localhost/"

    def __init__(self, storage: Path) -> None:
        driver = os.environ.get("STORAGE_DRIVER", "overlay")
        # What `RUN --mount=type=cache` keeps is kept there, too.
        self._environment = {**os.environ, "TMPDIR": str(storage / "tmp")}
        (storage / "tmp").mkdir(parents=True, exist_ok=True)
        self._command = [
            "buildah", "--root", str(storage / "root"), "--runroot", str(storage / "run"),
            "--storage-driver", driver,
        ]  # fmt: skip

    def has(self, reference: str) -> bool:
        found = subprocess.run(
            [*self._command, "inspect", "--type", "image", reference],
            capture_output=True,
            check=False,
        )
        return found.returncode == 0

    def build(self, build: Build, log: Path) -> None:
        self._build(build, ["--tag", build.reference], log)

    def load(self, reference: str, tar: Path, log: Path) -> None:
        """Make an image of one layer: what the tar file holds."""
        made = tar.with_name("Dockerfile")
        made.write_text(f"FROM scratch\nADD {tar.name} /\n")
        command = [*self._command, "build", "--isolation", "chroot", "--file", str(made)]
        _run([*command, "--tag", reference, str(tar.parent)], log)

    def save(self, reference: str, path: Path, log: Path) -> Archive:
        path.unlink(missing_ok=True)
        _run([*self._command, "push", reference, f"oci-archive:{path}:{reference}"], log)
        return Archive(path, *weigh(path))

    def push(self, build: Build, to: str, log: Path) -> None:
        self._build(build, ["--manifest", to], log)
        _run([*self._command, "manifest", "push", "--all", to, f"docker://{to}"], log)

    def _build(self, build: Build, naming: Sequence[str], log: Path) -> None:
        if build.platforms:
            # buildah 1.28 does not set it by itself, and would look for bases of the target's.
            machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, "amd64")
            here = {"BUILDPLATFORM": f"linux/{machine}"}
            build = replace(build, arguments={**build.arguments, **here})
        command = [
            *self._command, "build", "--isolation", "chroot", "--layers", "--pull=never",
            "--ignorefile", str(REPOSITORY / ".dockerignore"), *build.options(), *naming, ".",
        ]  # fmt: skip
        _run(command, log, self._environment)


def weigh(archive: Path) -> tuple[int, str]:
    """The bytes of an OCI archive's layers as they are, which is compressed, and its image's digest."""
    with tarfile.open(archive) as tar:

        def document(name: str) -> dict[str, list[dict[str, str | int]]]:
            member = tar.extractfile(name)
            assert member is not None, "an OCI layout's documents are files"
            found: dict[str, list[dict[str, str | int]]] = json.load(member)
            return found

        digest = str(document("index.json")["manifests"][0]["digest"])
        manifest = document("blobs/" + digest.replace(":", "/"))
    return sum(int(layer["size"]) for layer in manifest["layers"]), digest


def _run(command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a command with what it says in a log; raises PlatformError with the end of it."""
    with log.open("a") as file:
        file.write(f"$ {' '.join(command)}\n")
        file.flush()
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, stdout=file, stderr=subprocess.STDOUT,
            check=False,
        )  # fmt: skip
    if done.returncode != 0:
        last = "\n".join(log.read_text().splitlines()[-25:])
        raise PlatformError(f"{last}\n{command[0]} failed; everything it said: {log}")
