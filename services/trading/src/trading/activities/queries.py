"""Executions and transfers as one list, newest or oldest first, with a cursor that is the item's own id."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadConnection
from trading.domain.money import ZERO, plain
from trading.domain.order import CASH

TYPES = frozenset({"FILL", "CSD", "CSW", "JNLC", "JNLS"})
# Corrections are journals: of cash, or of shares.
_ACTIVITY = (
    "CASE kind WHEN 'deposit' THEN 'CSD' WHEN 'withdrawal' THEN 'CSW' WHEN 'grant' THEN 'JNLS'"
    f" ELSE CASE asset WHEN '{CASH}' THEN 'JNLC' ELSE 'JNLS' END END"
)


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Times are exclusive; `cursor` is time and id of the last item of the page before."""

    types: frozenset[str]
    after: datetime | None
    until: datetime | None
    ascending: bool
    limit: int
    cursor: tuple[datetime, UUID] | None


async def list_activities(
    connection: ReadConnection, account_id: UUID, wanted: ActivityFilter
) -> list[dict[str, Any]]:
    items: list[tuple[datetime, UUID, dict[str, Any]]] = []
    if "FILL" in wanted.types:
        items += await _fills(connection, account_id, wanted)
    of_transfers = list(wanted.types - {"FILL"})
    if of_transfers:
        items += await _transfers(connection, account_id, wanted, of_transfers)
    items.sort(key=lambda item: item[:2], reverse=not wanted.ascending)
    return [document for _, _, document in items[: wanted.limit]]


async def _fills(
    connection: ReadConnection, account_id: UUID, wanted: ActivityFilter
) -> list[tuple[datetime, UUID, dict[str, Any]]]:
    where, order, values = _window("executed_at", wanted)
    rows = await connection.execute(
        text(f"SELECT * FROM executions WHERE account_id = :account_id{where} {order}"),
        values | {"account_id": account_id},
    )
    return [(row.executed_at, row.id, _fill_document(row)) for row in rows]


async def _transfers(
    connection: ReadConnection, account_id: UUID, wanted: ActivityFilter, activities: list[str]
) -> list[tuple[datetime, UUID, dict[str, Any]]]:
    where, order, values = _window("created_at", wanted)
    rows = await connection.execute(
        text(
            f"SELECT *, {_ACTIVITY} AS activity,"
            " (SELECT reason FROM corrections c WHERE c.id = correction_id) AS reason"
            f" FROM transfers WHERE account_id = :account_id AND {_ACTIVITY} = ANY(:activities){where} {order}"
        ),
        values | {"account_id": account_id, "activities": activities},
    )
    return [(row.created_at, row.id, _transfer_document(row)) for row in rows]


def _window(column: str, wanted: ActivityFilter) -> tuple[str, str, dict[str, Any]]:
    conditions = ""
    values: dict[str, Any] = {"limit": wanted.limit}
    if wanted.after is not None:
        conditions += f" AND {column} > :after"
        values["after"] = wanted.after
    if wanted.until is not None:
        conditions += f" AND {column} < :until"
        values["until"] = wanted.until
    if wanted.cursor is not None:
        sign = ">" if wanted.ascending else "<"
        conditions += f" AND ({column}, id) {sign} (:cursor_time, :cursor_id)"
        values |= {"cursor_time": wanted.cursor[0], "cursor_id": wanted.cursor[1]}
    direction = "ASC" if wanted.ascending else "DESC"
    return conditions, f"ORDER BY {column} {direction}, id {direction} LIMIT :limit", values


def _activity_id(at: datetime, item_id: UUID) -> str:
    """Sortable by time; with microseconds, so that it can serve as the cursor."""
    return f"{at:%Y%m%d%H%M%S%f}::{item_id}"


def _fill_document(row: Any) -> dict[str, Any]:
    return {
        "id": _activity_id(row.executed_at, row.id),
        "account_id": str(row.account_id),
        "activity_type": "FILL",
        "transaction_time": row.executed_at,
        "type": "fill" if row.leaves_qty == ZERO else "partial_fill",
        "price": plain(row.price),
        "qty": plain(row.qty),
        "side": row.side,
        "symbol": row.symbol,
        "leaves_qty": plain(row.leaves_qty),
        "cum_qty": plain(row.cum_qty),
        "order_id": str(row.order_id),
        "order_status": "filled" if row.leaves_qty == ZERO else "partially_filled",
        "trade_id": row.sequence,
        "fee": plain(row.fee),
    }


def _transfer_document(row: Any) -> dict[str, Any]:
    taken = row.kind == "withdrawal"
    amount = plain(-row.amount if taken else row.amount)
    document: dict[str, Any] = {
        "id": _activity_id(row.created_at, row.id),
        "account_id": str(row.account_id),
        "activity_type": row.activity,
        "date": row.created_at.date().isoformat(),
        "created_at": row.created_at,
        "description": row.kind if row.reason is None else f"correction: {row.reason}",
        "status": "executed" if row.reason is None else "correct",
        "net_amount": amount if row.asset == CASH else "0",
    }
    if row.asset != CASH:
        document |= {"symbol": row.asset, "qty": amount}
    return document
