"""`python -m bench stream`: many clients listen to one symbol that changes many times a second.

The changes are orders through the public API, at a fixed rate: commands of unknown accounts, sent straight to the
engine, would stop the settlement of the platform that is measured. Does every client hear every trade, how long
after the engine's stamp, and what does a frame to a client cost? The same load without listeners, just before, tells
what the orders alone cost; that is subtracted.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.connection import Request
from bench.cpu import cpu_seconds_by_process
from bench.desks import open_desks, open_rich_venue
from bench.listeners import Listener, Record, StreamBroken, listen, require_whole
from bench.measure import Desk, Sample, fixed_rate
from bench.workload import Client, Kind
from replay.figures import machine
from replay.gateway import Gateway
from replay.platform import Platform
from replay.session import Session
from replay.venue import Venue

_CROSSING_SHARE = 0.4
_DEEPEST_TICKS = 30
_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Options:
    """`direct`: at market data itself, past the gateway."""

    clients: int = 500
    per_second: float = 200.0
    seconds: float = 20.0
    baseline_seconds: float = 6.0
    accounts: int = 16
    desks: int = 32
    seed: int = 1
    direct: bool = False


class Changer(Client):
    """Every request changes the book: an order that rests, or one that trades."""

    def next_request(self) -> tuple[Kind, Request]:
        side = self.chance.choice(("buy", "sell"))
        distance_ticks = self.chance.randint(1, _DEEPEST_TICKS)
        if self.chance.random() < _CROSSING_SHARE:
            distance_ticks = -distance_ticks
        return Kind.LIMIT, self.resting(distance_ticks, side)


async def bench(platform: Platform, options: Options) -> dict[str, Any]:
    """Measure a running platform; answers the figures. Raises what preparing a venue raises, and StreamBroken."""
    async with Gateway(platform.gateway, connections=8) as gateway:
        venue = await open_rich_venue(gateway, platform, options.accounts)
        desks = open_desks(
            platform,
            venue,
            options.desks,
            options.seed,
            lambda name, chance: Changer(name, [venue.symbol], chance),
        )
        listeners: list[Listener] = []
        try:
            return await _measure(platform, venue, desks, listeners, options)
        finally:
            for listener in listeners:
                listener.close()
            for desk in desks:
                desk.connection.close()


async def _measure(
    platform: Platform,
    venue: Venue,
    desks: Sequence[Desk],
    listeners: list[Listener],
    options: Options,
) -> dict[str, Any]:
    processes = {**platform.processes(), "client": [os.getpid()]}
    await fixed_rate(desks, options.per_second, 2.0, options.seed)
    alone, _ = await _loaded(processes, desks, options, options.baseline_seconds)

    record = Record()
    token = await venue.traders[0].session.token()
    url = _market_data(platform) if options.direct else platform.gateway
    listeners += await listen(url, venue.symbol, options.clients, record, token)
    record.counting = True
    listening, sample = await _loaded(processes, desks, options, options.seconds)
    frames = record.frames
    record.counting = False
    expected = await _trades(venue.traders[0].session, venue.symbol)
    reached, missing = delivered(listeners, expected)

    per_frame = {
        name: round((listening[name] - alone[name]) * sample.seconds * 1e6 / max(frames, 1), 2)
        for name in processes
    }
    client = per_frame.pop("client")
    return {
        "clients": options.clients,
        "through": "market-data" if options.direct else "gateway",
        "offered_per_s": options.per_second,
        "changes_per_s": round(sum(map(len, sample.latencies.values())) / sample.seconds, 1),
        "changes_unsent": sample.unsent,
        "changes_refused": sample.requests - sum(map(len, sample.latencies.values())),
        "seconds": round(sample.seconds, 1),
        "trades": max(len(due(listener, expected)) for listener in listeners),
        "trades_delivered": reached,
        "trades_missing": missing,
        "frames": frames,
        "frames_per_s_per_client": round(frames / sample.seconds / options.clients, 1),
        "trade_lag": lag_figures(record.trade_lags_us),
        "book_lag": lag_figures(record.book_lags_us),
        "order_p50_ms": sample.figures()["p50_ms"],
        "order_p99_ms": sample.figures()["p99_ms"],
        "cpu_us_per_frame_per_client": round(
            per_frame["market-data"] + (0 if options.direct else per_frame["gateway"]), 2
        ),
        "cpu_us_per_frame_by_process": per_frame,
        "client_cpu_us_per_frame": client,
        "busy_cores": round(sum(listening.values()), 2),
        "seed": options.seed,
        "machine": machine(),
    }


async def _loaded(
    processes: Mapping[str, Sequence[int]], desks: Sequence[Desk], options: Options, seconds: float
) -> tuple[dict[str, float], Sample]:
    """Run the load; answers the cores that each process kept busy, and the requests."""
    before = cpu_seconds_by_process(processes)
    sample = await fixed_rate(desks, options.per_second, seconds, options.seed + 1)
    after = cpu_seconds_by_process(processes)
    return {name: (after[name] - before[name]) / sample.seconds for name in processes}, sample


async def _trades(session: Session, symbol: str) -> set[int]:
    """The ids of all trades of `symbol`, by the history that market data answers.

    Asked until it holds still: what was acknowledged is in the engine's log, and soon there too.
    """
    counted = -1
    trades: set[int] = set()
    while len(trades) != counted:
        counted = len(trades)
        await asyncio.sleep(1.0)
        trades, page = set(), ""
        while True:
            answer: Any = await session.insist(
                "GET", f"/v2/stocks/{symbol}/trades?start=2020-01-01&limit={_PAGE}{page}"
            )
            trades |= {trade["i"] for trade in answer["trades"]}
            if answer["next_page_token"] is None:
                break
            page = f"&page_token={answer['next_page_token']}"
    return trades


def delivered(listeners: Sequence[Listener], trades: set[int]) -> tuple[int, int]:
    """How many of `trades` reached a client and how many did not, over all clients, each from its beginning on.

    Raises StreamBroken for a client that broke, or was told a trade twice, out of order, or that never was.
    """
    require_whole(listeners)
    reached = missing = 0
    for listener in listeners:
        told = set(listener.trades)
        if listener.trades != sorted(told):
            raise StreamBroken("a trade came twice, or out of order")
        if not told <= trades:
            raise StreamBroken(f"trades that never were: {sorted(told - trades)[:5]}")
        owed = due(listener, trades)
        reached += len(owed & told)
        missing += len(owed - told)
    return reached, missing


def due(listener: Listener, trades: set[int]) -> set[int]:
    """Those of `trades` that a client must have been told: all since its beginning."""
    return {trade for trade in trades if trade > listener.began_after}


def lag_figures(lags_us: array[float]) -> dict[str, float]:
    """From the engine's stamp to the client's socket, in milliseconds; one sample a client and message."""
    ordered = sorted(lags_us)

    def at(percent: float) -> float:
        if not ordered:
            return 0.0
        return round(ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1] / 1000, 2)

    return {"samples": len(ordered), "p50_ms": at(50), "p99_ms": at(99), "max_ms": at(100)}


def _market_data(platform: Platform) -> str:
    if platform.root is None:
        raise StreamBroken("--direct needs a platform that was started here")
    access = json.loads((platform.root / "access.json").read_text())
    return str(access["services"]["market-data"])
