"""What an account's positions are, what they cost, and what they are worth."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadConnection
from trading.domain.money import ZERO, plain
from trading.portfolio.movements import Change, changes_since, prices_at
from trading.portfolio.sessions import Sessions

_SELECT = (
    "SELECT a.id AS asset_id, a.symbol, a.asset_class, a.last_price, b.available, b.held, b.cost, b.realized"
    " FROM balances b JOIN assets a ON a.symbol = b.asset"
    " WHERE b.account_id = :account_id AND b.available + b.held > 0"
)
_LIST = text(f"{_SELECT} ORDER BY a.symbol")
_ONE = text(f"{_SELECT} AND (a.symbol = :asset OR a.id::text = :asset)")
_NOTHING = Change()


async def read_positions(
    connection: ReadConnection,
    account_id: UUID,
    sessions: Sessions,
    now: datetime,
    asset: str | None = None,
) -> list[dict[str, Any]]:
    """The account's positions as documents, by symbol; only that in `asset` (a symbol or an id) when one is given."""
    values: dict[str, Any] = {"account_id": account_id}
    if asset is None:
        rows = (await connection.execute(_LIST, values)).all()
    else:
        rows = (await connection.execute(_ONE, values | {"asset": asset})).all()
    if not rows:
        return []
    began = sessions.start(sessions.of(now))
    changes = await changes_since(connection, account_id, began)
    closes = await prices_at(connection, [row.symbol for row in rows], began, sessions)
    return [
        _document(row, changes.get(row.symbol, _NOTHING), closes.get(row.symbol)) for row in rows
    ]


def _document(row: Any, today: Change, lastday_price: Decimal | None) -> dict[str, Any]:
    qty = row.available + row.held
    document: dict[str, Any] = {
        "asset_id": row.asset_id,
        "symbol": row.symbol,
        "asset_class": row.asset_class,
        "qty": plain(qty),
        "qty_available": plain(row.available),
        "avg_entry_price": plain(round(row.cost / qty, 12)),
        "cost_basis": plain(row.cost),
        "realized_pl": plain(row.realized),
        "market_value": None,
        "current_price": None,
        "lastday_price": None if lastday_price is None else plain(lastday_price),
        "change_today": None,
        "unrealized_pl": None,
        "unrealized_plpc": None,
        "unrealized_intraday_pl": None,
        "unrealized_intraday_plpc": None,
    }
    price = row.last_price
    if price is None:
        return document
    value = qty * price
    basis = _basis_today(row, qty, today, lastday_price)
    document |= {
        "market_value": plain(value),
        "current_price": plain(price),
        "unrealized_pl": plain(value - row.cost),
        "unrealized_plpc": _fraction(value - row.cost, row.cost),
        "unrealized_intraday_pl": plain(value - basis),
        "unrealized_intraday_plpc": _fraction(value - basis, basis),
    }
    if lastday_price is not None:
        document["change_today"] = _fraction(price - lastday_price, lastday_price)
    return document


def _basis_today(row: Any, qty: Decimal, today: Change, lastday_price: Decimal | None) -> Decimal:
    """What today's profit is reckoned from: yesterday's close for what was there, its cost for what was bought.

    Sales are taken to be of what was there. What came without being bought (a grant) counts as bought for nothing.
    """
    if lastday_price is None:  # its first trade was today: all of it counts at what it cost
        return Decimal(row.cost)
    sold = max(ZERO, today.bought_qty - today.qty)
    there = max(ZERO, min(qty, qty - today.qty - sold))
    new = qty - there
    bought = today.bought_cash / today.bought_qty if today.bought_qty else ZERO
    return round(there * lastday_price + min(new, today.bought_qty) * bought, 12)


def _fraction(part: Decimal, of: Decimal) -> str:
    return plain(round(part / of, 8) if of else ZERO)
