"""`make verify`: every service proves its own invariants, then the whole is compared across services.

A person reads each check's own words; a program reads one JSON document (`--json`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

from devkit.bootstrap import REPOSITORY
from devkit.home import Addresses, Home
from devkit.plan import database_url, neighbours, service_environment
from devkit.processes import base_environment
from devkit.services import OWNERS


@dataclass(frozen=True)
class Check:
    """One command that exits with 0 when what it checks holds."""

    title: str
    command: tuple[str, ...]
    environment: dict[str, str]


@dataclass(frozen=True)
class Verdict:
    """What came of one check. `seconds` is how long it ran, `said` what it printed."""

    title: str
    holds: bool
    seconds: float
    said: str


def verify(home: Home, *, as_json: bool = False) -> int:
    """Run all checks against the platform that runs from `home`; 0 when all of them hold.

    With `as_json` nothing is printed but `{"checks": [{title, holds, seconds, said}]}`.
    """
    home.access()  # says so when nothing runs
    verdicts = [run(check, show=not as_json) for check in checks(home)]
    failed = [verdict.title for verdict in verdicts if not verdict.holds]
    if as_json:
        print(json.dumps({"checks": [asdict(verdict) for verdict in verdicts]}, indent=2))
        return int(bool(failed))
    if failed:
        print(f"\nNot clean: {', '.join(failed)}", file=sys.stderr)
        return 1
    print("\nAll invariants hold.")
    return 0


def checks(home: Home) -> list[Check]:
    addresses = Addresses.recorded(home)
    own = [
        Check(
            title=service.name,
            command=(sys.executable, "-m", str(service.package), "verify"),
            environment=service_environment(service, home, addresses),
        )
        for service in OWNERS
    ]
    across = {
        **base_environment(),
        "PYTHONPATH": str(REPOSITORY),
        **neighbours(addresses),
        "SERVICE_KEY_FILE": str(home.private_key("verify")),
        **{
            f"{owner.database}_DATABASE_URL".upper(): database_url(owner.database, home, addresses)
            for owner in OWNERS
            if owner.database is not None
        },
    }
    return [*own, Check("across services", (sys.executable, "-m", "tests.verify"), across)]


def run(check: Check, *, show: bool) -> Verdict:
    """Run one check; shown, its words appear underneath its name as it says them."""
    if show:
        print(f"{check.title} ...", flush=True)
    started = time.monotonic()
    said: list[str] = []
    with subprocess.Popen(
        check.command,
        cwd=REPOSITORY,
        env={**check.environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if show:
                print(line, end="", flush=True)
    verdict = Verdict(
        title=check.title,
        holds=process.returncode == 0,
        seconds=round(time.monotonic() - started, 3),
        said="".join(said).rstrip(),
    )
    if show:
        outcome = "holds" if verdict.holds else f"FAILED (exit code {process.returncode})"
        print(f"{check.title}: {outcome} ({verdict.seconds:.1f} s)", flush=True)
    return verdict
