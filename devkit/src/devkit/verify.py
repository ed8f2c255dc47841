"""`make verify`: every service proves its own invariants, then the whole is compared across services."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

from devkit.bootstrap import REPOSITORY
from devkit.home import Addresses, Home
from devkit.plan import service_environment
from devkit.processes import base_environment
from devkit.services import OWNERS


@dataclass(frozen=True)
class Check:
    """One command that exits with 0 when what it checks holds."""

    title: str
    command: tuple[str, ...]
    environment: dict[str, str]


def verify(home: Home) -> int:
    """Run all checks against the platform that runs from `home`; 0 when all of them hold."""
    home.access()  # says so when nothing runs
    failed = [check.title for check in checks(home) if not holds(check)]
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
        "ACCESS_FILE": str(home.access_file),
        "SERVICE_KEY_FILE": str(home.private_key("verify")),
    }
    return [*own, Check("across services", (sys.executable, "-m", "tests.verify"), across)]


def holds(check: Check) -> bool:
    """Run one check, with its own words underneath its name."""
    print(f"{check.title} ...", flush=True)
    started = time.monotonic()
    environment = {**check.environment, "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        check.command, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, check=False
    )
    verdict = "holds" if done.returncode == 0 else f"FAILED (exit code {done.returncode})"
    print(f"{check.title}: {verdict} ({time.monotonic() - started:.1f} s)", flush=True)
    return done.returncode == 0
