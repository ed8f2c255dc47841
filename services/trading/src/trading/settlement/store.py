"""Settlement's transaction: load what a page touches, apply, write it all and the cursor, or nothing."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from chassis.event_log.events import Event, Page
from trading.domain.asset import Asset
from trading.domain.ledger import Ledger
from trading.domain.order import Order
from trading.records import (
    INSERT_ORDERS,
    ORDER_COLUMNS,
    as_json,
    asset_from,
    lock_balances,
    lock_orders,
    order_from,
    order_row,
    write_ledger,
    write_orders,
)
from trading.settlement.apply import apply, expire
from trading.settlement.batch import Batch, SettlementError
from trading.settlement.touched import Touched, touched
from trading.settlement.trailing import Marks
from trading.settlement.update_log import write_updates
from trading.settlement.updates import LastUpdate

CHANNEL = "settled"

# The engine's journal is on disk, and what a crash of the database takes back is settled from it again, cursor and
# all: so this commit need not wait for the disk. The next one that does (an order, a withdrawal) takes it along.
_MOVE_CURSOR = """
WITH moved AS (
    UPDATE settlement
    SET log_id = $1, sequence = $3, journal_time_ns = greatest(journal_time_ns, $4)
    WHERE sequence = $2 AND (log_id IS NULL OR log_id = $1)
    RETURNING sequence
)
SELECT pg_notify($5, sequence::text), set_config('synchronous_commit', 'off', true) FROM moved
"""
_OVERDUE = """
SELECT c.id, c.order_id, o.replaces FROM commands c LEFT JOIN orders o ON o.id = c.order_id
WHERE c.expires_at_ns < $1 ORDER BY c.order_id
"""
_ASSETS = """
SELECT id, symbol, name, asset_class, tick_size, lot_size, active, halted, last_price FROM assets
WHERE symbol = ANY($1::text[])
"""
_TRAILING = f"""
SELECT {ORDER_COLUMNS} FROM orders
WHERE order_type = 'trailing_stop' AND is_open AND triggered_at IS NULL
"""
# Only those that rest: an order that the log has not told of yet is none of this page's.
_OF_SYMBOLS = """
SELECT id FROM orders WHERE symbol = ANY($1::text[]) AND is_open
    AND status NOT IN ('held', 'pending_new')
"""
_INSERT_COMMANDS = """
INSERT INTO commands (id, kind, order_id, payload, expires_at_ns, attempts)
SELECT id, kind, order_id, payload, expires_at_ns, 0 FROM json_to_recordset($1::json) AS new
    (id uuid, kind text, order_id uuid, payload text, expires_at_ns bigint)
ON CONFLICT (id) DO NOTHING
"""
_INSERT_EXECUTIONS = """
INSERT INTO executions (id, sequence, side, liquidity, order_id, account_id, symbol, price, qty, cash,
    fee, realized, cum_qty, leaves_qty, executed_at)
SELECT id, sequence, side, liquidity, order_id, account_id, symbol, price, qty, cash, fee, realized,
    cum_qty, leaves_qty, executed_at
FROM json_to_recordset($1::json) AS new (id uuid, sequence bigint, side text, liquidity text,
    order_id uuid, account_id uuid, symbol text, price numeric, qty numeric, cash numeric, fee numeric,
    realized numeric, cum_qty numeric, leaves_qty numeric, executed_at timestamptz)
"""
_INSERT_OUTBOX = """
INSERT INTO outbox (time_ns, kind, data)
SELECT $1, kind, data FROM json_to_recordset($2::json) AS new (kind text, data jsonb)
"""


Reach = Callable[[str], Awaitable[None]]
"""Comes to a failpoint by its name."""


async def pass_by(_failpoint: str) -> None:
    """Nobody tests faults here."""


class CursorLost(Exception):
    """Another settler moved the cursor: this one is no longer the leader."""


@dataclass(slots=True)
class Remembered:
    """What one settler need not read again for each page. Whoever failed to settle a page begins with a new one."""

    assets: dict[str, Asset] = field(default_factory=dict)
    """What defines them never changes."""
    halted: set[str] = field(default_factory=set)
    last_prices: dict[str, Decimal] = field(default_factory=dict)
    """Of these assets. Nobody but the owner of the cursor halts them, or changes their prices."""
    marks: Marks | None = None
    """Of the trailing stops that wait; none before the first page."""
    gave_commands: bool = False
    """Commands of settlement's own were stored since this was last set back."""
    changed: Mapping[UUID, Order] = field(default_factory=dict)
    """Orders of the page that was committed last, as it left them."""
    last_updates: dict[UUID, LastUpdate] = field(default_factory=dict)
    """Nobody but the owner of the cursor adds any."""


@dataclass(frozen=True, slots=True)
class SettledTo:
    """Where settlement stands."""

    log_id: UUID | None
    sequence: int
    journal_time_ns: int
    """Stamp of the event at `sequence`."""
    stopped: str | None = None
    """Why settlement does not go on."""


async def read_cursor(connection: asyncpg.Connection) -> SettledTo:
    row = await connection.fetchrow(
        "SELECT log_id, sequence, journal_time_ns, stopped FROM settlement"
    )
    assert row is not None, "the migrations have not run"
    return SettledTo(row["log_id"], row["sequence"], row["journal_time_ns"], row["stopped"])


async def settle(
    connection: asyncpg.Connection,
    cursor: SettledTo,
    page: Page,
    remembered: Remembered | None = None,
    reach: Reach = pass_by,
) -> SettledTo:
    """Apply `page` (not empty), which starts right after `cursor`, in one transaction.

    Raises what `Batch` raises, or `CursorLost`; what was `remembered` then holds no longer.
    """
    remembered = remembered or Remembered()
    events = page.events
    journal_time_ns = max(events[-1].time_ns, cursor.journal_time_ns)
    sequence = events[-1].sequence
    log_id = UUID(page.log_id)
    try:
        async with connection.transaction():
            # First of all: it serialises settlers and fences one that lost its lock.
            moved = await connection.fetch(
                _MOVE_CURSOR, log_id, cursor.sequence, sequence, journal_time_ns, CHANNEL
            )
            if not moved:
                raise CursorLost(f"the settlement cursor is no longer at {cursor.sequence}")
            await reach("settle_moved")
            batch = await _load(connection, log_id, events, journal_time_ns, remembered)
            await reach("settle_loaded")
            apply(batch, events)
            expire(batch, journal_time_ns)
            if batch.commands:
                await reach("exits_activated")
            await _write(connection, batch, journal_time_ns, remembered)
            await write_updates(connection, batch.updates, sequence, remembered.last_updates)
            await reach("settle_written")
        remembered.changed = {order_id: batch.orders[order_id] for order_id in batch.changed}
    except asyncpg.ForeignKeyViolationError:
        await _require_accounts(connection, events)
        raise
    return SettledTo(log_id, sequence, journal_time_ns)


async def _load(
    connection: asyncpg.Connection,
    log_id: UUID,
    events: list[Event],
    journal_time_ns: int,
    remembered: Remembered,
) -> Batch:
    needed = touched(events)
    overdue: dict[UUID, UUID] = {}
    replaced: set[UUID] = set()
    for row in await connection.fetch(_OVERDUE, journal_time_ns):
        overdue[UUID(int=row["id"].int)] = UUID(int=row["order_id"].int)
        if row["replaces"] is not None:
            replaced.add(UUID(int=row["replaces"].int))
    await _read_assets(connection, needed.symbols, remembered)
    wanted = needed.orders | set(overdue.values()) | replaced
    wanted |= await _moved_along(connection, needed, remembered)
    orders = await lock_orders(connection, wanted)
    await _read_assets(connection, {order.symbol for order in orders.values()}, remembered)
    keys = needed.balances(orders, set(overdue.values()))
    return Batch(
        log_id=log_id,
        orders=orders,
        assets=remembered.assets,
        ledger=await lock_balances(connection, keys) if keys else Ledger({}),
        overdue=overdue,
        halted=remembered.halted,
        last_prices=remembered.last_prices,
    )


async def _moved_along(
    connection: asyncpg.Connection, needed: Touched, remembered: Remembered
) -> set[UUID]:
    """Orders that change without being named: trailing stops with trades, and all of a symbol with its phase."""
    if remembered.marks is None:
        remembered.marks = Marks(map(order_from, await connection.fetch(_TRAILING)))
    found: set[UUID] = set()
    for symbol, (lowest, highest) in needed.prices.items():
        asset = remembered.assets.get(symbol)
        if asset is not None:
            prices = asset.price(lowest), asset.price(highest)
            found.update(remembered.marks.touched(symbol, *prices))
    if needed.phases:
        rows = await connection.fetch(_OF_SYMBOLS, list(needed.phases))
        found.update(UUID(int=row["id"].int) for row in rows)
    return found


async def _read_assets(
    connection: asyncpg.Connection, symbols: set[str], remembered: Remembered
) -> None:
    unknown = symbols - remembered.assets.keys()
    if not unknown:
        return
    for row in await connection.fetch(_ASSETS, list(unknown)):
        remembered.assets[row["symbol"]] = asset_from(row)
        if row["halted"]:
            remembered.halted.add(row["symbol"])
        if row["last_price"] is not None:
            remembered.last_prices[row["symbol"]] = row["last_price"]


async def _require_accounts(connection: asyncpg.Connection, events: list[Event]) -> None:
    """Name the account of these events that the database does not have, if that is what is wrong."""
    needed = touched(events)
    accounts = {account for account, _ in needed.traded | set(needed.accepted.values())}
    missing = await connection.fetch(
        "SELECT a.id FROM unnest($1::uuid[]) AS a (id) LEFT JOIN accounts ON accounts.id = a.id"
        " WHERE accounts.id IS NULL",
        list(accounts),
    )
    if missing:
        raise SettlementError(
            f"the engine's log speaks of account {missing[0]['id']}, which this database does not have:"
            " it was restored to a time before that account was opened; restore a later state"
        )


async def _write(
    connection: asyncpg.Connection, batch: Batch, journal_time_ns: int, remembered: Remembered
) -> None:
    await _insert_recreated(connection, batch)
    changed = [batch.orders[order_id] for order_id in sorted(batch.changed)]
    await write_orders(connection, changed)
    assert remembered.marks is not None, "read before the first page was applied"
    remembered.marks.keep(changed)
    await write_ledger(connection, batch.ledger)
    if batch.executions:
        rows = [
            {name: getattr(execution, name) for name in execution.__slots__}
            for execution in batch.executions
        ]
        await connection.execute(_INSERT_EXECUTIONS, as_json(rows))
    if batch.commands:
        commands = [{n: getattr(each, n) for n in each.__slots__} for each in batch.commands]
        await connection.execute(_INSERT_COMMANDS, as_json(commands))
        remembered.gave_commands = True
    if batch.decided:
        await connection.execute(
            "DELETE FROM commands WHERE id = ANY($1::uuid[])", list(batch.decided)
        )
    await _write_assets(connection, batch)
    for session, (command_id, at) in batch.ended_sessions.items():
        # Inserted, too: a restored database must not end a day again that the log has ended.
        await connection.execute(
            "INSERT INTO sessions (session, command_id, ended_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (session) DO UPDATE SET ended_at = excluded.ended_at",
            session,
            command_id,
            at,
        )
    if batch.rejected:
        # The engine's log does not hold all of these; whoever follows what became of orders needs them.
        await connection.execute(_INSERT_OUTBOX, journal_time_ns, as_json(_rejections(batch)))


async def _insert_recreated(connection: asyncpg.Connection, batch: Batch) -> None:
    if not batch.recreated:
        return
    rows = [order_row(batch.orders[order_id]) for order_id in batch.recreated]
    inserted = {row["id"] for row in await connection.fetch(INSERT_ORDERS, as_json(rows))}
    for order_id in batch.recreated.keys() - inserted:
        order = batch.orders[order_id]
        raise SettlementError(
            f"the engine's log has order {order_id} with the client_order_id {order.client_order_id!r}, which"
            " another order of its account has here: this database was restored to a time before that one"
            " was taken back"
        )


async def _write_assets(connection: asyncpg.Connection, batch: Batch) -> None:
    """Last prices, listings and halts."""
    if batch.traded:
        await connection.execute(
            "UPDATE assets SET last_price = new.price"
            " FROM json_to_recordset($1::json) AS new (symbol text, price numeric)"
            " WHERE assets.symbol = new.symbol",
            as_json([{"symbol": s, "price": batch.last_prices[s]} for s in sorted(batch.traded)]),
        )
    if batch.listed:
        await connection.execute(
            "UPDATE assets SET active = true WHERE symbol = ANY($1::text[])", list(batch.listed)
        )
    for symbol, halted in batch.phases.items():
        await connection.execute("UPDATE assets SET halted = $2 WHERE symbol = $1", symbol, halted)


def _rejections(batch: Batch) -> list[dict[str, Any]]:
    return [
        {
            "kind": "order_rejected",
            "data": {
                "order_id": order.id,
                "account_id": order.account_id,
                "client_order_id": order.client_order_id,
                "symbol": order.symbol,
                "reason": order.reject_reason,
            },
        }
        for order in batch.rejected
    ]
