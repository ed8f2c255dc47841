"""A duty of the leading replica: history by minute and by session, from executions that are settled.

It follows the table of executions by their sequence, outside settlement's transactions, and moves its own cursor in
the transaction of what it writes: each execution is counted once. Readers add what lies behind the cursor, so
nothing that is told waits for it.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import structlog

from chassis.clock import Clock, from_ns, utc_now
from chassis.database import Database, is_transient
from trading.portfolio.sessions import Sessions

log = structlog.get_logger(__name__)

PASS_ROWS = 20_000
"""Executions in one transaction."""
MINUTES_KEPT = timedelta(days=35)
"""More than the thirty days that a history by the minute may reach back. Sessions are kept for ever."""
PRUNE_ROWS = 10_000

_LOCK = "SELECT sequence, executed_at, rolled_until FROM history_cursor FOR UPDATE"
_SETTLED = "SELECT sequence, journal_time_ns FROM settlement"
# A trade's two rows have one sequence and are written together: a limit that cuts between them is taken past both.
_REACH = f"""
SELECT max(sequence) AS sequence, max(executed_at) AS executed_at, count(*) AS found FROM (
    SELECT sequence, executed_at FROM executions WHERE sequence > $1 AND sequence <= $2
    ORDER BY sequence, side LIMIT {PASS_ROWS}
) AS next
"""
_COUNT_MINUTES = """
INSERT INTO traded_minutes (account_id, symbol, minute, qty, cash, bought_qty, bought_cash, fees, realized)
SELECT account_id, symbol, date_trunc('minute', executed_at) AS minute,
    sum(CASE side WHEN 'buy' THEN qty ELSE -qty END), sum(CASE side WHEN 'buy' THEN -cash ELSE cash END),
    sum(CASE side WHEN 'buy' THEN qty ELSE 0 END), sum(CASE side WHEN 'buy' THEN cash ELSE 0 END),
    sum(fee), sum(coalesce(realized, 0))
FROM executions WHERE sequence > $1 AND sequence <= $2
GROUP BY account_id, symbol, minute ORDER BY account_id, minute, symbol
ON CONFLICT (account_id, minute, symbol) DO UPDATE SET
    qty = traded_minutes.qty + excluded.qty, cash = traded_minutes.cash + excluded.cash,
    bought_qty = traded_minutes.bought_qty + excluded.bought_qty,
    bought_cash = traded_minutes.bought_cash + excluded.bought_cash,
    fees = traded_minutes.fees + excluded.fees, realized = traded_minutes.realized + excluded.realized
"""
_CLOSE_MINUTES = """
INSERT INTO minute_closes (symbol, minute, price)
SELECT DISTINCT ON (symbol, date_trunc('minute', executed_at)) symbol, date_trunc('minute', executed_at), price
FROM executions WHERE sequence > $1 AND sequence <= $2 AND side = 'buy'
ORDER BY symbol, date_trunc('minute', executed_at), sequence DESC
ON CONFLICT (symbol, minute) DO UPDATE SET price = excluded.price
"""
_MOVE = (
    "UPDATE history_cursor SET sequence = $1, executed_at = coalesce($2::timestamptz, executed_at)"
)
_SESSION = "((minute AT TIME ZONE 'UTC') + $3::interval)::date"
_COUNT_SESSIONS = f"""
INSERT INTO traded_sessions (account_id, symbol, session, qty, cash, bought_qty, bought_cash, fees, realized)
SELECT account_id, symbol, {_SESSION} AS session, sum(qty), sum(cash), sum(bought_qty), sum(bought_cash),
    sum(fees), sum(realized)
FROM traded_minutes WHERE minute >= $1 AND minute < $2 GROUP BY account_id, symbol, session
ON CONFLICT (account_id, session, symbol) DO UPDATE SET
    qty = traded_sessions.qty + excluded.qty, cash = traded_sessions.cash + excluded.cash,
    bought_qty = traded_sessions.bought_qty + excluded.bought_qty,
    bought_cash = traded_sessions.bought_cash + excluded.bought_cash,
    fees = traded_sessions.fees + excluded.fees, realized = traded_sessions.realized + excluded.realized
"""
_CLOSE_SESSIONS = f"""
INSERT INTO session_closes (symbol, session, price)
SELECT DISTINCT ON (symbol, {_SESSION}) symbol, {_SESSION}, price
FROM minute_closes WHERE minute >= $1 AND minute < $2 ORDER BY symbol, {_SESSION}, minute DESC
ON CONFLICT (symbol, session) DO UPDATE SET price = excluded.price
"""
_ROLLED = "UPDATE history_cursor SET rolled_until = $1"
_PRUNE = (
    "DELETE FROM {table} WHERE ctid = ANY (ARRAY("
    f"SELECT ctid FROM {{table}} WHERE minute < $1 LIMIT {PRUNE_ROWS}))"
)
_NEVER = datetime.min.replace(year=1970, tzinfo=from_ns(0).tzinfo)


class HistoryKeeper:
    """Run it while leading. What fails here is told in the log and tried again: trading does not depend on it."""

    def __init__(
        self, database: Database, clock: Clock, sessions: Sessions, every_s: float
    ) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._every_s = every_s

    async def run(self) -> None:
        while True:
            try:
                while await self.keep():
                    pass
            except Exception as error:
                if is_transient(error):
                    log.warning("history waits for the database", error=repr(error))
                else:
                    log.error("history cannot be kept", exc_info=error)
            await asyncio.sleep(self._every_s)

    async def keep(self) -> bool:
        """One pass; whether there is more to count."""
        async with self._database.raw() as connection, connection.transaction():
            cursor = await connection.fetchrow(_LOCK)
            settled = await connection.fetchrow(_SETTLED)
            assert cursor is not None, "the migrations have not run"
            assert settled is not None, "the migrations have not run"
            if cursor["sequence"] < settled["sequence"]:
                more = await self._count(connection, cursor["sequence"], settled["sequence"])
                if more:
                    return True
            # Everything settled is counted; what comes is not before the journal's time.
            reached = min(from_ns(settled["journal_time_ns"]), utc_now(self._clock))
            await self._roll(connection, cursor["rolled_until"] or _NEVER, reached)
            return False

    async def _count(
        self, connection: asyncpg.Connection, after: int, settled_sequence: int
    ) -> bool:
        reach = await connection.fetchrow(_REACH, after, settled_sequence)
        assert reach is not None, "an aggregate has a row"
        more: bool = reach["found"] == PASS_ROWS
        up_to = reach["sequence"] if more else settled_sequence
        if reach["found"]:
            await connection.execute(_COUNT_MINUTES, after, up_to)
            await connection.execute(_CLOSE_MINUTES, after, up_to)
        await connection.execute(_MOVE, up_to, reach["executed_at"])
        return more

    async def _roll(
        self, connection: asyncpg.Connection, since: datetime, reached: datetime
    ) -> None:
        """Sessions that are over become rows of their own; minutes that nobody can ask for go."""
        until = self._sessions.start(self._sessions.of(reached))
        if until <= since:
            return
        values: tuple[Any, ...] = (since, until, self._sessions.shift)
        await connection.execute(_COUNT_SESSIONS, *values)
        await connection.execute(_CLOSE_SESSIONS, *values)
        await connection.execute(_ROLLED, until)
        for table in ("traded_minutes", "minute_closes"):
            statement = _PRUNE.format(table=table)
            while await connection.execute(statement, until - MINUTES_KEPT) == (
                f"DELETE {PRUNE_ROWS}"
            ):
                pass
