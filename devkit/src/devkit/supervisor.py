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
from tornado.ioloop import PeriodicCallback

LOG_BYTES = 20_000_000
CHECK_SECONDS = 0.5
LOG_CHECK_SECONDS = 10
OWN_LOG = "supervisor.log"


def main() -> None:
    """Run until told to quit; the only argument is the plan's file."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    logs = Path(plan["logs"])
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=[RotatingFileHandler(logs / OWN_LOG, maxBytes=LOG_BYTES, backupCount=1)],
    )
    arbiter = Arbiter(
        [watcher(process, logs) for process in plan["processes"]],
        endpoint=plan["endpoint"],
        pubsub_endpoint=plan["endpoint"] + ".events",
        check_delay=CHECK_SECONDS,
        proc_name="day-trading-supervisor",
    )
    PeriodicCallback(lambda: bound_logs(logs), LOG_CHECK_SECONDS * 1000).start()
    try:
        arbiter.start()
    finally:
        remove_socket(plan["endpoint"])


def remove_socket(endpoint: str) -> None:
    """Remove a supervisor's socket, and the folder that was made for it."""
    shutil.rmtree(Path(endpoint.removeprefix("ipc://")).parent, ignore_errors=True)


def watcher(process: dict[str, Any], logs: Path) -> Watcher:
    """One process of the plan, in circus' terms.

    It writes to its log by itself: read through pipes, circus takes news of a dead process's pipe for news of
    its successor's, which has got the same number, and then waits for ever or starts nothing again.
    """
    log = str(logs / f"{process['name']}.log")
    return Watcher(
        process["name"],
        "/bin/sh",
        args=["-c", 'exec "$@" >> "$0" 2>&1', log, *process["command"]],
        env=process["environment"],
        working_dir="/",
        singleton=True,
        autostart=False,
        respawn=True,
        stop_signal=process["stop_signal"],
        graceful_timeout=process["stop_seconds"],
    )


def bound_logs(logs: Path) -> None:
    """Each log that has grown too long becomes `<name>.1` and begins anew; its writer appends to what there is."""
    for log in logs.glob("*.log"):
        if log.stat().st_size > LOG_BYTES and log.name != OWN_LOG:
            shutil.copyfile(log, f"{log}.1")
            os.truncate(log, 0)


if __name__ == "__main__":
    main()
