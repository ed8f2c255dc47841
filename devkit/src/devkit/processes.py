"""What a process is to this package, and how one is run without the supervisor (in tests)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

SETPRIV = "setpriv"


class ProcessError(Exception):
    """A process cannot be had: not installed, or it did not come up; the text says why."""


@dataclass(frozen=True)
class Process:
    """One program to be kept running: how to start it, how to ask it to stop, when it is ready."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], bool]
    environment: dict[str, str] = field(default_factory=dict)
    """All of it: nothing is inherited but what is put here (see `base_environment`)."""
    user: str | None = None
    """The system user to run as, where that differs from ours."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 30.0
    """How long it may take to stop before it is killed."""

    def full_command(self) -> list[str]:
        """The command under `setpriv`, so that it is asked to stop should its parent ever die.

        To the kernel the parent is the *thread* that starts it; a process that is started from
        another than the main thread must outlive that thread, and so goes without.
        """
        become = [] if self.user is None else as_user(self.user)
        if threading.current_thread() is threading.main_thread():
            become = [*become, f"--pdeathsig={self.stop_signal.name.removeprefix('SIG')}"]
        return [SETPRIV, *become, "--", *self.command] if become else list(self.command)


def as_user(user: str) -> list[str]:
    """`setpriv` arguments that become `user`."""
    return [f"--reuid={user}", f"--regid={user}", "--init-groups"]


def base_environment() -> dict[str, str]:
    """What every process needs from ours: where programs are and which language they speak."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE")
    return {name: os.environ[name] for name in kept if name in os.environ}


class Running:
    """A process that this Python process started and ends: what tests use instead of a supervisor."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process = process
        self.log = log
        self._child: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.process.name} was not started"
        return self._child.pid

    def start(self, timeout_seconds: float = 90.0) -> None:
        """Start it and wait until it is ready."""
        self.spawn()
        self.wait_ready(timeout_seconds)

    def spawn(self) -> None:
        self._output = self.log.open("ab")
        self._child = subprocess.Popen(
            self.process.full_command(),
            env=self.process.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_ready(self, timeout_seconds: float = 90.0) -> None:
        """Wait until it is ready; raises with the end of its log when it dies or takes too long."""
        assert self._child is not None
        deadline = time.monotonic() + timeout_seconds
        while not self.process.is_ready():
            if self._child.poll() is not None:
                raise ProcessError(f"{self.process.name} ended at its start:\n{tail(self.log)}")
            if time.monotonic() > deadline:
                self.kill()
                raise ProcessError(f"{self.process.name} was not ready in time:\n{tail(self.log)}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask it to stop, and kill it when it does not."""
        self._end(self.process.stop_signal)

    def kill(self) -> None:
        """kill -9, as a fault test does."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._child is None or self._output is None:
            return
        self._child.send_signal(how)
        try:
            self._child.wait(self.process.stop_seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._output.close()
        self._child = self._output = None


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log file."""
    if not log.is_file():
        return "(it printed nothing)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def accepts_connections(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
