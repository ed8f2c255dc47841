"""The websocket server of every service, and a way to write one encoded frame to many sockets.

uvicorn's own implementation on `websockets`' sans-I/O core, with what uvicorn leaves open decided once (see
docs/adr/0009-websocket-servers.md), and with one addition: `Frames`, by which a stream writes bytes that were
encoded once for everybody, learns when a socket is full, and never waits.
"""

import logging
from asyncio import TimerHandle
from collections.abc import Callable
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 20.0
MAX_FRAME_BYTES = 65_536
GOING_AWAY = 1001
POLICY_VIOLATION = 1008
TRY_AGAIN_LATER = 1013
LINGER_S = 2.0
"""How long a peer that does not read may take to hear that the service ends."""

_EXTENSION = "chassis.frames"


def text_frame(payload: bytes) -> bytes:
    """A whole text frame, as it goes over the wire to any number of clients. `payload` is UTF-8."""
    return Frame(Opcode.TEXT, payload).serialize(mask=False)


def binary_frame(payload: bytes) -> bytes:
    """The same for a binary frame."""
    return Frame(Opcode.BINARY, payload).serialize(mask=False)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One connection. Closed with 1001 when the service ends, at the latest after `LINGER_S` whoever does not read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Handshakes and frames would be logged whole, and both may hold what proves who somebody is.
        self.logger = self.conn.logger = _log
        self.conn.debug = False
        self._linger: TimerHandle | None = None
        self.outgoing = Frames(self)

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # not so when the handshake was malformed
            self.scope["extensions"][_EXTENSION] = {"frames": self.outgoing}

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            # uvicorn takes a handshake that was refused with a document for one left open, and logs an error.
            self.handshake_complete = True

    def handle_ping(self) -> None:
        if self.writable.is_set():
            super().handle_ping()
        else:
            # Whoever pings without reading would fill the buffer with answers; these are dropped.
            self.conn.data_to_send()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.outgoing.on_writable()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._linger is not None:
            self._linger.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        if not self.handshake_complete or self.close_sent:
            super().shutdown()
        else:
            self.say_goodbye(GOING_AWAY, "the service is shutting down")
            self.transport.close()
        self._linger = self.loop.call_later(LINGER_S, self.transport.abort)

    def say_goodbye(self, code: int, reason: str) -> None:
        """Send the close frame, behind whatever waits in the buffer, and cut off a peer that never answers it."""
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:  # or its answer would never be read
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)


class Frames:
    """Writes whole frames (`text_frame`, `binary_frame`) to one accepted connection, without waiting."""

    def __init__(self, protocol: WebSocketProtocol) -> None:
        self._protocol = protocol
        self.on_writable: Callable[[], None] = _nothing
        """Called when a full socket can take more."""

    @property
    def full(self) -> bool:
        """Whether the client reads more slowly than it is written to. What is written now would only pile up."""
        return not self._protocol.writable.is_set()

    @property
    def closed(self) -> bool:
        """Whether nothing more can be written."""
        protocol = self._protocol
        return protocol.close_sent or protocol.disconnected or protocol.transport.is_closing()

    def write(self, frame: bytes) -> None:
        """Hand `frame` to the socket, or to its buffer when that is full; dropped once the connection ends."""
        if not self.closed:
            self._protocol.transport.write(frame)

    def close(self, code: int, reason: str) -> None:
        """Say good-bye without waiting; the application hears a disconnect. Once closed, nothing happens."""
        if not self.closed:
            self._protocol.say_goodbye(code, reason)


def frames_of(scope: Scope) -> Frames:
    """The frames of a websocket's connection; only under a server with `SERVER_OPTIONS`."""
    frames: Frames = scope["extensions"][_EXTENSION]["frames"]
    return frames


def _nothing() -> None:
    pass


_log = logging.getLogger(__name__)
_log.setLevel(logging.WARNING)

SERVER_OPTIONS: dict[str, Any] = {
    "ws": WebSocketProtocol,
    "ws_ping_interval": PING_INTERVAL_S,
    "ws_ping_timeout": PING_TIMEOUT_S,
    "ws_max_size": MAX_FRAME_BYTES,
    "ws_per_message_deflate": False,
}
"""For `uvicorn.run` and `uvicorn.Config`."""
