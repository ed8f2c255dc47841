"""A websocket passed through: frames as they come, bytes in and bytes out, text and binary kept.

A service's frames are written to the client as they arrived, in the callback that brought them: no task, no
copy, no second encoding. When the client's socket is full, the service's is not read, and the other way round,
so that no more is held than one read and the sockets' buffers; a client for whom that lasts is closed. Whoever
closes first, the other side is told the same code and reason.
"""

import asyncio
import ssl
from contextlib import suppress
from typing import Literal, NamedTuple, Protocol

import msgspec
import structlog
from starlette.types import Receive
from websockets.exceptions import InvalidHandshake

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
from chassis.websockets import LINGER_S, Frames
from gateway.metrics import STREAM_BYTES, STREAM_FRAMES
from gateway.proxy.stream_upstream import (
    ABNORMAL,
    Farewell,
    Refused,
    StreamUpstream,
    connect,
    short_reason,
)

log = structlog.get_logger(__name__)

SLOW_AFTER_S = 15.0
"""A client that had no room for so long is closed. Services, which know more, give up after 10 s of their own; and it
is less than the 20 s in which they want a ping answered that waits behind what is not read."""
BEHIND_AFTER_S = 2.0
"""A client that had no room for so long is behind: a service that hangs up then does so for its sake."""

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


CLIENT_LOST = Closing("client", 1001, "")
GATEWAY_ENDS = Closing("gateway", 1001, "the gateway shuts down")
UPSTREAM_FAILED = Closing("upstream", 1011, "the stream broke")
UPSTREAM_RESTARTS = Closing("upstream", 1013, "the stream is restarted; try again later")
SLOW_CLIENT = Closing("gateway", 1008, "slow client")
TOO_MANY_FRAMES = Closing("gateway", 1008, "too many frames")
INTERNAL_ERROR = Closing("gateway", 1011, "internal error")


class _Document(msgspec.Struct):
    detail: str


_document = msgspec.json.Decoder(_Document)


class StreamConnector:
    """Opens the services' side of streams."""

    def __init__(self) -> None:
        self._tls = ssl.create_default_context()

    async def open(self, url: str, headers: dict[str, str], within_s: float) -> StreamUpstream:
        """`url` begins with http or https. Raises the problem that the service refused with, or `Unavailable`."""
        try:
            async with asyncio.timeout(within_s):
                return await connect("ws" + url.removeprefix("http"), headers, self._tls)
        except Refused as refused:
            problem = _REFUSALS.get(refused.status)
            if problem is None:
                log.warning("a service did not open a stream", status=refused.status)
                raise Unavailable("this stream cannot be opened right now") from None
            raise problem(_sentence(refused.body)) from None
        except (OSError, TimeoutError, InvalidHandshake) as error:
            log.warning("a service cannot be reached for a stream", error=repr(error))
            raise Unavailable("this stream cannot be opened right now") from None


def _sentence(body: bytes) -> str:
    try:
        return _document.decode(body).detail
    except msgspec.MsgspecError:
        return "the service does not open this stream"


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
        client: Frames,
        upstream: StreamUpstream,
        *,
        route: str,
        rate: FrameRate,
        gate: Gate | None = None,
    ) -> None:
        self._receive = receive
        self._client = client
        self._upstream = upstream
        self._rate = rate
        self._gate = gate
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[Closing] = self._loop.create_future()
        self._patience: asyncio.TimerHandle | None = None
        self._full_at = 0.0
        self._behind_until = 0.0
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
        pump = asyncio.create_task(self._to_upstream())
        pump.add_done_callback(self._pump_done)
        self._client.on_writable = self._room
        closing = GATEWAY_ENDS
        try:
            self._upstream.start(self)
            closing = await self._ended
        finally:
            if self._patience is not None:
                self._patience.cancel()
            pump.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([pump])
            self._upstream.close(closing.code, closing.reason)
            self._client.close(closing.code, short_reason(closing.reason))
        return closing

    def on_frames(self, frames: bytes, messages: int, payload_bytes: int) -> None:
        """Whole frames from the service."""
        client = self._client
        if client.closed:
            # The pump ends the stream, unless it waits for a service that does not read.
            self._bear(LINGER_S, CLIENT_LOST)
            return
        client.write(frames)
        self._frames_out.inc(messages)
        self._bytes_out.inc(payload_bytes)
        if client.full:
            self._upstream.pause()
            self._bear(SLOW_AFTER_S, SLOW_CLIENT)

    def on_end(self, farewell: Farewell) -> None:
        """The service has closed, or is gone."""
        closing = told_by_upstream(farewell)
        if closing is UPSTREAM_FAILED and self._is_behind():
            # It said why, behind frames that nobody read.
            closing = SLOW_CLIENT
        self.end(closing)

    def _bear(self, seconds: float, closing: Closing) -> None:
        """End the stream in so long, unless there is room before that."""
        if self._patience is None:
            self._full_at = self._loop.time()
            self._patience = self._loop.call_later(seconds, self.end, closing)

    def _room(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
            now = self._loop.time()
            if now - self._full_at > BEHIND_AFTER_S:
                self._behind_until = now + SLOW_AFTER_S
        self._upstream.resume()

    def _is_behind(self) -> bool:
        now = self._loop.time()
        if self._patience is not None and now - self._full_at > BEHIND_AFTER_S:
            return True
        return now < self._behind_until

    def _pump_done(self, pump: "asyncio.Task[Closing]") -> None:
        if pump.cancelled():
            return
        error = pump.exception()
        if error is not None:
            log.error("a stream broke", exc_info=error)
        self.end(INTERNAL_ERROR if error else pump.result())

    async def _to_upstream(self) -> Closing:
        receive, upstream, gate = self._receive, self._upstream, self._gate
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                code, reason = event.get("code", 1005), event.get("reason")
                if self._client.closed_here:
                    return Closing("gateway", code, reason or "")
                return told_by_client(code, reason)
            text = event.get("text")
            payload: bytes = event["bytes"] if text is None else text.encode()
            is_text = text is not None
            if not self._rate.allows_one():
                return TOO_MANY_FRAMES
            self._frames_in.inc()
            self._bytes_in.inc(len(payload))
            if gate is not None:
                payload, is_text = await gate.pass_on(self, payload, is_text)
                if self._ended.done():
                    return self._ended.result()
                if gate.done:
                    gate = None
            await upstream.send(payload, is_text=is_text)


def told_by_client(code: int, reason: str | None) -> Closing:
    """What the upstream is told when the client closes."""
    if reason is None or code == ABNORMAL:
        # uvicorn gives a connection that was lost some code, but no reason.
        return CLIENT_LOST
    return Closing("client", 1000 if code == 1005 else code, reason)


def told_by_upstream(farewell: Farewell) -> Closing:
    """What the client is told when the upstream closes."""
    code, reason = farewell
    if code == 1005:
        return Closing("upstream", 1000, reason)
    if code in (1001, 1012):
        # The client's connection is to the gateway, and the gateway stays.
        return UPSTREAM_RESTARTS
    if code == ABNORMAL:
        return UPSTREAM_FAILED
    return Closing("upstream", code, reason)
