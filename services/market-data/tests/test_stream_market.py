"""`/v1/stream/market` over real sockets, from the real engine by way of the real broker."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from market_data_scene import Scene
from websockets.asyncio.client import ClientConnection, connect


class Listener:
    """A client that keeps a book as the contract says, and all messages by type."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.messages: list[dict[str, Any]] = []
        self.frames: list[list[dict[str, Any]]] = []
        self.books: dict[str, dict[str, dict[int, list[int]]]] = {}
        self.sequence: dict[str, int] = {}
        self.trades: list[list[Any]] = []

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self) -> list[dict[str, Any]]:
        frame: list[dict[str, Any]] = json.loads(await self.socket.recv())
        self.frames.append(frame)
        for message in frame:
            self.messages.append(message)
            self._take(message)
        return frame

    async def until(self, **expected: Any) -> dict[str, Any]:
        """The next message with these members."""
        async with asyncio.timeout(20):
            while True:
                for message in await self.hear():
                    if expected.items() <= message.items():
                        return message

    async def reach(self, symbol: str, sequence: int) -> None:
        """Until the book of `symbol` is that far."""
        async with asyncio.timeout(20):
            while self.sequence.get(symbol, 0) < sequence:
                await self.hear()

    def levels(self, symbol: str) -> dict[str, list[list[int]]]:
        book = self.books[symbol]
        return {
            "bids": [book["bids"][price] for price in sorted(book["bids"], reverse=True)],
            "asks": [book["asks"][price] for price in sorted(book["asks"])],
        }

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] in ("recent_trades", "trades"):
            self.trades += message["trades"]
        if message["type"] not in ("snapshot", "delta"):
            return
        symbol = message["symbol"]
        if message["type"] == "snapshot":
            self.books[symbol] = {"bids": {}, "asks": {}}
        else:
            assert message["previous"] == self.sequence[symbol]
        self.sequence[symbol] = message["sequence"]
        for side in ("bids", "asks"):
            for level in message[side]:
                if level[1] == 0:
                    self.books[symbol][side].pop(level[0], None)
                else:
                    self.books[symbol][side][level[0]] = level
        book = self.books[symbol]
        if book["bids"] and book["asks"]:
            assert max(book["bids"]) < min(book["asks"]), "a crossed book was shown"


@asynccontextmanager
async def listening(url: str, path: str = "/v1/stream/market") -> AsyncIterator[Listener]:
    async with connect(url.replace("http", "ws", 1) + path) as socket:
        yield Listener(socket)


@pytest.fixture
async def market(scene: Scene) -> Scene:
    """ACME listed, with an asset, and a book of three levels."""
    await scene.listings.create("ACME")
    await scene.exchange.list_symbols("ACME")
    place = scene.exchange.place
    await scene.exchange.send(
        place("ACME", "buy", 9_990, 10),
        place("ACME", "buy", 9_990, 5),
        place("ACME", "sell", 10_010, 7),
    )
    return scene


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
