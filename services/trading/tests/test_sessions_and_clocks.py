"""A day ends by the journal's time: a machine's clock that jumps ends none."""

import asyncio
import json
from collections.abc import Callable
from datetime import date, time

from trading_platform import until

from chassis.clock import ManualClock
from chassis.database import Database
from trading.engine.journal_clock import JournalClock
from trading.settlement.sessions import SessionEnder, end_ns

MIDNIGHT = time(0, 0)
DAY_S = 86_400


class Wall(ManualClock):
    """A clock that is set wrong while time goes on as ever."""

    def jump(self, seconds: int) -> None:
        self._time_ns += seconds * 10**9


async def test_a_clock_that_jumps_over_midnight_ends_no_session(
    migrated_database: Callable[[str], str],
) -> None:
    over_ns = end_ns(date(2026, 3, 1), MIDNIGHT)
    wall = Wall(over_ns - 10**9)
    journal = JournalClock(wall)
    database = Database(migrated_database("trading"))
    running = asyncio.create_task(SessionEnder(database, journal, MIDNIGHT).run())

    async def ended() -> list[str]:
        async with database.raw() as connection:
            rows = await connection.fetch("SELECT payload FROM commands ORDER BY place")
        return [json.loads(row["payload"])["session"] for row in rows]

    async def ended_are(number: int) -> bool:
        return len(await ended()) == number

    try:
        assert journal.time_ns() == 0
        journal.report(over_ns - 10**9)
        await until(lambda: ended_are(1))
        wall.jump(3 * DAY_S)
        assert journal.time_ns() == over_ns - 10**9
        wall.advance(2)
        await until(lambda: ended_are(2))
        assert await ended() == ["2026-02-28", "2026-03-01"]
    finally:
        running.cancel()
        await asyncio.wait([running])
        await database.close()
