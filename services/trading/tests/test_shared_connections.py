"""What many orders at a time share: one read of the markets; and a connection on which nothing is answered any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import cast

import asyncpg
import pytest
from trading_platform import Platform, until

from chassis.clock import SystemClock
from chassis.database import Database
from trading.risk.markets import Markets
from trading.settings import TradingSettings
from trading.settlement import listener
from trading.settlement.listener import SettledListener
from trading.settlement.waiters import SettledCursor


class _Counted:
    """The platform's database, and how many connections it gave out."""

    def __init__(self, database: Database) -> None:
        self._database, self.given = database, 0

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[asyncpg.Connection]:
        self.given += 1
        async with self._database.raw() as connection:
            yield connection

    async def dedicated(self) -> asyncpg.Connection:
        self.given += 1
        return await self._database.dedicated()


async def test_all_who_ask_for_prices_during_a_read_share_the_next_one(platform: Platform) -> None:
    await platform.list_asset("OTHER")
    counted = _Counted(platform.app.state.database)
    markets = Markets(cast(Database, counted), SystemClock())
    running = asyncio.create_task(markets.run())
    async with platform.app.state.database.raw() as connection:
        await connection.execute("UPDATE assets SET last_price = 7 WHERE symbol = 'OTHER'")
    symbols = ["ACME", "OTHER"] * 100
    found = await asyncio.gather(*(markets.of(symbol, priced=True) for symbol in symbols))
    assert [None if each is None else each.last_price for each in found] == [None, Decimal(7)] * 100
    assert counted.given <= 2
    # A price that decides is never a remembered one; that there is no band is.
    given = counted.given
    assert await markets.of("ACME", priced=False) is None
    assert counted.given == given
    assert await markets.of("ACME", priced=True) is not None
    assert counted.given == given + 1
    running.cancel()


async def test_a_server_that_answers_nothing_is_left_for_another_connection(
    platform: Platform, settings: TradingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "ANSWER_S", 0.2)
    monkeypatch.setattr(listener, "PROBE_S", 0.05)
    counted = _Counted(platform.app.state.database)
    told: list[str | None] = []
    heard = SettledListener(cast(Database, counted), SettledCursor(), told.append)
    silent = await asyncpg.connect(settings.database_url)
    locked = silent.transaction()
    await locked.start()
    await silent.execute("LOCK TABLE settlement IN ACCESS EXCLUSIVE MODE")
    running = asyncio.create_task(heard.run())
    await until(lambda: counted.given >= 2)
    assert told == []
    await locked.rollback()
    await until(lambda: told)
    running.cancel()
    await silent.close()
