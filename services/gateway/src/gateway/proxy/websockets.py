"""A websocket passed through: frames as they come, bytes in and bytes out, text and binary kept.

Each direction reads its next frame only when the last one was written out, so a client that does not read
stops the upstream's reading, and no more is held than two socket buffers and a bounded queue. Whoever closes
first, the other side is told the same code and reason.
"""

import asyncio
from contextlib import suppress
from typing import Literal, NamedTuple, Protocol

import aiohttp
import structlog
from aiohttp import ClientWSTimeout, WSMsgType
from starlette.types import Receive, Send
from yarl import URL

from chassis.clock import Clock
from chassis.errors import (
    Forbidden,
    MalformedRequest,
    NotFound,
    Problem,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from gateway.metrics import STREAM_BYTES, STREAM_FRAMES
from gateway.proxy.transport import CONNECT_TIMEOUT_S

log = structlog.get_logger(__name__)

UPSTREAM_FRAME_BYTES = 16 * 1024 * 1024
"""The longest frame taken from a service: a whole book may be long."""
UPSTREAM_PING_S = 20.0
CLOSE_TIMEOUT_S = 1.0

_REFUSALS: dict[int, type[Problem]] = {
    400: MalformedRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    429: TooManyRequests,
}


class Closing(NamedTuple):
    """The end of a stream: who ended it, and what the other side is told."""

    by: Literal["client", "upstream", "gateway"]
    code: int
    reason: str


GATEWAY_ENDS = Closing("gateway", 1001, "the gateway shuts down")
UPSTREAM_FAILED = Closing("upstream", 1011, "the stream broke")
UPSTREAM_RESTARTS = Closing("upstream", 1013, "the stream is restarted; try again later")

UpstreamSocket = aiohttp.ClientWebSocketResponse[Literal[False]]


def open_stream_session() -> aiohttp.ClientSession:
    """A client for websockets alone: what is open for hours must not use up the pool of the requests."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=5),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
        timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S),
    )


async def open_upstream(
    session: aiohttp.ClientSession, url: URL, headers: dict[str, str], within_s: float
) -> UpstreamSocket:
    """The service's side of a stream. Raises the problem that the service refused with, or `Unavailable`."""
    try:
        async with asyncio.timeout(within_s):
            return await session.ws_connect(
                url,
                headers=headers,
                heartbeat=UPSTREAM_PING_S,
                max_msg_size=UPSTREAM_FRAME_BYTES,
                timeout=ClientWSTimeout(ws_close=CLOSE_TIMEOUT_S),
                decode_text=False,
            )
    except aiohttp.WSServerHandshakeError as refused:
        problem = _REFUSALS.get(refused.status)
        if problem is None:
            log.warning("a service did not open a stream", status=refused.status)
            raise Unavailable("this stream cannot be opened right now") from None
        raise problem("the service does not open this stream") from None
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        log.warning("a service cannot be reached for a stream", error=repr(error))
        raise Unavailable("this stream cannot be opened right now") from None


class FrameRate:
    """How many frames a client may send: so many a second, and as many at once."""

    __slots__ = ("_clock", "_full_at", "_interval_s", "_per_second")

    def __init__(self, per_second: int, clock: Clock) -> None:
        self._clock = clock
        self._per_second = per_second
        self._interval_s = 1.0 / per_second
        self._full_at = clock.monotonic()

    def allows_one(self) -> bool:
        now = self._clock.monotonic()
        full_at = max(now, self._full_at) + self._interval_s
        if full_at - now > 1.0 + self._interval_s / 2:
            return False
        self._full_at = full_at
        return True


class Gate(Protocol):
    """Sees the client's frames until it is `done`, and gives what goes upstream in their place."""

    done: bool

    async def pass_on(
        self, passage: "Passage", payload: bytes, is_text: bool
    ) -> tuple[bytes, bool]: ...


class Passage:
    """One open stream, from accepted to closed."""

    def __init__(
        self,
        receive: Receive,
        send: Send,
        upstream: UpstreamSocket,
        *,
        route: str,
        rate: FrameRate,
        max_frame_bytes: int,
        gate: Gate | None = None,
    ) -> None:
        self._receive = receive
        self._send = send
        self._upstream = upstream
        self._rate = rate
        self._max_frame_bytes = max_frame_bytes
        self._gate = gate
        self._ended: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()
        self._frames_in = STREAM_FRAMES.labels(route, "in")
        self._frames_out = STREAM_FRAMES.labels(route, "out")
        self._bytes_in = STREAM_BYTES.labels(route, "in")
        self._bytes_out = STREAM_BYTES.labels(route, "out")

    def end(self, closing: Closing) -> None:
        """End the stream, for the first reason that is given."""
        if not self._ended.done():
            self._ended.set_result(closing)

    async def run(self) -> Closing:
        """Pass frames until a side closes, fails, or `end` is called; then close both."""
        pumps = [asyncio.create_task(self._to_client()), asyncio.create_task(self._to_upstream())]
        for pump in pumps:
            pump.add_done_callback(self._pump_done)
        try:
            closing = await self._ended
        except asyncio.CancelledError:
            closing = GATEWAY_ENDS
            raise
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            await self._close(closing)
        return closing

    def _pump_done(self, pump: "asyncio.Task[Closing]") -> None:
        if pump.cancelled():
            return
        error = pump.exception()
        if error is not None:
            log.error("a stream broke", exc_info=error)
        self.end(Closing("gateway", 1011, "internal error") if error else pump.result())

    async def _to_client(self) -> Closing:
        upstream, send = self._upstream, self._send
        try:
            while True:
                message = await upstream.receive()
                kind = message.type
                if kind is WSMsgType.TEXT:
                    await send({"type": "websocket.send", "text": message.data.decode()})
                elif kind is WSMsgType.BINARY:
                    await send({"type": "websocket.send", "bytes": message.data})
                elif kind is WSMsgType.CLOSE:
                    return told_by_upstream(message.data, message.extra or "")
                else:
                    return UPSTREAM_FAILED
                self._frames_out.inc()
                self._bytes_out.inc(len(message.data))
        except OSError:
            # uvicorn's word for a client that is gone.
            return Closing("client", 1001, "")

    async def _to_upstream(self) -> Closing:
        receive, upstream, gate = self._receive, self._upstream, self._gate
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return told_by_client(event.get("code", 1005), event.get("reason"))
            text = event.get("text")
            payload: bytes = event["bytes"] if text is None else text.encode()
            is_text = text is not None
            if len(payload) > self._max_frame_bytes:
                return Closing("gateway", 1009, f"at most {self._max_frame_bytes} bytes a frame")
            if not self._rate.allows_one():
                return Closing("gateway", 1008, "too many frames")
            self._frames_in.inc()
            self._bytes_in.inc(len(payload))
            if gate is not None:
                payload, is_text = await gate.pass_on(self, payload, is_text)
                if self._ended.done():
                    return self._ended.result()
                if gate.done:
                    gate = None
            try:
                await upstream.send_frame(payload, WSMsgType.TEXT if is_text else WSMsgType.BINARY)
            except (aiohttp.ClientError, OSError):
                # Its close frame may be on its way to the other pump, which knows more.
                return await asyncio.shield(self._ended)

    async def _close(self, closing: Closing) -> None:
        code, reason = closing.code, closing.reason
        if closing.by != "client":
            with suppress(OSError, RuntimeError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await self._send({"type": "websocket.close", "code": code, "reason": reason})
        if not self._upstream.closed:
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await self._upstream.close(code=code, message=reason.encode())


def told_by_client(code: int, reason: str | None) -> Closing:
    """What the upstream is told when the client closes; 1005 and 1006 stand for no code and no farewell."""
    if reason is None and code == 1001:
        # The HTTP server's own: it has told the client that the gateway shuts down.
        return GATEWAY_ENDS
    if code == 1005:
        code = 1000
    elif code == 1006:
        code = 1001
    return Closing("client", code, reason or "")


def told_by_upstream(code: int, reason: str) -> Closing:
    """What the client is told when the upstream closes."""
    if code in (0, 1005):
        return Closing("upstream", 1000, reason)
    if code in (1001, 1012):
        # The client's connection is to the gateway, and the gateway stays.
        return UPSTREAM_RESTARTS
    if code in (1006, 1015):
        return UPSTREAM_FAILED
    return Closing("upstream", code, reason)
