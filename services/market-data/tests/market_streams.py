"""Clients of the streams, as the contract describes them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from market_data_scene import until
from websockets.asyncio.client import ClientConnection, connect

from market_data.streams.feed import Feed


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
async def listening(url: str, *, token: str | None = None) -> AsyncIterator[Listener]:
    """A client of `/v1/stream/market`."""
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    address = url.replace("http", "ws", 1) + "/v1/stream/market"
    async with connect(address, additional_headers=headers) as socket:
        yield Listener(socket)


async def until_ready(feed: Feed) -> None:
    """Until the streams have begun."""

    async def begun() -> bool:
        return feed.ready

    await until(begun)
