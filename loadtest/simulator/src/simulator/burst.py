"""A burst of prints: many trades in one symbol, as fast as the platform takes them."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from replay.gateway import Gateway
from replay.trader import Trader
from simulator.access import Access
from simulator.house import House
from simulator.instruments import Instrument

_IN_FLIGHT = 128
_PATIENCE_SECONDS = 60.0
_SPARE = 100
"""So many usual orders more are offered than bought: others may take a part of them."""


class BurstFailed(RuntimeError):
    """Not every order did what it was placed for."""


@dataclass(frozen=True, slots=True)
class Burst:
    """How many trades were asked for, and how long the part that printed them took."""

    prints: int
    seconds: float


async def burst(
    access: Access, instrument: Instrument, prints: int, *, at_once: bool = False
) -> Burst:
    """At least `prints` trades of one lot at the price of the last trade.

    One large order rests and `prints` orders of one lot buy from it, or from a better one. With
    `at_once` it is the other way round: `prints` orders of one lot rest, and one order buys them
    all in one step of the engine. What is left is canceled. Raises Refused, BurstFailed, or an
    ExceptionGroup with PatienceExhausted.
    """
    async with Gateway(access.platform.gateway, connections=_IN_FLIGHT) as gateway:
        house = House(gateway, access, [instrument], patience_seconds=_PATIENCE_SECONDS)
        await house.open(("burst-seller", "burst-buyer"))
        seller, buyer = house.traders["burst-seller"], house.traders["burst-buyer"]
        ticks = round(await house.last_price_ticks(instrument) or instrument.home_ticks)
        run = f"burst-{secrets.token_hex(4)}"
        many = prints + instrument.usual_lots * _SPARE
        one_lots = [_order(instrument, f"{run}-{n}", at_once, 1, ticks) for n in range(prints)]
        large = _order(instrument, f"{run}-large", not at_once, many, ticks)
        if not at_once:
            await _place_all(seller, [large])
            seconds = await _place_all(buyer, one_lots)
        else:
            await _place_all(seller, one_lots)
            seconds = await _place_all(buyer, [large])
        await seller.session.insist("DELETE", "/v2/orders")
        return Burst(prints, seconds)


def _order(
    instrument: Instrument, client_order_id: str, sells: bool, lots: int, ticks: int
) -> dict[str, str]:
    return {
        "client_order_id": client_order_id,
        "symbol": instrument.symbol,
        "side": "sell" if sells else "buy",
        "qty": instrument.quantity(lots),
        "type": "limit",
        "limit_price": instrument.price(ticks),
        "time_in_force": "gtc" if sells else "ioc",
    }


async def _place_all(trader: Trader, orders: Sequence[Mapping[str, str]]) -> float:
    """Place the orders, many in flight; answers the seconds. Raises BurstFailed."""
    waiting = iter(orders)

    async def work() -> None:
        for body in waiting:
            done = await trader.place(body["client_order_id"], body)
            if not done.accepted or (body["side"] == "buy" and done.filled_qty == "0"):
                raise BurstFailed(f"an order was {done.status}: {done.reason or 'nothing traded'}")

    started = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(min(_IN_FLIGHT, len(orders))):
            group.create_task(work())
    return time.monotonic() - started
