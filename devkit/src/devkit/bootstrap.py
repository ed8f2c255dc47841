"""Make this machine able to run the platform; do nothing where nothing is missing.

Run by the system's python3 before anything of ours is installed, so it uses the standard library
only. It makes the Python environment (`.venv`) from `requirements.lock`, installs PostgreSQL,
Redis and RabbitMQ from the system's packages where they are missing, and builds the matching
engine and the UI. Each step remembers a hash of what it was made from, so that an unchanged step costs
milliseconds.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
LOCAL = REPOSITORY / ".local"
VENV = REPOSITORY / ".venv"
ENGINE_SOURCE = REPOSITORY / "services" / "matching-engine"
ENGINE_BINARY = LOCAL / "bin" / "matching-engine"
FRONTEND = REPOSITORY / "frontend"
NODE_MODULES = FRONTEND / "node_modules"
UI = FRONTEND / "dist"
LOCK = REPOSITORY / "requirements.lock"
LOG = LOCAL / "logs" / "bootstrap.log"
SYSTEM_POLICY = Path("/usr/sbin/policy-rc.d")
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = "20.19"
HELM, OLDEST_HELM = "3.19.5", "3.18"
KUSTOMIZE = "5.7.1"
KUBERNETES = "1.34"
"""The version that charts and manifests are rendered for and checked against."""
CLUSTER_CACHE = Path(os.environ.get("CLUSTER_CACHE") or Path.home() / ".cache" / "cluster")
"""What is built once for all checkouts of a machine; tests/cluster/node keeps its programs there."""
NOT_IN_THE_UI = {"node_modules", "dist", "docs", "e2e", "test-results", "playwright-report"}
"""Folders of the frontend from which nothing gets into what is built."""


class BootstrapError(Exception):
    """A step failed; the text says what is wrong and how to mend it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps that are asked for; without a name those that running the platform needs."""
    parser = argparse.ArgumentParser(prog="bootstrap", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="step", help=f"of {', '.join(STEPS)}")
    steps = parser.parse_args(arguments).steps or TO_RUN
    if unknown := set(steps) - set(STEPS):
        parser.error(f"there is no step {', '.join(sorted(unknown))}")
    LOG.parent.mkdir(parents=True, exist_ok=True)
    try:
        with only_one_at_a_time():
            for name, step in STEPS.items():
                if name in steps:
                    step()
    except BootstrapError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


class only_one_at_a_time:  # noqa: N801 - reads as a statement where it is used
    """A lock between several `make` in one checkout: the second waits and then finds it all done."""

    def __enter__(self) -> None:
        self._file = (LOCAL / "bootstrap.lock").open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


# --- Python ---------------------------------------------------------------------------------------


def python_environment() -> None:
    """`.venv` with exactly what `requirements.lock` names, and our own packages editable."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise BootstrapError(
            f"Python 3.11 or later is needed, and python3 here is {found}. "
            "Install a newer one, or name it: make PYTHON=python3.12"
        )
    packages = workspace_packages()
    lock_stamp, package_stamp = VENV / ".lock-made-from", VENV / ".packages-made-from"
    lock = digest([LOCK], salt=sys.version + str(REPOSITORY))
    package = digest([path / "pyproject.toml" for path in packages], salt=lock)
    if written(lock_stamp) == lock and written(package_stamp) == package:
        return
    with Step("Python packages into .venv") as step:
        if not (VENV / "bin" / "uv").is_file():
            make_virtual_environment(step)
        uv = str(VENV / "bin" / "uv")
        environment = {"VIRTUAL_ENV": str(VENV), "UV_LINK_MODE": "copy"}
        if written(lock_stamp) != lock:
            step.run([uv, "pip", "sync", "--quiet", "--require-hashes", str(LOCK)], environment)
            lock_stamp.write_text(lock)
        # Folders, never bare names: a bare name would be looked up in the package index.
        editable = [part for path in packages for part in ("--editable", str(path))]
        step.run(
            [
                *(uv, "pip", "install", "--quiet", "--offline", "--no-deps"),
                *("--no-build-isolation", *editable),
            ],
            environment,
        )
        package_stamp.write_text(package)


def make_virtual_environment(step: Step) -> None:
    """An environment that holds only uv, at the version and with the hashes of the lock."""
    shutil.rmtree(VENV, ignore_errors=True)
    if step.try_run([sys.executable, "-m", "venv", str(VENV)]) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        install_packages(["python3-venv"], step)
        step.run([sys.executable, "-m", "venv", str(VENV)])
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirement:
        requirement.write(requirement_of("uv"))
        requirement.flush()
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        step.run([*pip, "--require-hashes", "--requirement", requirement.name])


def requirement_of(name: str) -> str:
    """The lines of the lock that pin one distribution, with its hashes."""
    lines: list[str] = []
    for line in LOCK.read_text().splitlines():
        if lines and not line.startswith(" "):
            break
        if lines or line.startswith(f"{name}=="):
            lines.append(line)
    if not lines:
        raise BootstrapError(f"requirements.lock does not pin {name}: run `make lock`")
    return "\n".join(line for line in lines if not line.lstrip().startswith("#")) + "\n"


def workspace_packages() -> list[Path]:
    """The folders of our own Python packages, as the root pyproject.toml lists them."""
    import tomllib  # 3.11 and later: only after the version was checked

    workspace = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    members = workspace["tool"]["uv"]["workspace"]["members"]
    return [REPOSITORY / member for member in members]


# --- Servers --------------------------------------------------------------------------------------


def system_servers() -> None:
    """PostgreSQL, Redis and RabbitMQ, unless they are here or the settings point at others."""
    wanted = {
        "postgresql": ("POSTGRES_URL", postgres_is_here),
        "redis-server": ("REDIS_URL", lambda: shutil.which("redis-server") is not None),
        "rabbitmq-server": ("BROKER_URL", rabbitmq_is_here),
    }
    missing = [
        package
        for package, (setting, is_here) in wanted.items()
        if not os.environ.get(setting) and not is_here()
    ]
    if missing:
        with Step(f"System packages: {', '.join(missing)}") as step:
            install_packages(missing, step)


def postgres_is_here() -> bool:
    return any(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or bool(shutil.which("postgres"))


def rabbitmq_is_here() -> bool:
    return any(Path("/usr/lib/rabbitmq").glob("**/sbin/rabbitmq-server")) or bool(
        shutil.which("rabbitmq-server")
    )


def install_packages(packages: Sequence[str], step: Step) -> None:
    """Install from the system's packages, without letting them start servers of their own."""
    if shutil.which("apt-get") is None:
        raise BootstrapError(
            f"Missing: {', '.join(packages)}, and this system has no apt-get. Install them with its "
            "own package manager, or for servers point POSTGRES_URL, REDIS_URL and BROKER_URL at "
            "running ones."
        )
    sudo = become_root(packages)
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-q"]
    apt += ["-o", "DPkg::Lock::Timeout=300"]  # another checkout may be installing
    keep_quiet = not SYSTEM_POLICY.exists()
    if keep_quiet:
        # The packages' own way to be told not to start a server at installation (policy-rc.d(8)).
        step.run([*sudo, "sh", "-c", f"printf '#!/bin/sh\\nexit 101\\n' > {SYSTEM_POLICY}"])
        step.run([*sudo, "chmod", "755", str(SYSTEM_POLICY)])
    try:
        if step.try_run([*apt, "install", "--no-install-recommends", *packages], environment) != 0:
            step.run([*apt, "update"], environment)
            step.run([*apt, "install", "--no-install-recommends", *packages], environment)
    finally:
        if keep_quiet:
            step.run([*sudo, "rm", "-f", str(SYSTEM_POLICY)])


def become_root(packages: Sequence[str]) -> list[str]:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise BootstrapError(
            f"Missing: {', '.join(packages)}, and they need root to install. As root run: "
            f"apt-get update && apt-get install --no-install-recommends {' '.join(packages)}"
        )
    return ["sudo"] if sys.stdin.isatty() else ["sudo", "--non-interactive"]


# --- Engine ---------------------------------------------------------------------------------------


def matching_engine() -> None:
    """Build `.local/bin/matching-engine` when its sources changed."""
    sources = sorted(
        path
        for path in ENGINE_SOURCE.rglob("*")
        if path.is_file() and (path.suffix == ".go" or path.name in {"go.mod", "go.sum"})
    )
    fingerprint = digest(sources, salt=str(ENGINE_SOURCE))
    stamp = ENGINE_BINARY.with_suffix(".made-from")
    if ENGINE_BINARY.is_file() and written(stamp) == fingerprint:
        return
    go = go_program()
    with Step("Matching engine into .local/bin") as step:
        ENGINE_BINARY.parent.mkdir(parents=True, exist_ok=True)
        # Into a new file and then renamed: a running engine keeps the binary that it started from.
        fresh = ENGINE_BINARY.with_suffix(".new")
        build = [go, "build", "-trimpath", "-o", str(fresh), "./cmd/matching-engine"]
        step.run(build, folder=ENGINE_SOURCE)
        fresh.replace(ENGINE_BINARY)
        stamp.write_text(fingerprint)


def go_program() -> str:
    """The Go of this machine. Raises BootstrapError where there is none, or an older one."""
    go = shutil.which("go") or "/usr/local/go/bin/go"
    if not Path(go).is_file():
        raise BootstrapError("Go is needed to build the matching engine: see https://go.dev/dl")
    check_go(go)
    return go


def check_go(go: str) -> None:
    """Refuse a Go that is older than go.mod asks for. Raises BootstrapError.

    A Go since 1.21 may fetch the newer one by itself, and then tells that one's version here.
    """
    needed = re.search(r"^go ([0-9.]+)$", (ENGINE_SOURCE / "go.mod").read_text(), re.MULTILINE)
    assert needed is not None, "go.mod names no version"
    said = subprocess.run(
        [go, "env", "GOVERSION"], cwd=ENGINE_SOURCE, capture_output=True, text=True, check=False
    )
    found = re.match(r"go([0-9.]+)", said.stdout)
    if found is None or numbers(found[1]) < numbers(needed[1]):
        raise BootstrapError(
            f"Go {needed[1]} or later is needed to build the matching engine, and {go} says: "
            f"{said.stdout.strip() or said.stderr.strip() or 'nothing'}. See https://go.dev/dl"
        )


def numbers(version: str) -> tuple[int, ...]:
    """`1.26` and `1.26.0` as what they are: the same."""
    parts = [int(part) for part in version.strip(".").split(".")]
    return tuple(parts + [0] * (3 - len(parts)))


def c_compiler() -> None:
    """Go's race detector is linked by a C compiler; only tests need it."""
    if shutil.which("gcc") is None and shutil.which("cc") is None:
        with Step("System packages: gcc, for Go's race detector") as step:
            install_packages(["gcc", "libc6-dev"], step)


# --- UI -------------------------------------------------------------------------------------------


def frontend_packages() -> None:
    """`frontend/node_modules` with exactly what `package-lock.json` names."""
    check_node()
    stamp = NODE_MODULES / ".made-from"
    fingerprint = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"], salt="")
    if written(stamp) == fingerprint:
        return
    with Step("Packages of the UI into frontend/node_modules") as step:
        # Browsers come from the system's packages (`browser`), and none is needed to run.
        quiet = {"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
        step.run(["npm", "ci", "--no-audit", "--no-fund"], quiet, FRONTEND)
        stamp.write_text(fingerprint)


def user_interface() -> None:
    """Build `frontend/dist` when its sources changed."""
    frontend_packages()
    sources = sorted(
        path
        for top in FRONTEND.iterdir()
        if top.name not in NOT_IN_THE_UI and not top.name.startswith(".")
        for path in (top.rglob("*") if top.is_dir() else [top])
        if path.is_file() and ".test." not in path.name
    )
    fingerprint = digest(sources, salt="")
    stamp = ENGINE_BINARY.parent / "ui.made-from"
    if (UI / "index.html").is_file() and written(stamp) == fingerprint:
        return
    with Step("The UI into frontend/dist") as step:
        step.run(["npm", "run", "build"], folder=FRONTEND)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(fingerprint)


def check_node() -> None:
    """Refuse a Node.js that is missing or too old. Raises BootstrapError."""
    node = shutil.which("node")
    told = subprocess.run([node, "--version"], capture_output=True, text=True) if node else None
    found = re.match(r"v([0-9.]+)", told.stdout) if told is not None else None
    if found is None or numbers(found[1]) < numbers(OLDEST_NODE) or shutil.which("npm") is None:
        have = f"{node} is {found[1]}" if found else "there is none in the PATH"
        raise BootstrapError(
            f"Node.js {OLDEST_NODE} or later with npm is needed to build the UI, and {have}. "
            "Debian's own nodejs package is too old: see https://nodejs.org/en/download"
        )


def browser() -> None:
    """Chromium, in which the tests of the UI and its screenshots run."""
    if shutil.which("chromium") is None:
        with Step("System packages: chromium, for the browser tests") as step:
            install_packages(["chromium"], step)


# --- Charts ---------------------------------------------------------------------------------------


def helm() -> None:
    """Helm 3, which renders the charts; built once from its Go module where the machine has none."""
    if helm_program() is not None:
        return
    with Step(f"Helm {HELM} into {CLUSTER_CACHE / 'bin'} (some minutes, once)") as step:
        # As Helm's own releases are built: told their version, and which Kubernetes they are for.
        major, minor = KUBERNETES.split(".")
        variables = {
            "internal/version.version": f"v{HELM}",
            "pkg/chartutil.k8sVersionMajor": major,
            "pkg/chartutil.k8sVersionMinor": minor,
            "pkg/lint/rules.k8sVersionMajor": major,
            "pkg/lint/rules.k8sVersionMinor": minor,
        }
        told = [f"-X helm.sh/helm/v3/{name}={value}" for name, value in variables.items()]
        go_install(f"helm.sh/helm/v3/cmd/helm@v{HELM}", step, *told)


def helm_program() -> str | None:
    """The Helm of the PATH, or the one that was built here; None where neither is of version 3."""
    for candidate in (shutil.which("helm"), str(CLUSTER_CACHE / "bin" / "helm")):
        if candidate is None or not Path(candidate).is_file():
            continue
        command = [candidate, "version", "--template", "{{.Version}}"]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.match(r"v([0-9.]+)", told.stdout)
        if found is not None and numbers(OLDEST_HELM) <= numbers(found[1]) < (4,):
            return candidate
    return None


def kustomize() -> None:
    """Kustomize, which renders the plain manifests; kubectl has it inside."""
    if kustomize_command() is not None:
        return
    with Step(f"Kustomize {KUSTOMIZE} into {CLUSTER_CACHE / 'bin'} (a minute, once)") as step:
        go_install(f"sigs.k8s.io/kustomize/kustomize/v5@v{KUSTOMIZE}", step)


def kustomize_command() -> list[str] | None:
    """What renders a folder that is appended to it; None where there is nothing that does."""
    for program, verb in (("kubectl", "kustomize"), ("kustomize", "build")):
        built = CLUSTER_CACHE / "bin" / program
        found = shutil.which(program) or (str(built) if built.is_file() else None)
        if found is not None:
            return [found, verb]
    return None


def go_install(module: str, step: Step, *linked: str) -> None:
    """A program from its Go module into the cache, without what only its debuggers need."""
    install = [go_program(), "install", "-trimpath", "-ldflags", " ".join(["-s -w", *linked])]
    environment = {"GOBIN": str(CLUSTER_CACHE / "bin"), "CGO_ENABLED": "0"}
    step.run([*install, module], environment)


# --- Load tools -----------------------------------------------------------------------------------

LOADTEST = REPOSITORY / "loadtest"
K6 = LOCAL / "bin" / "k6"
JMETER = LOCAL / "jmeter"
MAVEN = {"mvn": "maven", "java": "openjdk-17-jre-headless"}


def k6() -> None:
    """Build `.local/bin/k6` from the module that `loadtest/k6/go.mod` and `go.sum` pin."""
    folder = LOADTEST / "k6"
    fingerprint = digest([folder / "go.mod", folder / "go.sum"], salt="")
    stamp = K6.with_suffix(".made-from")
    if K6.is_file() and written(stamp) == fingerprint:
        return
    go = go_program()
    with Step("k6 into .local/bin (some minutes, once)") as step:
        K6.parent.mkdir(parents=True, exist_ok=True)
        fresh = K6.with_suffix(".new")
        build = [go, "build", "-trimpath", "-ldflags", "-s -w", "-o", str(fresh), "go.k6.io/k6"]
        step.run(build, {"CGO_ENABLED": "0"}, folder)
        fresh.replace(K6)
        stamp.write_text(fingerprint)


def jmeter() -> None:
    """Lay JMeter out in `.local/jmeter`, from the artifacts that `loadtest/jmeter` pins by hash."""
    folder = LOADTEST / "jmeter"
    pins = [folder / name for name in ("pom.xml", "jars.sha256", "install.sh")]
    fingerprint = digest(pins, salt="")
    stamp = JMETER / "made-from"
    install_missing(MAVEN, "for JMeter")
    if written(stamp) == fingerprint:
        return
    with Step("JMeter into .local/jmeter") as step:
        shutil.rmtree(JMETER, ignore_errors=True)
        step.run([str(folder / "install.sh"), str(JMETER)])
        stamp.write_text(fingerprint)


# --- Clusters without Docker ----------------------------------------------------------------------

BUILDER = {"buildah": "buildah", "mmdebstrap": "mmdebstrap"}
"""Programs that build images where no Docker engine runs, and the packages that have them."""
NODE = {
    "containerd": "containerd",
    "ctr": "containerd",
    "/usr/lib/cni/ptp": "containernetworking-plugins",
    "ip": "iproute2",
    "iptables": "iptables",
    "jq": "jq",
    "mount": "mount",
    "nft": "nftables",
    "openssl": "openssl",
    "pgrep": "procps",
    "sysctl": "procps",
    "runc": "runc",
    "flock": "util-linux",
    "nsenter": "util-linux",
    "setsid": "util-linux",
    "unshare": "util-linux",
}
"""The same for the node of tests/cluster/node."""


def image_builder() -> None:
    """What builds images, unless a Docker engine does."""
    if not docker_runs():
        install_missing(BUILDER, "to build images without Docker")


def cluster_node() -> None:
    """What a Kubernetes node without Docker, and the images for it, are made with."""
    install_missing(BUILDER | NODE, "for a Kubernetes node without Docker")


def install_missing(programs: Mapping[str, str], purpose: str) -> None:
    """Install the packages whose programs are not here."""
    # Some are in root's folders, which the PATH of others does not name.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    missing = {
        package for program, package in programs.items() if not shutil.which(program, path=path)
    }
    if missing:
        with Step(f"System packages: {', '.join(sorted(missing))}, {purpose}") as step:
            install_packages(sorted(missing), step)


def docker_runs() -> bool:
    """Whether a Docker engine answers, not only whether its client is there."""
    if shutil.which("docker") is None:
        return False
    try:
        done = subprocess.run(["docker", "info"], capture_output=True, timeout=30, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


# --- Help -----------------------------------------------------------------------------------------


def digest(files: Iterable[Path], salt: str) -> str:
    """One hash over the names and contents of files."""
    total = hashlib.sha256(salt.encode())
    for file in files:
        total.update(str(file).encode() + b"\0")
        total.update(file.read_bytes() if file.is_file() else b"missing")
    return total.hexdigest()


def written(stamp: Path) -> str:
    """What a stamp says; empty when there is none."""
    return stamp.read_text() if stamp.is_file() else ""


class Step:
    """One visible step: a line that counts its seconds in a terminal, one plain line elsewhere.

    What its commands print goes to `.local/logs/bootstrap.log`; a failure shows the end of it.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._done = threading.Event()
        self._live = sys.stdout.isatty() and not os.environ.get("CI")
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Step:
        self._started = time.monotonic()
        if self._live:
            self._ticker.start()
        else:
            print(f"{self._title} ...", flush=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._done.set()
        if self._live:
            self._ticker.join()
            end = "failed" if kind else "done"
            print(f"\r{self._title}: {end} ({time.monotonic() - self._started:.0f} s)   ")

    def run(
        self,
        command: Sequence[str],
        environment: dict[str, str] | None = None,
        folder: Path = REPOSITORY,
    ) -> None:
        """Run a command that must succeed."""
        if self.try_run(command, environment, folder) != 0:
            tail = "\n".join(LOG.read_text(errors="replace").splitlines()[-15:])
            raise BootstrapError(
                f"{self._title} failed: {' '.join(command[:6])} ...\n{tail}\n"
                f"The whole output is in {LOG.relative_to(REPOSITORY)}. "
                "Mend what it says and run the same `make` again: finished steps are not repeated."
            )

    def try_run(
        self,
        command: Sequence[str],
        environment: dict[str, str] | None = None,
        folder: Path = REPOSITORY,
    ) -> int:
        """Run a command and give its exit code."""
        with LOG.open("a") as log:
            log.write(f"\n$ {' '.join(command)}\n")
            log.flush()
            return subprocess.run(
                command,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                # A password prompt of sudo reads the terminal itself.
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode

    def _tick(self) -> None:
        show: Callable[[str], int] = sys.stdout.write
        while not self._done.wait(1.0):
            show(f"\r{self._title} ... {time.monotonic() - self._started:.0f} s ")
            sys.stdout.flush()


STEPS: dict[str, Callable[[], None]] = {
    "python": python_environment,
    "servers": system_servers,
    "engine": matching_engine,
    "compiler": c_compiler,
    "frontend": frontend_packages,
    "ui": user_interface,
    "browser": browser,
    "helm": helm,
    "kustomize": kustomize,
    "builder": image_builder,
    "node": cluster_node,
    "k6": k6,
    "jmeter": jmeter,
}
TO_RUN = ("python", "servers", "engine", "ui")


if __name__ == "__main__":
    sys.exit(main())
