"""The feed and its look-ups of assets, on a real database; there is no engine to follow."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
from market_data_scene import Stage, until

from chassis.clock import ManualClock, SystemClock
from chassis.database import Database, ReadConnection
from chassis.event_log.source import LogSource
from chassis.identity.service_tokens import ServiceTokenSigner
from market_data.streams import feed as feed_module
from market_data.streams import lookup as lookup_module
from market_data.streams.feed import Feed
from market_data.streams.instrument import Instrument
from market_data.streams.load import load_assets
from market_data.streams.lookup import MISSED_FOR_S, AssetLookUp


class Counting(Database):
    """Counts transactions."""

    reads = 0

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadConnection]:
        self.reads += 1
        async with super().read() as connection:
            yield connection


class Told:
    """An audience that takes notes."""

    def __init__(self) -> None:
        self.begins = 0
        self.ends = 0
        self.symbols: list[str] = []

    def begun(self, instruments: Iterable[Instrument]) -> None:
        self.begins += 1

    def added(self, instrument: Instrument) -> None:
        self.symbols.append(instrument.symbol)

    def changed(self, instruments: Iterable[Instrument], since_ns: int) -> None:
        pass

    def ended(self, *, replaced: bool) -> None:
        self.ends += 1


@asynccontextmanager
async def _running(stage: Stage, told: Told) -> AsyncIterator[tuple[Feed, asyncio.Task[None]]]:
    clock = SystemClock()
    signer = ServiceTokenSigner("market-data", stage.keys.private_key("market-data"), clock)
    async with httpx.AsyncClient() as http:
        source = LogSource(http, "http://127.0.0.1:1", signer, audience="x", scope="x")
        feed = Feed(
            stage.database, source, broker_url="amqp://127.0.0.1:1/", clock=clock, audience=told
        )
        task = asyncio.create_task(feed.run())
        try:
            yield feed, task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_strangers_share_a_look_up_and_what_is_not_there_is_not_asked_again(
    stage: Stage,
) -> None:
    await stage.create_asset("ACME")
    database = Counting(stage.database_url)
    clock = ManualClock()
    look_up = AssetLookUp(database, clock)
    try:
        found = await asyncio.gather(*(look_up.find([f"NO{n}", "ACME"]) for n in range(50)))
        assert all("ACME" in each for each in found)
        assert database.reads == 1
        assert await look_up.find(["NO7"]) == {}
        assert database.reads == 1
        await stage.create_asset("NO7")
        assert await look_up.find(["NO7"]) == {}
        clock.advance(MISSED_FOR_S)
        assert list(await look_up.find(["NO7"])) == ["NO7"]
        assert database.reads == 2
    finally:
        await database.close()


async def test_who_asks_during_a_look_up_shares_the_next_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    gate = asyncio.Event()

    async def gated(connection: ReadConnection, symbols: list[str]) -> dict[str, Any]:
        asked.append(symbols)
        await gate.wait()
        return dict(await load_assets(connection, symbols))

    monkeypatch.setattr(lookup_module, "load_assets", gated)
    look_up = AssetLookUp(stage.database, SystemClock())
    first = asyncio.create_task(look_up.find(["A"]))

    async def begun() -> bool:
        return bool(asked)

    await until(begun)
    others = [asyncio.create_task(look_up.find([name])) for name in ("C", "B", "C")]
    await asyncio.sleep(0)
    others[0].cancel()  # who leaves takes nothing from the others
    gate.set()
    await asyncio.gather(first, *others[1:])
    assert asked == [["A"], ["B", "C"]]


async def test_a_look_up_that_outlives_its_market_adds_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, gate = asyncio.Event(), asyncio.Event()

    async def gated(connection: ReadConnection, symbols: list[str]) -> dict[str, Any]:
        found = await load_assets(connection, symbols)
        asked.set()
        await gate.wait()
        return found

    monkeypatch.setattr(lookup_module, "load_assets", gated)
    told = Told()
    async with _running(stage, told) as (feed, task):

        async def ready() -> bool:
            return feed.ready

        await until(ready)
        await stage.create_asset("NEW")
        finding = asyncio.create_task(feed.find(["NEW"]))
        await asked.wait()
        task.cancel()
        await asyncio.wait([task])
        assert told.ends == 1
        gate.set()
        assert await finding == {}
        assert told.symbols == []


async def test_when_assets_cannot_be_looked_for_the_market_begins_anew(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = 0

    async def broken(connection: ReadConnection, symbols: list[str]) -> dict[str, Any]:
        nonlocal failures
        failures += 1
        if failures == 1:
            raise RuntimeError("this can happen once")
        return dict(await load_assets(connection, symbols))

    monkeypatch.setattr(feed_module, "load_assets", broken)
    monkeypatch.setattr(feed_module, "LOOK_FOR_ASSETS_S", 0.01)
    monkeypatch.setattr(feed_module, "BEGIN_AGAIN_S", 0.01)
    stage.log.rest("UNHEARD", "buy", 100, 1)
    await stage.apply()
    told = Told()
    async with _running(stage, told):

        async def anew() -> bool:
            return told.begins == 2

        await until(anew)
        await stage.create_asset("UNHEARD")

        async def added() -> bool:
            return told.symbols == ["UNHEARD"]

        await until(added)
