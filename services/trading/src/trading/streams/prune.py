"""`python -m trading prune-updates`: let old trade updates go, a batch a transaction, while everything else goes on.

What is kept stays whole: an account's updates go from the oldest on, and never its newest, whose number is where the
account goes on counting. `settlement.updates_since` moves with each batch, so that the invariants hold in between.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from chassis.database import Database
from chassis.errors import InvalidInput
from trading.times import parse_time

BATCH = 5_000
"""Updates in one transaction, give or take those of one settled page. Settlement waits that long."""

# One that is younger than the moment ends the past, though older ones may follow: accounts' clocks differ by a little.
_FIRST_KEPT = """
SELECT settled_sequence FROM trade_updates
WHERE settled_sequence > (SELECT updates_since FROM settlement) AND at >= $1
ORDER BY settled_sequence LIMIT 1
"""
_NEWEST = "SELECT coalesce(max(settled_sequence), 0) FROM trade_updates"
_BATCH_END = """
SELECT max(settled_sequence) FROM (
    SELECT settled_sequence FROM trade_updates WHERE settled_sequence > $1 AND settled_sequence <= $2
    ORDER BY settled_sequence LIMIT $3
) AS batch
"""
# Up to each account's last in the batch: one that an earlier batch left as the newest may have become an old one.
_DELETE = """
WITH batch AS (
    SELECT account_id, max(number) AS last FROM trade_updates
    WHERE settled_sequence > $1 AND settled_sequence <= $2 GROUP BY account_id
)
DELETE FROM trade_updates old USING batch
WHERE old.account_id = batch.account_id AND old.number <= batch.last AND (
    old.number < batch.last OR EXISTS (
        SELECT 1 FROM trade_updates newer
        WHERE newer.account_id = batch.account_id AND newer.number > batch.last
    )
)
"""


@dataclass(frozen=True, slots=True)
class Pruned:
    updates: int
    up_to: int
    """What was settled up to here has no trade updates any more, but for each account's newest."""


def moment_before(text: str, now: datetime) -> datetime:
    """`text` as a time (RFC 3339), a date, or a number of days before `now`. Raises `InvalidInput`."""
    if not text.isdecimal():
        return parse_time("--before", text)
    try:
        return now - timedelta(days=int(text))
    except OverflowError:
        raise InvalidInput(f"--before must not be {text} days ago") from None


async def prune_updates(database: Database, before: datetime, batch: int = BATCH) -> Pruned:
    """Delete the trade updates of what was told before `before`. Ended anywhere, it may be started again."""
    gone = 0
    async with database.raw() as connection:
        first_kept = await connection.fetchval(_FIRST_KEPT, before)
        target = await connection.fetchval(_NEWEST) if first_kept is None else first_kept - 1
        while True:
            async with connection.transaction():
                deleted, reached = await _prune_batch(connection, target, batch)
            gone += deleted
            if reached >= target:
                return Pruned(gone, reached)


async def _prune_batch(connection: asyncpg.Connection, target: int, batch: int) -> tuple[int, int]:
    """One step towards `target`: how many updates went, and up to where."""
    # Settlement's own order of locks: the cursor's row, then the table.
    since = await connection.fetchval("SELECT updates_since FROM settlement FOR UPDATE")
    if since >= target:
        return 0, since
    up_to = await connection.fetchval(_BATCH_END, since, target, batch)
    up_to = target if up_to is None else up_to
    await connection.execute("ALTER TABLE trade_updates DISABLE TRIGGER trade_updates_immutable")
    deleted = await connection.execute(_DELETE, since, up_to)
    await connection.execute("ALTER TABLE trade_updates ENABLE TRIGGER trade_updates_immutable")
    await connection.execute("UPDATE settlement SET updates_since = $1", up_to)
    return int(deleted.removeprefix("DELETE ")), up_to
