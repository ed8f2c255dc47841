"""Walks the stored chain, whole or one day of it, as of one moment and in bounded memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
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
    async with database.raw() as connection:
        transaction = connection.transaction(isolation="repeatable_read", readonly=True)
        async with transaction:
            days = [Day(**row) for row in await connection.fetch(_DAYS)]
            if day is None:
                walk, end = Walk(), _NO_END
                head = await connection.fetchrow("SELECT position, hash FROM chain_head")
                assert head is not None, "the migrations have not run"
                goal = (int(head["position"]), bytes(head["hash"]))
            else:
                days = [each for each in days if each.day == day]
                if not days:
                    raise NoSuchDay
                walk = Walk(position=days[0].first_position - 1, head=days[0].previous_hash)
                end = days[0].last_position
                goal = (end, days[0].head)
            start = walk.position + 1
            try:
                await _follow(connection, walk, end, check)
                _compare(walk, goal, days)
            except BrokenChain as broken:
                return Proof(
                    verified=False,
                    entries=walk.entries,
                    from_position=start,
                    to_position=walk.position,
                    head=walk.head,
                    broken_at=broken.position,
                    reason=broken.reason,
                )
    return Proof(
        True, walk.entries, start, walk.position, walk.head, walk.days, walk.source_positions
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
