"""Streams in the gateway's tests: a small real websocket service, and clients that connect through a gateway."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from chassis.websockets import UNSENT_BYTES

Conversation = Callable[["StreamService", ServerConnection], Awaitable[None]]


class StreamService:
    """Listens where market data or trading would. `conversation` is what it does with each connection."""

    def __init__(self) -> None:
        self.conversation: Conversation = echo
        self.handshakes: list[Request] = []
        self.frames: list[str | bytes] = []
        """Everything that clients sent, as it arrived."""
        self.closes: list[tuple[int | None, str | None]] = []
        """Codes and reasons with which connections ended, as this side was told."""
        self.connections: list[ServerConnection] = []
        self.refuse_with: HTTPStatus | None = None
        self._server: Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self.port,
            process_request=self._handshake,
            compression=None,
            max_size=None,
            write_limit=32 * 1024,
        )
        listener = next(iter(self._server.sockets))
        self.port = listener.getsockname()[1]
        # As every service of the platform does; those that are accepted inherit it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _handshake(self, connection: ServerConnection, request: Request) -> Response | None:
        self.handshakes.append(request)
        if self.refuse_with is not None:
            return connection.respond(self.refuse_with, "no")
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        try:
            await self.conversation(self, connection)
            await connection.wait_closed()
        except ConnectionClosed:
            pass
        finally:
            # A conversation that was broken off knows its end only when the connection is closed.
            await connection.wait_closed()
            self.closes.append((connection.close_code, connection.close_reason))


async def echo(service: StreamService, connection: ServerConnection) -> None:
    """Answers every frame with itself."""
    async for frame in connection:
        service.frames.append(frame)
        await connection.send(frame)


OpenStream = Callable[..., Any]


@asynccontextmanager
async def stream(
    port: int, path: str = "/v1/stream/market", **options: Any
) -> AsyncIterator[ClientConnection]:
    """A client's websocket to the gateway at `port`; options are those of `websockets.connect`."""
    options = {"compression": None, "ping_interval": None} | options
    async with connect(f"ws://127.0.0.1:{port}{path}", **options) as connection:
        yield connection


async def closed(connection: ClientConnection) -> tuple[int | None, str | None]:
    """Code and reason with which the gateway closes `connection`; what still arrives before is passed over."""
    async with asyncio.timeout(10):
        try:
            while True:
                await connection.recv()
        except ConnectionClosed:
            return connection.close_code, connection.close_reason
