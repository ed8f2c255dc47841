"""Verify, rebuild and the seeder: what is whole is found whole, and each broken thing is found."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from chassis.database import Database, ReadConnection
from chassis.settings import StoreSettings
from trading.verify.command import prove, violations
from trading.verify.passes import proved
from trading.verify.rebuild import differences
from trading.verify.seed import seed
from trading.verify.watch import InvariantWatch

BREAKS = {
    "postings sum to zero for cash and for every symbol": (
        "INSERT INTO postings (account_id, asset, available, held, cause, cause_id)"
        " SELECT id, 'USD', 1, 0, 'deposit', gen_random_uuid() FROM accounts LIMIT 1"
    ),
    "every change is balanced by itself": (
        "INSERT INTO postings (account_id, asset, available, held, cause, cause_id)"
        " SELECT id, 'USD', sign, 0, 'deposit', gen_random_uuid()"
        " FROM (SELECT id FROM accounts LIMIT 1) a, (VALUES (1), (-1)) AS s (sign)"
    ),
    "balances equal the sum of their postings": (
        "UPDATE balances SET available = available + 1, held = held WHERE asset = 'USD'"
    ),
    "balances sum to zero for cash and for every symbol": (
        "UPDATE balances SET available = available + 1 WHERE asset = 'SEED3' AND available > 0"
    ),
    "what is not there cost nothing": (
        "INSERT INTO balances (account_id, asset, cost) SELECT id, 'NONE', 1 FROM accounts LIMIT 1"
    ),
    "what customers own is what their executions and transfers brought": (
        "UPDATE transfers SET amount = amount + 1 WHERE kind = 'deposit'"
    ),
    "realised profit is that of the sales": (
        "UPDATE balances SET realized = realized + 1 WHERE asset = 'SEED0'"
    ),
    "fees booked are those of the executions": "UPDATE executions SET fee = fee + 0.01 WHERE sequence = -3",
    "each open order holds what its terms and its fills need": (
        "UPDATE orders SET status = 'new', filled_qty = 0, filled_value = 0, hold = 1"
        " WHERE client_order_id = 'seed-buy-8'"
    ),
    "balances hold what open orders hold": (
        "UPDATE orders SET status = 'new', filled_qty = 0, filled_value = 0, hold = 1"
        " WHERE client_order_id = 'seed-buy-9'"
    ),
    "closed orders hold nothing": "UPDATE orders SET hold = 1 WHERE client_order_id = 'seed-buy-1'",
    "filled quantities equal the orders' executions": (
        "UPDATE orders SET filled_value = filled_value + 0.01 WHERE client_order_id = 'seed-buy-2'"
    ),
    "every trade has one buyer and one seller, equal in price and quantity": (
        "UPDATE executions SET price = price + 0.01 WHERE sequence = -2 AND side = 'buy'"
    ),
    "order states agree with their quantities": (
        "UPDATE orders SET qty = qty + 1 WHERE client_order_id = 'seed-sell-3'"
    ),
    "rounding never costs the house": (
        "INSERT INTO balances (account_id, asset, available, may_be_negative)"
        " VALUES ('00000000-0000-0000-0000-000000000003', 'USD', -1, true)"
    ),
    "cash in transit is that of the deposits that have not arrived": (
        "INSERT INTO deposits_in_transit (id, account_id, amount, actor_id, created_at, settles_at)"
        " SELECT gen_random_uuid(), id, 1, '', now(), now() FROM accounts LIMIT 1"
    ),
    "a deposit that arrived is booked once, with its amount": (
        "INSERT INTO deposits_in_transit (id, account_id, amount, actor_id, created_at, settles_at, settled_at)"
        " SELECT gen_random_uuid(), id, 1, '', now(), now(), now() FROM accounts LIMIT 1"
    ),
    "executions lie at or before the settlement cursor": (
        "UPDATE executions SET sequence = sequence + 1000000 WHERE sequence = -4"
    ),
    "pending orders have an undecided place command": (
        "UPDATE orders SET status = 'pending_new', filled_qty = 0 WHERE client_order_id = 'seed-sell-9'"
    ),
    "history by the minute counts each execution once": (
        "UPDATE traded_sessions SET qty = qty + 1 WHERE symbol = 'SEED1'"
    ),
}
"""Each breaks what its check is about, and perhaps more."""


@pytest.fixture
async def seeded(migrated_database: Callable[[str], str]) -> str:
    url = migrated_database("trading")
    await seed(StoreSettings(database_url=url), 4_000)
    return url


async def test_a_seeded_database_is_whole_and_needs_no_look_at_any_key(seeded: str) -> None:
    assert await prove(StoreSettings(database_url=seeded)) == 0
    database = Database(seeded, pool_size=1)
    async with database.read() as connection:
        held, rows = await proved(connection)
    assert rows["orders"] == 4_000
    assert len(held) == 12
    async with database.raw() as connection:
        count, found = await differences(connection)
    assert (found, count > 1_000) == ([], True)
    await database.close()
    with pytest.raises(ValueError, match="seeded before"):
        await seed(StoreSettings(database_url=seeded), 4_000)


async def test_each_check_finds_what_breaks_it(seeded: str) -> None:
    """With triggers away, as only a superuser can, and all of it taken back again."""
    database = Database(seeded, pool_size=1)
    for name, statement in BREAKS.items():
        async with database.engine.connect() as connection:
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            broken = await connection.execute(text(statement))
            assert broken.rowcount, f"nothing was broken by {statement}"
            found = await violations(ReadConnection(connection))
            assert name in found, f"{statement} was not found, but {sorted(found)}"
            await connection.rollback()
    async with database.read() as connection:
        assert await violations(connection) == {}
    await database.close()


async def test_rebuild_finds_a_balance_that_drifted(seeded: str) -> None:
    database = Database(seeded, pool_size=1)
    async with database.raw() as connection:
        drifted = await connection.fetchval(
            "UPDATE balances SET cost = cost + 0.01, realized = realized - 0.01"
            " WHERE asset = 'SEED0' AND cost > 0 RETURNING account_id"
        )
        _, found = await differences(connection)
        assert {row["account_id"] for row in found} >= {drifted}
        assert found[0]["cost"] == found[0]["cost_rebuilt"] + Decimal("0.01")
        assert found[0]["realized"] == found[0]["realized_rebuilt"] - Decimal("0.01")
    await database.close()


async def test_the_watch_counts_what_is_broken_now(seeded: str) -> None:
    database = Database(seeded, pool_size=1)
    watch = InvariantWatch(database, every_s=60.0)
    assert await watch.look() == 0
    async with database.raw() as connection:
        await connection.execute(
            "UPDATE balances SET available = available + 1 WHERE asset = 'SEED3' AND available > 0"
        )
    assert await watch.look() == 1
    await database.close()


async def test_a_look_that_fails_leaves_the_time_of_the_last_one(seeded: str) -> None:
    def looked_at() -> float:
        return REGISTRY.get_sample_value("trading_invariants_looked_at_timestamp_seconds") or 0.0

    database = Database(seeded, pool_size=1)
    watch = InvariantWatch(database, every_s=60.0)
    before = looked_at()
    async with database.raw() as connection:
        await connection.execute("ALTER TABLE balances RENAME TO elsewhere")
    await watch.tell()
    assert looked_at() == before
    async with database.raw() as connection:
        await connection.execute("ALTER TABLE elsewhere RENAME TO balances")
    await watch.tell()
    assert looked_at() > before
    await database.close()
