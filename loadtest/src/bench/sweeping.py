"""How long it takes to cancel every open order of an account that has very many: `DELETE /v2/orders`."""

from __future__ import annotations

import json
import time
from typing import Any

from bench.connection import Request
from bench.desks import open_desks, open_rich_venue
from bench.measure import Desk, Sample, closed_loop
from bench.workload import Client, Kind
from replay.gateway import Gateway
from replay.platform import Platform

_CLIENTS = 64
_DEEPEST_TICKS = 5_000


class Maker(Client):
    """Every order rests, away from all others."""

    def next_request(self) -> tuple[Kind, Request]:
        side = self.chance.choice(("buy", "sell"))
        return Kind.LIMIT, self.resting(self.chance.randint(1, _DEEPEST_TICKS), side)


async def measure(gateway: Gateway, platform: Platform, orders: int) -> dict[str, Any]:
    """Raises what preparing a venue raises, and RuntimeError where the orders were not taken or not cancelled."""
    venue = await open_rich_venue(gateway, platform, 1)
    desks = open_desks(
        platform,
        venue,
        _CLIENTS,
        1,
        lambda name, chance: Maker(name, [venue.symbol], chance),
    )
    try:
        placed: Sample = await closed_loop(desks, orders)
        if placed.answers[Kind.LIMIT]["200"] != orders:
            raise RuntimeError(f"orders to cancel were refused: {dict(placed.answers[Kind.LIMIT])}")
        return await _sweep(desks[0], orders)
    finally:
        for desk in desks:
            desk.connection.close()


async def _sweep(desk: Desk, orders: int) -> dict[str, Any]:
    token = await desk.token()
    started = time.perf_counter()
    answer = await desk.connection.send(Request("DELETE", "/v2/orders"), token)
    seconds = time.perf_counter() - started
    rows = json.loads(answer.body)
    if answer.status != 207 or len(rows) != orders or any(row["status"] != 200 for row in rows):
        raise RuntimeError(f"not all were cancelled: {answer.status}, {len(rows)} of {orders}")
    return {"orders": orders, "seconds": round(seconds, 3)}
