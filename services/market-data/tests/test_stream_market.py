"""`/v1/stream/market` over real sockets, from the real engine by way of the real broker."""

import json

import pytest
from market_data_scene import Scene
from market_streams import listening, until_ready
from websockets.exceptions import InvalidStatus


async def test_a_book_follows_the_engine_and_trades_come_with_it(market: Scene) -> None:
    exchange = market.exchange
    async with market.worker():
        await market.settled()
        async with market.streaming() as url, listening(url) as client:
            welcome = (await client.hear())[0]
            assert welcome["type"] == "welcome"
            assert welcome["log_id"] == (await exchange.get("/v1/status"))["log_id"]
            await client.say(
                action="subscribe",
                channels=["depth", "trades", "bars", "tickers"],
                symbols=["ACME"],
            )
            subscribed = await client.until(type="subscribed")
            assert subscribed["channels"] == {
                "depth": ["ACME"],
                "trades": ["ACME"],
                "bars": ["ACME"],
                "tickers": ["ACME"],
            }
            first = await client.hear()
            assert [m["type"] for m in first] == ["recent_trades", "snapshot", "ticker"]
            assert first[1]["bids"] == [[9_990, 15, 2]]
            assert first[1]["asks"] == [[10_010, 7, 1]]
            assert (first[1]["tick_size"], first[1]["lot_size"]) == ("0.01", "1")

            taken = await exchange.send(exchange.place("ACME", "buy", 10_020, 9))
            last = taken[0]["last_sequence"]
            await client.reach("ACME", last)
            assert client.levels("ACME") == {
                "bids": [[10_020, 2, 1], [9_990, 15, 2]],
                "asks": [],
            }
            assert [trade[1:4] for trade in client.trades] == [[10_010, 7, "buy"]]
            told = next(f for f in client.frames if any(m["type"] == "delta" for m in f))
            assert [m["type"] for m in told] == ["trades", "bar", "delta", "ticker"]
            assert told[1]["bar"][1:] == [10_010, 10_010, 10_010, 10_010, 7, 1]
            assert told[3]["bid"] == [10_020, 2]
            assert told[3]["ask"] is None
            assert told[3]["last_ticks"] == 10_010
            beat = await client.until(type="heartbeat", live=True)
            assert beat["sequence"] >= last


async def test_what_makes_no_sense_changes_nothing_and_is_said(market: Scene) -> None:
    async with market.worker():
        await market.settled()
        async with market.streaming(stream_symbols_limit=1) as url, listening(url) as client:
            for code, message in (
                ("invalid_message", "["),
                ("invalid_message", '{"action": 7}'),
                ("invalid_message", '{"action": "shout"}'),
                ("invalid_message", b"{}"),
                ("unknown_channel", '{"action":"subscribe","channels":["x"],"symbols":["ACME"]}'),
                ("unknown_channel", '{"action":"subscribe","symbols":["ACME"]}'),
                ("unknown_symbol", '{"action":"subscribe","channels":["depth"],"symbols":["NO"]}'),
                ("unknown_symbol", '{"action":"subscribe","channels":["depth"],"symbols":["*"]}'),
                ("unknown_symbol", '{"action":"subscribe","channels":["depth"]}'),
                ("unknown_symbol", '{"action":"resync","symbol":"ACME"}'),
                (
                    "symbol_limit",
                    '{"action":"subscribe","channels":["depth"],"symbols":["A","ACME"]}',
                ),
            ):
                await client.socket.send(message)
                assert (await client.until(type="error"))["code"] == code, message
            await client.say(action="ping", id=7)
            assert await client.until(type="pong", id=7)
            assert not [m for m in client.messages if m["type"] in ("subscribed", "snapshot")]


async def test_resync_and_unsubscribe(market: Scene) -> None:
    exchange = market.exchange
    async with market.worker():
        await market.settled()
        async with market.streaming() as url, listening(url) as client:
            await client.say(action="subscribe", channels=["depth"], symbols=["ACME"])
            first = await client.until(type="snapshot")
            await client.say(action="resync", symbol="ACME")
            assert await client.until(type="snapshot") == first
            await client.say(action="unsubscribe", channels=["depth"], symbols=["ACME"])
            gone = await client.until(type="subscribed")
            assert not any(gone["channels"].values())
            await exchange.send(exchange.place("ACME", "buy", 9_980, 1))
            await client.say(action="subscribe", channels=["tickers"], symbols=["*"])
            assert (await client.until(type="subscribed"))["channels"]["tickers"] == ["*"]
            ticker = await client.until(type="ticker")
            assert (ticker["bid"], ticker["ask"]) == ([9_990, 15], [10_010, 7])
            assert ticker["last_ticks"] is ticker["open_ticks"] is ticker["volume_lots"] is None
            assert not [m for m in client.messages if m["type"] == "delta"]


async def test_a_symbol_that_is_listed_later_can_be_listened_to_at_once(market: Scene) -> None:
    exchange = market.exchange
    async with market.worker():
        await market.settled()
        async with market.streaming() as url, listening(url) as client:
            await client.say(action="subscribe", channels=["tickers"], symbols=["*"])
            await client.until(type="ticker", symbol="ACME")
            await market.listings.create("BTC/USD", tick="0.1", lot="0.0001")
            await exchange.list_symbols("BTC/USD")
            await exchange.send(exchange.place("BTC/USD", "sell", 50_000, 3))
            await client.until(type="ticker", symbol="BTC/USD", ask=[50_000, 3])
            await client.say(action="subscribe", channels=["depth"], symbols=["BTC/USD"])
            snapshot = await client.until(type="snapshot", symbol="BTC/USD")
            assert snapshot["asks"] == [[50_000, 3, 1]]
            assert (snapshot["tick_size"], snapshot["lot_size"]) == ("0.1", "0.0001")


async def test_a_minute_that_is_over_is_told_as_final(market: Scene) -> None:
    """The minute ends by a tick of the engine's, moved here by hand: nobody waits a minute for it."""
    exchange = market.exchange
    async with market.worker():
        await market.settled()
        async with market.stage.serving(
            engine_url=exchange.engine.url, broker_url=market.broker_url
        ) as (app, url):
            feed = app.state.streams.feed
            await until_ready(feed)
            async with listening(url) as client:
                await client.say(action="subscribe", channels=["bars"], symbols=["ACME"])
                await client.until(type="subscribed")
                await exchange.send(exchange.place("ACME", "buy", 10_010, 2))
                forming = await client.until(type="bar", final=False)
                for instrument in feed.instruments.values():
                    instrument.reach((forming["bar"][0] + 60) * 1_000_000_000)
                await exchange.send(exchange.place("ACME", "buy", 1, 1))
                final = await client.until(type="bar", final=True)
                assert final["bar"] == forming["bar"]
                assert final["bar"][1:] == [10_010, 10_010, 10_010, 10_010, 2, 1]


async def test_a_token_is_not_needed_but_must_be_good(market: Scene) -> None:
    stage = market.stage
    async with market.worker():
        await market.settled()
        async with market.streaming() as url:
            async with listening(url, token=stage.users.token()) as client:
                assert (await client.hear())[0]["type"] == "welcome"
            service = stage.keys.token("trading", "market-data", "engine:read")
            for token, status in (("forged", 401), (service, 403)):
                with pytest.raises(InvalidStatus) as refused:
                    async with listening(url, token=token):
                        pass
                assert refused.value.response.status_code == status
                assert json.loads(refused.value.response.body)["status"] == status


async def test_before_the_market_is_loaded_nobody_is_let_in(market: Scene) -> None:
    async with market.stage.serving(database_url="postgresql://nobody@127.0.0.1:1/x") as (_, url):
        with pytest.raises(InvalidStatus) as refused:
            async with listening(url):
                pass
        assert refused.value.response.status_code == 503
        assert refused.value.response.headers["Retry-After"] == "1"
