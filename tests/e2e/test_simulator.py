"""The market simulator on the real platform: a full book, the same one for the same seed, through restarts."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from people import Exchange, Person, client, eventually, good, log_in

from replay.platform import Platform
from replay.venue import new_run
from simulator.access import Access
from simulator.burst import burst
from simulator.instruments import KNOWN, Instrument
from simulator.lane import ROLES
from simulator.market import Options, run, scene
from simulator.pace import Pace

LEVELS = 15


@pytest.fixture
def access(platform: Platform) -> Access:
    assert platform.root is not None
    return Access.read(platform.root / "access.json")


@pytest.fixture
def copy() -> Callable[[str], Instrument]:
    """A new asset that behaves as a known one does: the same randomness under another symbol."""

    def made(symbol: str) -> Instrument:
        return replace(KNOWN[symbol], symbol=f"{symbol[:3]}{new_run().upper()}", key=symbol)

    return made


@pytest.fixture(scope="module")
def reader(exchange: Exchange) -> Person:
    """Somebody who may look at the market as often as a waiting test wants to."""
    return exchange.welcome(tier="load")


def book(reader: Person, asset: Instrument) -> dict[str, Any]:
    """Both sides of the book, by level."""
    told = good(reader.http.get(f"/v1/market/{asset.symbol}/book"))
    return {side: told[side] for side in ("bids", "asks")}


def trades(reader: Person, asset: Instrument) -> list[tuple[Any, Any]]:
    query = {"start": "2000-01-01T00:00:00Z", "limit": 10_000}
    told = good(reader.http.get(f"/v2/stocks/{asset.symbol}/trades", params=query))
    return [(trade["p"], trade["s"]) for trade in told["trades"] or []]


async def test_one_seed_makes_one_book_and_the_same_trades(
    reader: Person, access: Access, copy: Callable[[str], Instrument]
) -> None:
    twins, other = (copy("ACME"), copy("ACME")), copy("ACME")
    # First: a scene begins with the cancel of what its traders have open, in whatever symbol.
    await scene(access, Options([other], seed=12), steps=40)
    tally = await scene(access, Options(twins, seed=11), steps=80)
    assert (tally.refused, tally.trades > 0) == (0, True)

    def seen() -> list[tuple[Any, Any]] | None:
        found = [(book(reader, asset), trades(reader, asset)) for asset in twins]
        return found if found[0] == found[1] and found[0][1] else None

    shown, prints = eventually(seen, "the twins to be alike")[0]
    assert min(len(shown["bids"]), len(shown["asks"])) >= LEVELS
    ticks = [twins[0].ticks(shown[side][0]["price"]) for side in ("bids", "asks")]
    assert 0 < ticks[1] - ticks[0] <= 6
    others = eventually(lambda: trades(reader, other) or None, "the other one to have traded")
    assert others != prints


async def test_a_second_start_takes_back_what_the_first_left_and_funds_nobody_again(
    platform: Platform, reader: Person, access: Access, copy: Callable[[str], Instrument]
) -> None:
    asset = copy("NOVA")
    maker = log_in(platform, access.username("maker-1"), access.password("maker-1"))
    with client(platform, maker["access_token"]) as own:
        # The last request may still be under way when the run ends.
        for requests, at_most in ((40, 41), (1, 2)):
            tally = await run(
                lambda: access, Options([asset], seed=5, requests=requests), Pace(3.0)
            )
            assert tally.requests >= requests

            def orders(at_most: int = at_most) -> int | None:
                sides = book(reader, asset).values()
                open_now = sum(level["orders"] for side in sides for level in side)
                return open_now if 0 < open_now <= at_most else None

            eventually(orders, f"no more than {at_most} orders")
        for kind, symbol in (("CSD", None), ("JNLS", asset.symbol)):
            given = good(own.get(f"/v2/account/activities/{kind}"))
            assert sum(symbol in (None, one.get("symbol")) for one in given) == 1


async def test_the_market_goes_on_after_the_gateway_was_killed(
    platform: Platform, reader: Person, access: Access, copy: Callable[[str], Instrument]
) -> None:
    """Killed in the middle of trading: what was under way is sent again, and nothing is ordered twice."""
    asset = copy("ACME")
    market = asyncio.create_task(
        run(lambda: access, Options([asset], seed=5, seconds=120), Pace(200.0))
    )

    async def trades_reach(number: int) -> int:
        def enough() -> int | None:
            try:
                found = len(trades(reader, asset))
            except (httpx.TransportError, AssertionError):  # no gateway, or not listed yet
                return None
            return found if found >= number else None

        return await asyncio.to_thread(eventually, enough, f"{number} trades", 90.0)

    try:
        before = await trades_reach(5)
        pids = await asyncio.to_thread(platform.processes)
        for pid in pids["gateway"]:
            os.kill(pid, signal.SIGKILL)
        await trades_reach(before + 20)
    finally:
        market.cancel()
        await asyncio.wait([market])
    ids: list[str] = []
    for role in ROLES:
        token = log_in(platform, access.username(role), access.password(role))["access_token"]
        with client(platform, token) as own:
            query = {"status": "all", "symbols": asset.symbol, "limit": 500}
            ids += [order["client_order_id"] for order in good(own.get("/v2/orders", params=query))]
    assert len(ids) == len(set(ids)) >= before + 20


async def test_a_burst_prints_as_many_trades_as_it_was_asked_for(
    reader: Person, access: Access, copy: Callable[[str], Instrument]
) -> None:
    asset = copy("ACME")
    for number, at_once in enumerate((False, True), start=1):
        done = await burst(access, asset, 60, at_once=at_once)
        assert done.prints == 60
        printed = eventually(
            lambda number=number: (
                found if len(found := trades(reader, asset)) >= 60 * number else None
            ),
            "the prints",
        )
        assert len(printed) == 60 * number
