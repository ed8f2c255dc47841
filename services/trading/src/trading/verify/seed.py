"""`python -m trading seed --orders 10000000`: a past of millions of closed orders, of which every invariant holds.

For measuring what depends on how much there is in the tables. Accounts of its own trade symbols of its own in
pairs: nine of ten pairs of orders fill each other, one is cancelled. Executions have sequences below zero, since the
engine's log, which begins at one, has none of it. It refuses a database that was seeded before.
"""

import time
from dataclasses import dataclass

import asyncpg

from chassis.command_database import command_database
from chassis.settings import StoreSettings

CHUNK = 100_000
"""Pairs of orders in one transaction."""
ACCOUNTS_AT_MOST = 2_000
SYMBOLS = 10
FIRST_DAY, LAST_DAY = 140, 40
"""Days ago: so old that none of it is kept by the minute."""

_SEEDED = "SELECT 1 FROM assets WHERE symbol = 'SEED0'"
# Buyers and sellers: a buyer's shares cost what it paid, a seller's were granted and cost nothing.
_ACCOUNTS = """
INSERT INTO accounts (id, user_id, account_number, created_at)
SELECT md5('seed account ' || n)::uuid, md5('seed user ' || n)::uuid, 'seed-' || n,
    now() - make_interval(days => $2 + 1)
FROM generate_series(0, $1 - 1) AS n
"""
_ASSETS = """
INSERT INTO assets (id, symbol, name, asset_class, tick_size, lot_size)
SELECT md5('seed asset ' || n)::uuid, 'SEED' || n, 'Seed ' || n, 'us_equity', 0.01, 1
FROM generate_series(0, $1 - 1) AS n
"""
_STAGE = """
CREATE TEMP TABLE pairs (
    n bigint, buyer uuid, seller uuid, symbol text, price numeric, qty numeric, cash numeric, fee numeric,
    at timestamptz, filled boolean, taker text, buy uuid, sell uuid, trade uuid
) ON COMMIT DELETE ROWS
"""
# The taker pays 5 basis points: prices have two decimals, so nothing needs rounding and the house gets nothing.
_PAIRS = """
INSERT INTO pairs
SELECT n, md5('seed account ' || (n % ($3 / 2)) * 2)::uuid, md5('seed account ' || (n % ($3 / 2)) * 2 + 1)::uuid,
    'SEED' || s, p, q, p * q, p * q * 0.0005,
    now() - make_interval(days => $5) + make_interval(days => $5 - $6) * (n::float8 / $4), n % 10 <> 9,
    CASE n % 2 WHEN 0 THEN 'buy' ELSE 'sell' END,
    md5('seed buy ' || n)::uuid, md5('seed sell ' || n)::uuid, md5('seed trade ' || n)::uuid
FROM generate_series($1::bigint, $2::bigint - 1) AS n,
    LATERAL (SELECT (n / ($3 / 2)) % $7 AS s, 100 + (n % 997) * 0.01 AS p, (1 + n % 5)::numeric AS q) AS terms
"""
_ORDERS = """
INSERT INTO orders (id, account_id, client_order_id, symbol, side, order_type, time_in_force, limit_price,
    engine_price, qty, maker_fee_rate, taker_fee_rate, status, hold, filled_qty, filled_value, fee_value,
    submitted_at, updated_at, filled_at, canceled_at)
SELECT id, account_id, 'seed-' || side || '-' || n, symbol, side, 'limit', 'gtc', price, price, qty, 0, 0.0005,
    CASE WHEN filled THEN 'filled' ELSE 'canceled' END, 0, CASE WHEN filled THEN qty ELSE 0 END,
    CASE WHEN filled THEN cash ELSE 0 END, CASE WHEN filled AND taker = side THEN fee ELSE 0 END,
    at, at, CASE WHEN filled THEN at END, CASE WHEN NOT filled THEN at END
FROM (SELECT *, buy AS id, buyer AS account_id, 'buy' AS side FROM pairs
    UNION ALL SELECT *, sell, seller, 'sell' FROM pairs) AS sides
"""
# Holds as the gate sets them: at the limit, with the higher fee rate.
_HOLDS = """
INSERT INTO postings (account_id, asset, available, held, cause, cause_id, posted_at)
SELECT buyer, 'USD', -(cash + fee), cash + fee, 'hold', buy, at FROM pairs
UNION ALL SELECT seller, symbol, -qty, qty, 'hold', sell, at FROM pairs
UNION ALL SELECT buyer, 'USD', cash + fee, -(cash + fee), 'release', buy, at FROM pairs WHERE NOT filled
UNION ALL SELECT seller, symbol, qty, -qty, 'release', sell, at FROM pairs WHERE NOT filled
"""
# A buyer that made releases the fee that it held for.
_TRADES = """
INSERT INTO postings (account_id, asset, available, held, cause, cause_id, posted_at)
SELECT buyer, 'USD', CASE taker WHEN 'sell' THEN fee ELSE 0 END, -(cash + fee), 'execution', trade, at
    FROM pairs WHERE filled
UNION ALL SELECT seller, 'USD', CASE taker WHEN 'sell' THEN cash - fee ELSE cash END, 0, 'execution', trade, at
    FROM pairs WHERE filled
UNION ALL SELECT seller, symbol, 0, -qty, 'execution', trade, at FROM pairs WHERE filled
UNION ALL SELECT buyer, symbol, qty, 0, 'execution', trade, at FROM pairs WHERE filled
UNION ALL SELECT '00000000-0000-0000-0000-000000000004', 'USD', fee, 0, 'execution', trade, at FROM pairs WHERE filled
"""
_EXECUTIONS = """
INSERT INTO executions (id, sequence, side, liquidity, order_id, account_id, symbol, price, qty, cash, fee, cum_qty,
    leaves_qty, executed_at, realized)
SELECT md5(side || trade)::uuid, n - $1::bigint, side, CASE WHEN taker = side THEN 'taker' ELSE 'maker' END, id,
    account_id, symbol, price, qty, money, CASE WHEN taker = side THEN fee ELSE 0 END, qty, 0, at,
    CASE side WHEN 'sell' THEN money END
FROM (SELECT *, buy AS id, buyer AS account_id, 'buy' AS side,
        CASE taker WHEN 'buy' THEN cash + fee ELSE cash END AS money FROM pairs WHERE filled
    UNION ALL SELECT *, sell, seller, 'sell', CASE taker WHEN 'sell' THEN cash - fee ELSE cash END
        FROM pairs WHERE filled) AS sides
"""
_SESSIONS = """
INSERT INTO traded_sessions AS known (account_id, symbol, session, qty, cash, bought_qty, bought_cash, fees, realized)
SELECT account_id, symbol, (executed_at AT TIME ZONE 'UTC')::date, sum(CASE side WHEN 'buy' THEN qty ELSE -qty END),
    sum(CASE side WHEN 'buy' THEN -cash ELSE cash END), sum(CASE side WHEN 'buy' THEN qty ELSE 0 END),
    sum(CASE side WHEN 'buy' THEN cash ELSE 0 END), sum(fee), sum(coalesce(realized, 0))
FROM executions WHERE sequence < 0 GROUP BY 1, 2, 3
"""
_CLOSES = """
INSERT INTO session_closes (symbol, session, price)
SELECT DISTINCT ON (symbol, session) symbol, (executed_at AT TIME ZONE 'UTC')::date AS session, price
FROM executions WHERE sequence < 0 AND side = 'buy' ORDER BY symbol, session, sequence DESC
"""
# What everybody needed for that, and a little more: booked before all else by its time.
_FUNDS = """
CREATE TEMP TABLE funds AS
SELECT md5('seed fund ' || account_id || asset)::uuid AS id, account_id, asset,
    CASE asset WHEN 'USD' THEN 'deposit' ELSE 'grant' END AS kind, 1000 + sum(held) AS amount
FROM postings WHERE cause = 'hold' AND account_id IN (SELECT id FROM accounts WHERE account_number LIKE 'seed-%')
GROUP BY account_id, asset
"""
_FUND = (
    """
    INSERT INTO postings (account_id, asset, available, held, cause, cause_id, posted_at)
    SELECT account_id, asset, amount, 0, kind, id, now() - make_interval(days => $1) FROM funds
    UNION ALL SELECT CASE kind WHEN 'deposit' THEN '00000000-0000-0000-0000-000000000001'::uuid
        ELSE '00000000-0000-0000-0000-000000000002'::uuid END, asset, -amount, 0, kind, id,
        now() - make_interval(days => $1) FROM funds
    """,
    """
    INSERT INTO transfers (id, account_id, kind, asset, amount, created_at)
    SELECT id, account_id, kind, asset, amount, now() - make_interval(days => $1) FROM funds
    """,
)
# Only what this command posted: balances of the system accounts may have been there before.
_BALANCES = """
INSERT INTO balances AS known (account_id, asset, available, held, may_be_negative)
SELECT account_id, asset, sum(available), sum(held), min(account_id::text) LIKE '00000000-%'
FROM postings WHERE id > $1 GROUP BY account_id, asset
ON CONFLICT (account_id, asset) DO UPDATE SET available = known.available + excluded.available,
    held = known.held + excluded.held
"""
_COSTS = """
UPDATE balances SET cost = own.bought_cash, realized = own.realized FROM (
    SELECT account_id, symbol, sum(bought_cash) AS bought_cash, sum(realized) AS realized FROM traded_sessions
    WHERE symbol LIKE 'SEED%' GROUP BY 1, 2) AS own
WHERE balances.account_id = own.account_id AND balances.asset = own.symbol
"""
_ANALYZE = ("accounts", "assets", "balances", "orders", "executions", "postings", "traded_sessions")


@dataclass(frozen=True, slots=True)
class Seeded:
    orders: int
    took_s: float


async def seed(settings: StoreSettings, orders: int) -> Seeded:
    """Write them. Raises `ValueError` for a number that cannot be, or a database that was seeded before."""
    if orders < 20:
        raise ValueError("at least 20 orders")
    began = time.monotonic()
    async with command_database(settings, "trading-seed") as database, database.raw() as connection:
        if await connection.fetchval(_SEEDED):
            raise ValueError("this database was seeded before")
        count = await _seed(connection, orders // 2)
    return Seeded(count * 2, time.monotonic() - began)


async def _seed(connection: asyncpg.Connection, pairs: int) -> int:
    accounts = min(ACCOUNTS_AT_MOST, max(2, pairs // 10 * 2))
    last = await connection.fetchval("SELECT coalesce(max(id), 0) FROM postings")
    await connection.execute("SET synchronous_commit = off; SET work_mem = '256MB'")
    await connection.execute(_ACCOUNTS, accounts, FIRST_DAY)
    await connection.execute(_ASSETS, SYMBOLS)
    await connection.execute(_STAGE)
    for first in range(0, pairs, CHUNK):
        until = min(first + CHUNK, pairs)
        async with connection.transaction():
            await connection.execute(
                _PAIRS, first, until, accounts, float(pairs), FIRST_DAY, LAST_DAY, SYMBOLS
            )
            await connection.execute(_ORDERS)
            await connection.execute(_HOLDS)
            await connection.execute(_TRADES)
            await connection.execute(_EXECUTIONS, pairs)
        print(f"  {2 * until} orders", flush=True)
    async with connection.transaction():
        await connection.execute(_SESSIONS)
        await connection.execute(_CLOSES)
        await connection.execute(_FUNDS)
        for statement in _FUND:
            await connection.execute(statement, FIRST_DAY + 1)
        await connection.execute(_BALANCES, last)
        await connection.execute(_COSTS)
    for table in _ANALYZE:
        await connection.execute(f"VACUUM ANALYZE {table}")
    return pairs
