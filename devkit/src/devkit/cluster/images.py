"""Builds the platform's images: what changed since the last time, several at once.

`python -m devkit images` is this; the cluster's tests and `deploy` call `build_images`.
"""

from __future__ import annotations

import fcntl
import json
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from devkit.bootstrap import CLUSTER_CACHE, LOCAL, REPOSITORY
from devkit.cluster.images_bases import context
from devkit.cluster.images_digest import digest_of
from devkit.cluster.images_engine import (
    KEPT,
    Build,
    Buildah,
    Engine,
    EngineName,
    choose,
    end_running,
    run,
)
from devkit.cluster.images_progress import Progress
from devkit.cluster.images_table import (
    BASE_IMAGES,
    BASES,
    IMAGES,
    PLATFORM_IMAGES,
    PREFIX,
    ImageSpec,
)
from devkit.home import PlatformError

FOLDER = LOCAL / "images"
"""Archives, logs and `images.json`; nothing in it is needed to build again."""
CACHE = CLUSTER_CACHE / "containers"
"""buildah's own storage: layers and bases that all checkouts of one machine share."""
DEBIAN = "debian"


@dataclass(frozen=True)
class Image:
    """One built image."""

    name: str
    reference: str
    """What a pod names; with buildah it begins with `localhost/`."""
    archive: str | None
    """The file with it, when archives were asked for."""
    bytes_compressed: int | None
    """Its layers as a registry holds them; known when it was archived."""
    digest: str | None

    @property
    def tag(self) -> str:
        return self.reference.rpartition(":")[2]


def build_images(
    names: Iterable[str] | None = None,
    *,
    engine: EngineName | None = None,
    archives: bool = True,
    say: Callable[[str], None] | None = None,
) -> dict[str, Image]:
    """Build the named images (all of the platform's without names) where their sources changed.

    Gives name -> image, as it also writes them to `.local/images/images.json`.
    Raises PlatformError when there is nothing to build with, or a build fails: with the end of what
    it said.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    chosen = choose(engine, CACHE)
    with Progress(say) as progress, one_at_a_time(progress):
        builder = Builder(chosen, archives=archives)
        specs = [spec(name) for name in names or [image.name for image in PLATFORM_IMAGES]]
        built = builder.build_all(specs, progress)
        known = read_images() | built
        file = FOLDER / "images.json"
        fresh = file.with_suffix(".new")
        fresh.write_text(
            json.dumps({name: asdict(known[name]) for name in sorted(known)}, indent=2)
        )
        fresh.replace(file)
        if builder.built_something:
            chosen.prune(_log("prune"))
    return built


@contextmanager
def one_at_a_time(progress: Progress) -> Iterator[None]:
    """Runs on one machine wait for each other, of whatever checkout: they share buildah's storage.

    Two at once would build the same things twice, and take away each other's archives.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.note("waiting for another build of images on this machine")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read_images() -> dict[str, Image]:
    """What was built before, whether or not its sources changed since."""
    file = FOLDER / "images.json"
    if not file.is_file():
        return {}
    return {name: Image(**fields) for name, fields in json.loads(file.read_text()).items()}


def spec(name: str) -> ImageSpec:
    """The table's line for a name; raises PlatformError with all names for one that is not there."""
    if name not in IMAGES:
        raise PlatformError(f"There is no image {name!r}; there are: {', '.join(IMAGES)}")
    return IMAGES[name]


class Builder:
    """One run: every image and every base is looked at once, whoever asks for it."""

    def __init__(self, engine: Engine, *, archives: bool) -> None:
        self._engine = engine
        self._archives = archives
        self._built_before = read_images()
        self._bases: dict[str, str] = {}
        self._stages: set[str] = set()
        self.built_something = False
        self._lock = threading.RLock()

    def build_all(self, specs: Iterable[ImageSpec], progress: Progress) -> dict[str, Image]:
        """Two at once are enough: the compilers use all cores, and the rest waits for the network."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            tasks = [pool.submit(self._image, one, progress) for one in specs]
            try:
                return {image.name: image for image in [task.result() for task in tasks]}
            except BaseException as error:
                for task in tasks:
                    task.cancel()
                if not isinstance(error, Exception):  # an interruption does not wait for compilers
                    while wait(tasks, timeout=0.2).not_done:
                        end_running()
                raise

    def _image(self, image: ImageSpec, progress: Progress) -> Image:
        build = self.described(image, progress)
        found = self._built_before.get(image.name)
        if found is not None and found.reference == build.reference and self._is_there(found):
            progress.unchanged(found.name, found.reference)
            return found
        self.built_something = True
        with progress.step(image.name, build.reference) as step:
            log = _log(image.name)
            if not self._engine.has(build.reference):
                self._warm(build, image, log)
                self._engine.build(build, log)
            made = Image(image.name, build.reference, None, None, None)
            if self._archives:
                step.now("to a file")
                made = self._archived(made, log)
            step.weighs(made.bytes_compressed)
        return made

    def described(self, image: ImageSpec, progress: Progress) -> Build:
        """How an image is built with this engine; makes the bases that it stands on."""
        arguments: dict[str, str] = {}
        if isinstance(self._engine, Buildah):
            arguments = {argument: self._base(base, self._engine, progress)
                         for argument, base in image.bases.items()}  # fmt: skip
        tag = digest_of(
            REPOSITORY,
            (image.dockerfile, *image.sources),
            (self._engine.name, *(f"{name}={value}" for name, value in arguments.items())),
        )
        reference = f"{self._engine.registry}{image.prefix}/{image.name}:{tag}"
        return Build(reference, image.dockerfile, arguments)

    def _is_there(self, image: Image) -> bool:
        if self._archives:
            return image.archive is not None and Path(image.archive).is_file()
        return self._engine.has(image.reference)

    def _archived(self, image: Image, log: Path) -> Image:
        path = FOLDER / f"{image.name}-{image.tag}.tar"
        half = path.with_suffix(".half")
        archive = self._engine.save(image.reference, half, log)
        half.replace(path)
        archives = FOLDER.glob(f"{image.name}-{'[0-9a-f]' * len(image.tag)}.tar")
        for old in sorted(archives, key=lambda one: -one.stat().st_mtime_ns)[KEPT:]:
            old.unlink()
        return replace(
            image,
            archive=str(path),
            bytes_compressed=archive.bytes_compressed,
            digest=archive.digest,
        )

    def _warm(self, build: Build, image: ImageSpec, log: Path) -> None:
        """Build the stage that several images begin with once, and let the others find its layers."""
        if image.shared_stage is None or not isinstance(self._engine, Buildah):
            return  # a Docker engine sees by itself that two builds want the same
        with self._lock:
            if image.shared_stage not in self._stages:
                stage = replace(
                    build, target=image.shared_stage,
                    reference=f"{self._engine.registry}stage/{image.shared_stage}:latest",
                )  # fmt: skip
                self._engine.build(stage, log)
                self._stages.add(image.shared_stage)

    def _base(self, name: str, engine: Buildah, progress: Progress) -> str:
        """A base made here, by its reference; built with those below it when it is not there yet."""
        with self._lock:
            if name not in self._bases:
                made = self._debian(engine, progress) if name == DEBIAN else None
                self._bases[name] = made or self._base_from_dockerfile(name, engine, progress)
            return self._bases[name]

    def _base_from_dockerfile(self, name: str, engine: Buildah, progress: Progress) -> str:
        base = BASE_IMAGES[name]
        arguments = {key: self._base(below, engine, progress) for key, below in base.bases.items()}
        folders = {one: context(one, CACHE) for one in base.contexts}
        salts = (*arguments.values(), *(folder.version for folder in folders.values()))
        tag = digest_of(REPOSITORY, (base.dockerfile, *base.sources), salts)
        build = Build(
            f"localhost/{base.prefix}/{name}:{tag}", base.dockerfile, arguments,
            {one: folder.folder for one, folder in folders.items()},
        )  # fmt: skip
        if not engine.has(build.reference):
            with progress.step(f"base {name}", build.reference):
                engine.build(build, _log(f"base-{name}"))
        return build.reference

    def _debian(self, engine: Buildah, progress: Progress) -> str:
        script = f"{BASES}/{DEBIAN}"
        reference = f"localhost/base/{DEBIAN}:{digest_of(REPOSITORY, (script,), ())}"
        if not engine.has(reference):
            with progress.step(f"base {DEBIAN}", reference):
                log = _log(f"base-{DEBIAN}")
                with tempfile.TemporaryDirectory(prefix=f"{DEBIAN}-", dir=CACHE) as folder:
                    tar = Path(folder) / "root.tar"
                    run([str(REPOSITORY / script), str(tar)], log)
                    engine.load(reference, tar, log)
        return reference


def push_images(
    names: Iterable[str] | None,
    registry: str,
    *,
    engine: EngineName | None,
    platforms: tuple[str, ...],
    version: str,
    labels: Mapping[str, str],
) -> dict[str, str]:
    """Build for all platforms and push to a registry, under a version instead of a digest.

    Gives name -> reference in the registry. Without a Docker engine the images stand on bases made
    here, which are of this machine's platform alone.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    chosen = choose(engine, CACHE)
    pushed: dict[str, str] = {}
    with Progress(None) as progress, one_at_a_time(progress):
        builder = Builder(chosen, archives=False)
        for name in names or [image.name for image in PLATFORM_IMAGES]:
            build = builder.described(spec(name), progress)
            build = replace(build, platforms=platforms, arguments={**build.arguments, **labels})
            to = f"{registry.rstrip('/')}/{PREFIX}/{name}:{version}"
            with progress.step(name, to):
                chosen.push(build, to, _log(name))
            pushed[name] = to
    return pushed


def _log(name: str) -> Path:
    file = FOLDER / "logs" / f"{name}.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("")
    return file
