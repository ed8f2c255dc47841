"""The platform to talk to: the one that runs, or one started for this run and stopped after it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replay.paths import ACCESS_FILE, CHECKOUT, LOCAL
from replay.venue import Admin


class PlatformMissing(RuntimeError):
    """No platform answers, and none could be started."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many checks failed (`violations`), the names of those that hold, and what all said."""

    violations: int
    output: str
    holding: frozenset[str]

    @classmethod
    def of(cls, checks: Sequence[Mapping[str, Any]]) -> Verdict:
        """Read the checks of `devkit verify --json`."""
        holding = frozenset(check["title"] for check in checks if check["holds"])
        told = [
            f"{check['title']}: {'holds' if check['holds'] else 'FAILED'} "
            f"({check['seconds']:.1f} s)\n{check['said']}"
            for check in checks
        ]
        return cls(len(checks) - len(holding), "\n".join(told), holding)


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a running platform's doors are. `root` is its data folder, None when not ours."""

    gateway: str
    admin: Admin
    root: Path | None = LOCAL

    @classmethod
    def from_access(cls, path: Path, gateway: str | None = None) -> Platform:
        """Read `access.json`. Raises PlatformMissing when it is not there."""
        try:
            access = json.loads(path.read_text())
        except FileNotFoundError:
            raise PlatformMissing(
                f"{path} is missing: start the platform with `make run`"
            ) from None
        admin = access["admin"]
        return cls(
            gateway=gateway or access["gateway"],
            admin=Admin(admin["username"], admin["password"]),
            root=path.parent,
        )

    def is_ready(self) -> bool:
        url = f"{self.gateway}/readyz"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the user's own
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def processes(self) -> Mapping[str, list[int]]:
        """Ids of the platform's processes by name; none when it was not started by devkit."""
        done = _devkit("status", *self._at_root())
        status: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return dict(status.get("processes", {}))

    def verify(self) -> Verdict:
        """Run every invariant check against the running platform, as `make verify` does.

        Raises PlatformMissing when the checks could not be run.
        """
        done = _devkit("verify", "--json", *self._at_root())
        try:
            checks = json.loads(done.stdout)["checks"]
        except (ValueError, KeyError):
            raise PlatformMissing(f"nothing was verified:\n{done.stdout}{done.stderr}") from None
        return Verdict.of(checks)

    def _at_root(self) -> list[str]:
        return [] if self.root in (None, LOCAL) else ["--root", str(self.root)]


@contextmanager
def running_platform(gateway: str | None, say: Callable[[str], None]) -> Iterator[Platform]:
    """The platform that runs here, or a new one for as long as the context lasts."""
    if ACCESS_FILE.exists():
        platform = Platform.from_access(ACCESS_FILE, gateway)
        if platform.is_ready():
            yield platform
            return
    if gateway is not None:
        raise PlatformMissing(f"no platform is ready at {gateway}")
    say("No platform runs: starting one for this run")
    with started_platform(LOCAL) as platform:
        yield platform
        say("Stopping the platform that was started for this run")


@contextmanager
def started_platform(root: Path, *options: str) -> Iterator[Platform]:
    """A platform of its own with its data under `root`, stopped at the end.

    `options` go to `devkit up`, such as `--set NAME=VALUE`. Raises PlatformMissing.
    """
    at_root = ["--root", str(root)] if root != LOCAL else []
    started = _devkit("up", "--detach", *at_root, *options)
    if started.returncode != 0:
        raise PlatformMissing(
            f"the platform did not start:\n{started.stdout}{started.stderr}".strip()
        )
    try:
        yield Platform.from_access(root / "access.json")
    finally:
        _devkit("down", *at_root)


def _devkit(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "devkit", *arguments],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
