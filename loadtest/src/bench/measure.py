"""Runs the clients against the gateway and keeps a sample a request: kind, status, seconds."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.connection import Connection, Lost, Request
from bench.workload import Client, Kind
from replay.figures import percentile_ms

DRAIN_S = 1.0
"""So long after the last arrival a request may still wait for a free client."""

Token = Callable[[], Awaitable[str]]


@dataclass(slots=True)
class Sample:
    """Every request of one measurement. `seconds` is how long the measurement took.

    `unsent` are those that arrived, and found no free client until the end: the platform was too slow for the rate.
    """

    latencies: defaultdict[Kind, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: defaultdict[Kind, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seconds: float = 0.0
    unsent: int = 0

    @property
    def requests(self) -> int:
        return sum(counts.total() for counts in self.answers.values())

    def add(self, kind: Kind, status: str, seconds: float) -> None:
        self.answers[kind][status] += 1
        if _is_served(kind, status):
            self.latencies[kind].append(seconds)

    def merge(self, other: Sample) -> None:
        """Count another measurement of the same in."""
        for kind, seconds in other.latencies.items():
            self.latencies[kind] += seconds
        for kind, counts in other.answers.items():
            self.answers[kind] += counts
        self.seconds += other.seconds
        self.unsent += other.unsent

    def figures(self) -> dict[str, Any]:
        """Rates and percentiles count what was served; every answer is listed by status."""
        elapsed = self.seconds or 1e-9
        every = [value for values in self.latencies.values() for value in values]
        placed = [v for kind, vs in self.latencies.items() if kind.is_order for v in vs]
        return {
            "requests": self.requests,
            "unsent": self.unsent,
            "seconds": round(self.seconds, 3),
            "orders_per_s": round(len(placed) / elapsed, 1),
            "requests_per_s": round(len(every) / elapsed, 1),
            "p50_ms": percentile_ms(every, 50),
            "p99_ms": percentile_ms(every, 99),
            "by_kind": {
                kind.value: {
                    "per_s": round(len(self.latencies[kind]) / elapsed, 1),
                    "p50_ms": percentile_ms(self.latencies[kind], 50),
                    "p99_ms": percentile_ms(self.latencies[kind], 99),
                    "answers_by_status": dict(sorted(self.answers[kind].items())),
                }
                for kind in Kind
            },
        }


@dataclass(slots=True)
class Desk:
    """One client at its connection, with its account's token."""

    client: Client
    connection: Connection
    token: Token

    async def ask(self, sample: Sample, since: float | None = None) -> None:
        """Send the client's next request; its latency counts from `since`, or from now."""
        kind, request = self.client.next_request()
        await self.send(kind, request, sample, since)

    async def send(
        self, kind: Kind, request: Request, sample: Sample, since: float | None = None
    ) -> None:
        clock = asyncio.get_running_loop().time
        token = await self.token()
        started = clock() if since is None else since
        try:
            response = await self.connection.send(request, token)
        except Lost:
            sample.add(kind, "lost", clock() - started)
            return
        sample.add(kind, str(response.status), clock() - started)
        if kind.is_order and response.status < 300:
            order = json.loads(response.body)
            self.client.placed(order["id"], order["status"])


async def closed_loop(desks: Sequence[Desk], requests: int) -> Sample:
    """Every client sends its next request when its last one is answered, until all are sent."""
    sample = Sample()
    left = requests
    clock = asyncio.get_running_loop().time
    started = clock()

    async def work(desk: Desk) -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await desk.ask(sample)

    async with asyncio.TaskGroup() as group:
        for desk in desks:
            group.create_task(work(desk))
    sample.seconds = clock() - started
    return sample


async def fixed_rate(desks: Sequence[Desk], per_second: float, seconds: float, seed: int) -> Sample:
    """Requests arrive at random (Poisson) whatever the platform does, as in an open market.

    Latency counts from the moment of arrival, also while a request waits for a free client: a slow
    answer is not hidden by sending less. A platform that falls behind does not make the measurement
    longer: who waits at its end goes away, and is counted.
    """
    sample = Sample()
    chance = random.Random(seed)  # noqa: S311 - reproducible load, no secret
    free: asyncio.Queue[Desk] = asyncio.Queue()
    for desk in desks:
        free.put_nowait(desk)
    loop = asyncio.get_running_loop()
    started = loop.time()
    ends = started + seconds

    async def arrive(at: float) -> None:
        desk = await free.get()
        try:
            if loop.time() < ends + DRAIN_S:
                await desk.ask(sample, since=at)
            else:
                sample.unsent += 1
        finally:
            free.put_nowait(desk)

    async with asyncio.TaskGroup() as group:
        at = started
        while (at := at + chance.expovariate(per_second)) < ends:
            if (wait := at - loop.time()) > 0:
                await asyncio.sleep(wait)
            group.create_task(arrive(at))
    sample.seconds = loop.time() - started
    return sample


def _is_served(kind: Kind, status: str) -> bool:
    """A success, or the true answer to a cancel that came after its order's last fill."""
    return status.startswith("2") or (kind is Kind.CANCEL and status == "422")
