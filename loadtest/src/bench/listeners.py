"""Many websocket clients of `/v1/stream/market`, as cheap as Python allows, that account for every trade.

The clients share the machine with what they measure. The server sends the same bytes to many, so each payload is
decoded once, and each client only notes which trades and which book it was told of, and when.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

_REMEMBERED_PAYLOADS = 512
_TEXT, _CLOSE, _PING = 0x1, 0x8, 0x9


class StreamBroken(RuntimeError):
    """A client could not connect, lost its connection, or was told something that breaks the contract."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one frame says. Stamps are the engine's, in microseconds."""

    trades: tuple[int, ...] = ()
    trade_stamps_us: tuple[int, ...] = ()
    book_stamp_us: int = 0
    previous: int = 0
    sequence: int = 0
    begins: bool = False
    """Whether it is the first message of its channels, which is not counted."""


@dataclass(slots=True)
class Record:
    """What all clients heard; lags are in microseconds, one a client and message."""

    counting: bool = False
    frames: int = 0
    trade_lags_us: array[float] = field(default_factory=lambda: array("d"))
    book_lags_us: array[float] = field(default_factory=lambda: array("d"))
    kinds: Counter[str] = field(default_factory=Counter)
    _payloads: dict[bytes, Told] = field(default_factory=dict)

    def decoded(self, payload: bytes) -> Told:
        told = self._payloads.get(payload)
        if told is None:
            if len(self._payloads) >= _REMEMBERED_PAYLOADS:
                self._payloads.clear()
            told = self._payloads[payload] = self._decode(payload)
        return told

    def _decode(self, payload: bytes) -> Told:
        trades: list[list[Any]] = []
        book: dict[str, Any] = {}
        begins = False
        for message in json.loads(payload):
            kind = message["type"]
            self.kinds[kind] += 1
            if kind == "error":
                raise StreamBroken(f"the stream says {message}")
            if kind in ("recent_trades", "trades"):
                trades += message["trades"]
            elif kind in ("snapshot", "delta"):
                book = message
            begins |= kind in ("recent_trades", "snapshot")
        return Told(
            tuple(trade[0] for trade in trades),
            tuple(trade[4] for trade in trades),
            book.get("time_us", 0),
            book.get("previous", 0),
            book.get("sequence", 0),
            begins,
        )


class Listener(asyncio.Protocol):
    """One client. `trades` are the ids that it was told, in order; from `began_after` on it must miss none."""

    def __init__(self, head: bytes, subscribe: bytes, record: Record) -> None:
        self.trades: list[int] = []
        self.began_after = 0
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.broken: str | None = None
        self._head = head
        self._subscribe = subscribe
        self._record = record
        self._sequence = 0
        self._buffer = bytearray()
        self._upgraded = False
        self._ending = False
        self._transport: asyncio.Transport | None = None

    def close(self) -> None:
        self._ending = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's transport by contract; uvloop's has no base class that would say so.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._head)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ending:
            self._break(f"the connection was lost: {exc!r}")

    def data_received(self, data: bytes) -> None:
        now_us = time.time_ns() / 1000
        self._buffer += data
        try:
            if not self._upgraded:
                self._take_handshake()
            while (frame := self._next_frame()) is not None:
                self._take(frame[0], frame[1], now_us)
        except StreamBroken as error:
            self._break(str(error))

    def _take_handshake(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end])
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise StreamBroken(f"no websocket: {bytes(self._buffer[:500])!r}")
        del self._buffer[: end + 4]
        self._upgraded = True
        self._write(_TEXT, self._subscribe)

    def _next_frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if not self._upgraded or len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + length:
            return None
        frame = buffer[0] & 0x0F, bytes(buffer[start : start + length])
        del buffer[: start + length]
        return frame

    def _take(self, opcode: int, payload: bytes, now_us: float) -> None:
        if opcode == _PING:
            self._write(0xA, payload)
        elif opcode == _CLOSE:
            raise StreamBroken(f"closed with {payload!r}")
        else:
            self._told(self._record.decoded(payload), now_us)

    def _told(self, told: Told, now_us: float) -> None:
        record = self._record
        record.frames += record.counting
        self.trades += told.trades
        if told.sequence:
            if told.previous and told.previous != self._sequence:
                raise StreamBroken(f"after {self._sequence} came a delta from {told.previous}")
            self._sequence = told.sequence
        if told.begins:
            self.began_after = self.trades[-1] if self.trades else 0
            if not self.subscribed.done():
                self.subscribed.set_result(None)
        elif record.counting:
            for stamp_us in told.trade_stamps_us:
                record.trade_lags_us.append(now_us - stamp_us)
            if told.book_stamp_us:
                record.book_lags_us.append(now_us - told.book_stamp_us)

    def _write(self, opcode: int, payload: bytes) -> None:
        assert self._transport is not None
        assert len(payload) < 126, "only short frames are written here"
        # Masked with zeros: the rule is about proxies that might be confused, not about secrecy.
        head = bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0])
        self._transport.write(head + payload)

    def _break(self, why: str) -> None:
        self.broken = self.broken or why
        if not self.subscribed.done():
            self.subscribed.set_exception(StreamBroken(why))
        self.close()


async def listen(
    url: str, symbol: str, count: int, record: Record, token: str | None
) -> list[Listener]:
    """Connect `count` clients that subscribe depth and trades of `symbol`. Raises StreamBroken."""
    parts = urlsplit(url)
    host, port = parts.hostname, parts.port
    if host is None or port is None:
        raise StreamBroken(f"{url} names no host and port")
    subscribe = json.dumps(
        {"action": "subscribe", "channels": ["depth", "trades"], "symbols": [symbol]}
    ).encode()
    loop = asyncio.get_running_loop()
    listeners: list[Listener] = []
    try:
        async with asyncio.timeout(60):
            for _ in range(count):
                make = partial(Listener, _head(host, port, token), subscribe, record)
                _, made = await loop.create_connection(make, host, port)
                listeners.append(made)
                await made.subscribed
    except (OSError, TimeoutError) as error:
        raise StreamBroken(f"{len(listeners)} clients, then {error!r}") from error
    return listeners


def require_whole(listeners: Sequence[Listener]) -> None:
    """Raises StreamBroken with what the first broken client says."""
    broken = [each.broken for each in listeners if each.broken]
    if broken:
        raise StreamBroken(f"{len(broken)} clients broke, the first one: {broken[0]}")


def _head(host: str, port: int, token: str | None) -> bytes:
    lines = [
        "GET /v1/stream/market HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    ]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
