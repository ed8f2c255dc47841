"""The trade updates of a page: numbered and stored in the transaction that settles it."""

from uuid import UUID

import asyncpg

from trading.settlement.updates import LastUpdate, TradeUpdate, numbered

KEPT = 100_000
"""Accounts whose newest number the settler remembers; past that it looks them up anew."""

_LAST = """
SELECT wanted.id, newest.number, newest.at FROM unnest($1::uuid[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT number, at FROM trade_updates WHERE account_id = wanted.id ORDER BY number DESC LIMIT 1
) AS newest
"""
_INSERT = """
INSERT INTO trade_updates (account_id, number, settled_sequence, at, event, data)
SELECT account_id, number, $1, at, event, data
FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::text[], $6::text[])
    AS new (account_id, number, at, event, data)
"""


async def write_updates(
    connection: asyncpg.Connection,
    updates: list[TradeUpdate],
    settled_sequence: int,
    last: dict[UUID, LastUpdate],
) -> None:
    """Number and store `updates`, in the transaction that moves the settlement cursor to `settled_sequence`.

    `last` remembers the accounts' newest numbers between calls. Only the owner of the cursor writes here, so what
    it remembers holds until one of its transactions fails: then it has to begin with an empty one.
    """
    if not updates:
        return
    if len(last) > KEPT:
        last.clear()
    unknown = {update.account_id for update in updates} - last.keys()
    if unknown:
        for row in await connection.fetch(_LAST, list(unknown)):
            last[UUID(int=row["id"].int)] = (row["number"], row["at"])
    rows = numbered(updates, last)
    await connection.execute(
        _INSERT,
        settled_sequence,
        [row.account_id for row in rows],
        [row.number for row in rows],
        [row.at for row in rows],
        [row.event for row in rows],
        [row.data for row in rows],
    )
