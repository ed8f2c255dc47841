"""The websocket server of every service, and a way to write one encoded frame to many sockets.

uvicorn's own implementation on `websockets`' sans-I/O core, with what uvicorn leaves open decided once (see
docs/adr/0009-websocket-servers.md), and with one addition: `Frames`, by which a stream writes bytes that were
encoded once for everybody, learns when a socket is full, and never waits.
"""

import logging
import socket
from asyncio import BaseTransport, TimerHandle
from collections.abc import Callable
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State

PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 20.0
MAX_FRAME_BYTES = 65_536
GOING_AWAY = 1001
ABNORMAL = 1006
POLICY_VIOLATION = 1008
TRY_AGAIN_LATER = 1013
LINGER_S = 2.0
"""How long a connection that is being closed may wait for a peer that does not read."""
ANSWER_S = 10.0
"""How long a peer may take to answer a close frame, which it reads behind all that was written before."""
UNSENT_BYTES = 65_536
"""What the kernel takes of a socket beyond what the peer has room for. Without a bound it takes megabytes, and whoever
reads slowly is seconds behind before anybody notices."""
MAX_FRAGMENTS = 256
"""Frames that one message of a client may come in."""
MAX_CONTROLS_PER_SECOND = 100
"""Pings and pongs of a client."""

_EXTENSION = "chassis.frames"


def text_frame(payload: bytes) -> bytes:
    """A whole text frame, as it goes over the wire to any number of clients. `payload` is UTF-8."""
    return Frame(Opcode.TEXT, payload).serialize(mask=False)


def binary_frame(payload: bytes) -> bytes:
    """The same for a binary frame."""
    return Frame(Opcode.BINARY, payload).serialize(mask=False)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One connection. Closed with 1001 when the service ends.

    Whatever closes it, it is gone `LINGER_S` after that (`ANSWER_S` where a close frame waits for its answer):
    a transport that is only closed waits for ever for a peer that does not read.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Handshakes and frames would be logged whole, and both may hold what proves who somebody is.
        self.logger = self.conn.logger = _log
        self.conn.debug = False
        self._linger: TimerHandle | None = None
        self._controls = 0
        self._controls_since = self.loop.time()
        self.said_goodbye = False
        self.outgoing = Frames(self)

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.get_extra_info("socket").setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES
        )

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._abort_after_linger()

    def eof_received(self) -> None:
        self.transport.close()
        self._abort_after_linger()

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # not so when the handshake was malformed
            self.scope["extensions"][_EXTENSION] = {"frames": self.outgoing}

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self._abort_after_linger()

    async def send(self, message: Any) -> None:
        if (
            message["type"] == "websocket.close"
            and self.handshake_complete
            and not self.outgoing.closed
        ):
            # uvicorn would wait until a client reads before it closes, and it may be closed for not reading.
            self.say_goodbye(message.get("code", 1000), message.get("reason") or "")
            return
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            # uvicorn takes a handshake that was refused with a document for one left open, and logs an error.
            self.handshake_complete = True

    def handle_cont(self, event: Any) -> None:
        if len(self.frames) < MAX_FRAGMENTS:
            super().handle_cont(event)
        elif not self.outgoing.closed:
            self.say_goodbye(POLICY_VIOLATION, "too many fragments")

    def handle_ping(self) -> None:
        self._count_control()
        if self.writable.is_set() and not self.outgoing.closed:
            super().handle_ping()
        else:
            # Whoever pings without reading would fill the buffer with answers; these are dropped.
            self.conn.data_to_send()

    def handle_pong(self, event: Any) -> None:
        self._count_control()
        super().handle_pong(event)

    def keepalive_timeout(self) -> None:
        if not self.outgoing.closed:
            # The application hears it now; uvicorn tells only when the connection is lost.
            self.queue.put_nowait({"type": "websocket.disconnect", "code": ABNORMAL})
        super().keepalive_timeout()
        self._abort_after_linger()

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
        self._abort_after_linger()

    def say_goodbye(self, code: int, reason: str) -> None:
        """Send the close frame, behind whatever waits in the buffer, and cut off a peer that never answers it."""
        self.said_goodbye = True
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if self.conn.state is State.OPEN:  # not so when the peer's own close was read just now
            self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:  # or its answer would never be read
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(ANSWER_S, self.transport.abort)

    def _abort_after_linger(self) -> None:
        if self._linger is None and self.transport.is_closing() and not self.disconnected:
            self._linger = self.loop.call_later(LINGER_S, self.transport.abort)

    def _count_control(self) -> None:
        now = self.loop.time()
        if now - self._controls_since >= 1.0:
            self._controls, self._controls_since = 0, now
        self._controls += 1
        if self._controls > MAX_CONTROLS_PER_SECOND and not self.outgoing.closed:
            self.say_goodbye(POLICY_VIOLATION, "too many pings")


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

    @property
    def closed_here(self) -> bool:
        """Whether it was this side that closed: the application, the end of the service, or a rule of it."""
        return self._protocol.said_goodbye

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
