"""Rows to domain objects and back, in sets: one JSON parameter a statement, whatever the number of rows."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import RowMapping

from trading.domain.asset import Asset
from trading.domain.ledger import SYSTEM_ACCOUNTS, Balance, BalanceKey, Ledger
from trading.domain.order import Exit, Order, OrderClass, OrderType, Side, TimeInForce
from trading.domain.states import Status

_COLUMNS = {
    "id": "uuid",
    "account_id": "uuid",
    "client_order_id": "text",
    "symbol": "text",
    "side": "text",
    "order_type": "text",
    "time_in_force": "text",
    "limit_price": "numeric",
    "engine_price": "numeric",
    "qty": "numeric",
    "maker_fee_rate": "numeric",
    "taker_fee_rate": "numeric",
    "status": "text",
    "hold": "numeric",
    "submitted_at": "timestamptz",
    "updated_at": "timestamptz",
    "filled_qty": "numeric",
    "filled_value": "numeric",
    "fee_value": "numeric",
    "reduced_qty": "numeric",
    "carried_qty": "numeric",
    "carried_value": "numeric",
    "carried_fee": "numeric",
    "notional": "numeric",
    "stop_price": "numeric",
    "trail_price": "numeric",
    "trail_percent": "numeric",
    "hwm": "numeric",
    "expires_at": "timestamptz",
    "extended_hours": "boolean",
    "display_qty": "numeric",
    "minimum_qty": "numeric",
    "post_only": "text",
    "self_trade_prevention": "text",
    "order_class": "text",
    "exit": "text",
    "parent_id": "uuid",
    "partner_id": "uuid",
    "group_id": "uuid",
    "replaces": "uuid",
    "replaced_by": "uuid",
    "filled_at": "timestamptz",
    "canceled_at": "timestamptz",
    "expired_at": "timestamptz",
    "failed_at": "timestamptz",
    "replaced_at": "timestamptz",
    "triggered_at": "timestamptz",
    "reject_reason": "text",
}
"""Of `orders`, and of `Order`, which has them in this order."""
_CHANGING = (
    "status",
    "hold",
    "engine_price",
    "limit_price",
    "qty",
    "filled_qty",
    "filled_value",
    "fee_value",
    "reduced_qty",
    "carried_qty",
    "carried_value",
    "carried_fee",
    "stop_price",
    "hwm",
    "parent_id",
    "partner_id",
    "group_id",
    "replaced_by",
    "updated_at",
    "filled_at",
    "canceled_at",
    "expired_at",
    "failed_at",
    "replaced_at",
    "triggered_at",
    "reject_reason",
)
"""What may become of an order after it was stored."""
_UPDATED = ("id", *_CHANGING)
ORDER_COLUMNS = ", ".join(_COLUMNS)


def _recordset(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {_COLUMNS[name]}" for name in names)


WRITERS = 7_011_001
"""Class of the advisory locks that transactions hold which write new orders, each one of its own: readers that must
know what is just being written wait for these (`orders/undoing.py`)."""
INSERT_ORDERS = f"""
WITH writing AS MATERIALIZED (
    SELECT pg_advisory_xact_lock({WRITERS}, (pg_current_xact_id()::text::bigint & 2147483647)::int)
)
INSERT INTO orders ({ORDER_COLUMNS})
SELECT {ORDER_COLUMNS} FROM writing, json_to_recordset($1::json) AS new ({_recordset(_COLUMNS)})
ORDER BY account_id, client_order_id
ON CONFLICT (account_id, client_order_id) DO NOTHING
RETURNING id
"""

_UPDATE_ORDERS = f"""
UPDATE orders SET {", ".join(f"{name} = new.{name}" for name in _CHANGING)}
FROM json_to_recordset($1::json) AS new ({_recordset(("id", *_CHANGING))})
WHERE orders.id = new.id
"""

# The groups first, without locks: an order never changes its group.
_LOCK_ORDERS = f"""
SELECT {ORDER_COLUMNS} FROM orders
WHERE id = ANY($1::uuid[]) OR (is_open AND group_id = ANY(ARRAY(
        SELECT group_id FROM orders WHERE id = ANY($1::uuid[]) AND group_id IS NOT NULL)))
ORDER BY id FOR UPDATE
"""

# A missing balance is made before it is locked, so that every writer locks rows, in one order.
_MAKE_BALANCES = """
INSERT INTO balances (account_id, asset, may_be_negative)
SELECT account_id, asset, account_id = ANY($3::uuid[]) FROM unnest($1::uuid[], $2::text[]) AS wanted (account_id, asset)
ORDER BY account_id, asset
ON CONFLICT DO NOTHING
"""
_LOCK_BALANCES = """
SELECT account_id, asset, available, held, cost, realized
FROM balances JOIN unnest($1::uuid[], $2::text[]) AS wanted (account_id, asset)
    USING (account_id, asset)
ORDER BY account_id, asset FOR UPDATE OF balances
"""
_UPDATE_BALANCES = """
UPDATE balances SET available = new.available, held = new.held, cost = new.cost, realized = new.realized
FROM json_to_recordset($1::json) AS new
    (account_id uuid, asset text, available numeric, held numeric, cost numeric, realized numeric)
WHERE balances.account_id = new.account_id AND balances.asset = new.asset
"""
_INSERT_POSTINGS = """
INSERT INTO postings (account_id, asset, available, held, cause, cause_id)
SELECT account_id, asset, available, held, cause, cause_id FROM json_to_recordset($1::json) AS new
    (account_id uuid, asset text, available numeric, held numeric, cause text, cause_id uuid)
"""

_encoder = msgspec.json.Encoder(decimal_format="string")


def as_json(rows: Any) -> str:
    """One JSON parameter for `json_to_recordset`; decimals as text, so that nothing is rounded."""
    return _encoder.encode(rows).decode()


def order_row(order: Order) -> dict[str, Any]:
    """The columns of `orders`, in JSON."""
    return _present(order, Order.__slots__)


def _present(order: Order, names: Iterable[str]) -> dict[str, Any]:
    # What is missing is null in a recordset, and most columns of most orders are: each name costs here and there.
    return {name: value for name in names if (value := getattr(order, name)) is not None}


def order_from(row: "asyncpg.Record | RowMapping") -> Order:
    """The order of a row with `ORDER_COLUMNS`."""
    values = list(row.values())
    for place in _IDS:
        value = values[place]
        if value is not None:
            values[place] = _uuid(value)
    for place, kinds in _KINDS:
        value = values[place]
        if value is not None:
            values[place] = kinds[value]
    return Order(*values)


_PLACES = {name: place for place, name in enumerate(_COLUMNS)}
_IDS = tuple(_PLACES[name] for name, column in _COLUMNS.items() if column == "uuid")
# By a dictionary: calling an enumeration costs ten times as much.
_KINDS: tuple[tuple[int, dict[str, StrEnum]], ...] = tuple(
    (_PLACES[name], {str(member): member for member in kind})
    for name, kind in (
        ("side", Side),
        ("order_type", OrderType),
        ("time_in_force", TimeInForce),
        ("status", Status),
        ("order_class", OrderClass),
        ("exit", Exit),
    )
)


def asset_from(row: asyncpg.Record) -> Asset:
    return Asset(
        id=_uuid(row["id"]),
        symbol=row["symbol"],
        name=row["name"],
        asset_class=row["asset_class"],
        tick_size=row["tick_size"],
        lot_size=row["lot_size"],
        active=row["active"],
    )


async def read_orders(connection: asyncpg.Connection, ids: Iterable[UUID]) -> dict[UUID, Order]:
    """Orders by id, without locks."""
    rows = await connection.fetch(
        f"SELECT {ORDER_COLUMNS} FROM orders WHERE id = ANY($1::uuid[])", list(ids)
    )
    return {order.id: order for order in map(order_from, rows)}


async def lock_orders(connection: asyncpg.Connection, ids: Iterable[UUID]) -> dict[UUID, Order]:
    """Orders by id, and the open orders that they are linked to, locked in the order of their ids.

    Orders are always locked before balances.
    """
    rows = await connection.fetch(_LOCK_ORDERS, list(ids))
    return {order.id: order for order in map(order_from, rows)}


async def write_orders(connection: asyncpg.Connection, orders: Iterable[Order]) -> None:
    rows = [_present(order, _UPDATED) for order in orders]
    if rows:
        await connection.execute(_UPDATE_ORDERS, as_json(rows))


async def lock_balances(connection: asyncpg.Connection, keys: Iterable[BalanceKey]) -> Ledger:
    """A ledger over these balances, locked in one order."""
    wanted = sorted(set(keys))
    accounts, assets = [key[0] for key in wanted], [key[1] for key in wanted]
    rows = await connection.fetch(_LOCK_BALANCES, accounts, assets)
    if len(rows) < len(wanted):
        await connection.execute(_MAKE_BALANCES, accounts, assets, list(SYSTEM_ACCOUNTS))
        rows = await connection.fetch(_LOCK_BALANCES, accounts, assets)
    return Ledger(
        {
            (_uuid(row["account_id"]), row["asset"]): Balance(
                row["available"], row["held"], row["cost"], row["realized"]
            )
            for row in rows
        }
    )


async def write_ledger(connection: asyncpg.Connection, ledger: Ledger) -> None:
    """The balances that changed, and the postings that changed them."""
    if not ledger.postings:
        return
    balances = [
        {
            "account_id": account_id,
            "asset": asset,
            "available": balance.available,
            "held": balance.held,
            "cost": balance.cost,
            "realized": balance.realized,
        }
        for account_id, asset in sorted(ledger.changed)
        for balance in (ledger.balances[(account_id, asset)],)
    ]
    postings = [
        {
            "account_id": posting.leg.account_id,
            "asset": posting.leg.asset,
            "available": posting.leg.available,
            "held": posting.leg.held,
            "cause": posting.cause,
            "cause_id": posting.cause_id,
        }
        for posting in ledger.postings
    ]
    await connection.execute(_UPDATE_BALANCES, as_json(balances))
    await connection.execute(_INSERT_POSTINGS, as_json(postings))


def _uuid(value: UUID) -> UUID:
    # asyncpg's own subclass hashes and compares like UUID, but is slower to print and not what JSON encoders know.
    return UUID(int=value.int)
