"""Fetches the recorded order flow, once, into the local cache.

The capture is sample data inside a published Python package. The package is unpacked beside the
environment, never installed into it and never imported: only its two data files are read. Its hash
is fixed in `ob-analytics.lock`, and nothing of it is kept in this repository.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from replay.paths import CACHE, CAPTURE_LOCK

_DATA = Path("ob_analytics") / "_sample_data"


class CaptureUnavailable(RuntimeError):
    """The capture is neither in the cache nor can it be fetched."""


def capture_folder(cache: Path = CACHE) -> Path:
    """The folder that holds `orders.csv.gz` and `trades.csv`; fetched when it is not there yet.

    Raises CaptureUnavailable with what the package client said.
    """
    target = cache / "ob-analytics-0.1.0"
    if not (target / _DATA).is_dir():
        _fetch(target)
    return target / _DATA


def _fetch(target: Path) -> None:
    """Unpack beside the final place and rename, so that a half fetch is never taken for one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv is None:
        raise CaptureUnavailable("uv is not installed: run `make run` or `make test` once")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        unpacked = Path(folder) / "unpacked"
        command = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        command += [
            "--python",
            sys.executable,
            "--target",
            str(unpacked),
            "-r",
            str(CAPTURE_LOCK),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CaptureUnavailable(f"the capture could not be fetched: {done.stderr.strip()}")
        try:
            unpacked.rename(target)
        except OSError:
            if not (target / _DATA).is_dir():  # else another process was faster
                raise
