"""Appending: exactly once, one chain from three logs, and a database that refuses to forget."""

import asyncio
import json
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from audit_log.chain import NotCanonical
from audit_log.verify.proof import NoSuchDay, prove
from chassis.clock import from_ns

ENGINE, AUTH, TRADING = "engine.events", "auth.events", "trading.events"


async def rows(record, what="*"):
    async with record.database.read() as connection:
        found = await connection.execute(text(f"SELECT {what} FROM entries ORDER BY position"))
        return found.mappings().all()


async def test_three_logs_that_write_at_once_make_one_chain(record):
    async def fill(log: str) -> None:
        for _ in range(10):
            await record.write(log, *(record.event(log, "thing", number=n) for n in range(7)))

    await asyncio.gather(*(fill(log) for log in (ENGINE, AUTH, TRADING)))
    proof = await prove(record.database)
    assert proof.verified, proof.reason
    assert proof.entries == 210
    assert proof.source_positions == {ENGINE: 70, AUTH: 70, TRADING: 70}


async def test_every_kind_of_the_engines_events_is_recorded(record):
    golden = Path(__file__).parents[3] / "contracts/engine/golden/events.json"
    events = []
    for event in json.loads(golden.read_text())["events"]:
        data = event["data"]
        if "terms" in data:  # whatever their sender likes, floats too; trading's hold none
            data["terms"] = {"fee_rate": "0.1"}
        events.append(record.event(ENGINE, event["kind"], **data))
    await record.write(ENGINE, *events)
    recorded = await rows(record)
    assert [(r["sequence"], r["kind"]) for r in recorded] == [
        (event.sequence, event.kind) for event in events if event.kind != "tick"
    ]
    assert all(
        r["order_id"] for r in recorded if r["kind"] in ("order_replaced", "order_triggered")
    )
    assert (await prove(record.database)).verified


async def test_ticks_move_the_cursor_and_are_no_entries(record):
    await record.write(
        ENGINE,
        record.event(ENGINE, "tick"),
        record.event(ENGINE, "symbol_listed", symbol="BTCUSD"),
        record.event(ENGINE, "tick"),
    )
    await record.tell(ENGINE, "tick")
    assert [(r["position"], r["sequence"]) for r in await rows(record)] == [(1, 2)]
    async with record.database.read() as connection:
        cursor = await connection.execute(text("SELECT sequence FROM event_cursor"))
        assert cursor.scalar_one() == 4
    assert (await prove(record.database)).verified


async def test_an_undone_batch_leaves_no_trace_in_the_chain(record):
    await record.tell(AUTH, "user_registered", user_id="u")
    before = await prove(record.database)
    with pytest.raises(NotCanonical):
        await record.write(
            AUTH, record.event(AUTH, "fine"), record.event(AUTH, "poison", amount=0.1)
        )
    after = await prove(record.database)
    assert (after.head, after.entries) == (before.head, 1)


async def test_an_event_cannot_be_recorded_twice(record):
    event = record.event(AUTH, "user_registered", user_id="u")
    await record.write(AUTH, event)
    async with record.database.write() as connection:
        await connection.execute(text("DELETE FROM event_cursor"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await record.write(AUTH, event)
    assert len(await rows(record)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET kind = 'other'",
        "UPDATE entries SET kind = 'other' WHERE false",
        "DELETE FROM entries",
        "TRUNCATE entries",
        "DELETE FROM day_heads",
        "TRUNCATE day_heads",
    ],
)
async def test_the_database_refuses_to_change_or_forget(record, statement):
    await record.tell(AUTH, "user_registered", user_id="u")
    with pytest.raises(DBAPIError, match="append-only"):
        async with record.database.write() as connection:
            await connection.execute(text(statement))
    assert (await prove(record.database)).entries == 1


async def test_a_day_begins_at_the_last_head_and_its_own_head_is_closed_after_it(record):
    await record.tell(AUTH, "one")
    first = await prove(record.database)
    record.clock.advance(86_400)
    await record.tell(AUTH, "two")
    await record.tell(AUTH, "three")
    proof = await prove(record.database)
    assert [(d.first_position, d.last_position) for d in proof.days] == [(1, 1), (2, 3)]
    assert proof.days[1].previous_hash == first.head == proof.days[0].head
    with pytest.raises(DBAPIError, match="is closed"):
        async with record.database.write() as connection:
            await connection.execute(
                text("UPDATE day_heads SET head = previous_hash WHERE day = :day"),
                {"day": proof.days[0].day},
            )


async def test_a_clock_that_goes_back_does_not_take_the_record_with_it(record):
    await record.tell(AUTH, "one")
    record.clock.advance(-86_400)
    await record.tell(AUTH, "two")
    one, two = await rows(record, "recorded_ns, day")
    assert one == two
    assert (await prove(record.database)).verified


async def test_a_trade_is_found_by_both_of_its_sides(record):
    await record.tell(
        ENGINE,
        "trade",
        symbol="BTCUSD",
        price_ticks=10,
        taker_order_id="to",
        taker_account_id="ta",
        maker_order_id="mo",
        maker_account_id="ma",
    )
    [row] = await rows(record)
    names = ("account_id", "order_id", "maker_account_id", "maker_order_id", "symbol")
    assert [row[name] for name in names] == ["ta", "to", "ma", "mo", "BTCUSD"]


TAMPERINGS = {
    "a word of the data": "UPDATE entries SET data = replace(data, 'two', 'TWO') WHERE position = 2",
    "an owner": "UPDATE entries SET user_id = 'thief' WHERE position = 2",
    "a kind": "UPDATE entries SET kind = 'harmless' WHERE position = 2",
    "a time": "UPDATE entries SET time_ns = time_ns + 1 WHERE position = 2",
    "a day": "UPDATE entries SET day = day + 1 WHERE position = 2",
    "a hash": "UPDATE entries SET hash = previous_hash WHERE position = 2",
    "a link": "UPDATE entries SET previous_hash = hash WHERE position = 2",
    "an entry gone": "DELETE FROM entries WHERE position = 2",
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_whoever_goes_around_the_triggers_is_found_at_the_right_place(record, tampering):
    for word in ("one", "two", "three"):
        await record.tell(AUTH, "said", user_id="u", word=word)
    await _as_owner(record, TAMPERINGS[tampering])
    proof = await prove(record.database)
    assert not proof.verified
    assert proof.broken_at == 2
    assert proof.entries == (2 if tampering == "a day" else 1)


@pytest.mark.parametrize(
    ("tampering", "at"),
    [
        ("DELETE FROM entries WHERE position = 3", 3),
        ("UPDATE chain_head SET hash = decode(repeat('07', 32), 'hex')", 3),
        ("UPDATE chain_head SET position = 7", 4),
        ("UPDATE day_heads SET head = previous_hash", 1),
        ("DELETE FROM day_heads", 3),
    ],
)
async def test_a_cut_tail_and_a_changed_head_are_found(record, tampering, at):
    for word in ("one", "two", "three"):
        await record.tell(AUTH, "said", user_id="u", word=word)
    await _as_owner(record, tampering)
    proof = await prove(record.database)
    assert (proof.verified, proof.broken_at) == (False, at)


async def test_one_day_can_be_verified_alone(record):
    await record.tell(AUTH, "one")
    record.clock.advance(86_400)
    await record.tell(AUTH, "two")
    await _as_owner(record, "UPDATE entries SET kind = 'other' WHERE position = 1")
    today = from_ns(record.clock.time_ns()).date()
    alone = await prove(record.database, day=today)
    assert (alone.verified, alone.from_position, alone.to_position) == (True, 2, 2)
    assert not (await prove(record.database)).verified
    with pytest.raises(NoSuchDay):
        await prove(record.database, day=from_ns(0).date())


async def _as_owner(record, statement):
    async with record.database.write() as connection:
        for table in ("entries", "day_heads"):
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        await connection.execute(text(statement))
