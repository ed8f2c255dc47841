"""Trade updates as they are told: by account from a number on, and by batch for all who listen."""

from uuid import UUID

import asyncpg

_KEPT = """
SELECT coalesce(min(number), 1) AS oldest, coalesce(max(number), 0) AS newest
FROM trade_updates WHERE account_id = $1
"""
_PAGE = """
SELECT number, data FROM trade_updates WHERE account_id = $1 AND number > $2 ORDER BY number LIMIT $3
"""
_SETTLED = """
SELECT account_id, number, data FROM trade_updates
WHERE settled_sequence > $1 AND settled_sequence <= $2 AND account_id = ANY($3::uuid[])
ORDER BY account_id, number
"""


async def kept_numbers(connection: asyncpg.Connection, account_id: UUID) -> tuple[int, int]:
    """Of the account's oldest and newest update that is kept; 1 and 0 when it has none."""
    (row,) = await connection.fetch(_KEPT, account_id)
    return row["oldest"], row["newest"]


async def read_page(
    connection: asyncpg.Connection, account_id: UUID, after: int, limit: int
) -> list[tuple[int, str]]:
    """Number and JSON of the account's updates after the one numbered `after`, oldest first."""
    rows = await connection.fetch(_PAGE, account_id, after, limit)
    return [(row["number"], row["data"]) for row in rows]


async def read_settled(
    connection: asyncpg.Connection, after: int, up_to: int, accounts: list[UUID]
) -> list[tuple[UUID, int, str]]:
    """Account, number and JSON of what was settled for `accounts` past one cursor and up to another."""
    rows = await connection.fetch(_SETTLED, after, up_to, accounts)
    return [(UUID(int=row["account_id"].int), row["number"], row["data"]) for row in rows]
