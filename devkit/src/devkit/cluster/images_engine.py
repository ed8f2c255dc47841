"""Who builds images: a Docker engine, or buildah where none runs."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from devkit.bootstrap import REPOSITORY, docker_runs
from devkit.home import PlatformError

EngineName = Literal["docker", "buildah"]
COMMAND_S = 3600.0
"""How long one build, or one copy to a file or a registry, may take: some compile for minutes, alone."""
ANSWER_S = 300.0
"""How long a question may take; buildah's wait while a build writes to its storage."""
ENDING_S = 10.0
KEPT = 2
"""Images of one name that stay: the newest, and the one before for whoever goes back."""
UNUSED_S = 7 * 86_400
"""How long a layer without a name stays that no build has made anew."""
_running: set[subprocess.Popen[bytes]] = set()


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
    def prune(self, log: Path) -> None: ...


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
            "Images need a Docker engine, or buildah and mmdebstrap: `make images` installs them"
        )
    if os.geteuid() != 0:
        raise PlatformError("buildah makes these images as root only: run this with sudo")
    return Buildah(storage)


class Docker:
    """A Docker engine, with BuildKit."""

    name: EngineName = "docker"
    registry = ""

    def has(self, reference: str) -> bool:
        found = subprocess.run(
            ["docker", "image", "inspect", reference],
            capture_output=True, timeout=ANSWER_S, check=False,
        )  # fmt: skip
        return found.returncode == 0

    def build(self, build: Build, log: Path) -> None:
        command = ["docker", "buildx", "build", "--progress=plain", "--load", *build.options()]
        run([*command, "--tag", build.reference, "."], log)

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
            check=True, capture_output=True, text=True, timeout=ANSWER_S,
        )  # fmt: skip
        return Archive(path, path.stat().st_size, told.stdout.strip())

    def push(self, build: Build, to: str, log: Path) -> None:
        # One image for several platforms exists only in a registry: it is pushed as it is built.
        command = ["docker", "buildx", "build", "--progress=plain", "--push", *build.options()]
        run([*command, "--tag", to, "."], log)

    def prune(self, log: Path) -> None:
        """Docker's own to do: what else its engine holds is not known here."""


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
            capture_output=True, timeout=ANSWER_S, check=False,
        )  # fmt: skip
        return found.returncode == 0

    def build(self, build: Build, log: Path) -> None:
        self._build(build, ["--tag", build.reference], log)

    def load(self, reference: str, tar: Path, log: Path) -> None:
        """Make an image of one layer: what the tar file holds."""
        made = tar.with_name("Dockerfile")
        made.write_text(f"FROM scratch\nADD {tar.name} /\n")
        command = [*self._command, "build", "--isolation", "chroot", "--file", str(made)]
        run([*command, "--tag", reference, str(tar.parent)], log, self._environment)

    def save(self, reference: str, path: Path, log: Path) -> Archive:
        path.unlink(missing_ok=True)
        to = f"oci-archive:{path}:{reference}"
        run([*self._command, "push", reference, to], log, self._environment)
        return Archive(path, *weigh(path))

    def push(self, build: Build, to: str, log: Path) -> None:
        self._build(build, ["--manifest", to], log)
        pushed = [*self._command, "manifest", "push", "--all", to, f"docker://{to}"]
        run(pushed, log, self._environment)

    def prune(self, log: Path) -> None:
        """Remove what builds that were ended left, older images of each name, and layers of old.

        Nobody may be building. What cannot go now goes after another build: it fails none that is done.
        """
        with suppress(PlatformError):
            run([*self._command, "rm", "--all"], log, self._environment)
        listed = subprocess.run(
            [*self._command, "images", "--all", "--json"],
            capture_output=True, text=True, timeout=ANSWER_S, check=False,
        )  # fmt: skip
        going = unused(json.loads(listed.stdout or "[]") or [], time.time())
        if going:
            # Layers that others stand on are refused, and go when those are gone.
            with suppress(PlatformError):
                run([*self._command, "rmi", *going], log, self._environment)

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
        run(command, log, self._environment)


def unused(listed: Sequence[Mapping[str, Any]], now: float) -> list[str]:
    """Of what `buildah images --all --json` lists, what may go: tags of names that have newer ones, then
    ids of unnamed layers, the newest first since they stand on the older."""
    newest_first = sorted(listed, key=lambda image: -int(image["created"]))
    seen: Counter[str] = Counter()
    tags: list[str] = []
    for image in newest_first:
        for reference in image["names"] or ():
            name = reference.rpartition(":")[0]
            seen[name] += 1
            if seen[name] > KEPT:
                tags.append(reference)
    layers = [
        str(image["id"])
        for image in newest_first
        if not image["names"] and now - int(image["created"]) > UNUSED_S
    ]
    return tags + layers


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


def run(command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a command with what it says in a log; raises PlatformError with the end of it.

    With whatever ends this, a limit or an interruption, the command ends too, and all that it started.
    """
    with log.open("a") as file:
        file.write(f"$ {' '.join(command)}\n")
        file.flush()
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, stdout=file,
            stderr=subprocess.STDOUT, process_group=0,
        )  # fmt: skip
    _running.add(process)
    try:
        code = process.wait(COMMAND_S)
    except subprocess.TimeoutExpired:
        raise PlatformError(
            f"{' '.join(command[:2])} was not done after {COMMAND_S:.0f} s: see {log}"
        ) from None
    finally:
        _end(process)
        _running.discard(process)
    if code != 0:
        last = "\n".join(log.read_text().splitlines()[-25:])
        raise PlatformError(f"{last}\n{command[0]} failed; everything it said: {log}")


def end_running() -> None:
    """End what other threads run, for a run that was interrupted."""
    for process in list(_running):
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDING_S)
        os.killpg(process.pid, signal.SIGKILL)  # what it started may outlive it
    process.wait(ENDING_S)
