"""`/v2/{feed}` over real sockets: Alpaca's protocol in both codecs, from the real engine."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgpack  # type: ignore[import-untyped]
import pytest
from market_data_scene import Scene
from market_streams import until_ready
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chassis.clock import rfc3339_ns


class Alpaca:
    """A client that decodes as Alpaca's do, and looks at what they insist on."""

    def __init__(self, socket: ClientConnection, packed: bool) -> None:
        self.socket = socket
        self._packed = packed
        self._heard: list[dict[str, Any]] = []

    async def say(self, **message: Any) -> None:
        await self.socket.send(msgpack.packb(message) if self._packed else json.dumps(message))

    async def frame(self) -> list[dict[str, Any]]:
        async with asyncio.timeout(20):
            raw = await self.socket.recv()
        assert isinstance(raw, bytes) == self._packed
        frame = (
            msgpack.unpackb(raw, timestamp=0, object_pairs_hook=list)
            if self._packed
            else json.loads(raw, object_pairs_hook=list)
        )
        assert frame, "an empty array says nothing"
        for message in frame:
            assert message[0][0] == "T", "T is the first key"
        return [dict(message) for message in frame]

    async def next(self, kind: str) -> dict[str, Any]:
        """The next message of a kind; others are skipped."""
        while True:
            while self._heard:
                if (message := self._heard.pop(0))["T"] == kind:
                    return message
            self._heard = await self.frame()


@asynccontextmanager
async def _connected(
    url: str, *, packed: bool = False, token: str | None = None, feed: str = "iex"
) -> AsyncIterator[Alpaca]:
    headers = {"Content-Type": "Application/MsgPack; charset=binary"} if packed else {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    address = url.replace("http", "ws", 1) + f"/v2/{feed}"
    async with connect(address, additional_headers=headers) as socket:
        yield Alpaca(socket, packed)


@pytest.fixture
async def url(market: Scene) -> AsyncIterator[str]:
    async with market.worker():
        await market.settled()
        async with market.streaming(stream_symbols_limit=2) as url:
            yield url


CONNECTED = [{"T": "success", "msg": "connected"}]
AUTHENTICATED = [{"T": "success", "msg": "authenticated"}]


@pytest.mark.parametrize("packed", [False, True])
async def test_trades_and_quotes_in_both_codecs(market: Scene, url: str, packed: bool) -> None:
    exchange = market.exchange
    async with _connected(url, packed=packed) as client:
        assert await client.frame() == CONNECTED
        await client.say(action="auth", token=market.stage.users.token())
        assert await client.frame() == AUTHENTICATED
        await client.say(
            action="subscribe",
            trades=["ACME"],
            quotes=["*"],
            bars=None,
            dailyBars=[],
            statuses=["ACME"],
            orderbooks=None,
            news=None,
        )
        assert await client.frame() == [
            {
                "T": "subscription",
                "trades": ["ACME"],
                "quotes": ["*"],
                "bars": [],
                "updatedBars": [],
                "dailyBars": [],
                "statuses": ["ACME"],
                "lulds": [],
                "imbalances": [],
                "corrections": ["ACME"],
                "cancelErrors": ["ACME"],
            }
        ]
        await exchange.send(exchange.place("ACME", "buy", 10_010, 3))
        event = (await exchange.trades())[-1]
        trade = await client.next("t")
        at = trade.pop("t")
        if packed:
            assert isinstance(at, msgpack.Timestamp)
            assert at.to_unix_nano() == event["time_ns"]
        else:
            assert at == rfc3339_ns(event["time_ns"])
        assert trade == {
            "T": "t",
            "S": "ACME",
            "i": event["sequence"],
            "x": "V",
            "p": 100.1,
            "s": 3,
            "c": [],
            "z": "A",
        }
        quote = await client.next("q")
        assert (quote["bp"], quote["bs"], quote["ap"], quote["as"]) == (99.9, 15, 100.1, 4)
        await exchange.send(exchange.place("ACME", "sell", 10_050, 3))  # behind the best offer
        await exchange.send(exchange.place("ACME", "sell", 10_000, 8))
        quote = await client.next("q")
        assert (quote["ap"], quote["as"]) == (100, 8)
        await client.say(action="unsubscribe", trades=["ACME"], quotes=["*"])
        gone = await client.next("subscription")
        assert gone["statuses"] == ["ACME"]
        assert gone["trades"] == gone["quotes"] == gone["corrections"] == []


async def test_a_minutes_end_sends_its_bar_and_the_days(market: Scene, url: str) -> None:
    exchange = market.exchange
    async with market.stage.serving(
        engine_url=exchange.engine.url, broker_url=market.broker_url
    ) as (app, own_url):
        feed = app.state.streams.feed
        await until_ready(feed)
        async with _connected(own_url, token=market.stage.users.token(), feed="sip") as client:
            assert [await client.frame(), await client.frame()] == [CONNECTED, AUTHENTICATED]
            await client.say(action="subscribe", trades=["ACME"], bars=["ACME"], dailyBars=["ACME"])
            await client.next("subscription")
            await exchange.send(exchange.place("ACME", "buy", 10_010, 2))
            await client.next("t")
            # Should the clock have ended the minute just now, this does it no second time.
            start_s = (await exchange.trades())[-1]["time_ns"] // 60_000_000_000 * 60
            feed.instruments["ACME"].reach((start_s + 60) * 1_000_000_000)
            await exchange.send(exchange.place("ACME", "buy", 1, 1))
            bar = await client.next("b")
            assert (bar["o"], bar["h"], bar["l"], bar["c"]) == (100.1,) * 4
            assert (bar["v"], bar["n"], bar["vw"]) == (2, 1, 100.1)
            assert bar["t"] == rfc3339_ns(start_s * 1_000_000_000)
            day = await client.next("d")
            assert day["t"] == rfc3339_ns(start_s // 86_400 * 86_400 * 1_000_000_000)
            assert day["v"] == 2


async def test_what_is_refused_and_in_which_words(market: Scene, url: str) -> None:
    token = market.stage.users.token()
    async with _connected(url) as client:
        await client.frame()
        await client.say(action="subscribe", trades=["ACME"])
        assert await client.frame() == [{"T": "error", "code": 401, "msg": "not authenticated"}]
        await client.socket.send("[]")
        assert await client.frame() == [{"T": "error", "code": 400, "msg": "invalid syntax"}]
        await client.say(action="auth", key="AK", secret="not for this service")
        assert await client.frame() == [{"T": "error", "code": 402, "msg": "auth failed"}]
        with pytest.raises(ConnectionClosed):
            await client.frame()
    async with _connected(url, token=token) as client:
        assert [await client.frame(), await client.frame()] == [CONNECTED, AUTHENTICATED]
        await client.say(action="auth", token=token)
        assert (await client.frame())[0]["code"] == 403
        await client.say(action="subscribe", trades=["A", "B"], bars=["C"])
        assert (await client.frame())[0]["code"] == 405
        await client.say(action="subscribe", trades=["NOT-YET"], quotes=["*"])
        assert (await client.next("subscription"))["trades"] == ["NOT-YET"]
    for feed, proof, status in (("otc", token, 404), ("iex", "forged", 401)):
        with pytest.raises(InvalidStatus) as refused:
            async with _connected(url, feed=feed, token=proof):
                pass
        assert refused.value.response.status_code == status


async def test_all_symbols_include_those_that_come_later_and_no_fractions(
    market: Scene, url: str
) -> None:
    exchange, token = market.exchange, market.stage.users.token()
    async with (
        _connected(url, token=token) as client,
        _connected(url, packed=True, token=token) as naming,
    ):
        await client.say(action="subscribe", trades=["*"])
        await client.next("subscription")
        await naming.say(action="subscribe", trades=["PARTS"])
        await naming.next("subscription")
        await market.listings.create("LATE", tick="0.5")
        await market.listings.create("PARTS", tick="0.5", lot="0.001")
        await exchange.list_symbols("LATE", "PARTS")
        await market.settled()
        async with connect(url.replace("http", "ws", 1) + "/v1/stream/market") as other:
            # Whoever asks for it by name brings it in at once; else it comes within a second or two.
            ask = {"action": "subscribe", "channels": ["depth"], "symbols": ["LATE", "PARTS"]}
            async with asyncio.timeout(20):
                while True:
                    await other.send(json.dumps(ask))
                    if '"snapshot"' in str(await other.recv()):
                        break
        for symbol in ("PARTS", "LATE"):
            await exchange.send(exchange.place(symbol, "sell", 20, 1_500))
            await exchange.send(exchange.place(symbol, "buy", 20, 1_001))
        trade = await naming.next("t")
        assert (trade["S"], trade["p"], trade["s"]) == ("PARTS", 10, 1.001)
        trade = await client.next("t")
        assert (trade["S"], trade["p"], trade["s"]) == ("LATE", 10, 1_001)


async def test_a_text_frame_is_json_and_the_answer_is_in_the_handshakes_codec(
    market: Scene, url: str
) -> None:
    async with _connected(url, packed=True) as client:
        assert await client.frame() == CONNECTED
        await client.socket.send(
            json.dumps({"action": "auth", "token": market.stage.users.token()})
        )
        assert await client.frame() == AUTHENTICATED
