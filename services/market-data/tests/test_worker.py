"""The worker on real logs: what it stores, and that nothing that happens to it changes that."""

import asyncio
import random
from pathlib import Path
from typing import Any

from market_data_scene import ACCOUNTS, Exchange, Scene, Wire, until

from chassis.broker import open_channel
from chassis.event_log.events import Event, Page, encode


async def _trade_at_random(exchange: Exchange, symbols: list[str], batches: int, seed: int) -> None:
    """Orders of every kind, replacements and cancels, in calls of a few commands each."""
    chance = random.Random(seed)
    live: list[dict[str, Any]] = []
    for _ in range(batches):
        commands: list[dict[str, Any]] = []
        for _ in range(chance.randint(1, 12)):
            fate = chance.random()
            if live and fate < 0.2:
                commands.append(exchange.cancel(live.pop(chance.randrange(len(live)))))
            elif live and fate < 0.3:
                order = live.pop(chance.randrange(len(live)))
                change = {"limit_price_ticks": chance.randint(90, 110)}
                if chance.random() < 0.5:
                    change = {"quantity_lots": chance.randint(1, 50)}
                replace = exchange.replace(order, **change)
                live.append({"order": order["order"] | {"order_id": replace["new_order_id"]}})
                commands.append(replace)
            else:
                place = _place_at_random(exchange, chance, chance.choice(symbols))
                live.append(place)
                commands.append(place)
        await exchange.send(*commands)


def _place_at_random(exchange: Exchange, chance: random.Random, symbol: str) -> dict[str, Any]:
    lots, price = chance.randint(1, 50), chance.randint(90, 110)
    rests: dict[str, Any] = {"time_in_force": chance.choice(["gtc", "day"])}
    order = chance.choice(
        [
            *[{"time_in_force": tif} for tif in ("gtc", "gtc", "day", "ioc", "fok")],
            rests | {"display_lots": chance.randint(1, lots)},
            rests | {"order_type": "stop", "stop_price_ticks": chance.randint(90, 110)},
            rests
            | {"order_type": "stop_limit", "stop_price_ticks": chance.randint(90, 110)}
            | {"display_lots": chance.randint(1, lots)},
            rests | {"order_type": "trailing_stop", "trail_ticks": chance.randint(1, 5)},
            rests | {"post_only": chance.choice(["reject", "reprice"])},
            # Whoever takes from himself: one account on both sides.
            {"account_id": ACCOUNTS[0]}
            | {
                "self_trade_prevention": chance.choice(
                    ["cancel_oldest", "cancel_both", "decrement"]
                )
            },
        ]
    )
    return exchange.place(symbol, chance.choice(["buy", "sell"]), price, lots, **order)


async def _require_same_as_engine(scene: Scene, symbols: list[str]) -> None:
    """Books level by level, trades one by one, and this service's own invariants."""
    await scene.settled()
    async with scene.stage.api() as api:
        for symbol in symbols:
            book = (await api.get(f"/v1/market/{symbol}/book")).json()
            expected = await scene.exchange.book(symbol)
            for side in ("bids", "asks"):
                assert [
                    (level["price"], level["size"], level["orders"]) for level in book[side]
                ] == [
                    (_cents(level["price_ticks"]), str(level["quantity_lots"]), level["orders"])
                    for level in expected[side]
                ]
    trades = await scene.exchange.trades()
    assert trades, "nothing was traded: this proves nothing"
    sequences = ", ".join(str(trade["sequence"]) for trade in trades)
    assert await scene.stage.scalar("SELECT count(*) FROM trades") == len(trades)
    assert await scene.stage.scalar(
        f"SELECT count(*) FROM trades WHERE sequence IN ({sequences})"
    ) == len(trades)
    assert await scene.stage.violations() == []


def _cents(ticks: int) -> str:
    return f"{ticks / 100:.2f}".rstrip("0").rstrip(".")


async def test_books_and_trades_are_the_engines(scene: Scene) -> None:
    symbols = ["AAPL", "MSFT"]
    await scene.exchange.list_symbols(*symbols)
    for symbol in symbols:
        await scene.listings.create(symbol)
    async with scene.worker():
        await _trade_at_random(scene.exchange, symbols, batches=60, seed=1)
        await _require_same_as_engine(scene, symbols)
        await scene.exchange.send(
            {"kind": "end_session", "session": "2099-12-31", "ends_at_ns": 4102444800000000000}
        )
        await _require_same_as_engine(scene, symbols)


async def test_kill_9_in_the_middle_loses_and_repeats_nothing(scene: Scene, tmp_path: Path) -> None:
    await scene.exchange.list_symbols("AAPL")
    await scene.listings.create("AAPL")
    async with scene.worker_process(tmp_path / "worker.log") as worker:
        await worker.start()
        for round_ in range(2):
            before = await scene.stage.position()
            trading = asyncio.create_task(
                _trade_at_random(scene.exchange, ["AAPL"], batches=150, seed=round_)
            )

            async def moved(before: int = before) -> bool:
                return await scene.stage.position() > before

            await until(moved)
            await worker.kill()
            await trading
            assert await scene.stage.position() < await scene.exchange.last_sequence()
            await worker.start()
        await _require_same_as_engine(scene, ["AAPL"])


async def test_a_flushed_redis_is_full_again(scene: Scene) -> None:
    await scene.exchange.list_symbols("AAPL", "QUIET")
    for symbol in ("AAPL", "QUIET"):
        await scene.listings.create(symbol)
    async with scene.worker():
        await scene.exchange.send(scene.exchange.place("QUIET", "buy", 100, 5))
        await scene.settled()
        keys = set(await scene.stage.redis.keys("market-data:*"))
        await scene.stage.redis.flushdb()

        async def full() -> bool:
            return set(await scene.stage.redis.keys("market-data:*")) == keys

        await until(full)
    assert b"market-data:book:QUIET" in keys


async def test_an_older_writer_in_redis_is_overwritten(scene: Scene) -> None:
    await scene.exchange.list_symbols("AAPL")
    async with scene.worker():
        await scene.exchange.send(scene.exchange.place("AAPL", "buy", 100, 5))
        await scene.settled()
        right = await scene.stage.redis.get("market-data:book:AAPL")
        await scene.stage.redis.mset(
            {
                "market-data:position": b'{"sequence":1,"time_ns":1}',
                "market-data:book:AAPL": b'{"sequence":1,"time_ns":1,"bids":[],"asks":[]}',
            }
        )

        async def right_again() -> bool:
            return bool(await scene.stage.redis.get("market-data:book:AAPL") == right)

        await until(right_again)


async def test_without_the_broker_the_log_itself_is_read(scene: Scene) -> None:
    await scene.exchange.list_symbols("AAPL")
    await scene.listings.create("AAPL")
    wire = Wire(scene.broker_url)
    await wire.mend()
    async with scene.worker(broker_url=wire.url):
        await _trade_at_random(scene.exchange, ["AAPL"], batches=20, seed=1)
        await scene.settled()
        await wire.cut()
        await _trade_at_random(scene.exchange, ["AAPL"], batches=20, seed=2)
        await _require_same_as_engine(scene, ["AAPL"])
        await wire.mend()
        await _trade_at_random(scene.exchange, ["AAPL"], batches=20, seed=3)
        await _require_same_as_engine(scene, ["AAPL"])
    await wire.cut()


async def test_repeated_and_missing_messages_change_nothing(scene: Scene) -> None:
    await scene.exchange.list_symbols("AAPL")
    await scene.listings.create("AAPL")
    async with scene.worker():
        await _trade_at_random(scene.exchange, ["AAPL"], batches=20, seed=1)
        await scene.settled()
        answer = await scene.exchange.get("/v1/events?after=0&limit=10000")
        events = [
            Event(e["sequence"], e["time_ns"], e["kind"], e.get("data", {}))
            for e in answer["events"]
        ]
        async with open_channel(scene.broker_url) as channel:
            await channel.declare_fanout("engine.events")
            await channel.confirm()
            for part in (events, events[5:], events[-3:]):
                page = Page(answer["log_id"], events[-1].sequence, part)
                await channel.publish("engine.events", encode(page), {})
        await _trade_at_random(scene.exchange, ["AAPL"], batches=10, seed=2)
        await _require_same_as_engine(scene, ["AAPL"])


async def test_a_trade_before_its_asset_is_kept_and_shown_later(scene: Scene) -> None:
    await scene.exchange.list_symbols("LATE")
    async with scene.worker(), scene.stage.api() as api:
        await scene.exchange.send(
            scene.exchange.place("LATE", "sell", 250, 3),
            scene.exchange.place("LATE", "buy", 250, 2),
        )
        await scene.settled()
        assert (await api.get("/v2/stocks/LATE/trades/latest")).status_code == 404
        await scene.listings.create("LATE", tick="0.5", lot="0.001")

        async def shown() -> bool:
            return (await api.get("/v2/stocks/LATE/trades/latest")).status_code == 200

        await until(shown)
        trade = (await api.get("/v2/stocks/LATE/trades/latest")).json()["trade"]
        assert (trade["p"], trade["s"]) == (125, 0.002)


async def test_the_worker_says_that_it_is_ready(scene: Scene) -> None:
    async with scene.worker() as url:

        async def ready() -> bool:
            return (await scene.exchange.client.get(f"{url}/readyz")).status_code == 200

        await until(ready)
        metrics = (await scene.exchange.client.get(f"{url}/metrics")).text
        assert 'event_consumer_lag_events{log="engine.events"}' in metrics


async def test_without_redis_the_worker_goes_on_and_fills_it_afterwards(scene: Scene) -> None:
    await scene.exchange.list_symbols("AAPL")
    await scene.listings.create("AAPL")
    wire = Wire(scene.stage.redis_url)
    await wire.mend()
    async with scene.worker(redis_url=wire.url):
        await _trade_at_random(scene.exchange, ["AAPL"], batches=5, seed=1)
        await scene.settled()
        await wire.cut()
        await _trade_at_random(scene.exchange, ["AAPL"], batches=20, seed=2)
        last = await scene.exchange.last_sequence()

        async def stored() -> bool:
            return await scene.stage.position() >= last

        await until(stored)
        await wire.mend()
        await _require_same_as_engine(scene, ["AAPL"])
    await wire.cut()
