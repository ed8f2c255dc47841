"""The handshake with a service, however its bytes are cut."""

import asyncio
import base64
import hashlib
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidHandshake
from websockets.frames import Frame, Opcode

from gateway.proxy.stream_upstream import Farewell, Refused, StreamUpstream

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
EARLY = [Frame(Opcode.TEXT, b"welcome"), Frame(Opcode.BINARY, b"\r\n\r\n" * 3)]


class Wire(asyncio.Transport):
    """Where an upstream writes, and nothing is read by itself."""

    def __init__(self) -> None:
        super().__init__({"socket": socket.socket()})
        self.written = b""
        self.aborted = False

    def write(self, data: "bytes | bytearray | memoryview[Any]") -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Heard:
    def __init__(self) -> None:
        self.frames = b""

    def on_frames(self, frames: bytes, messages: int, payload_bytes: int) -> None:
        self.frames += frames

    def on_end(self, farewell: Farewell) -> None: ...


def shaking_hands() -> tuple[StreamUpstream, Wire, str]:
    """An upstream that has asked, its wire, and the answer that it must get."""
    upstream, wire = StreamUpstream("ws://service/v1/stream/market", {}), Wire()
    upstream.connection_made(wire)
    lines = dict(line.split(": ", 1) for line in wire.written.decode().split("\r\n")[1:-2])
    digest = hashlib.sha1((lines["Sec-WebSocket-Key"] + GUID).encode()).digest()
    return upstream, wire, base64.b64encode(digest).decode()


def feed(upstream: StreamUpstream, answer: bytes, cuts: list[int]) -> bytes:
    """What is left when the handshake is over, after which an upstream reads nothing for a while."""
    for begin, end in zip([0, *cuts], [*cuts, len(answer)], strict=True):
        if upstream.opened.done():
            return answer[begin:]
        if begin < end:
            upstream.data_received(answer[begin:end])
    return b""


places = st.lists(st.integers(0, 150), max_size=6).map(sorted)


@given(places)
def test_a_service_that_says_yes_is_understood(cuts: list[int]) -> None:
    async def scenario() -> None:
        upstream, _, accept = shaking_hands()
        frames = b"".join(frame.serialize(mask=False) for frame in EARLY)
        head = (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n"
        ).encode()
        left = feed(upstream, head + frames, cuts)
        assert upstream.opened.done()
        upstream.opened.result()
        heard = Heard()
        upstream.start(heard)
        upstream.data_received(left)
        assert heard.frames == frames
        upstream.close(1000, "")

    asyncio.run(scenario())


@given(places, st.booleans())
def test_a_service_that_says_no_is_understood(cuts: list[int], has_length: bool) -> None:
    async def scenario() -> None:
        upstream, wire, _ = shaking_hands()
        length = "Content-Length: 17\r\n" if has_length else ""
        answer = f'HTTP/1.1 404 Not Found\r\n{length}\r\n{{"detail":"no 1"}}'.encode()
        feed(upstream, answer, [cut for cut in cuts if cut < len(answer)])
        if not has_length:
            assert not upstream.opened.done()
            upstream.eof_received()
        refused = upstream.opened.exception()
        assert isinstance(refused, Refused)
        assert (refused.status, refused.body) == (404, b'{"detail":"no 1"}')
        assert wire.aborted

    asyncio.run(scenario())


@pytest.mark.parametrize("answer", [b"HTTP/1.1 101 Yes\r\n\r\n", b"SSH-2.0-x\r\n\r\n"])
async def test_an_answer_that_makes_no_sense_is_no_handshake(answer: bytes) -> None:
    upstream, wire, _ = shaking_hands()
    upstream.data_received(answer)
    assert isinstance(upstream.opened.exception(), InvalidHandshake)
    assert wire.aborted


async def test_an_answer_that_breaks_off_is_an_error_of_the_connection() -> None:
    upstream, _, _ = shaking_hands()
    upstream.data_received(b"HTTP/1.1 101 Switch")
    upstream.eof_received()
    upstream.connection_lost(None)
    assert isinstance(upstream.opened.exception(), ConnectionResetError)


async def test_a_head_without_end_is_cut_off() -> None:
    upstream, wire, _ = shaking_hands()
    for _ in range(66):
        upstream.data_received(b"x" * 1_000)
    assert wire.aborted
