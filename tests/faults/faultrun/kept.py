"""One process that is kept running: started again whenever it dies, and armed with faults while it runs."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devkit.processes import Process, ProcessError, Running, tail

POLL_S = 0.02
READY_POLL_S = 0.1
READY_WITHIN_S = 120.0
STARTS = 3
"""A process that ends at its start so often in a row will not become ready."""


def swap(file: Path, text: str) -> None:
    """Give `file` another text at once: who reads it never sees half of one."""
    fresh = file.with_name(f"{file.name}.fresh")
    fresh.write_text(text)
    fresh.replace(file)


async def until(condition: Callable[[], bool | Awaitable[Any]]) -> None:
    """Wait until `condition()`, plain or awaitable, is true."""
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return
        await asyncio.sleep(POLL_S)


@dataclass(frozen=True, slots=True)
class Acted:
    """A failpoint that did what it was armed with, in the process `pid`."""

    pid: int
    point: str
    action: str


@dataclass
class Kept:
    """`keep` runs for as long as the process is wanted. `ready` is set while it does all of its work.

    `died_at` is when it was last found dead (monotonic), `ready_at` when it was ready again.
    """

    process: Process
    folder: Path
    starts: int = STARTS
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    deaths: int = 0
    died_at: float = 0.0
    ready_at: float = 0.0
    expected_deaths: int = 0
    """How many deaths the faults meant to bring about, at least."""
    rules_at_start: str = ""
    """What the next start is armed with from its first step on."""
    _running: Running | None = None
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._wanted.set()
        environment = {**self.process.environment, "FAILPOINTS_FILE": str(self.file)}
        self.process = dataclasses.replace(self.process, environment=environment)
        swap(self.file, "")

    @property
    def name(self) -> str:
        return self.process.name

    @property
    def file(self) -> Path:
        """What arms its failpoints."""
        return self.folder / f"{self.name}.failpoints"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        assert self._running is not None, f"{self.name} does not run"
        return self._running.pid

    def arm(self, rules: str) -> None:
        """Arm the running process, in the place of what it was armed with."""
        swap(self.file, rules)

    def acted(self) -> list[Acted]:
        """Every failpoint that acted in it or its predecessors."""
        told = self.file.with_name(f"{self.file.name}.acted")
        if not told.is_file():
            return []
        parts = [line.split() for line in told.read_text().splitlines()]
        return [Acted(int(pid), point, action) for pid, point, action in parts]

    def send(self, signal: int) -> None:
        """Send a signal to the process that runs; none when none does."""
        if self._running is not None and self.alive:
            os.kill(self.pid, signal)

    @property
    def alive(self) -> bool:
        if self._running is None:
            return False
        try:
            # Looked at, and left for its `Running` to reap.
            how = os.WEXITED | os.WNOHANG | os.WNOWAIT
            return os.waitid(os.P_PID, self._running.pid, how) is None
        except ChildProcessError:
            return False

    async def keep(self) -> None:
        """Start it, and again whenever it dies. Raises `ProcessError` when it does not get ready."""
        started_in_vain = 0
        while True:
            await self._wanted.wait()
            swap(self.file, self.rules_at_start)
            self.rules_at_start = ""
            self._running = Running(self.process, self.log)
            self._running.spawn()
            try:
                if await self._gets_ready():
                    started_in_vain = 0
                    await until(lambda: not self.alive)
                else:
                    started_in_vain += 1
            finally:
                if self.ready.is_set():
                    self.ready.clear()
                    self.died_at = time.monotonic()
                    self.deaths += 1
                # Reaps it, or ends it when we are cancelled.
                self._running.kill()
            if started_in_vain:
                if started_in_vain >= self.starts:
                    raise ProcessError(f"{self.name} ends at its start:\n{tail(self.log)}")
                await asyncio.sleep(POLL_S * 10)

    async def _gets_ready(self) -> bool:
        until = time.monotonic() + READY_WITHIN_S
        while not await asyncio.to_thread(self.process.is_ready):
            if not self.alive:
                return False
            if time.monotonic() > until:
                raise ProcessError(f"{self.name} was not ready in time:\n{tail(self.log)}")
            await asyncio.sleep(READY_POLL_S)
        self.ready_at = time.monotonic()
        self.ready.set()
        return True

    async def stop(self, how: int | None = None) -> None:
        """Ask it to stop, or send it the signal `how`, and keep it down until `go`."""
        self._wanted.clear()
        self.expected_deaths += 1
        deaths = self.deaths
        self.send(self.process.stop_signal if how is None else how)
        await self.dead(deaths)

    def go(self) -> None:
        """Let it start again after `stop`."""
        self._wanted.set()

    async def dead(self, since: int) -> None:
        """Wait until it died once more than `since` times."""
        await until(lambda: self.deaths > since)
