"""Walks the stored chain, whole or one day of it, as of one moment and in bounded memory."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import asyncpg
import msgspec

from audit_log.chain import BrokenChain, Day, Entry, Walk
from chassis.database import Database

FETCH = 1000
"""Entries hashed in one go; the event loop serves others in between."""

_ENTRIES = """
SELECT account_id, data, kind, log_id, maker_account_id, maker_order_id, order_id, position,
    recorded_ns, sequence, source, symbol, time_ns, user_id, day, previous_hash, hash
FROM entries WHERE position > $1 AND position <= $2 ORDER BY position
"""
_DAYS = "SELECT day, first_position, last_position, previous_hash, head FROM day_heads ORDER BY day"
_HASH = "SELECT hash FROM entries WHERE position = $1"
_NO_END = 2**63 - 1


class NoSuchDay(Exception):
    """Nothing was recorded on that day."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved, or the first place that does not fit."""

    verified: bool
    entries: int
    from_position: int
    to_position: int
    head: bytes
    days: list[Day] = field(default_factory=list)
    source_positions: dict[str, int] = field(default_factory=dict)
    broken_at: int | None = None
    reason: str | None = None


def keep_going() -> None:
    """For callers without a deadline."""


async def prove(
    database: Database, *, day: date | None = None, check: Callable[[], None] = keep_going
) -> Proof:
    """Verify the chain, or one day from the head of the day before. Raises `NoSuchDay`, and what `check` raises.

    `check` is called every `FETCH` entries, for callers that wait only so long.
    """
    async with _snapshot(database) as connection:
        if day is None:
            return await _walk_to_head(connection, Walk(), check)
        days = [each for each in await _days(connection) if each.day == day]
        if not days:
            raise NoSuchDay
        walk = Walk(position=days[0].first_position - 1, head=days[0].previous_hash)
        end = days[0].last_position
        return await _walk(connection, walk, (end, days[0].head), days, check, end)


async def go_on(database: Database, walk: Walk, check: Callable[[], None]) -> Proof:
    """Take an earlier walk on to the chain's end. What `check` raises interrupts it, and `walk` keeps its place."""
    async with _snapshot(database) as connection:
        if walk.position:
            stored = await connection.fetchval(_HASH, walk.position)
            if stored != walk.head:
                reason = "is no longer what it was when it was verified"
                return _broken(walk, BrokenChain(walk.position, reason))
        return await _walk_to_head(connection, walk, check)


@asynccontextmanager
async def _snapshot(database: Database) -> AsyncIterator[asyncpg.Connection]:
    async with (
        database.raw() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield connection


async def _days(connection: asyncpg.Connection) -> list[Day]:
    return [Day(**row) for row in await connection.fetch(_DAYS)]


async def _walk_to_head(
    connection: asyncpg.Connection, walk: Walk, check: Callable[[], None]
) -> Proof:
    head = await connection.fetchrow("SELECT position, hash FROM chain_head")
    assert head is not None, "the migrations have not run"
    goal = (int(head["position"]), bytes(head["hash"]))
    # Past the head too: an entry that lies beyond it does not fit either.
    return await _walk(connection, walk, goal, await _days(connection), check, _NO_END)


async def _walk(
    connection: asyncpg.Connection,
    walk: Walk,
    goal: tuple[int, bytes],
    days: list[Day],
    check: Callable[[], None],
    end: int,
) -> Proof:
    try:
        await _follow(connection, walk, end, check)
        _compare(walk, goal, days)
    except BrokenChain as broken:
        return _broken(walk, broken)
    return Proof(
        verified=True,
        entries=walk.entries,
        from_position=walk.position - walk.entries + 1,
        to_position=walk.position,
        head=walk.head,
        # Copies: a walk that goes on changes its last day.
        days=[replace(day) for day in walk.days],
        source_positions=dict(walk.source_positions),
    )


def _broken(walk: Walk, broken: BrokenChain) -> Proof:
    return Proof(
        verified=False,
        entries=walk.entries,
        from_position=walk.position - walk.entries + 1,
        to_position=walk.position,
        head=walk.head,
        broken_at=broken.position,
        reason=broken.reason,
    )


async def _follow(
    connection: asyncpg.Connection, walk: Walk, end: int, check: Callable[[], None]
) -> None:
    cursor = await connection.cursor(_ENTRIES, walk.position, end)
    while rows := await cursor.fetch(FETCH):
        check()
        for row in rows:
            _step(walk, row)


def _step(walk: Walk, row: Any) -> None:
    (account_id, data, kind, log_id, maker_account_id, maker_order_id, order_id, position,
     recorded_ns, sequence, source, symbol, time_ns, user_id, day, previous, stored) = row  # fmt: skip
    entry = Entry(
        account_id, msgspec.Raw(data.encode()), kind, log_id, maker_account_id, maker_order_id,
        order_id, position, recorded_ns, sequence, source, symbol, time_ns, user_id,
    )  # fmt: skip
    walk.step(entry, previous, stored)
    if day != walk.days[-1].day:
        raise BrokenChain(
            position, f"is filed under {day}, but was recorded on {walk.days[-1].day}"
        )


def _compare(walk: Walk, goal: tuple[int, bytes], days: list[Day]) -> None:
    """The walk's end against the head that was written with the last entry, and its days against theirs."""
    if walk.position != goal[0]:
        raise BrokenChain(
            walk.position + 1, f"is missing; the head says that {goal[0]} is the last"
        )
    if walk.head != goal[1]:
        raise BrokenChain(walk.position, "is the last, but the head has another hash")
    for ours, theirs in zip(walk.days, days, strict=False):
        if ours != theirs:
            raise BrokenChain(ours.first_position, f"the head of {theirs.day} does not fit")
    if len(walk.days) != len(days):
        raise BrokenChain(
            walk.position, f"there are {len(days)} day heads for {len(walk.days)} days"
        )
