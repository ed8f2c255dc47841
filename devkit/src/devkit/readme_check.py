"""`make readme-check`: run the README's first commands exactly as written there.

Blocks whose fence says `sh check` are run in order, those of the first steps after the README's, in
one shell as a person would: a later block knows what an earlier one defined. It ends at the first
command that fails. The line `make run` starts the platform: it is run in the background, the check
goes on once the platform is ready, and stops it at the end.
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
from devkit.home import Home, PlatformError, around_taken, usual_ports

FENCE = re.compile(r"^```sh check\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LONG_RUNNING = "make run"
START_SECONDS = 600.0
DOCUMENTS = (REPOSITORY / "README.md", REPOSITORY / "docs" / "first-steps.md")
# It shows each line before it runs it (-v), so that the last one shown is the one that failed.
SHELL = ("bash", "-euv", "-o", "pipefail", "-c")


@dataclass(frozen=True)
class Step:
    """The one line that starts the platform, or all lines up to the next such one as one script."""

    text: str
    runs_on: bool


def steps(text: str) -> Iterator[Step]:
    """The marked blocks of a text, joined, and split only where the platform is started."""
    script: list[str] = []
    for block in FENCE.finditer(text):
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


def readme_check(*documents: Path) -> int:
    """Run the steps of the documents, as if they were one; 0 when all of them succeed."""
    found = list(steps("\n".join(document.read_text() for document in documents)))
    if not found:
        raise PlatformError("There is no block marked ```sh check")
    home = Home.at(None)
    if home.is_running() and any(step.runs_on for step in found):
        raise PlatformError("A platform runs here; the README starts its own: make down")
    started: subprocess.Popen[bytes] | None = None
    try:
        for step in found:
            if step.runs_on:
                print(step.text, flush=True)
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
    """Run lines in one shell, which shows each of them and ends at the first that fails."""
    return subprocess.run(
        [*SHELL, script],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def start(command: str, home: Home) -> subprocess.Popen[bytes]:
    """Start the platform as a person would in a second terminal, and wait until it is ready.

    Where another one has the usual ports, it gets free ones: the README asks `access.json` anyway.
    No simulated traders: what is checked here is checked alone.
    """
    home.access_file.unlink(missing_ok=True)
    process = subprocess.Popen(
        ["bash", "-c", command],
        cwd=REPOSITORY,
        env={"SIMULATOR": "off", **os.environ, **around_taken(usual_ports(), os.environ)},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
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
