"""Taking back what was written, when the engine certainly refused it on its only attempt: everything is as before.

The command row decides between this and the settler's resubmission: whoever locks it first.
"""

from uuid import UUID

import asyncpg

from trading.domain.ledger import BalanceKey, Leg
from trading.domain.order import Order
from trading.domain.states import Status
from trading.records import (
    WRITERS,
    lock_balances,
    lock_orders,
    read_orders,
    write_ledger,
    write_orders,
)
from trading.settlement.batch import Batch

_NO_LOG = UUID(int=0)
"""For a batch without executions: only those are named after the log."""

# Each lock belongs to one transaction, so nobody ever stands behind who waits for it here.
_AWAIT_WRITERS = f"""
SELECT pg_advisory_xact_lock_shared({WRITERS}, objid::bigint::int) FROM pg_locks
WHERE locktype = 'advisory' AND classid = {WRITERS} AND objsubid = 2 AND granted AND mode = 'ExclusiveLock'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_TAKE_COMMAND = "DELETE FROM commands WHERE id = $1 AND attempts = 1"
_DELETE = (
    "DELETE FROM orders WHERE id = ANY($1::uuid[]) RETURNING id, account_id, side, symbol, hold"
)
_DELETE_CANCELS = "DELETE FROM commands WHERE order_id = ANY($1::uuid[]) AND kind = 'cancel'"
_HALTED = "SELECT now() AS at, halted FROM assets WHERE symbol = $1"


async def undo(
    connection: asyncpg.Connection, command_id: UUID, made: list[UUID], old_id: UUID | None = None
) -> bool:
    """`made` are all orders of the command, `old_id` the one that it was to replace.

    False: it may have been sent again, and the log will tell.
    """
    async with connection.transaction():
        # Orders before commands before balances: the order in which settlement locks them.
        orders = await lock_orders(connection, made if old_id is None else [*made, old_id])
        if await connection.execute(_TAKE_COMMAND, command_id) != "DELETE 1":
            return False
        rows = await connection.fetch(_DELETE, made)
        assert len(rows) == len(made), "an undecided command without its orders"
        await _release(connection, rows)
        await connection.execute(_DELETE_CANCELS, made)
        old = None if old_id is None else orders.get(old_id)
        if old is not None and old.status is Status.PENDING_REPLACE:
            await _stand_again(connection, old, orders)
    return True


async def _stand_again(
    connection: asyncpg.Connection, old: Order, orders: dict[UUID, Order]
) -> None:
    """Nothing is asked of `old` any longer: what it and its pair kept for the replacement is available again."""
    if old.partner_id is not None and old.partner_id not in orders:
        # It has ended: open it would be locked. When it was filled it counts still.
        orders = orders | await read_orders(connection, [old.partner_id])
    state = await connection.fetchrow(_HALTED, old.symbol)
    assert state is not None, "an order in no asset"
    ledger = await lock_balances(connection, [(old.account_id, old.hold_asset)])
    batch = Batch(_NO_LOG, orders, {}, ledger, halted={old.symbol} if state["halted"] else set())
    old.move(batch.resting(old), state["at"])
    partner = batch.partner(old)
    batch.rehold(*(each for each in (old, partner) if each is not None))
    await write_orders(connection, [orders[each] for each in batch.changed])
    await write_ledger(connection, ledger)


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
