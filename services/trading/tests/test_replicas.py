"""Two replicas, one database, a real engine: histories that run into each other, session ends, and databases restored
to an earlier state."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from trading_platform import Platform, Trader, until

from chassis.clock import ManualClock, from_ns, utc_now
from chassis.database import Database
from devkit.testing_support.engine import Engine
from trading.settings import TradingSettings
from trading.settlement.sessions import SessionEnder, end_ns, last_ended

Start = Callable[..., Any]
Backup = Callable[[], Awaitable[str]]


@pytest.fixture
async def backup(settings: TradingSettings) -> AsyncIterator[Backup]:
    """Copies the database, which nobody may be using; the copy is its restored back-up."""
    name = urlsplit(settings.database_url).path.removeprefix("/")
    copy = f"{name}_backup"
    admin = await asyncpg.connect(
        urlsplit(settings.database_url)._replace(path="/postgres").geturl()
    )

    async def make() -> str:
        await admin.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        return urlsplit(settings.database_url)._replace(path=f"/{copy}").geturl()

    yield make
    await admin.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
    await admin.close()


async def test_a_history_of_many_traders_over_two_replicas_and_a_killed_engine(
    start: Start, engine: Engine
) -> None:
    async with start(settle_wait_s=1.0) as one, start(settle_wait_s=1.0) as other:
        await one.list_asset()
        users = [(await one.funded("5000", shares="50")).user_id for _ in range(4)]
        random = Random(42)
        clients = [(one if i % 2 else other).trader(user) for i, user in enumerate(users * 2)]
        acknowledged: set[str] = set()
        halfway = asyncio.Event()
        trading = [
            asyncio.create_task(_trade(client, Random(random.random()), acknowledged, halfway))
            for client in clients
        ]
        await halfway.wait()
        engine.kill()
        engine.start()
        await asyncio.gather(*trading)

        await until(lambda: _nothing_undecided(one))
        assert await one.violations() == {}
        assert await _open_orders(one) == await _resting(engine)
        async with one.app.state.database.raw() as connection:
            known = await connection.fetch("SELECT id::text FROM orders")
            assert acknowledged <= {row["id"] for row in known}
            assert await connection.fetchval("SELECT count(*) FROM executions") > 0

        for user in users:
            await (one.trader(user)).request("DELETE", "/v2/orders")
        await until(lambda: _nothing_undecided(one))
        assert await _resting(engine) == {}
        async with one.app.state.database.raw() as connection:
            assert await connection.fetchval("SELECT sum(held) FROM balances") == 0
        assert await one.violations() == {}


async def _trade(
    client: Trader, random: Random, acknowledged: set[str], halfway: asyncio.Event
) -> None:
    mine: list[str] = []
    for step in range(20):
        if step == 10:
            halfway.set()
        if mine and random.random() < 0.3:
            await client.cancel(random.choice(mine))
            continue
        body = {
            "symbol": "ACME",
            "side": random.choice(["buy", "sell"]),
            "qty": str(random.randint(1, 9)),
            "type": "limit",
            "time_in_force": random.choice(["gtc", "day", "ioc"]),
            "limit_price": str(random.randint(95, 105)),
        }
        answer = await client.request("POST", "/v2/orders", json=body)
        assert answer.status_code in (200, 403, 503), answer.text
        if answer.status_code == 200:
            mine.append(answer.json()["id"])
            if answer.json()["status"] != "pending_new":
                acknowledged.add(mine[-1])


@pytest.mark.parametrize(
    ("now", "end", "session"),
    [
        ("2026-03-02T00:00:00", "00:00", "2026-03-01"),
        ("2026-03-02T23:59:59", "00:00", "2026-03-01"),
        ("2026-03-02T20:59:59", "21:00", "2026-03-01"),
        ("2026-03-02T21:00:00", "21:00", "2026-03-02"),
    ],
)
def test_a_session_carries_the_date_of_the_day_that_it_ends(
    now: str, end: str, session: str
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert last_ended(moment, time.fromisoformat(end)) == date.fromisoformat(session)


@pytest.mark.parametrize(
    ("session", "end", "over"),
    [
        ("2026-02-28", "00:00", "2026-03-01T00:00:00"),
        ("2026-03-01", "00:00", "2026-03-02T00:00:00"),
        ("2026-03-01", "21:00", "2026-03-01T21:00:00"),
        ("2026-12-31", "23:59:59.999999", "2026-12-31T23:59:59.999999"),
    ],
)
def test_a_session_is_over_at_its_end_to_the_nanosecond(session: str, end: str, over: str) -> None:
    moment, at = date.fromisoformat(session), time.fromisoformat(end)
    over_ns = end_ns(moment, at)
    expected = datetime.fromisoformat(over).replace(tzinfo=UTC)
    assert over_ns == int(expected.timestamp()) * 10**9 + expected.microsecond * 1000
    assert last_ended(from_ns(over_ns - 1), at) == moment - timedelta(days=1)
    assert last_ended(from_ns(over_ns), at) == moment


async def test_a_day_is_ended_at_its_midnight_however_late_that_is_noticed(
    migrated_database: Callable[[str], str],
) -> None:
    clock = ManualClock(end_ns(date(2026, 3, 1), time(0, 0)) - 1)
    database = Database(migrated_database("trading"))
    running = asyncio.create_task(SessionEnder(database, clock, time(0, 0)).run())

    async def ended() -> list[tuple[str, int]]:
        async with database.raw() as connection:
            rows = await connection.fetch("SELECT payload FROM commands ORDER BY place")
        bodies = [json.loads(row["payload"]) for row in rows]
        return [(body["session"], body["ends_at_ns"]) for body in bodies]

    async def both_ended() -> bool:
        return len(await ended()) > 1

    async def first_ended() -> bool:
        return len(await ended()) > 0

    try:
        await until(first_ended)
        clock.advance(3 * 3600)
        await until(both_ended)
        assert await ended() == [
            ("2026-02-28", 1_772_323_200_000_000_000),
            ("2026-03-01", 1_772_409_600_000_000_000),
        ]
    finally:
        running.cancel()
        await asyncio.wait([running])
        await database.close()


async def test_a_sessions_end_expires_day_orders_once_and_only_them(platform: Platform) -> None:
    trader = await platform.funded("1000")
    day = await trader.order("buy", "3", "100.00", time_in_force="day")
    kept = await trader.order("buy", "2", "100.00")
    seller = await platform.funded(shares="1")
    await seller.order("sell", "1", "100.00")
    ender = SessionEnder(platform.app.state.database, platform.app.state.clock, time(0, 0))
    today = utc_now(platform.app.state.clock).date()  # not over: all that rests is its own

    await asyncio.gather(*(ender.end(today) for _ in range(3)))

    await _becomes(trader, day["id"], "expired")
    expired = await trader.get(f"/v2/orders/{day['id']}")
    assert (expired["filled_qty"], expired["expired_at"] is None) == ("1", False)
    assert (await trader.get(f"/v2/orders/{kept['id']}"))["status"] == "new"
    account = await trader.get("/v2/account")
    assert (account["cash"], account["buying_power"]) == ("900", "700")
    next_day = await trader.order("buy", "1", "100.00", time_in_force="day")
    await ender.end(today)
    long_over = today - timedelta(days=2)
    await ender.end(long_over)
    await until(lambda: _ended(platform, long_over))
    assert (await trader.get(f"/v2/orders/{next_day['id']}"))["status"] == "new"
    assert await platform.violations() == {}


async def test_a_restored_database_gets_its_later_orders_back_from_the_log(
    start: Start, backup: Backup, engine: Engine
) -> None:
    async with start() as platform:
        await platform.list_asset()
        seller = await platform.funded("10", shares="10")
        buyer = await platform.funded("1000")
        early = await seller.order("sell", "10", "50.00")
        await until(lambda: _nothing_undecided(platform))
    restored_url = await backup()
    async with start() as platform:
        seller, buyer = platform.trader(seller.user_id), platform.trader(buyer.user_id)
        bought = await buyer.order("buy", "4", "50.00", client_order_id="later")
        resting = await buyer.order("buy", "2", "49.00")
        gone = await buyer.order("buy", "1", "48.00")
        assert (await buyer.cancel(gone["id"])).status_code == 204
        wanted = [await _seen(buyer), await _seen(seller)]

    async with start(database_url=restored_url) as restored:
        seller, buyer = restored.trader(seller.user_id), restored.trader(buyer.user_id)
        assert [await _seen(buyer), await _seen(seller)] == wanted
        again = await buyer.get("/v2/orders:by_client_order_id", client_order_id="later")
        assert (again["id"], again["status"]) == (bought["id"], "filled")
        assert (await seller.get(f"/v2/orders/{early['id']}"))["filled_qty"] == "4"
        assert (await buyer.cancel(resting["id"])).status_code == 204
        assert await restored.violations() == {}
        assert await _open_orders(restored) == await _resting(engine)


async def test_a_restored_database_without_a_later_deposit_stops_with_a_sentence(
    start: Start, backup: Backup
) -> None:
    async with start() as platform:
        await platform.list_asset()
        trader = await platform.funded("10")
        await until(lambda: _nothing_undecided(platform))
    restored_url = await backup()
    async with start() as platform:
        trader = platform.trader(trader.user_id)
        await trader.deposit("1000")
        await trader.order("buy", "1", "500.00")
        settled = platform.app.state.settled.sequence

    async with start(database_url=restored_url, ready=False) as restored:
        await until(lambda: restored.app.state.follower.stopped)
        assert "would leave account" in restored.app.state.follower.stopped
        trader = restored.trader(trader.user_id)
        assert (await trader.get("/v2/account"))["cash"] == "10"
        refused = await trader.order("buy", "1", "5.00", expect=503)
        assert refused["type"] == "unavailable"
        ready = await restored.client.get("/readyz")
        assert "would leave account" in ready.json()["degraded"]["settlement"]
        assert restored.app.state.settled.sequence < settled
        assert await restored.violations() == {}


async def test_an_order_taken_back_while_the_settler_waits_for_it_stops_nothing(
    start: Start,
) -> None:
    """The undo of a refused order holds its row while the settler wants to reject it as expired."""
    never = {"resubmit_after_s": 50.0, "command_ttl_s": 0.5, "settle_wait_s": 0.1}
    async with start() as first:
        await first.list_asset()
    async with start(failpoints="before_send=unknown", **never) as platform:
        trader = await platform.funded("100")
        database = platform.app.state.database
        async with database.raw() as undoing:
            placed = await trader.order("buy", "1", "50.00")
            async with undoing.transaction():
                await undoing.execute("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", placed["id"])
                await until(lambda: _somebody_waits_for_a_lock(platform))
                await undoing.execute("DELETE FROM orders WHERE id = $1", placed["id"])
                await undoing.execute(
                    "UPDATE balances SET available = 100, held = 0 WHERE held > 0"
                )
                # The settler has read this command by now, and deletes it when it goes on.
        await until(lambda: platform.app.state.sender.open)
        again = await trader.order("buy", "1", "50.00")
        await _becomes(trader, again["id"], "new")
        assert platform.app.state.follower.stopped is None


async def _seen(trader: Trader) -> Any:
    account = await trader.get("/v2/account")
    orders = await trader.get("/v2/orders", status="all")
    named = ("id", "client_order_id", "status", "filled_qty", "filled_avg_price", "limit_price")
    positions = await trader.get("/v2/positions")
    return (
        account["cash"],
        account["buying_power"],
        sorted([order[name] or "" for name in named] for order in orders),
        positions,
        [item["id"] for item in await trader.get("/v2/account/activities")],
    )


async def _becomes(trader: Trader, order_id: str, status: str) -> None:
    async def is_so() -> bool:
        return bool((await trader.get(f"/v2/orders/{order_id}"))["status"] == status)

    await until(is_so)


async def _ended(platform: Platform, session: date) -> bool:
    """Whether settlement has seen the end of this session."""
    async with platform.app.state.database.raw() as connection:
        return bool(
            await connection.fetchval("SELECT ended_at FROM sessions WHERE session = $1", session)
        )


async def _nothing_undecided(platform: Platform) -> bool:
    async with platform.app.state.database.raw() as connection:
        return bool(await connection.fetchval("SELECT count(*) = 0 FROM commands"))


async def _somebody_waits_for_a_lock(platform: Platform) -> bool:
    async with platform.app.state.database.raw() as connection:
        waiting = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
    return bool(waiting)


async def _open_orders(platform: Platform) -> dict[str, int]:
    async with platform.app.state.database.raw() as connection:
        rows = await connection.fetch(
            "SELECT o.id::text, (o.qty - o.filled_qty) / a.lot_size AS lots"
            " FROM orders o JOIN assets a USING (symbol)"
            " WHERE status IN ('pending_new', 'new', 'partially_filled', 'pending_cancel')"
        )
    return {row["id"]: int(row["lots"]) for row in rows}


async def _resting(engine: Engine) -> dict[str, int]:
    async with httpx.AsyncClient(base_url=engine.url, headers=engine.headers()) as client:
        answer = await client.get("/v1/open-orders", params={"limit": 10000})
    return {each["order_id"]: each["remaining_lots"] for each in answer.json()["orders"]}
