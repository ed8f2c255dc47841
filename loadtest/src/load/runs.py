"""What a run needs of the program that makes the load: an address, credentials, a folder, an end."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from load.plans import Plan
from replay.venue import Admin

BEFORE_AND_AFTER_S = 900.0
"""So long may opening the accounts take, and what is under way at the end."""


class RunFailed(RuntimeError):
    """The program that makes the load could not do its work."""


@dataclass(slots=True)
class Run:
    """One plan against one address. `report` is where the program left its HTML, once it did."""

    plan: Plan
    address: str
    admin: Admin
    folder: Path
    program: Path | None = None
    report: Path | None = None

    def credentials(self) -> Mapping[str, str]:
        """By the environment, which only our own user can read."""
        return {"ADMIN_USERNAME": self.admin.username, "ADMIN_PASSWORD": self.admin.password}

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """The exit code. Raises RunFailed when there is none in time; nothing is left running."""
        try:
            return process.wait(self.plan.seconds + BEFORE_AND_AFTER_S)
        except subprocess.TimeoutExpired:
            raise RunFailed(f"it had not ended {BEFORE_AND_AFTER_S:.0f} s after its time") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def programs_log(path: Path, lines: int = 15) -> str:
    """The end of what a program said."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
