"""`verify` finds each kind of damage, and says it in a sentence."""

import asyncio
import os
import subprocess
import sys

import pytest

from chassis.database import Database
from chassis.event_log import cursor as cursors
from chassis.event_log.cursor import Cursor
from chassis.event_log.events import Event
from chassis.settings import StoreSettings
from market_data.verify import check, run
from market_data.worker.apply import apply_events

MAKER = "00000000-0000-0000-0000-000000000001"
BIDDER = "00000000-0000-0000-0000-000000000003"


def _accepted(sequence: int, order_id: str, side: str, price: int) -> Event:
    order = {
        "order_id": order_id,
        "symbol": "AAPL",
        "side": side,
        "order_type": "limit",
        "time_in_force": "gtc",
        "limit_price_ticks": price,
        "quantity_lots": 5,
    }
    return Event(sequence, sequence, "order_accepted", order)


TRADE = Event(
    3,
    3,
    "trade",
    {
        "symbol": "AAPL",
        "price_ticks": 100,
        "quantity_lots": 2,
        "taker_side": "buy",
        "maker_order_id": MAKER,
        "maker_remaining_lots": 3,
        "taker_order_id": "00000000-0000-0000-0000-000000000002",
        "taker_remaining_lots": 0,
    },
)


@pytest.fixture
async def sound(database: Database) -> Database:
    """A small database in which everything agrees."""
    events = [_accepted(1, MAKER, "sell", 100), _accepted(2, BIDDER, "buy", 99), TRADE]
    async with database.write() as connection:
        start = Cursor("engine.events", None, 0)
        log_id = "00000000-0000-0000-0000-00000000000a"
        await cursors.advance(connection, start, log_id=log_id, sequence=3, time_ns=3)
        await apply_events(connection, events)
    return database


async def test_a_sound_database_has_no_violations(sound: Database) -> None:
    async with sound.read() as connection:
        report = await check(connection)
    assert report.violations == []
    assert report.counts == {
        "trades": 1,
        "minute_bars": 1,
        "resting_orders": 2,
        "books": 1,
        "assets": 0,
        "sequence": 3,
    }


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("UPDATE minute_bars SET high_ticks = 101", "minute bar of AAPL"),
        ("DELETE FROM minute_bars", "minute bar of AAPL"),
        ("DELETE FROM trades", "minute bar of AAPL"),
        ("INSERT INTO trades VALUES (2, 'AAPL', 9, 1, 1, 'buy')", "earlier than one before it"),
        ("UPDATE books SET bids = '[[100, 5, 1]]'", "crossed"),
        ("UPDATE resting_orders SET remaining_lots = 4", "resting orders add up"),
        ("DELETE FROM resting_orders WHERE side = 'buy'", "resting orders add up"),
        ("UPDATE event_cursor SET sequence = 2", "cursor is at 2"),
        ("UPDATE event_cursor SET sequence = 2", "a trade is of event 3"),
        ("UPDATE journal_position SET sequence = 4", "end at 4"),
    ],
)  # fmt: skip
async def test_damage_is_found(sound: Database, damage: str, sentence: str) -> None:
    async with sound.write() as connection:
        await connection.exec_driver_sql(damage)
    async with sound.read() as connection:
        violations = (await check(connection)).violations
    assert any(sentence in violation for violation in violations), violations


async def test_the_command_prints_counts_and_fails_on_damage(
    sound: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    url = sound.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = StoreSettings(database_url=url)
    await run(settings)
    assert "trades 1" in capsys.readouterr().out
    async with sound.write() as connection:
        await connection.exec_driver_sql("DELETE FROM minute_bars")
    with pytest.raises(SystemExit) as exit_:
        await run(settings)
    assert exit_.value.code == 1
    assert "minute bar of AAPL" in capsys.readouterr().err


async def test_a_command_cut_in_two_shows_no_crossed_book(database: Database) -> None:
    taker = "00000000-0000-0000-0000-000000000002"
    rest = Event(3, 3, "trade", {**TRADE.data, "quantity_lots": 5, "maker_remaining_lots": 0})
    async with database.write() as connection:
        first = await apply_events(connection, [_accepted(1, MAKER, "sell", 100)])
        assert first.books["AAPL"].asks[0].quantity_lots == 5
        middle = await apply_events(connection, [_accepted(2, taker, "buy", 100)])
        assert middle.books == {}
        last = await apply_events(connection, [rest])
        assert (last.books["AAPL"].bids, last.books["AAPL"].asks) == ([], [])


async def test_the_command_line_migrates_and_verifies_with_nothing_but_a_database(
    database_url: str,
) -> None:
    environment = {"DATABASE_URL": database_url, "PATH": os.environ["PATH"]}
    outputs = []
    for command in ("migrate", "verify"):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "market_data", command, env=environment, stdout=subprocess.PIPE
        )
        output, _ = await process.communicate()
        assert process.returncode == 0
        outputs.append(output.decode())
    assert "trades 0" in outputs[1]
