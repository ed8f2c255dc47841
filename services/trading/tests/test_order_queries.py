"""The cost of a list of orders follows its page, whatever the account has had: each filter is served from an index."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from trading.orders.queries import OrderFilter, list_orders, statement_of

ROWS = 30_000
ACCOUNT = UUID(int=0xACC)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
AT = BEGIN + timedelta(seconds=ROWS // 2)

_SEED = """
INSERT INTO accounts (id, user_id, account_number) VALUES
    ('{account}', '{account}', 'many'), (gen_random_uuid(), gen_random_uuid(), 'other');
INSERT INTO assets (id, symbol, name, asset_class, tick_size, lot_size, active) VALUES
    (gen_random_uuid(), 'COMMON', 'c', 'us_equity', 0.01, 1, true),
    (gen_random_uuid(), 'RARE', 'r', 'crypto', 0.01, 1, true);
INSERT INTO orders (id, account_id, client_order_id, symbol, side, order_type, time_in_force, limit_price,
    engine_price, qty, maker_fee_rate, taker_fee_rate, status, hold, submitted_at, updated_at)
SELECT gen_random_uuid(), CASE WHEN n % 10 = 9 THEN (SELECT id FROM accounts WHERE account_number = 'other')
        ELSE '{account}' END,
    'c' || n, CASE WHEN n = 17 THEN 'RARE' ELSE 'COMMON' END,
    CASE WHEN n IN (17, 23) THEN 'sell' ELSE 'buy' END, 'limit', 'gtc', 10, 10, 1, 0, 0,
    CASE WHEN n % 1000 = 1 THEN 'new' ELSE 'filled' END, 0,
    timestamptz '2026-01-01T00:00:00Z' + n * interval '1 second', now()
FROM generate_series(1, {rows}) AS n
"""

LISTS: dict[str, OrderFilter] = {
    "open": OrderFilter(),
    "open of a symbol, nested": OrderFilter(symbols=["COMMON"], nested=True),
    "all": OrderFilter(status="all"),
    "closed": OrderFilter(status="closed"),
    "closed, nested": OrderFilter(status="closed", nested=True),
    "the oldest first": OrderFilter(status="all", ascending=True),
    "after a time": OrderFilter(status="all", after=AT, ascending=True),
    "until a time": OrderFilter(status="closed", until=AT),
    "a rare side": OrderFilter(status="all", side="sell"),
    "a rare symbol": OrderFilter(status="all", symbols=["RARE"]),
    "two symbols and a side": OrderFilter(status="closed", symbols=["RARE", "COMMON"], side="buy"),
    "a class": OrderFilter(status="all", asset_classes=["crypto"]),
    "before an order": OrderFilter(status="all", before_order_id=UUID(int=1)),
    "after an order": OrderFilter(status="all", after_order_id=UUID(int=1), ascending=True),
}


async def seed(database: Database, rows: int) -> UUID:
    """Orders of one account; the id of one in the middle."""
    async with database.raw() as connection:
        await connection.execute(_SEED.format(account=ACCOUNT, rows=rows), timeout=600)
        await connection.execute("VACUUM (ANALYZE) orders")
        middle: UUID = await connection.fetchval(
            "SELECT id FROM orders WHERE client_order_id = $1", f"c{rows // 20 * 10}"
        )
    return middle


async def explain(database: Database, wanted: OrderFilter) -> dict[str, Any]:
    """What PostgreSQL did for a list: its plan with rows and buffers."""
    statement, values = statement_of(ACCOUNT, wanted)
    async with database.read() as connection:
        row = await connection.execute(
            text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"), values
        )
        plan = row.scalar_one()
    found: dict[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]
    return found


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(inner for child in plan.get("Plans", ()) for inner in nodes(child))]


@pytest.fixture
async def database(migrated_database: Callable[[str], str]) -> Any:
    opened = Database(migrated_database("trading"), pool_size=2)
    yield opened
    await opened.close()


async def test_every_filter_is_served_from_an_index(database: Database) -> None:
    middle = await seed(database, ROWS)
    for name, wanted in LISTS.items():
        values = {
            cursor: middle
            for cursor in ("before_order_id", "after_order_id")
            if getattr(wanted, cursor) is not None
        }
        asked = OrderFilter(**{f: getattr(wanted, f) for f in OrderFilter.__slots__} | values)
        plan = (await explain(database, asked))["Plan"]
        scans = [n for n in nodes(plan) if n.get("Relation Name") == "orders"]
        assert scans, name
        assert not [n for n in scans if n["Node Type"] == "Seq Scan"], (name, plan)
        read = sum(n["Actual Rows"] * n["Actual Loops"] for n in scans)
        thrown = sum(n.get("Rows Removed by Filter", 0) * n["Actual Loops"] for n in scans)
        # A page is 50; a merge may read one for each side or symbol.
        assert read + thrown <= 500, (name, read, thrown, plan)


async def test_a_list_merges_sides_and_symbols_in_the_order_of_time(database: Database) -> None:
    await seed(database, 200)
    async with database.read() as connection:
        for wanted in (
            OrderFilter(status="all", limit=500),
            OrderFilter(status="all", limit=500, ascending=True),
            OrderFilter(status="all", limit=500, symbols=["RARE", "COMMON"]),
        ):
            found = await list_orders(connection, ACCOUNT, wanted)
            assert len(found) == 180
            times = [order.submitted_at for order in found]
            assert times == sorted(times, reverse=not wanted.ascending)
            assert {order.qty for order in found} == {Decimal(1)}
        page = await list_orders(connection, ACCOUNT, OrderFilter(status="all", limit=10))
        following = OrderFilter(status="all", limit=10, before_order_id=page[-1].id)
        rest = await list_orders(connection, ACCOUNT, following)
        assert rest[0].submitted_at < page[-1].submitted_at
        assert not {order.id for order in rest} & {order.id for order in page}
