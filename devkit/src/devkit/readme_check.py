"""`make readme-check`: run the README's first commands exactly as written there.

Blocks whose fence says `sh check` are run, in order, in one shell's working folder, each stopping
at its first failing command. A block with the line `make run` starts the platform: that line is
run in the background, the check goes on once the platform is ready, and stops it at the end.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devkit.bootstrap import REPOSITORY
from devkit.home import Home, PlatformError

FENCE = re.compile(r"^```sh check\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LONG_RUNNING = "make run"
START_SECONDS = 600.0


@dataclass(frozen=True)
class Step:
    """Some lines to run as one script, or the one that starts the platform."""

    text: str
    runs_on: bool


def steps(readme: str) -> Iterator[Step]:
    """The marked blocks of a README, split where the platform is started."""
    for block in FENCE.finditer(readme):
        script: list[str] = []
        for line in block["body"].splitlines():
            if line.split("#")[0].strip() == LONG_RUNNING:
                if any(script):
                    yield Step("\n".join(script), runs_on=False)
                script = []
                yield Step(line.strip(), runs_on=True)
            else:
                script.append(line)
        if any(script):
            yield Step("\n".join(script), runs_on=False)


def readme_check(readme: Path = REPOSITORY / "README.md") -> int:
    """Run the steps of the README; 0 when all of them succeed."""
    found = list(steps(readme.read_text())) if readme.is_file() else []
    if not found:
        raise PlatformError(f"{readme.name} has no block marked ```sh check")
    home = Home.at(None)
    if home.is_running() and any(step.runs_on for step in found):
        raise PlatformError("A platform runs here; the README starts its own: make down")
    started: subprocess.Popen[bytes] | None = None
    try:
        for step in found:
            print(f"$ {step.text}", flush=True)
            if step.runs_on:
                started = start(step.text, home)
            elif (code := run(step.text)) != 0:
                print(f"\nThe README's commands failed with exit code {code}", file=sys.stderr)
                return 1
    finally:
        if started is not None:
            stop(started)
    print("\nThe README's commands work as written.")
    return 0


def run(script: str) -> int:
    return subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def start(command: str, home: Home) -> subprocess.Popen[bytes]:
    """Start the platform as a person would in a second terminal, and wait until it is ready."""
    home.access_file.unlink(missing_ok=True)
    process = subprocess.Popen(
        ["bash", "-c", command], cwd=REPOSITORY, stdin=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + START_SECONDS
    while not is_written(home.access_file):
        if process.poll() is not None:
            raise PlatformError(f"`{command}` ended with exit code {process.returncode}")
        if time.monotonic() > deadline:
            stop(process)
            raise PlatformError(f"`{command}` was not ready in {START_SECONDS:.0f} seconds")
        time.sleep(0.2)
    return process


def is_written(access_file: Path) -> bool:
    return access_file.is_file() and "gateway" in json.loads(access_file.read_text())


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C, as a terminal sends it: to the whole group that was started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    process.wait(120)
