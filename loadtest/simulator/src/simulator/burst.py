"""A burst of prints: many trades in one symbol, as fast as the platform takes them."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass

from replay.gateway import Gateway
from replay.trader import Trader
from simulator.access import Access
from simulator.house import House
from simulator.instruments import Instrument

_IN_FLIGHT = 32
_PATIENCE_SECONDS = 60.0


class BurstFailed(RuntimeError):
    """Not every order traded."""


@dataclass(frozen=True, slots=True)
class Burst:
    prints: int
    seconds: float


async def burst(access: Access, instrument: Instrument, prints: int) -> Burst:
    """`prints` orders of one lot, each of which buys from one large resting order, or from a better one.

    The large one stands where the last trade was, so that the price stays about where it is. What
    is left of it is canceled. Raises Refused, PatienceExhausted, BurstFailed.
    """
    async with Gateway(access.platform.gateway, connections=_IN_FLIGHT) as gateway:
        house = House(gateway, access, [instrument], patience_seconds=_PATIENCE_SECONDS)
        await house.open(("burst-seller", "burst-buyer"))
        seller, buyer = house.traders["burst-seller"], house.traders["burst-buyer"]
        price_ticks = round(await house.last_price_ticks(instrument) or instrument.home_ticks)
        run = f"burst-{secrets.token_hex(4)}"
        # What is bid at this price or above may take a part of it first: offer more than is bought.
        lots = prints + instrument.usual_lots * 100
        resting = await _place(seller, instrument, f"{run}-0", "sell", lots, price_ticks, "gtc")
        if resting != "new" and resting != "partially_filled":
            raise BurstFailed(f"the resting order is {resting}")
        numbers = iter(range(1, prints + 1))
        filled = 0

        async def work() -> None:
            nonlocal filled
            for number in numbers:
                status = await _place(
                    buyer, instrument, f"{run}-{number}", "buy", 1, price_ticks, "ioc"
                )
                filled += status == "filled"

        started = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for _ in range(_IN_FLIGHT):
                group.create_task(work())
        seconds = time.monotonic() - started
        await seller.session.insist("DELETE", "/v2/orders")
        if filled != prints:
            raise BurstFailed(f"{filled} of {prints} orders were filled")
        return Burst(filled, seconds)


async def _place(
    trader: Trader,
    instrument: Instrument,
    client_order_id: str,
    side: str,
    lots: int,
    price_ticks: int,
    time_in_force: str,
) -> str:
    body = {
        "client_order_id": client_order_id,
        "symbol": instrument.symbol,
        "side": side,
        "qty": instrument.quantity(lots),
        "type": "limit",
        "limit_price": instrument.price(price_ticks),
        "time_in_force": time_in_force,
    }
    return (await trader.place(client_order_id, body)).status
