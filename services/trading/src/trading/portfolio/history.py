"""An account's equity at the end of each window, walked forwards from what it owned before the first.

What it cost to reckon is bounded by windows times symbols: executions come summed by minute or by session, prices as
the last of each window, and each change or price moves the equity by itself.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadConnection
from trading.domain.money import ZERO
from trading.domain.order import CASH
from trading.portfolio.movements import EXECUTED, SIGNED, prices_at, totals
from trading.portfolio.sessions import Sessions
from trading.portfolio.windows import Windows

_BY_SESSION = """
SELECT symbol, (session::timestamp AT TIME ZONE 'UTC') - CAST(:shift AS interval) AS at, qty, cash
FROM traded_sessions WHERE account_id = :account_id
    AND (session::timestamp AT TIME ZONE 'UTC') - CAST(:shift AS interval) >= :from
"""
_BUCKET = "floor(extract(epoch FROM at - CAST(:start AS timestamptz)) / :step)::bigint"
# By the minute only where it is not by the session already.
_TRADED = f"""
SELECT {_BUCKET} AS number, symbol, sum(qty) AS qty, sum(cash) AS cash
FROM (SELECT symbol, at, qty, cash FROM ({EXECUTED}) AS minutes {{sessions}}) AS moved GROUP BY 1, 2
"""
_TRADED_BY_MINUTE = text(_TRADED.format(sessions=""))
_TRADED_BY_SESSION = text(_TRADED.format(sessions=f"UNION ALL {_BY_SESSION}"))
_ROLLED = text("SELECT rolled_until FROM history_cursor")
_FLOWS = text(f"""
SELECT floor(extract(epoch FROM created_at - CAST(:start AS timestamptz)) / :step)::bigint AS number, asset,
    CASE kind WHEN 'deposit' THEN 'CSD' WHEN 'withdrawal' THEN 'CSW' WHEN 'grant' THEN 'JNLS'
        ELSE CASE asset WHEN '{CASH}' THEN 'JNLC' ELSE 'JNLS' END END AS activity, sum({SIGNED}) AS amount
FROM transfers WHERE account_id = :account_id AND created_at >= :start GROUP BY 1, 2, 3
""")
_AT_MINUTE = (
    "SELECT symbol, minute AS at, price FROM minute_closes"
    " WHERE symbol = ANY(CAST(:symbols AS text[])) AND minute >= :start"
)
_AT_TAIL = (
    "SELECT symbol, executed_at AS at, price FROM executions WHERE side = 'buy'"
    " AND sequence > (SELECT sequence FROM history_cursor)"
    " AND symbol = ANY(CAST(:symbols AS text[])) AND executed_at >= :start"
)
_AT_SESSION = (
    "SELECT symbol, (session::timestamp AT TIME ZONE 'UTC') - CAST(:shift AS interval) AS at, price"
    " FROM session_closes WHERE symbol = ANY(CAST(:symbols AS text[]))"
    " AND (session::timestamp AT TIME ZONE 'UTC') - CAST(:shift AS interval) >= :start"
)
_CLOSES = (
    f"SELECT DISTINCT ON (symbol, number) symbol, {_BUCKET} AS number, price FROM ({{sources}}) AS closes"
    " ORDER BY symbol, number, at DESC"
)
_CLOSES_BY_MINUTE = text(_CLOSES.format(sources=f"{_AT_MINUTE} UNION ALL {_AT_TAIL}"))
# A session's close carries the time of its start: any minute that is still there is later, and says the same or more.
_CLOSES_BY_SESSION = text(
    _CLOSES.format(sources=f"{_AT_MINUTE} UNION ALL {_AT_TAIL} UNION ALL {_AT_SESSION}")
)


@dataclass(slots=True)
class History:
    """One entry a window: the equity at its end, and by activity type what came and went in it, in cash or worth."""

    base: Decimal
    """The equity before the first window."""
    equity: list[Decimal] = field(default_factory=list)
    flows: list[dict[str, Decimal]] = field(default_factory=list)


async def read_history(
    connection: ReadConnection, account_id: UUID, wanted: Windows, sessions: Sessions
) -> History:
    """All in the snapshot of `connection`."""
    values = await _values(connection, account_id, wanted, sessions)
    statement = _TRADED_BY_SESSION if wanted.timeframe == "1D" else _TRADED_BY_MINUTE
    traded = (await connection.execute(statement, values)).all()
    flows = (await connection.execute(_FLOWS, values)).all()
    owned = await totals(connection, account_id)
    _go_back(owned, traded, flows)
    symbols = sorted(
        {row.symbol for row in traded} | {row.asset for row in flows} | set(owned) - {CASH}
    )
    symbols = [symbol for symbol in symbols if symbol != CASH]
    closes = _CLOSES_BY_SESSION if wanted.timeframe == "1D" else _CLOSES_BY_MINUTE
    prices = await prices_at(connection, symbols, wanted.start, sessions)
    later = (await connection.execute(closes, values | {"symbols": symbols})).all()
    return _walk(wanted, owned, prices, traded, flows, later)


async def _values(
    connection: ReadConnection, account_id: UUID, wanted: Windows, sessions: Sessions
) -> dict[str, Any]:
    """By sessions, minutes are read only from where sessions are not summed yet."""
    since: datetime = wanted.start
    if wanted.timeframe == "1D":
        rolled = (await connection.execute(_ROLLED)).scalar_one()
        since = max(since, rolled) if rolled else since
    return {
        "account_id": account_id,
        "start": wanted.start,
        "from": wanted.start,
        "since": since,
        "step": int(wanted.step.total_seconds()),
        "shift": sessions.shift,
    }


def _go_back(owned: dict[str, Decimal], traded: Iterable[Any], flows: Iterable[Any]) -> None:
    """From what is owned now to what was owned before the first window."""
    for row in traded:
        owned[CASH] = owned.get(CASH, ZERO) - row.cash
        owned[row.symbol] = owned.get(row.symbol, ZERO) - row.qty
    for row in flows:
        owned[row.asset] = owned.get(row.asset, ZERO) - row.amount


def _walk(
    wanted: Windows,
    owned: dict[str, Decimal],
    prices: dict[str, Decimal],
    traded: Iterable[Any],
    flows: Iterable[Any],
    later: Iterable[Any],
) -> History:
    moved: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for row in traded:
        moved[row.number] += [(CASH, row.cash), (row.symbol, row.qty)]
    came: dict[int, list[tuple[str, str, Decimal]]] = defaultdict(list)
    for row in flows:
        moved[row.number].append((row.asset, row.amount))
        came[row.number].append((row.activity, row.asset, row.amount))
    closes: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for row in later:
        closes[row.number].append((row.symbol, row.price))
    price = {CASH: Decimal(1)} | prices
    equity = sum((total * price.get(asset, ZERO) for asset, total in owned.items()), ZERO)
    history = History(base=equity)
    for number in range(wanted.count):
        for symbol, close in closes.get(number, ()):
            equity += owned.get(symbol, ZERO) * (close - price.get(symbol, ZERO))
            price[symbol] = close
        for asset, amount in moved.get(number, ()):
            owned[asset] = owned.get(asset, ZERO) + amount
            equity += amount * price.get(asset, ZERO)
        worth: dict[str, Decimal] = {}
        for activity, asset, amount in came.get(number, ()):
            worth[activity] = worth.get(activity, ZERO) + amount * price.get(asset, ZERO)
        history.equity.append(equity)
        history.flows.append(worth)
    return history
