"""The trading app behind a real server, and clients of its stream."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from trading_platform import Trader, until
from websockets.asyncio.client import ClientConnection, connect

from chassis.websockets import SERVER_OPTIONS


@asynccontextmanager
async def serving(app: FastAPI, send_buffer: int | None = None) -> AsyncIterator[str]:
    """`app`, which runs already, on a loopback port: its host and port. A small `send_buffer` is soon full.

    `app.state.connections` holds the server's open connections.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    if send_buffer is not None:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    config = uvicorn.Config(app, lifespan="off", log_config=None, **SERVER_OPTIONS)
    server = uvicorn.Server(config)
    app.state.connections = server.server_state.connections
    running = asyncio.create_task(server._serve(sockets=[listening]))
    await until(lambda: server.started)
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


def token_of(trader: Trader) -> str:
    return trader._headers["Authorization"].removeprefix("Bearer ")


class Listener:
    """One connection to the stream."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, message: Any) -> None:
        await self.socket.send(message if isinstance(message, str) else json.dumps(message))

    async def receive(self) -> Any:
        async with asyncio.timeout(20):
            frame = await self.socket.recv()
        assert isinstance(frame, str)
        return json.loads(frame)

    async def ask(self, message: Any) -> Any:
        await self.send(message)
        return await self.receive()

    async def listen(self, after: str | None = None) -> None:
        data: dict[str, Any] = {"streams": ["trade_updates", "nothing"]}
        if after is not None:
            data["after"] = after
        answer = await self.ask({"action": "listen", "data": data})
        assert answer == {"stream": "listening", "data": {"streams": ["trade_updates"]}}

    async def update(self) -> Any:
        frame = await self.receive()
        assert frame["stream"] == "trade_updates", frame
        return frame["data"]

    async def updates(self, count: int) -> list[Any]:
        return [await self.update() for _ in range(count)]


def narrow(host: str) -> socket.socket:
    """A connection to `host` that takes next to nothing of what is not read."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    name, _, port = host.partition(":")
    narrow.connect((name, int(port)))
    return narrow


@asynccontextmanager
async def connected(host: str, trader: Trader | None, **options: Any) -> AsyncIterator[Listener]:
    """A connection whose handshake carries the trader's token; none: no credentials at all."""
    headers = {} if trader is None else {"Authorization": f"Bearer {token_of(trader)}"}
    url = f"ws://{host}/stream"
    async with connect(url, additional_headers=headers, **options) as socket:
        yield Listener(socket)


@asynccontextmanager
async def listening(host: str, trader: Trader, after: str | None = None) -> AsyncIterator[Listener]:
    async with connected(host, trader) as listener:
        await listener.listen(after)
        yield listener
