"""Where a benchmark trades: a venue whose accounts have more than they can spend, and its clients' desks."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from bench.connection import Connection
from bench.measure import Desk
from bench.workload import TICKS_PER_UNIT, Client
from replay.accounts import Need
from replay.gateway import Gateway
from replay.platform import Platform
from replay.venue import Venue, add_asset, open_venue

_CASH = Decimal(10**9)
_SHARES = Decimal(10**6)
_TICK = Decimal(1) / TICKS_PER_UNIT


async def open_rich_venue(gateway: Gateway, platform: Platform, accounts: int) -> Venue:
    """A venue with one asset. Raises what `open_venue` raises."""
    return await open_venue(
        gateway,
        platform.admin,
        [Need(_CASH, _SHARES)] * accounts,
        price_increment=_TICK,
        quantity_increment=Decimal(1),
    )


async def add_symbol(venue: Venue) -> str:
    """One more asset of which every account has plenty."""
    return await add_asset(venue, _SHARES, price_increment=_TICK, quantity_increment=Decimal(1))


def open_desks(
    platform: Platform,
    venue: Venue,
    count: int,
    seed: int,
    client: Callable[[str, random.Random], Client],
) -> list[Desk]:
    """`count` desks, who share the accounts; `client` gets a name and its own chance."""
    desks: list[Desk] = []
    for n in range(count):
        chance = random.Random(f"{seed}-{n}")  # noqa: S311 - reproducible load, no secret
        token = venue.traders[n % len(venue.traders)].session.token
        connection = Connection(platform.gateway)
        desks.append(Desk(client(f"{venue.run}-{n}", chance), connection, token))
    return desks
