"""The trading stream: what it tells, in which order, to whom, and where it goes on."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from stream_client import connected, listening, serving
from trading_platform import Platform, Trader, until

from chassis.clock import utc_now
from chassis.errors import InvalidInput
from trading.settlement.follower import NEVER_S
from trading.settlement.sessions import SessionEnder
from trading.streams.prune import moment_before, prune_updates
from trading.verify.checks import CHECKS

Start = Callable[..., Any]
ORDER = {
    "symbol": "ACME",
    "side": "buy",
    "qty": "1",
    "type": "limit",
    "time_in_force": "gtc",
    "limit_price": "1",
}


def brief(update: Any) -> tuple[str, str, str, str]:
    order = update["order"]
    return update["event_id"], update["event"], order["status"], order["filled_qty"]


async def test_the_updates_of_one_order_grow_with_its_fills(platform: Platform, host: str) -> None:
    """`new` and both fills are settled in one batch, and each shows the order as it was then."""
    seller, buyer = await platform.funded(shares="10"), await platform.funded("1000")
    await seller.order("sell", "3", "10.00")
    await seller.order("sell", "4", "10.50")
    async with listening(host, buyer) as stream:
        placed = await buyer.order("buy", "7", "11.00", client_order_id="mine")
        updates = await stream.updates(3)
    assert [brief(update) for update in updates] == [
        ("1", "new", "new", "0"),
        ("2", "partial_fill", "partially_filled", "3"),
        ("3", "fill", "filled", "7"),
    ]
    assert {u["order"]["id"] for u in updates} == {placed["id"]}
    new, *fills = updates
    assert "execution_id" not in new
    assert [(u["price"], u["qty"], u["position_qty"]) for u in fills] == [
        ("10", "3", "3"),
        ("10.5", "4", "7"),
    ]
    assert len({u["execution_id"] for u in fills}) == 2
    assert updates[2]["order"] == placed
    assert [u["at"] for u in updates] == sorted({u["at"] for u in updates})
    assert fills[1]["timestamp"] == placed["filled_at"]
    assert await platform.violations() == {}


async def test_every_end_of_an_order_is_told(platform: Platform, host: str) -> None:
    trader = await platform.funded("1000")
    async with listening(host, trader) as stream:
        canceled = await trader.order("buy", "1", "10.00")
        assert (await trader.cancel(canceled["id"])).status_code == 204
        await trader.order("buy", "2", "10.00", time_in_force="ioc")
        day = await trader.order("buy", "3", "10.00", time_in_force="day")
        ender = SessionEnder(platform.app.state.database, platform.app.state.clock, time(0, 0))
        await ender.end(utc_now(platform.app.state.clock).date())
        updates = await stream.updates(6)
    assert [(u["order"]["qty"], u["event"]) for u in updates] == [
        ("1", "new"),
        ("1", "canceled"),
        ("2", "new"),
        ("2", "canceled"),
        ("3", "new"),
        ("3", "expired"),
    ]
    for update in updates:
        if update["event"] in ("canceled", "expired"):
            assert update["order"][f"{update['event']}_at"] == update["timestamp"]
    assert updates[-1]["order"] == await trader.get(f"/v2/orders/{day['id']}")
    assert [u["event_id"] for u in updates] == list("123456")


async def test_an_order_that_never_reached_the_engine_is_told_as_rejected(
    start: Start,
) -> None:
    async with start() as first:
        await first.list_asset()
    never = {"resubmit_after_s": 50.0, "command_ttl_s": 0.5, "settle_wait_s": 0.1}
    async with start(failpoints="before_send=unknown", **never) as platform:
        trader = await platform.funded("100")
        async with serving(platform.app) as host, listening(host, trader) as stream:
            placed = await trader.order("buy", "1", "50.00")
            update = await stream.update()
    assert (update["event"], update["event_id"]) == ("rejected", "1")
    assert (update["order"]["id"], update["order"]["reject_reason"]) == (placed["id"], "expired")


async def test_both_sides_of_a_trade_are_told_and_nobody_else(
    platform: Platform, host: str
) -> None:
    seller, buyer = await platform.funded(shares="10"), await platform.funded("1000")
    onlooker = await platform.funded()
    async with (
        listening(host, seller) as selling,
        listening(host, buyer) as buying,
        listening(host, onlooker) as looking,
    ):
        await seller.order("sell", "4", "10.00")
        await buyer.order("buy", "4", "10.00")
        sold, bought = (await selling.updates(2))[1], (await buying.updates(2))[1]
        await onlooker.order("buy", "1", "1.00")
        assert (await looking.update())["order"]["limit_price"] == "1"
    assert (sold["event"], sold["position_qty"]) == ("fill", "6")
    assert (bought["event"], bought["position_qty"]) == ("fill", "4")
    assert sold["execution_id"] != bought["execution_id"]
    fills = await buyer.get("/v2/account/activities/FILL")
    assert [fill["id"].split("::")[1] for fill in fills] == [bought["execution_id"]]


async def test_a_client_that_comes_again_and_again_misses_nothing_and_gets_nothing_twice(
    platform: Platform, host: str
) -> None:
    trader = await platform.funded("100000")
    count = 60

    async def trade() -> None:
        # Named, since so many alike within a moment are refused otherwise.
        for _ in range(count):
            name = str(uuid4())
            await trader.order("buy", "1", "10.00", time_in_force="ioc", client_order_id=name)

    trading = asyncio.create_task(trade())
    seen: list[Any] = []
    last = "0"
    while len(seen) < 2 * count:
        async with listening(host, trader, after=last) as stream:
            seen += await stream.updates(min(7, 2 * count - len(seen)))
            last = seen[-1]["event_id"]
    await trading
    assert [u["event_id"] for u in seen] == [str(n + 1) for n in range(2 * count)]
    assert [u["event"] for u in seen] == ["new", "canceled"] * count

    pages: list[Any] = []
    while page := await trader.get(
        "/v1/account/trade-updates", after=pages[-1]["event_id"] if pages else 0, limit=50
    ):
        pages += page
    assert pages == seen
    assert len(await trader.get("/v1/account/trade-updates")) == 100
    stranger = await platform.funded()
    assert await stranger.get("/v1/account/trade-updates") == []


async def test_a_listener_without_a_number_begins_with_what_comes_after_its_acknowledgement(
    platform: Platform, host: str
) -> None:
    trader = await platform.funded("1000")
    await trader.order("buy", "1", "1.00")
    async with listening(host, trader) as stream:
        await trader.order("buy", "1", "2.00")
        assert brief(await stream.update()) == ("2", "new", "new", "0")


async def test_two_connections_of_one_account_hear_the_same(platform: Platform, host: str) -> None:
    trader = await platform.funded("1000")
    async with listening(host, trader) as one, listening(host, trader) as other:
        await trader.order("buy", "1", "1.00", time_in_force="ioc")
        assert await one.updates(2) == await other.updates(2)


async def test_every_replica_tells_the_same_whichever_settles(start: Start) -> None:
    async with start() as settling, start() as other:
        await settling.list_asset()
        trader = await settling.funded("1000")
        async with serving(settling.app) as one, serving(other.app) as two:
            async with listening(one, trader) as here, listening(two, trader) as there:
                for price in ("1.00", "2.00"):
                    await trader.order("buy", "1", price, time_in_force="ioc")
                told = await here.updates(4)
                assert told == await there.updates(4)
                assert [u["event_id"] for u in told] == list("1234")
        assert other.app.state.follower.behind_s() == NEVER_S
        assert await settling.violations() == {}


async def test_the_numbers_go_on_when_another_replica_settles(start: Start) -> None:
    async with AsyncExitStack() as leaving:
        first = await leaving.enter_async_context(start())
        await first.list_asset()
        user = (await first.funded("1000")).user_id
        async with start() as second, serving(second.app) as host:
            trader = second.trader(user)
            async with listening(host, trader, after="0") as stream:
                await first.trader(user).order("buy", "1", "1.00")
                await leaving.aclose()
                await until(lambda: second.app.state.follower.behind_s() < NEVER_S)
                await trader.order("buy", "1", "2.00")
                told = await stream.updates(2)
            assert [u["event_id"] for u in told] == ["1", "2"]
            assert await second.violations() == {}


async def test_a_database_that_goes_and_comes_back_costs_no_update(
    platform: Platform, host: str
) -> None:
    trader = await platform.funded("1000")
    async with listening(host, trader) as stream:
        await trader.order("buy", "1", "1.00")
        async with platform.app.state.database.raw() as connection:
            await connection.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        placed = 1
        while placed < 4:
            answer = await trader.request("POST", "/v2/orders", json=ORDER)
            placed += answer.status_code == 200
        told = await stream.updates(4)
    assert [u["event_id"] for u in told] == ["1", "2", "3", "4"]


async def test_what_is_settled_between_the_past_and_live_comes_once(
    platform: Platform, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trader = await platform.funded("1000")
    hub = platform.app.state.updates
    subscribe = hub.subscribe

    async def slowly(*arguments: Any) -> Any:
        await trader.order("buy", "1", "2.00")  # past the table's end as it was read, and not heard
        subscription = await subscribe(*arguments)
        await trader.order("buy", "1", "3.00")  # heard, and in the table as well
        await until(lambda: subscription._waiting)
        return subscription

    monkeypatch.setattr(hub, "subscribe", slowly)
    await trader.order("buy", "1", "1.00")
    async with listening(host, trader, after="0") as stream:
        told = await stream.updates(3)
        await trader.order("buy", "1", "4.00")
        told += await stream.updates(1)
    assert [(u["event_id"], u["order"]["limit_price"]) for u in told] == [
        (number, number) for number in "1234"
    ]


async def test_a_page_whose_settlement_failed_is_numbered_anew(platform: Platform) -> None:
    trader = await platform.funded("1000")
    await trader.order("buy", "1", "1.00")
    async with platform.app.state.database.raw() as connection:
        # A sequence keeps its value over the rollback: the first page fails, as by a conflict, and no other.
        await connection.execute("CREATE SEQUENCE tries")
        await connection.execute(
            "CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF nextval('tries') = 1 THEN RAISE EXCEPTION 'once' USING ERRCODE = '40001'; END IF;"
            " RETURN NULL; END $$"
        )
        await connection.execute(
            "CREATE TRIGGER fail_once AFTER INSERT ON trade_updates"
            " FOR EACH STATEMENT EXECUTE FUNCTION fail_once()"
        )
    await trader.order("buy", "1", "2.00")
    async with platform.app.state.database.raw() as connection:
        assert await connection.fetchval("SELECT last_value FROM tries") > 1
    updates = await trader.get("/v1/account/trade-updates")
    assert [u["event_id"] for u in updates] == ["1", "2"]
    assert await platform.violations() == {}


async def test_what_was_told_cannot_be_changed(platform: Platform) -> None:
    trader = await platform.funded("1000")
    await trader.order("buy", "1", "1.00")
    async with platform.app.state.database.raw() as connection:
        for change in ("DELETE FROM trade_updates", "UPDATE trade_updates SET event = 'fill'"):
            with pytest.raises(asyncpg.RaiseError, match="never changed"):
                await connection.execute(change)


async def test_old_updates_that_were_let_go_are_not_taken_for_a_gap(
    platform: Platform, host: str
) -> None:
    seller, buyer = await platform.funded(shares="1"), await platform.funded()
    await seller.order("sell", "1", "10.00")
    await buyer.order("buy", "1", "10.00")
    await buyer.order("buy", "1", "11.00")
    _, newest = await buyer.get("/v1/account/trade-updates", after=1)
    pruned = await prune_updates(platform.app.state.database, datetime.fromisoformat(newest["at"]))
    assert pruned.updates == 3  # the seller's fill is its newest, and stays
    assert await platform.violations() == {}
    async with connected(host, buyer) as stream:
        listen = {"streams": ["trade_updates"], "after": "1"}
        refused = await stream.ask({"action": "listen", "data": listen})
        assert refused["data"]["error_message"] == "updates before 3 are no longer kept"
        await stream.listen("2")
        assert (await stream.update())["event_id"] == "3"
    await seller.order("buy", "1", "12.00")
    (last,) = await seller.get("/v1/account/trade-updates", after=2)
    assert (last["event_id"], last["event"]) == ("3", "new")
    assert await platform.violations() == {}


async def test_old_updates_go_in_batches_and_what_was_kept_as_the_newest_goes_later(
    platform: Platform, host: str
) -> None:
    database = platform.app.state.database
    one, other = await platform.funded(), await platform.funded()

    async def numbers(trader: Trader) -> list[str]:
        return [u["event_id"] for u in await trader.get("/v1/account/trade-updates")]

    for trader in (one, other, one):
        for _ in range(3):
            await trader.order("buy", "1", "10.00", time_in_force="ioc")
    now = datetime.now(UTC) + timedelta(minutes=1)
    assert (await prune_updates(database, datetime(2000, 1, 1, tzinfo=UTC))).updates == 0
    pruned = await prune_updates(database, now, batch=4)
    assert (pruned.updates, await numbers(one), await numbers(other)) == (16, ["12"], ["6"])
    assert await platform.violations() == {}
    assert (await prune_updates(database, now)).updates == 0
    await one.order("buy", "1", "10.00", time_in_force="ioc")
    assert await numbers(one) == ["12", "13", "14"]
    assert (await prune_updates(database, now, batch=1)).updates == 2
    assert (await numbers(one), await numbers(other)) == (["14"], ["6"])
    assert await platform.violations() == {}
    async with database.raw() as connection:
        with pytest.raises(asyncpg.RaiseError, match="never changed"):
            await connection.execute("DELETE FROM trade_updates")


def test_the_moment_before_which_updates_go() -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert moment_before("90", now) == now - timedelta(days=90)
    assert moment_before("2026-01-02", now) == datetime(2026, 1, 2, tzinfo=UTC)
    assert moment_before("2026-01-02T03:04:05+01:00", now).hour == 2
    for bad in ("", "-1", "soon", "9" * 12):
        with pytest.raises(InvalidInput, match="--before"):
            moment_before(bad, now)


async def test_the_past_is_not_told_past_a_gap(platform: Platform, host: str) -> None:
    trader = await platform.funded()
    for _ in range(2):
        await trader.order("buy", "1", "10.00", time_in_force="ioc")
    async with platform.app.state.database.raw() as connection:
        await connection.execute("ALTER TABLE trade_updates DISABLE TRIGGER USER")
        await connection.execute("DELETE FROM trade_updates WHERE number = 2")
    async with listening(host, trader, after="0") as stream:
        assert (await stream.update())["event_id"] == "1"
        told = await stream.receive()
        assert told == {"action": "error", "data": {"error_message": "an update is missing"}}


async def test_verify_finds_updates_that_are_wrong(platform: Platform) -> None:
    seller, buyer = await platform.funded(shares="1"), await platform.funded()
    await seller.order("sell", "1", "10.00")
    await buyer.order("buy", "1", "10.00")
    assert await platform.violations() == {}
    for tampering, broken in (
        ("UPDATE trade_updates SET number = number + 1 WHERE number = 2", "numbered from 1"),
        ("DELETE FROM trade_updates WHERE event = 'fill'", "exactly one trade update"),
        ("UPDATE trade_updates SET at = at - interval '1 day' WHERE number = 2", "later than"),
    ):
        async with platform.app.state.database.raw() as connection:
            await connection.execute("BEGIN")
            await connection.execute("ALTER TABLE trade_updates DISABLE TRIGGER USER")
            await connection.execute(tampering)
            found = [c.name for c in CHECKS if await connection.fetch(c.query)]
            await connection.execute("ROLLBACK")
        assert [broken in name for name in found] == [True]
