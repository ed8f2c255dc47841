"""Orders as their owner asks for them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadConnection
from trading.domain.order import Order
from trading.domain.states import CLOSED, OPEN
from trading.records import ORDER_COLUMNS, order_from


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
    before_order_id: UUID | None = None
    after_order_id: UUID | None = None


async def list_orders(
    connection: ReadConnection, account_id: UUID, wanted: OrderFilter
) -> list[Order]:
    conditions = ["account_id = :account_id"]
    values: dict[str, Any] = {"account_id": account_id, "limit": wanted.limit}
    if wanted.status != "all":
        states = OPEN if wanted.status == "open" else CLOSED
        # Spelled out, so that the planner sees that the partial index of open orders fits.
        listed = ", ".join(f"'{state.value}'" for state in sorted(states))
        conditions.append(f"status IN ({listed})")
    if wanted.after is not None:
        conditions.append("submitted_at > :after")
        values["after"] = wanted.after
    if wanted.until is not None:
        conditions.append("submitted_at < :until")
        values["until"] = wanted.until
    if wanted.symbols:
        conditions.append("symbol = ANY(:symbols)")
        values["symbols"] = wanted.symbols
    if wanted.side is not None:
        conditions.append("side = :side")
        values["side"] = wanted.side
    for name, sign in (("before_order_id", "<"), ("after_order_id", ">")):
        cursor = getattr(wanted, name)
        if cursor is not None:
            conditions.append(
                f"(submitted_at, id) {sign} (SELECT submitted_at, id FROM orders"
                f" WHERE id = :{name} AND account_id = :account_id)"
            )
            values[name] = cursor
    direction = "ASC" if wanted.ascending else "DESC"
    rows = await connection.execute(
        text(
            f"SELECT {ORDER_COLUMNS} FROM orders WHERE {' AND '.join(conditions)}"
            f" ORDER BY submitted_at {direction}, id {direction} LIMIT :limit"
        ),
        values,
    )
    return [order_from(row) for row in rows.mappings()]


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
