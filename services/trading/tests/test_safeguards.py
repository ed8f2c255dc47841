"""What keeps rare moments harmless: other logs, locks, repeats."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from trading_platform import Platform, until

from devkit.testing_support.engine import Engine
from trading.domain.money import ZERO
from trading.domain.order import Order, OrderType, Side, TimeInForce
from trading.domain.states import Status
from trading.orders.undoing import undo
from trading.records import INSERT_ORDERS, as_json, order_row
from trading.settings import TradingSettings

Start = Callable[..., Any]


async def test_a_cancel_that_is_asked_for_again_is_stored_once(
    platform: Platform, engine: Engine
) -> None:
    trader = await platform.funded("100")
    placed = await trader.order("buy", "1", "50.00")
    engine.kill()
    answers = await asyncio.gather(*(trader.cancel(placed["id"]) for _ in range(4)))
    assert {answer.json()["type"] for answer in answers} == {"outcome_unknown"}
    async with platform.app.state.database.raw() as connection:
        stored = await connection.fetchval("SELECT count(*) FROM commands WHERE kind = 'cancel'")
    assert stored == 1
    engine.start()

    async def canceled() -> bool:
        found = await trader.get(f"/v2/orders/{placed['id']}")
        return bool(found["status"] == "canceled")

    await until(canceled)


async def test_no_order_is_taken_on_a_log_that_is_not_ours(start: Start, engine: Engine) -> None:
    async with start() as first:
        await first.list_asset()
        user_id = (await first.funded("100")).user_id
    engine.kill()
    shutil.rmtree(engine.data)
    engine.start()
    async with start(ready=False) as platform:
        await until(lambda: "belongs to log" in (platform.app.state.desk.gate.closed or ""))
        trader = platform.trader(user_id)
        refused = await trader.order("buy", "1", "50.00", expect=503)
        assert refused["type"] == "unavailable"
        assert (await trader.get("/v2/account"))["buying_power"] == "100"


async def test_a_log_that_was_restored_and_grew_on_is_recognised(
    start: Start, settings: TradingSettings
) -> None:
    """Its numbers fit; the event at the cursor is another one."""
    async with start() as first:
        await first.list_asset()
        user_id = (await first.funded("100")).user_id
    connection = await asyncpg.connect(settings.database_url)
    await connection.execute("UPDATE settlement SET journal_time_ns = journal_time_ns - 1")
    await connection.close()
    async with start(ready=False) as platform:
        await until(lambda: platform.app.state.follower.stopped)
        assert "another event" in platform.app.state.follower.stopped
        await until(lambda: "another event" in (platform.app.state.desk.gate.closed or ""))
        refused = await platform.trader(user_id).order("buy", "1", "50.00", expect=503)
        assert refused["type"] == "unavailable"


async def test_a_look_up_waits_for_an_order_that_another_replica_is_writing(
    platform: Platform, settings: TradingSettings
) -> None:
    trader = await platform.funded("100")
    account_id = UUID((await trader.get("/v2/account"))["id"])
    writer = await asyncpg.connect(settings.database_url)
    running = writer.transaction()
    await running.start()
    now = datetime.now(UTC)
    theirs = Order(
        id=uuid4(), account_id=account_id, client_order_id="theirs", symbol="ACME", side=Side.BUY,
        order_type=OrderType.LIMIT, time_in_force=TimeInForce.GTC, limit_price=Decimal(1),
        engine_price=Decimal(1), qty=Decimal(1), maker_fee_rate=ZERO, taker_fee_rate=ZERO,
        status=Status.REJECTED, hold=ZERO, submitted_at=now, updated_at=now,
    )  # fmt: skip
    await writer.execute(INSERT_ORDERS, as_json([order_row(theirs)]))
    looking = asyncio.create_task(
        trader.get("/v2/orders:by_client_order_id", client_order_id="theirs")
    )

    async def waits() -> bool:
        return bool(
            await writer.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            )
        )

    await until(waits)
    await running.commit()
    await writer.close()
    assert (await looking)["client_order_id"] == "theirs"


async def test_a_look_up_of_nothing_writes_nothing(platform: Platform) -> None:
    trader = await platform.funded("100")
    async with platform.app.state.database.raw() as connection:
        count = "SELECT pg_relation_size('orders') + pg_relation_size('orders_pkey')"
        before = await connection.fetchval(count)
        for _ in range(3):
            missing = await trader.request(
                "GET", "/v2/orders:by_client_order_id", params={"client_order_id": "none"}
            )
            assert missing.status_code == 404
        assert before == await connection.fetchval(count)


async def test_an_undo_locks_its_order_before_its_command_as_settlement_does(
    start: Start, settings: TradingSettings
) -> None:
    async with start() as first:
        await first.list_asset()
    slow = {"resubmit_after_s": 50.0, "command_ttl_s": 30.0, "settle_wait_s": 0.2}
    async with start(failpoints="before_send=unknown", **slow) as platform:
        trader = await platform.funded("100")
        placed = await trader.order("buy", "1", "50.00")
        order_id = UUID(placed["id"])
        settler = await asyncpg.connect(settings.database_url)
        other = await asyncpg.connect(settings.database_url)
        command_id = await settler.fetchval("SELECT id FROM commands WHERE order_id = $1", order_id)
        async with settler.transaction():
            await settler.execute("SELECT FROM orders WHERE id = $1 FOR UPDATE", order_id)
            undoing = asyncio.create_task(undo(other, command_id, [order_id]))

            async def waits() -> bool:
                return bool(
                    await settler.fetchval(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        " AND pid = $1",
                        other.get_server_pid(),
                    )
                )

            await until(waits)
            # Raises if the undo holds it already.
            await settler.execute(
                "SELECT FROM commands WHERE id = $1 FOR UPDATE NOWAIT", command_id
            )
        assert await undoing
        await settler.close()
        await other.close()
        assert (await trader.get("/v2/account"))["buying_power"] == "100"
        assert await platform.violations() == {}
