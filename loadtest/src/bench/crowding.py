"""Does one account that trades from many connections slow down the others?

The others send at a fixed rate, alone and then beside 64 connections of one account that send as fast as they are
answered. What the others wait is told for both; the crowd takes processor time, so it may not be the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from bench.desks import open_desks, open_rich_venue
from bench.measure import Desk, closed_loop, fixed_rate
from bench.workload import Client
from replay.gateway import Gateway
from replay.platform import Platform

_CONNECTIONS = 64
_OTHERS_PER_SECOND = 50.0
_AT_ONCE = 1_000_000


async def measure(
    gateway: Gateway, platform: Platform, others: Sequence[Desk], seconds: float, seed: int
) -> dict[str, Any]:
    """Raises what preparing a venue raises."""
    venue = await open_rich_venue(gateway, platform, 1)
    crowd = open_desks(
        platform,
        venue,
        _CONNECTIONS,
        seed,
        lambda name, chance: Client(name, [venue.symbol], chance),
    )
    try:
        alone = await fixed_rate(others, _OTHERS_PER_SECOND, seconds, seed)
        busy = asyncio.create_task(closed_loop(crowd, _AT_ONCE))
        try:
            beside = await fixed_rate(others, _OTHERS_PER_SECOND, seconds, seed)
        finally:
            busy.cancel()
            await asyncio.gather(busy, return_exceptions=True)
    finally:
        for desk in crowd:
            desk.connection.close()
    before, after = alone.figures(), beside.figures()
    return {
        "connections_of_one_account": _CONNECTIONS,
        "others_per_s": _OTHERS_PER_SECOND,
        "alone_p50_ms": before["p50_ms"],
        "alone_p99_ms": before["p99_ms"],
        "beside_p50_ms": after["p50_ms"],
        "beside_p99_ms": after["p99_ms"],
        "others_not_served": after["requests"]
        - sum(int(kind["per_s"] * after["seconds"] + 0.5) for kind in after["by_kind"].values()),
    }
