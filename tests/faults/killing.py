"""Kills a platform's processes as a crash would, and waits until the supervisor has them back."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from devkit import plan
from devkit.bootstrap import REPOSITORY
from devkit.home import Home
from devkit.platform import status
from devkit.processes import is_free
from devkit.servers import postgres, rabbitmq, redis
from replay.drive import Drive

SERVICES = (
    "gateway",
    "auth",
    "trading",
    "market-data",
    "market-data-worker",
    "audit-log",
    "audit-log-worker",
    "matching-engine",
)
SERVERS = ("postgres", "redis", "rabbitmq")
EVERY_PROCESS = SERVICES + SERVERS

POLL_S = 0.1
BACK_WITHIN_S = 120.0
"""RabbitMQ alone takes up to a minute to start on a busy machine."""


class NotBack(AssertionError):
    """A killed process was not replaced by one that is ready."""


@dataclass
class Killer:
    """Sends SIGKILL to processes of the platform at `root` while `record`'s replay runs.

    `killed` lists each kill with the number of commands that had been sent by then.
    """

    root: Path
    record: Drive
    killed: list[tuple[int, str]] = field(default_factory=list)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def kill(self, *names: str) -> None:
        """Kill the named processes together; returns once each has a successor that is ready."""
        async with self._one_at_a_time:
            victims = await self._running(names)
            for name, pid in victims.items():
                os.kill(pid, signal.SIGKILL)
                self.killed.append((self.record.sent, name))
        for name, pid in victims.items():
            await self.back(name, instead_of=pid)

    async def cut_the_power(self) -> None:
        """Kill everything at once, the supervisor too, and start the platform again by hand.

        Returns once it is ready, with the same data at the same addresses.
        """
        async with self._one_at_a_time:
            victims = await self._running((*EVERY_PROCESS, "epmd"))
            supervisor = psutil.Process(victims["redis"]).ppid()
            for pid in (supervisor, *victims.values()):
                os.kill(pid, signal.SIGKILL)
            self.killed += [(self.record.sent, name) for name in EVERY_PROCESS]
            ports = json.loads((Home(self.root).run / "ports.json").read_text()).values()
            until = asyncio.get_running_loop().time() + BACK_WITHIN_S
            while Home(self.root).is_running() or not all(map(is_free, ports)):
                # What a killed server leaves behind (PostgreSQL's sessions) ends by itself.
                assert asyncio.get_running_loop().time() < until, "something outlived its parent"
                await asyncio.sleep(POLL_S)
            up = [sys.executable, "-m", "devkit", "up", "--detach", "--root", str(self.root)]
            started = await asyncio.to_thread(
                subprocess.run, up, cwd=REPOSITORY, capture_output=True, text=True, check=False
            )
            assert started.returncode == 0, started.stdout + started.stderr

    async def back(self, name: str, instead_of: int | None = None) -> None:
        """Wait until `name` runs, as another process than `instead_of`, and is ready."""
        until = asyncio.get_running_loop().time() + BACK_WITHIN_S
        access = Home(self.root).access()
        while True:
            pids = (await self._processes())[name]
            if pids and pids[0] != instead_of and await asyncio.to_thread(is_ready, name, access):
                return
            if asyncio.get_running_loop().time() > until:
                raise NotBack(f"{name} (was {instead_of}, is {pids}) is not ready again")
            await asyncio.sleep(POLL_S)

    async def _running(self, names: tuple[str, ...]) -> dict[str, int]:
        """Their ids; one that an earlier fault is still keeping down is waited for. Raises NotBack."""
        until = asyncio.get_running_loop().time() + BACK_WITHIN_S
        while True:
            pids = await self._processes()
            down = [name for name in names if not pids[name]]
            if not down:
                return {name: pids[name][0] for name in names}
            if asyncio.get_running_loop().time() > until:
                raise NotBack(f"{', '.join(down)} cannot be killed: they do not run")
            await asyncio.sleep(POLL_S)

    async def _processes(self) -> dict[str, list[int]]:
        answer: dict[str, Any] = await asyncio.to_thread(status, Home(self.root))
        processes: dict[str, list[int]] = answer["processes"]
        return processes


def is_ready(name: str, access: dict[str, Any]) -> bool:
    """Whether a process does its work, asked as the platform's own start asks it."""
    match name:
        case "postgres":
            return postgres.answers(access["postgres"])
        case "redis":
            return redis.answers(access["redis"])
        case "rabbitmq":
            return rabbitmq.answers(access["broker"])
    return plan.is_ready(access["services"][name])
