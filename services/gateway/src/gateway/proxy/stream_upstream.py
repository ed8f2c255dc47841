"""The gateway's side of a websocket to a service: a handshake, then frames that are passed on unopened.

The handshake is that of the library `websockets`, without its input and output. After it nothing waits and no
task runs: bytes arrive, whole frames are written on, and reading stops while they cannot be.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from typing import NamedTuple, Protocol, cast

import structlog
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus, ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

from gateway.proxy.frames import CLOSE, PING, BrokenFrames, FrameScanner

log = structlog.get_logger(__name__)

MAX_FRAME_BYTES = 16 * 1024 * 1024
"""The longest frame taken from a service: a whole book may be long."""
MAX_HEAD_BYTES = 64 * 1024
RECEIVE_BYTES = 128 * 1024
"""What the kernel keeps of a service's frames while they are not read. It would grow to megabytes, and a service finds
out that a client is slow only when all of it is full."""
PING_AFTER_S = 20.0
"""Of silence; a service that is silent for as long again is gone."""
LINGER_S = 1.0
"""How long a service may take to answer that the stream ends."""
ABNORMAL = 1006
_HEAD_END = b"\r\n\r\n"


class Refused(Exception):
    """The service answered the handshake with something else than 101."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


class Farewell(NamedTuple):
    """How a service ended the stream; 1006 where it said nothing."""

    code: int
    reason: str


class Listener(Protocol):
    """Who takes what the service sends."""

    def on_frames(self, frames: bytes, messages: int, payload_bytes: int) -> None: ...

    def on_end(self, farewell: Farewell) -> None: ...


class StreamUpstream(asyncio.Protocol):
    """One connection to a service. Nothing is read from it between the handshake and `start`."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._loop = asyncio.get_running_loop()
        self._handshake: ClientProtocol | None = ClientProtocol(parse_uri(url))
        self._headers = headers
        self._head: bytes | None = b""
        """Of the answer, as long as it is not whole."""
        self.opened: asyncio.Future[None] = self._loop.create_future()
        """Done when frames may flow; fails with `Refused`, `OSError` or `InvalidHandshake`."""
        self._transport: asyncio.Transport
        self._scanner = FrameScanner(self, MAX_FRAME_BYTES)
        self._early = b""
        self._listener: Listener | None = None
        self._farewell: Farewell | None = None
        self._said_goodbye = False
        self._paused = False
        self._heard = True
        self._pinged = False
        self._timer: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    # What the gateway does with it

    def start(self, listener: Listener) -> None:
        """Begin to pass frames to `listener`, which from now on hears of the end, too."""
        self._listener = listener
        self._timer = self._loop.call_later(PING_AFTER_S, self._keep_alive)
        if self._farewell is not None:
            listener.on_end(self._farewell)
            return
        self.resume()
        early, self._early = self._early, b""
        if early:
            self._feed(early)

    def pause(self) -> None:
        """Stop reading; what the service goes on writing waits on its side."""
        if not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._paused:
            self._paused = False
            self._heard = True
            if not self._transport.is_closing():
                self._transport.resume_reading()

    async def send(self, payload: bytes, *, is_text: bool) -> None:
        """Write a message, and wait while the service does not take it. What comes after the end is dropped."""
        self._write(Opcode.TEXT if is_text else Opcode.BINARY, payload)
        if not self._writable.is_set():
            await self._writable.wait()

    def close(self, code: int, reason: str) -> None:
        """Say good-bye. The connection ends with the answer, or without it a moment later."""
        if self._timer is not None:
            self._timer.cancel()
        self._listener = None
        self._goodbye(code, reason)
        if not self._transport.is_closing():
            self._timer = self._loop.call_later(LINGER_S, self._transport.abort)
            # Or the answer would never be read.
            self.resume()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    # What asyncio tells it

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES
        )
        assert self._handshake is not None
        request = self._handshake.connect()
        for name, value in self._headers.items():
            request.headers[name] = value
        self._handshake.send_request(request)
        self._transport.write(b"".join(self._handshake.data_to_send()))

    def data_received(self, data: bytes) -> None:
        self._heard = True
        self._pinged = False
        if self._handshake is not None:
            self._shake_hands(self._handshake, data)
        else:
            self._feed(data)

    def eof_received(self) -> None:
        if self._handshake is not None and self._head is None:
            # A refusal without a length ends here.
            self._handshake.receive_eof()
            self._take_answer(self._handshake)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._writable.set()
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionResetError("the service hung up"))
        self._end(Farewell(ABNORMAL, ""))

    # Inside

    def _shake_hands(self, handshake: ClientProtocol, data: bytes) -> None:
        if self._head is not None:
            searched = max(0, len(self._head) - len(_HEAD_END))
            self._head += data
            end = self._head.find(_HEAD_END, searched)
            if end < 0:
                if len(self._head) > MAX_HEAD_BYTES:
                    self._transport.abort()
                return
            data, self._head = self._head, None
            if data.startswith(b"HTTP/1.1 101 "):
                # Frames may follow in the same segment; they are not for the library.
                end += len(_HEAD_END)
                data, self._early = data[:end], data[end:]
        handshake.receive_data(data)
        self._take_answer(handshake)

    def _take_answer(self, handshake: ClientProtocol) -> None:
        error = handshake.handshake_exc
        if error is None and not handshake.events_received():
            return
        self._handshake = None
        if self.opened.done():
            return
        if error is None:
            self.pause()
            self.opened.set_result(None)
            return
        self.opened.set_exception(_refusal(error))
        self._transport.abort()

    def _feed(self, data: bytes) -> None:
        try:
            self._scanner.feed(data)
        except BrokenFrames as broken:
            log.error("a service sends what is no frame", error=str(broken))
            self._end(Farewell(ABNORMAL, ""))
            self._transport.abort()

    def on_frames(self, frames: bytes, messages: int, payload_bytes: int) -> None:
        if self._listener is not None:
            self._listener.on_frames(frames, messages, payload_bytes)

    def on_control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._write(Opcode.PONG, payload)
        elif opcode == CLOSE:
            try:
                close = Close.parse(payload)
            except (ProtocolError, UnicodeDecodeError):
                close = Close(ABNORMAL, "")
            self._end(Farewell(int(close.code), close.reason))
            self._write(Opcode.CLOSE, payload)
            self._said_goodbye = True
            self._transport.close()

    def _goodbye(self, code: int, reason: str) -> None:
        if not self._said_goodbye:
            self._write(Opcode.CLOSE, Close(code, short_reason(reason)).serialize())
            self._said_goodbye = True

    def _write(self, opcode: Opcode, payload: bytes) -> None:
        if not self._said_goodbye and not self._transport.is_closing():
            self._transport.write(Frame(opcode, payload).serialize(mask=True))

    def _end(self, farewell: Farewell) -> None:
        if self._farewell is None:
            self._farewell = farewell
            if self._listener is not None:
                self._listener.on_end(farewell)

    def _keep_alive(self) -> None:
        if self._heard or self._paused:
            # Nothing is heard of a paused one; how long that may last is the client's side's business.
            self._heard = False
        elif not self._pinged:
            self._pinged = True
            self._write(Opcode.PING, b"")
        else:
            log.warning("a service answers no ping")
            self._transport.abort()
            return
        self._timer = self._loop.call_later(PING_AFTER_S, self._keep_alive)


def short_reason(reason: str) -> str:
    """As much of `reason` as a close frame holds: 123 bytes."""
    return reason.encode()[:123].decode(errors="ignore")


def _refusal(error: Exception) -> Exception:
    if isinstance(error, InvalidStatus):
        response: Response = error.response
        return Refused(response.status_code, bytes(response.body or b""))
    return error


async def connect(url: str, headers: Mapping[str, str], tls: ssl.SSLContext) -> StreamUpstream:
    """A connection whose handshake succeeded; `url` begins with ws or wss.

    Raises `Refused`, `OSError`, or `InvalidHandshake` for an answer that makes no sense.
    """
    uri = parse_uri(url)
    loop = asyncio.get_running_loop()
    _, upstream = await loop.create_connection(
        lambda: StreamUpstream(url, headers), uri.host, uri.port, ssl=tls if uri.secure else None
    )
    try:
        await upstream.opened
    except BaseException:
        upstream.abort()
        raise
    return upstream
