"""One keep-alive HTTP/1.1 connection, as cheap as Python allows.

The client shares the machine with what it measures, so it does no more than write prepared bytes
and count. It sends nothing twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import httptools

_TIMEOUT_SECONDS = 30.0


class Lost(Exception):
    """The connection broke, or no answer came in time."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request without its token. `body` is JSON, or empty."""

    method: str
    path: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes


class Connection:
    """Sends one request at a time to one server, reconnecting when the server hung up."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            raise ValueError(f"{url} is not an http:// address")
        self._host = parts.hostname
        self._port = parts.port or 80
        self._head = f" HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer "
        self._protocol: _Protocol | None = None

    async def send(self, request: Request, token: str) -> Response:
        """Raises Lost."""
        raw = f"{request.method} {request.path}{self._head}{token}\r\n".encode()
        if request.body:
            length = (
                f"Content-Type: application/json\r\nContent-Length: {len(request.body)}\r\n\r\n"
            )
            raw += length.encode() + request.body
        else:
            raw += b"\r\n"
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                protocol = await self._connected()
                return await protocol.exchange(raw)
        except (OSError, TimeoutError, httptools.HttpParserError) as error:
            self.close()
            raise Lost(repr(error)) from error

    def close(self) -> None:
        if self._protocol is not None:
            self._protocol.abort()
            self._protocol = None

    async def _connected(self) -> _Protocol:
        if self._protocol is None or self._protocol.closed:
            loop = asyncio.get_running_loop()
            _, self._protocol = await loop.create_connection(_Protocol, self._host, self._port)
        return self._protocol


class _Protocol(asyncio.Protocol):
    """Callbacks of the transport and of the parser; one answer at a time."""

    def __init__(self) -> None:
        self.closed = False
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Response] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []

    async def exchange(self, raw: bytes) -> Response:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(raw)
        return await self._answer

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's transport by contract; uvloop's has no base class that would say so.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(error)
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._fail(exc or ConnectionResetError("the server hung up"))

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        response = Response(self._parser.get_status_code(), b"".join(self._body))
        self._body.clear()
        self.closed = not self._parser.should_keep_alive()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(response)

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
