"""One test for each thing that can become of a command between the gate's transaction and the settled log."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from trading_platform import Platform, Trader, until

from devkit.testing_support.engine import Engine
from trading.engine.client import _refuses_for_now
from trading.settings import TradingSettings
from trading.settlement.store import CursorLost, read_cursor, settle

Start = Callable[..., Any]


async def _status(trader: Trader, order_id: str) -> str:
    return str((await trader.get(f"/v2/orders/{order_id}"))["status"])


async def _buying_power(trader: Trader) -> str:
    return str((await trader.get("/v2/account"))["buying_power"])


async def _is(trader: Trader, order_id: str, status: str) -> None:
    async def reached() -> bool:
        return await _status(trader, order_id) == status

    await until(reached)


async def test_refused_the_order_is_taken_back_at_once(platform: Platform, engine: Engine) -> None:
    trader = await platform.funded("100")
    engine.kill()

    refused = await trader.order("buy", "1", "50.00", client_order_id="again", expect=503)

    assert refused["type"] == "unavailable"
    assert await _buying_power(trader) == "100"
    missing = await trader.request(
        "GET", "/v2/orders:by_client_order_id", params={"client_order_id": "again"}
    )
    assert missing.status_code == 404
    engine.start()
    await _breaker_closed(platform)
    placed = await trader.order("buy", "1", "50.00", client_order_id="again")
    assert placed["status"] == "new"
    assert await platform.violations() == {}


async def test_no_room_for_the_journal_the_order_is_taken_back_and_may_come_again(
    platform: Platform, engine: Engine
) -> None:
    trader = await platform.funded("100")
    engine.stop()
    engine.start(listening_is_enough=True, FAILPOINTS="no_room=error")
    await _breaker_closed(platform)

    answer = await trader.request("POST", "/v2/orders", json=_BODY | {"client_order_id": "again"})

    assert (answer.status_code, answer.json()["type"]) == (503, "unavailable"), answer.text
    assert "journal_full" in answer.json()["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    assert await trader.get("/v2/orders", status="all") == []
    assert await _buying_power(trader) == "100"
    engine.stop()
    engine.start()
    await _breaker_closed(platform)
    placed = await trader.order("buy", "1", "50.00", client_order_id="again")
    assert placed["status"] == "new"
    assert await platform.violations() == {}


@pytest.mark.parametrize(
    ("status", "body", "certain"),
    [
        (503, b'{"type": "overloaded"}', True),
        (503, b'{"type": "journal_full", "detail": "no room"}', True),
        (503, b'{"type": "unavailable"}', False),
        (503, b"<html>overloaded</html>", False),
        (500, b'{"type": "overloaded"}', False),
    ],
)
def test_only_the_engines_own_words_say_that_it_took_nothing(
    status: int, body: bytes, certain: bool
) -> None:
    assert _refuses_for_now(status, body) is certain


async def test_refused_before_it_was_sent_the_order_is_taken_back(start: Start) -> None:
    async with start() as first:
        await first.list_asset()
    async with start(failpoints="before_send=refused") as platform:
        trader = await platform.funded("100")
        refused = await trader.order("buy", "1", "50.00", client_order_id="again", expect=503)
        assert refused["type"] == "unavailable"
        assert await _buying_power(trader) == "100"
        assert await trader.get("/v2/orders", status="all") == []
        await _breaker_closed(platform)
        placed = await trader.order("buy", "1", "50.00", client_order_id="again")
        assert placed["status"] == "new"
        assert await _buying_power(trader) == "50"
        assert await platform.violations() == {}


async def test_refused_while_the_breaker_is_open_nothing_is_written(
    platform: Platform, engine: Engine
) -> None:
    trader = await platform.funded("100")
    engine.kill()
    await trader.order("buy", "1", "50.00", expect=503)
    answers = [await trader.request("POST", "/v2/orders", json=_BODY) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {503}
    assert all("Retry-After" in answer.headers for answer in answers)
    assert await trader.get("/v2/orders", status="all") == []


async def test_answer_lost_the_log_settles_the_order(start: Start, engine: Engine) -> None:
    async with start(failpoints="", settle_wait_s=1.0) as platform:
        await platform.list_asset()
        trader = await platform.funded("100")
        engine.stop()
        engine.start(FAILPOINTS="drop_answer=once")
        await _breaker_closed(platform)
        placed = await trader.order("buy", "1", "50.00")
        assert placed["status"] in ("pending_new", "new")
        await _is(trader, placed["id"], "new")
        assert await _buying_power(trader) == "50"
        assert await platform.violations() == {}


async def test_not_sent_the_settler_sends_it(start: Start) -> None:
    async with start(settle_wait_s=0.2) as first:
        await first.list_asset()
    async with start(failpoints="before_send=unknown", settle_wait_s=0.2) as platform:
        trader = await platform.funded("100")
        placed = await trader.order("buy", "1", "50.00")
        assert placed["status"] == "pending_new"
        await _is(trader, placed["id"], "new")
        assert await platform.violations() == {}


async def test_journalled_and_unanswered_the_log_tells_after_the_engines_restart(
    platform: Platform, engine: Engine
) -> None:
    trader = await platform.funded("100")
    engine.stop()
    engine.start(FAILPOINTS="after_fsync_before_answer=exit")
    await _breaker_closed(platform)
    placed = await trader.order("buy", "1", "50.00")
    assert placed["status"] == "pending_new"
    assert await _buying_power(trader) == "50"
    engine.kill()
    engine.start()
    await _is(trader, placed["id"], "new")
    assert await platform.violations() == {}


async def test_expired_a_command_that_never_arrived_gives_its_hold_back(start: Start) -> None:
    async with start() as first:
        await first.list_asset()
    never = {"resubmit_after_s": 50.0, "command_ttl_s": 0.5, "settle_wait_s": 0.2}
    async with start(failpoints="before_send=unknown", **never) as platform:
        trader = await platform.funded("100")
        placed = await trader.order("buy", "1", "50.00", client_order_id="gone")
        assert placed["status"] == "pending_new"
        assert await _buying_power(trader) == "50"
        await _is(trader, placed["id"], "rejected")
        assert await _buying_power(trader) == "100"
        found = await trader.get(f"/v2/orders/{placed['id']}")
        assert (found["reject_reason"], found["failed_at"] is None) == ("expired", False)
        assert await platform.violations() == {}


async def test_commit_answer_lost_the_order_is_found_by_its_ids(start: Start) -> None:
    async with start() as first:
        await first.list_asset()
    async with start(failpoints="commit_answer=lost") as platform:
        trader = await platform.funded("100")
        lost = await trader.order("buy", "1", "50.00", client_order_id="lost", expect=503)
        assert (lost["type"], lost["code"]) == ("outcome_unknown", 50310001)
        found = await trader.get("/v2/orders:by_client_order_id", client_order_id="lost")
        assert found["id"] == lost["order_id"]
        await _is(trader, lost["order_id"], "new")
        assert await platform.violations() == {}


async def test_database_lost_before_the_commit_nothing_was_done(
    start: Start, settings: TradingSettings
) -> None:
    async with start() as first:
        await first.list_asset()
    async with start(failpoints="before_commit=lost") as platform:
        trader = await platform.funded("100")
        refused = await trader.order("buy", "1", "50.00", expect=503)
        assert refused["type"] == "unavailable"
        assert await _buying_power(trader) == "100"
        assert await trader.get("/v2/orders", status="all") == []
        assert await platform.violations() == {}


async def test_settler_replaced_in_the_middle_settles_once(
    start: Start, settings: TradingSettings
) -> None:
    """The leader is held before its transaction and loses its lock; the other replica settles in its place."""
    async with start() as leader:
        await leader.list_asset()
        async with start() as other:
            trader = await other.funded("100")
            failpoints = leader.app.state.failpoints
            failpoints.arm("before_settle=pause")
            placing = asyncio.create_task(trader.order("buy", "1", "50.00"))
            await until(lambda: "before_settle" in failpoints.reached)
            await _terminate_lock_holder(settings.database_url)
            placed = await placing
            await _is(trader, placed["id"], "new")
            assert await other.violations() == {}


async def test_a_settler_that_lost_its_place_changes_nothing(platform: Platform) -> None:
    trader = await platform.funded("100")
    database = platform.app.state.database
    async with database.raw() as connection:
        stale = await read_cursor(connection)
    placed = await trader.order("buy", "1", "50.00")
    source = platform.app.state.follower.source
    page = await source.read(stale.sequence)
    assert page.events
    async with database.raw() as connection:
        with pytest.raises(CursorLost):
            await settle(connection, stale, page)
    assert await _status(trader, placed["id"]) == "new"
    assert await platform.violations() == {}


async def test_a_cancel_of_an_order_whose_fate_is_unknown_waits_for_it(start: Start) -> None:
    async with start() as first:
        await first.list_asset()
    async with start(failpoints="before_send=unknown", settle_wait_s=0.2) as platform:
        trader = await platform.funded("100")
        placed = await trader.order("buy", "1", "50.00")
        answer = await trader.cancel(placed["id"])
        assert answer.status_code in (204, 503)
        if answer.status_code == 503:
            assert answer.json()["type"] == "outcome_unknown"
        await _is(trader, placed["id"], "canceled")
        assert await _buying_power(trader) == "100"
        assert await platform.violations() == {}


async def test_a_stored_cancel_survives_the_engines_absence(
    platform: Platform, engine: Engine
) -> None:
    trader = await platform.funded("100")
    placed = await trader.order("buy", "1", "50.00")
    engine.kill()
    answer = await trader.cancel(placed["id"])
    assert (answer.status_code, answer.json()["type"]) == (503, "outcome_unknown")
    assert await _status(trader, placed["id"]) == "pending_cancel"
    engine.start()
    await _is(trader, placed["id"], "canceled")
    assert await platform.violations() == {}


async def test_writes_wait_after_a_restart_until_the_log_is_settled(
    start: Start, engine: Engine
) -> None:
    async with start() as first:
        await first.list_asset()
        trader = await first.funded("100")
        user_id = trader.user_id
    engine.kill()
    async with start(ready=False) as platform:
        trader = platform.trader(user_id)
        assert (await trader.get("/v2/account"))["cash"] == "100"
        refused = await trader.order("buy", "1", "50.00", expect=503)
        assert refused["type"] == "unavailable"
        engine.start()
        await until(lambda: platform.app.state.desk.gate.closed is None)
        assert (await trader.order("buy", "1", "50.00"))["status"] == "new"


async def _breaker_closed(platform: Platform) -> None:
    await until(lambda: platform.app.state.sender.open)


_BODY = {
    "symbol": "ACME",
    "side": "buy",
    "qty": "1",
    "type": "limit",
    "time_in_force": "day",
    "limit_price": "10",
}


async def _terminate_lock_holder(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        terminated = await connection.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks JOIN pg_database d"
            " ON d.oid = database WHERE locktype = 'advisory' AND objid = 7203116 AND granted"
            " AND d.datname = current_database()"
        )
        assert terminated == 1
    finally:
        await connection.close()
