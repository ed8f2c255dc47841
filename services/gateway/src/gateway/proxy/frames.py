"""Finds the frames in what a service sends, without taking them apart (RFC 6455, section 5.2).

A service's frames are unmasked, and so are the gateway's to a client: they pass as they came, many at once. Only
control frames, which are between two neighbours, are read.
"""

from typing import Protocol

CLOSE, PING, PONG = 0x8, 0x9, 0xA
_KNOWN_FIRST_BYTES = frozenset(
    # Continuation, text and binary with or without their end; control frames are never in pieces.
    {0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x80 | CLOSE, 0x80 | PING, 0x80 | PONG}
)


class BrokenFrames(Exception):
    """What came is no frame that a service may send."""


class Sink(Protocol):
    """Where frames go, in the order in which they came."""

    def on_frames(self, frames: bytes, messages: int, payload_bytes: int) -> None: ...

    def on_control(self, opcode: int, payload: bytes) -> None: ...


class FrameScanner:
    """Fed with bytes as they arrive, tells whole frames to `sink`; what is incomplete waits."""

    def __init__(self, sink: Sink, max_frame_bytes: int) -> None:
        self._sink = sink
        self._max_frame_bytes = max_frame_bytes
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._needed_bytes = 0

    def feed(self, data: bytes) -> None:
        """Raises `BrokenFrames`."""
        if self._waiting:
            self._waiting.append(data)
            self._waiting_bytes += len(data)
            if self._waiting_bytes < self._needed_bytes:
                return
            data = b"".join(self._waiting)
            self._waiting.clear()
        rest = self._scan(data)
        if rest:
            self._waiting.append(rest)
            self._waiting_bytes = len(rest)

    def _scan(self, data: bytes) -> bytes:
        """Tell the whole frames at the beginning of `data`; what follows them."""
        size, begin, at, messages, payload_bytes = len(data), 0, 0, 0, 0
        while size - at >= 2:
            first, length = data[at], data[at + 1]
            body = at + 2
            if length > 125:
                if length > 127:
                    raise BrokenFrames("a service masks nothing")
                body += 2 if length == 126 else 8
                if size < body:
                    self._needed_bytes = body - at
                    break
                length = int.from_bytes(data[at + 2 : body])
            if first not in _KNOWN_FIRST_BYTES:
                raise BrokenFrames(f"no frame begins with {first:#x}")
            if length > self._max_frame_bytes:
                raise BrokenFrames("the frame is too long")
            end = body + length
            if size < end:
                self._needed_bytes = end - at
                break
            if first & 0x08:
                if length > 125:
                    raise BrokenFrames("the control frame is too long")
                if begin < at:
                    self._sink.on_frames(data[begin:at], messages, payload_bytes)
                    messages = payload_bytes = 0
                self._sink.on_control(first & 0x0F, data[body:end])
                begin = end
            else:
                messages += first >> 7
                payload_bytes += length
            at = end
        else:
            self._needed_bytes = 2
        if begin < at:
            # The usual case, all of it, copies nothing.
            whole = data if begin == 0 and at == size else data[begin:at]
            self._sink.on_frames(whole, messages, payload_bytes)
        return data[at:]
