"""Rows to domain objects and back, in sets: one JSON parameter a statement, whatever the number of rows."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import RowMapping

from trading.domain.asset import Asset
from trading.domain.ledger import SYSTEM_ACCOUNTS, Balance, BalanceKey, Ledger
from trading.domain.order import Order, OrderType, Side, Status, TimeInForce

ORDER_COLUMNS = (
    "id, account_id, client_order_id, symbol, side, order_type, time_in_force, limit_price,"
    " engine_price, qty, fee_rate, status, hold, submitted_at, updated_at, filled_qty, filled_value,"
    " fee_value, filled_at, canceled_at, expired_at, failed_at, reject_reason"
)
_ORDER_TYPES = (
    "id uuid, account_id uuid, client_order_id text, symbol text, side text, order_type text,"
    " time_in_force text, limit_price numeric, engine_price numeric, qty numeric, fee_rate numeric,"
    " status text, hold numeric, submitted_at timestamptz, updated_at timestamptz,"
    " filled_qty numeric, filled_value numeric, fee_value numeric, filled_at timestamptz,"
    " canceled_at timestamptz, expired_at timestamptz, failed_at timestamptz, reject_reason text"
)

INSERT_ORDERS = f"""
INSERT INTO orders ({ORDER_COLUMNS})
SELECT {ORDER_COLUMNS} FROM json_to_recordset($1::json) AS new ({_ORDER_TYPES})
ORDER BY account_id, client_order_id
ON CONFLICT (account_id, client_order_id) DO NOTHING
RETURNING id
"""

_UPDATE_ORDERS = """
UPDATE orders SET status = new.status, hold = new.hold, filled_qty = new.filled_qty,
    filled_value = new.filled_value, fee_value = new.fee_value, updated_at = new.updated_at,
    filled_at = new.filled_at, canceled_at = new.canceled_at, expired_at = new.expired_at,
    failed_at = new.failed_at, reject_reason = new.reject_reason
FROM json_to_recordset($1::json) AS new (id uuid, status text, hold numeric, filled_qty numeric,
    filled_value numeric, fee_value numeric, updated_at timestamptz, filled_at timestamptz,
    canceled_at timestamptz, expired_at timestamptz, failed_at timestamptz, reject_reason text)
WHERE orders.id = new.id
"""

# A missing balance is made before it is locked, so that every writer locks rows, in one order.
_MAKE_BALANCES = """
INSERT INTO balances (account_id, asset, may_be_negative)
SELECT account_id, asset, account_id = ANY($3::uuid[]) FROM unnest($1::uuid[], $2::text[]) AS wanted (account_id, asset)
ORDER BY account_id, asset
ON CONFLICT DO NOTHING
"""
_LOCK_BALANCES = """
SELECT account_id, asset, available, held, cost
FROM balances JOIN unnest($1::uuid[], $2::text[]) AS wanted (account_id, asset)
    USING (account_id, asset)
ORDER BY account_id, asset FOR UPDATE OF balances
"""
_UPDATE_BALANCES = """
UPDATE balances SET available = new.available, held = new.held, cost = new.cost
FROM json_to_recordset($1::json) AS new
    (account_id uuid, asset text, available numeric, held numeric, cost numeric)
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
    return {name: getattr(order, name) for name in Order.__slots__}


def order_from(row: "asyncpg.Record | RowMapping") -> Order:
    return Order(
        id=_uuid(row["id"]),
        account_id=_uuid(row["account_id"]),
        client_order_id=row["client_order_id"],
        symbol=row["symbol"],
        side=Side(row["side"]),
        order_type=OrderType(row["order_type"]),
        time_in_force=TimeInForce(row["time_in_force"]),
        limit_price=row["limit_price"],
        engine_price=row["engine_price"],
        qty=row["qty"],
        fee_rate=row["fee_rate"],
        status=Status(row["status"]),
        hold=row["hold"],
        submitted_at=row["submitted_at"],
        updated_at=row["updated_at"],
        filled_qty=row["filled_qty"],
        filled_value=row["filled_value"],
        fee_value=row["fee_value"],
        filled_at=row["filled_at"],
        canceled_at=row["canceled_at"],
        expired_at=row["expired_at"],
        failed_at=row["failed_at"],
        reject_reason=row["reject_reason"],
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
    """Orders by id, locked in the order of their ids. Orders are always locked before balances."""
    rows = await connection.fetch(
        f"SELECT {ORDER_COLUMNS} FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE",
        list(ids),
    )
    return {order.id: order for order in map(order_from, rows)}


async def write_orders(connection: asyncpg.Connection, orders: Iterable[Order]) -> None:
    rows = [order_row(order) for order in orders]
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
                row["available"], row["held"], row["cost"]
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
