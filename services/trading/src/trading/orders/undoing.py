"""Taking back what was written, when the engine certainly refused it on its only attempt: everything is as before.

The command row decides between this and the settler's resubmission: whoever locks it first.
"""

from uuid import UUID

import asyncpg

from trading.domain.ledger import BalanceKey, Leg
from trading.records import WRITERS, lock_balances, write_ledger

# Each lock belongs to one transaction, so nobody ever stands behind who waits for it here.
_AWAIT_WRITERS = f"""
SELECT pg_advisory_xact_lock_shared({WRITERS}, objid::bigint::int) FROM pg_locks
WHERE locktype = 'advisory' AND classid = {WRITERS} AND objsubid = 2 AND granted AND mode = 'ExclusiveLock'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
# Orders before commands before balances: the order in which settlement locks them.
_LOCK = "SELECT FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
_TAKE_COMMAND = "DELETE FROM commands WHERE id = $1 AND attempts = 1"
_DELETE = (
    "DELETE FROM orders WHERE id = ANY($1::uuid[]) RETURNING id, account_id, side, symbol, hold"
)
_DELETE_CANCELS = "DELETE FROM commands WHERE order_id = ANY($1::uuid[]) AND kind = 'cancel'"
_STAND_AGAIN = """
UPDATE orders SET updated_at = now(), status = CASE
    WHEN EXISTS (SELECT FROM assets a WHERE a.symbol = orders.symbol AND a.halted) THEN 'suspended'
    WHEN filled_qty > 0 THEN 'partially_filled' ELSE 'new' END
WHERE id = $1 AND status = 'pending_replace'
"""


async def undo(
    connection: asyncpg.Connection, command_id: UUID, made: list[UUID], old_id: UUID | None = None
) -> bool:
    """`made` are all orders of the command, `old_id` the one that it was to replace.

    False: it may have been sent again, and the log will tell.
    """
    async with connection.transaction():
        await connection.execute(_LOCK, made if old_id is None else [*made, old_id])
        if await connection.execute(_TAKE_COMMAND, command_id) != "DELETE 1":
            return False
        rows = await connection.fetch(_DELETE, made)
        assert len(rows) == len(made), "an undecided command without its orders"
        await _release(connection, rows)
        await connection.execute(_DELETE_CANCELS, made)
        if old_id is not None:
            await connection.execute(_STAND_AGAIN, old_id)
    return True


async def await_writers(connection: asyncpg.Connection) -> None:
    """Wait for whoever, in any replica, is just writing orders: what they write can be read then."""
    await connection.execute(_AWAIT_WRITERS)


async def _release(connection: asyncpg.Connection, rows: list[asyncpg.Record]) -> None:
    held: dict[UUID, tuple[BalanceKey, asyncpg.Record]] = {}
    for row in rows:
        if row["hold"]:
            asset = "USD" if row["side"] == "buy" else row["symbol"]
            order_id, account_id = UUID(int=row["id"].int), UUID(int=row["account_id"].int)
            held[order_id] = ((account_id, asset), row)
    if not held:
        return
    ledger = await lock_balances(connection, [key for key, _ in held.values()])
    for order_id, ((account_id, asset), row) in held.items():
        leg = Leg(account_id, asset, row["hold"], -row["hold"])
        ledger.post("release", order_id, [leg])
    await write_ledger(connection, ledger)
