"""What an account's executions and transfers changed since a moment, and what its symbols were worth at one.

From the summed history where there is some, and from the executions behind its cursor: together exact at any moment
that is a whole minute, in as many rows as there are symbols and minutes, however many executions there were. All of a
request's reads see one snapshot.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadConnection
from trading.domain.money import ZERO
from trading.domain.order import CASH
from trading.portfolio.sessions import Sessions

_TAIL = (
    "account_id = :account_id AND sequence > (SELECT sequence FROM history_cursor)"
    " AND executed_at >= (SELECT coalesce(executed_at, '-infinity') FROM history_cursor)"
)
EXECUTED = f"""
SELECT symbol, minute AS at, qty, cash, bought_qty, bought_cash FROM traded_minutes
WHERE account_id = :account_id AND minute >= :since
UNION ALL
SELECT symbol, executed_at, CASE side WHEN 'buy' THEN qty ELSE -qty END,
    CASE side WHEN 'buy' THEN -cash ELSE cash END,
    CASE side WHEN 'buy' THEN qty ELSE 0 END, CASE side WHEN 'buy' THEN cash ELSE 0 END
FROM executions WHERE {_TAIL} AND executed_at >= :since
"""
"""By minute; what is behind the history's cursor by execution."""
SIGNED = "CASE kind WHEN 'withdrawal' THEN -amount ELSE amount END"
TRANSFERRED = f"""
SELECT asset AS symbol, created_at AS at, CASE asset WHEN '{CASH}' THEN 0 ELSE {SIGNED} END AS qty,
    CASE asset WHEN '{CASH}' THEN {SIGNED} ELSE 0 END AS cash, 0 AS bought_qty, 0 AS bought_cash
FROM transfers WHERE account_id = :account_id AND created_at >= :since
"""
_CHANGES = text(f"""
SELECT symbol, sum(qty) AS qty, sum(cash) AS cash, sum(bought_qty) AS bought_qty, sum(bought_cash) AS bought_cash
FROM ({EXECUTED} UNION ALL {TRANSFERRED}) AS moved GROUP BY symbol
""")
_BALANCES = text(
    "SELECT asset, available + held AS total FROM balances WHERE account_id = :account_id"
)
# The last execution before the moment: of the minutes, of what is not yet counted, or of the sessions, which alone
# are kept for ever. What is not counted is looked at only when the moment lies behind the cursor.
_PRICES = text("""
SELECT wanted.symbol, last.price FROM unnest(CAST(:symbols AS text[])) AS wanted (symbol)
CROSS JOIN LATERAL (
    (SELECT price, 3 AS rank FROM executions
     WHERE side = 'buy' AND sequence > (SELECT sequence FROM history_cursor) AND symbol = wanted.symbol
        AND executed_at < :moment AND (SELECT coalesce(executed_at, '-infinity') FROM history_cursor) < :moment
     ORDER BY sequence DESC LIMIT 1)
    UNION ALL
    (SELECT price, 2 FROM minute_closes
     WHERE symbol = wanted.symbol AND minute < :moment ORDER BY minute DESC LIMIT 1)
    UNION ALL
    (SELECT price, 1 FROM session_closes
     WHERE symbol = wanted.symbol AND session < :session ORDER BY session DESC LIMIT 1)
    ORDER BY rank DESC LIMIT 1
) AS last
""")


@dataclass(frozen=True, slots=True)
class Change:
    """Since a moment, of one symbol; `qty` is net, `cash` too, fees included."""

    qty: Decimal = ZERO
    cash: Decimal = ZERO
    bought_qty: Decimal = ZERO
    bought_cash: Decimal = ZERO


async def changes_since(
    connection: ReadConnection, account_id: UUID, since: datetime
) -> dict[str, Change]:
    """By symbol; deposits and withdrawals under `USD`. `since` is a whole minute."""
    rows = await connection.execute(_CHANGES, {"account_id": account_id, "since": since})
    return {row.symbol: Change(row.qty, row.cash, row.bought_qty, row.bought_cash) for row in rows}


async def totals(connection: ReadConnection, account_id: UUID) -> dict[str, Decimal]:
    """What the account owns of each asset now, available and held."""
    rows = await connection.execute(_BALANCES, {"account_id": account_id})
    return {row.asset: row.total for row in rows}


def totals_before(now: dict[str, Decimal], changes: dict[str, Change]) -> dict[str, Decimal]:
    """What it owned before `changes`."""
    before = dict(now)
    for symbol, change in changes.items():
        before[CASH] = before.get(CASH, ZERO) - change.cash
        if symbol != CASH:
            before[symbol] = before.get(symbol, ZERO) - change.qty
    return {asset: total for asset, total in before.items() if total}


async def prices_at(
    connection: ReadConnection, symbols: list[str], moment: datetime, sessions: Sessions
) -> dict[str, Decimal]:
    """The price of the last trade before `moment`, a whole minute; symbols that had none are left out."""
    if not symbols:
        return {}
    values: dict[str, Any] = {
        "symbols": symbols,
        "moment": moment,
        "session": sessions.of(moment),
    }
    return {row.symbol: row.price for row in await connection.execute(_PRICES, values)}


def worth(owned: dict[str, Decimal], prices: dict[str, Decimal]) -> Decimal:
    """Cash, and shares at these prices; what never traded is worth nothing."""
    shares = (qty * prices.get(asset, ZERO) for asset, qty in owned.items() if asset != CASH)
    return sum(shares, owned.get(CASH, ZERO))
