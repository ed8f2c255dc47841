"""In a cluster a job's files are gone with its pod: so it waits until they were fetched."""

from __future__ import annotations

import time
from pathlib import Path

READY, FETCHED = "ready", "fetched"
_POLL_S = 0.2


def hold_for(folder: Path, seconds: float) -> None:
    """Say that the files are ready (a file of that name) and wait for `fetched`, so long at most."""
    if seconds <= 0:
        return
    (folder / READY).touch()
    until = time.monotonic() + seconds
    while time.monotonic() < until and not (folder / FETCHED).exists():
        time.sleep(_POLL_S)
