"""The supervisor: one circus arbiter that keeps the processes of one platform running.

It knows nothing about what they are: it reads a plan (names, commands, environments), starts what
it is told to start over its socket, restarts what dies, and bounds the log files. The order of
starting and stopping, and the waiting in between, are `devkit.platform`'s.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from circus.arbiter import Arbiter
from circus.watcher import Watcher

LOG_BYTES = 20_000_000
CHECK_SECONDS = 0.5


def main() -> None:
    """Run until told to quit; the only argument is the plan's file."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    logs = Path(plan["logs"])
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=[RotatingFileHandler(logs / "supervisor.log", maxBytes=LOG_BYTES, backupCount=1)],
    )
    arbiter = Arbiter(
        [watcher(process, logs) for process in plan["processes"]],
        endpoint=plan["endpoint"],
        pubsub_endpoint=plan["endpoint"] + ".events",
        check_delay=CHECK_SECONDS,
        proc_name="day-trading-supervisor",
    )
    try:
        arbiter.start()
    finally:
        remove_socket(plan["endpoint"])


def remove_socket(endpoint: str) -> None:
    """Remove a supervisor's socket, and the folder that was made for it."""
    shutil.rmtree(Path(endpoint.removeprefix("ipc://")).parent, ignore_errors=True)


def watcher(process: dict[str, Any], logs: Path) -> Watcher:
    """One process of the plan, in circus' terms."""
    command, *arguments = process["command"]
    # One stream for both outputs: two would each rotate the file under the other.
    stream = {"stream": BoundedLog(logs / f"{process['name']}.log")}
    return Watcher(
        process["name"],
        command,
        args=arguments,
        env=process["environment"],
        working_dir="/",
        singleton=True,
        autostart=False,
        respawn=True,
        stop_signal=process["stop_signal"],
        graceful_timeout=process["stop_seconds"],
        stdout_stream=stream,
        stderr_stream=dict(stream),
        hooks={"after_spawn": (never_wait_for_output, False)},
    )


def never_wait_for_output(watcher: Watcher, **_: Any) -> bool:
    """A circus hook: read what processes print without ever waiting for it; true lets the process run.

    When one dies, news of its pipe may still lie in the loop when its successor's pipe has got the same
    number. A read that waits would then stop the whole supervisor until the successor prints something.
    """
    for process in watcher.processes.values():
        for pipe in (process.stdout, process.stderr):
            os.set_blocking(pipe.fileno(), False)
    return True


class BoundedLog:
    """A log file in bytes that, when full, becomes `<name>.1` and begins anew: a circus stream."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._file = self._path.open("ab", buffering=0)

    def __call__(self, data: dict[str, Any]) -> None:
        if self._file.tell() + len(data["data"]) > LOG_BYTES:
            self.close()
            self._path.replace(f"{self._path}.1")
            self.open()
        self._file.write(data["data"])

    def open(self) -> None:
        if self._file.closed:
            # Unbuffered: what a process said before it died must be there to read.
            self._file = self._path.open("ab", buffering=0)

    def close(self) -> None:
        self._file.close()


if __name__ == "__main__":
    main()
