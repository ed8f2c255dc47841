"""Orders as their owner asks for them.

A list merges a few scans of one index, each of which is in the order of the list already: one for each side, or for
each symbol and side. So its cost follows the page, whatever the account has had (`docs/performance/order-queries.md`).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadConnection
from trading.domain.order import Order
from trading.records import ORDER_COLUMNS, order_from

SIDES = ("buy", "sell")


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Times and cursors are exclusive and speak of submission time."""

    status: str = "open"
    limit: int = 50
    after: datetime | None = None
    until: datetime | None = None
    ascending: bool = False
    symbols: list[str] = field(default_factory=list)
    side: str | None = None
    asset_classes: list[str] = field(default_factory=list)
    nested: bool = False
    """Exits are inside their parents, and no orders of the list; an entry that is closed is open through its exits."""
    before_order_id: UUID | None = None
    after_order_id: UUID | None = None


async def list_orders(
    connection: ReadConnection, account_id: UUID, wanted: OrderFilter
) -> list[Order]:
    statement, values = statement_of(account_id, wanted)
    rows = await connection.execute(text(statement), values)
    return [order_from(row) for row in rows.mappings()]


def statement_of(account_id: UUID, wanted: OrderFilter) -> tuple[str, dict[str, Any]]:
    """The statement and its values."""
    conditions, values = _conditions(wanted)
    values |= {"account_id": account_id, "limit": wanted.limit}
    direction = "ASC" if wanted.ascending else "DESC"
    order = f"ORDER BY submitted_at {direction}, id {direction} LIMIT :limit"
    if wanted.status == "open":
        return _open(wanted, conditions, order), values
    if wanted.symbols or wanted.asset_classes:
        return _by_symbol(wanted, conditions, order), values
    scans = []
    for side in _sides(wanted):
        chosen = " AND ".join(["account_id = :account_id", f"side = '{side}'", *conditions])
        scans.append(f"(SELECT {ORDER_COLUMNS} FROM orders WHERE {chosen} {order})")
    return f"SELECT * FROM ({' UNION ALL '.join(scans)}) AS merged {order}", values


def _conditions(wanted: OrderFilter) -> tuple[list[str], dict[str, Any]]:
    conditions, values = [], dict[str, Any]()
    if wanted.status == "closed":
        conditions.append("NOT is_open")
    if wanted.nested:
        conditions.append("parent_id IS NULL")
    if wanted.after is not None:
        conditions.append("submitted_at > :after")
        values["after"] = wanted.after
    if wanted.until is not None:
        conditions.append("submitted_at < :until")
        values["until"] = wanted.until
    if wanted.symbols:
        values["symbols"] = wanted.symbols
    if wanted.asset_classes:
        values["classes"] = wanted.asset_classes
    for name, sign in (("before_order_id", "<"), ("after_order_id", ">")):
        cursor = getattr(wanted, name)
        if cursor is not None:
            conditions.append(
                f"(submitted_at, id) {sign} (SELECT submitted_at, id FROM orders"
                f" WHERE id = :{name} AND account_id = :account_id)"
            )
            values[name] = cursor
    return conditions, values


def _open(wanted: OrderFilter, conditions: list[str], order: str) -> str:
    """From the partial index of open orders: an account has some thousands at most."""
    is_open = "account_id = :account_id AND is_open"
    if wanted.nested:
        chosen = [
            f"id IN (SELECT coalesce(parent_id, id) FROM orders WHERE {is_open})",
            "account_id = :account_id",
        ]
    else:
        chosen = [is_open]
    if wanted.side is not None:
        chosen.append(f"side = '{wanted.side}'")
    if wanted.symbols:
        chosen.append("symbol = ANY(:symbols)")
    if wanted.asset_classes:
        chosen.append("symbol IN (SELECT symbol FROM assets WHERE asset_class = ANY(:classes))")
    return (
        f"SELECT {ORDER_COLUMNS} FROM orders WHERE {' AND '.join([*chosen, *conditions])} {order}"
    )


def _by_symbol(wanted: OrderFilter, conditions: list[str], order: str) -> str:
    symbols = "SELECT DISTINCT unnest(CAST(:symbols AS text[])) AS symbol"
    if wanted.asset_classes:
        symbols = "SELECT symbol FROM assets WHERE asset_class = ANY(:classes)" + (
            " AND symbol = ANY(:symbols)" if wanted.symbols else ""
        )
    sides = ", ".join(f"('{side}')" for side in _sides(wanted))
    chosen = " AND ".join(
        [
            "account_id = :account_id",
            "orders.symbol = wanted.symbol",
            "orders.side = sides.side",
            *conditions,
        ]
    )
    return (
        f"SELECT found.* FROM ({symbols}) AS wanted CROSS JOIN (VALUES {sides}) AS sides (side)"
        f" CROSS JOIN LATERAL (SELECT {ORDER_COLUMNS} FROM orders WHERE {chosen} {order}) AS found"
        f" {order}"
    )


def _sides(wanted: OrderFilter) -> tuple[str, ...]:
    return SIDES if wanted.side is None else (wanted.side,)


async def legs_of(connection: ReadConnection, parents: list[UUID]) -> dict[UUID, list[Order]]:
    """The exits of these orders, take profit first; not those that were replaced, or that were to replace one."""
    if not parents:
        return {}
    rows = await connection.execute(
        text(
            f"SELECT {ORDER_COLUMNS} FROM orders WHERE parent_id = ANY(:parents)"
            " AND status <> 'replaced' AND NOT (status = 'rejected' AND replaces IS NOT NULL)"
            " ORDER BY submitted_at, exit DESC, id"
        ),
        {"parents": parents},
    )
    found: dict[UUID, list[Order]] = {}
    for row in rows.mappings():
        order = order_from(row)
        assert order.parent_id is not None, "chosen by it"
        found.setdefault(order.parent_id, []).append(order)
    return found


async def by_client_order_id(
    connection: ReadConnection, account_id: UUID, client_order_id: str
) -> Order | None:
    row = (
        (
            await connection.execute(
                text(
                    f"SELECT {ORDER_COLUMNS} FROM orders"
                    " WHERE account_id = :account_id AND client_order_id = :client_order_id"
                ),
                {"account_id": account_id, "client_order_id": client_order_id},
            )
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else order_from(row)
