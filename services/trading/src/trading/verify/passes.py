"""The invariants about whole tables, proved by reading each of them once.

That every one of millions of sets sums to zero, or that two tables agree key by key, needs neither a group nor a
join for each key: give every key a random weight and sum weight times difference over all of them. When all
differences are zero, so is the sum. When one is not, the sum is zero only if the weights happen to cancel it: the
weights are 64-bit hashes under a seed drawn for each run, so that is less likely than one in 2^60. (Freivalds'
check of a matrix product rests on the same.) What does not come out as zero is then looked for, exactly, by the
statements of `checks.py`.
"""

import secrets
from typing import Any

from sqlalchemy import text

from chassis.database import ReadConnection
from trading.verify.checks import (
    BALANCED,
    BALANCES,
    BEFORE_CURSOR,
    CLOSED_HOLD_NOTHING,
    FEES,
    FEES_BOOKED,
    FILLS,
    HISTORY,
    OPEN,
    OWNED,
    PAIRS,
    REALIZED,
    SIGNED,
    STATES_AGREE,
    STATES_AGREE_WHERE,
    SUM_TO_ZERO,
)

# A hold and its release share their cause's id, and a deposit with its time in transit does: the cause's length,
# which tells them apart, goes into the weight.
_POSTINGS = text("""
WITH sums AS MATERIALIZED (
    SELECT account_id, asset, count(*) AS rows, sum(available) AS available, sum(held) AS held,
        sum(CASE WHEN available + held <> 0
            THEN (available + held) * uuid_hash_extended(cause_id, CAST(:seed AS bigint) + length(cause)) END) AS mark
    FROM postings GROUP BY account_id, asset
)
SELECT
    (SELECT coalesce(sum(rows), 0) FROM sums) AS rows,
    (SELECT count(*) FROM (SELECT asset FROM sums GROUP BY asset HAVING sum(available + held) <> 0) AS a) AS unequal,
    (SELECT count(*) FROM (SELECT asset FROM sums GROUP BY asset HAVING sum(mark) <> 0) AS a) AS unbalanced,
    (SELECT count(*) FROM balances b FULL JOIN sums s USING (account_id, asset)
        WHERE coalesce(b.available, 0) <> coalesce(s.available, 0) OR coalesce(b.held, 0) <> coalesce(s.held, 0)
    ) AS differing
""")
# One number for what an order filled, quantity and value together; the same of its executions must cancel it.
_ORDERS = text(f"""
WITH random AS (SELECT CAST(:seed AS bigint) AS seed, CAST(:factor AS numeric) AS factor)
SELECT count(*) AS rows,
    count(*) FILTER (WHERE hold <> 0 AND status NOT IN {OPEN}) AS holding,
    count(*) FILTER (WHERE {STATES_AGREE_WHERE}) AS disagreeing,
    coalesce(sum(CASE WHEN filled_qty <> carried_qty OR filled_value <> carried_value THEN
        (filled_qty - carried_qty + factor * (filled_value - carried_value)) * uuid_hash_extended(id, seed)
        END), 0) AS mark
FROM orders, random
""")
_EXECUTIONS = text(f"""
WITH random AS (SELECT CAST(:seed AS bigint) AS seed, CAST(:factor AS numeric) AS factor), sums AS MATERIALIZED (
    SELECT account_id, symbol, count(*) AS rows, max(sequence) AS last,
        sum(CASE side WHEN 'buy' THEN qty ELSE -qty END) AS qty,
        sum(CASE side WHEN 'buy' THEN -cash ELSE cash END) AS cash,
        sum(fee) AS fee, sum(realized) AS realized,
        sum(CASE side WHEN 'buy' THEN qty ELSE -qty END) FILTER (WHERE sequence > (SELECT sequence FROM history_cursor))
            AS tail_qty,
        sum(CASE side WHEN 'buy' THEN -cash ELSE cash END)
            FILTER (WHERE sequence > (SELECT sequence FROM history_cursor)) AS tail_cash,
        sum((qty + factor * (qty * price)) * uuid_hash_extended(order_id, seed)) AS mark,
        sum(CASE side WHEN 'buy' THEN 1 + qty + factor * price ELSE -1 - qty - factor * price END
            * hashint8extended(sequence, seed)) AS pairs
    FROM executions, random GROUP BY account_id, symbol
), history AS (
    SELECT account_id, symbol, sum(qty) AS qty, sum(cash) AS cash FROM (
        SELECT account_id, symbol, qty, cash FROM traded_sessions
        UNION ALL SELECT account_id, symbol, qty, cash FROM traded_minutes
            WHERE minute >= (SELECT coalesce(rolled_until, '-infinity') FROM history_cursor)
        UNION ALL SELECT account_id, symbol, tail_qty, tail_cash FROM sums WHERE tail_qty IS NOT NULL
    ) AS h GROUP BY account_id, symbol
), customers AS (
    SELECT account_id, asset, available + held AS total FROM balances JOIN accounts a ON a.id = account_id
    WHERE a.user_id IS NOT NULL
), moved AS (
    SELECT account_id, asset, sum(amount) AS total FROM (
        SELECT account_id, 'USD' AS asset, cash AS amount FROM sums
        UNION ALL SELECT account_id, symbol, qty FROM sums
        UNION ALL SELECT account_id, asset, {SIGNED} FROM transfers
    ) AS m JOIN accounts a ON a.id = account_id WHERE a.user_id IS NOT NULL GROUP BY account_id, asset
)
SELECT
    (SELECT coalesce(sum(rows), 0) FROM sums) AS rows,
    (SELECT coalesce(sum(mark), 0) FROM sums) AS mark,
    (SELECT coalesce(sum(pairs), 0) FROM sums) AS pairs,
    (SELECT coalesce(max(last) > (SELECT sequence FROM settlement), false) FROM sums) AS ahead,
    (SELECT count(*) FROM history h FULL JOIN sums s USING (account_id, symbol)
        WHERE h.qty IS DISTINCT FROM s.qty OR h.cash IS DISTINCT FROM s.cash) AS miscounted,
    (SELECT coalesce(sum(fee), 0) FROM sums)
        + (SELECT coalesce(sum(amount), 0) FROM transfers WHERE account_id = {FEES})
        - (SELECT coalesce(sum(available), 0) FROM balances WHERE account_id = {FEES}) AS fees,
    (SELECT count(*) FROM balances b FULL JOIN sums s ON s.account_id = b.account_id AND s.symbol = b.asset
        WHERE coalesce(b.realized, 0) <> coalesce(s.realized, 0)) AS realized,
    (SELECT count(*) FROM customers c FULL JOIN moved m USING (account_id, asset)
        WHERE coalesce(c.total, 0) <> coalesce(m.total, 0)) AS owned
""")


async def proved(connection: ReadConnection) -> tuple[set[str], dict[str, int]]:
    """The names of the checks that certainly hold, in the snapshot of `connection`; and how many rows were read."""
    # Groups of all accounts fit; workers for tables that are worth them.
    for setting in ("work_mem = '128MB'", "max_parallel_workers_per_gather = 4", "jit = off"):
        await connection.execute(text(f"SET LOCAL {setting}"))
    seed = secrets.randbits(61)
    values: dict[str, Any] = {"seed": seed, "factor": secrets.randbits(61) | 1}
    postings = (await connection.execute(_POSTINGS, {"seed": seed})).one()
    orders = (await connection.execute(_ORDERS, values)).one()
    executions = (await connection.execute(_EXECUTIONS, values)).one()
    holds = {
        SUM_TO_ZERO: postings.unequal == 0,
        BALANCED: postings.unbalanced == 0,
        BALANCES: postings.differing == 0,
        CLOSED_HOLD_NOTHING: orders.holding == 0,
        STATES_AGREE: orders.disagreeing == 0,
        FILLS: orders.mark == executions.mark,
        PAIRS: executions.pairs == 0,
        BEFORE_CURSOR: not executions.ahead,
        REALIZED: executions.realized == 0,
        OWNED: executions.owned == 0,
        FEES_BOOKED: executions.fees == 0,
        HISTORY: executions.miscounted == 0,
    }
    rows = {"orders": orders.rows, "executions": executions.rows, "postings": postings.rows}
    return {check.name for check, holding in holds.items() if holding}, rows
