"""The websocket server: limits, what a slow client costs, and a good-bye that nobody can hold up."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from chassis import websockets
from chassis.websockets import (
    MAX_FRAME_BYTES,
    SERVER_OPTIONS,
    Frames,
    binary_frame,
    frames_of,
    text_frame,
)

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
FAREWELL = b"\x88\x82\x00\x00\x00\x00\x03\xe8"
"""A client's close frame with code 1000; a mask of zeros leaves the payload as it is."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


Talk = Callable[[Frames, Receive], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def _talking(talk: Talk) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await talk(frames_of(scope), receive)

    return app


@asynccontextmanager
async def _serving(
    talk: Talk | None = None, app: App | None = None, **options: Any
) -> AsyncIterator[tuple[str, uvicorn.Server]]:
    served = app or _talking(talk or _listen_only)
    options = {"port": 0, "lifespan": "off", "log_config": None} | SERVER_OPTIONS | options
    config = uvicorn.Config(served, **options)
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"ws://127.0.0.1:{port}/?ticket=secret", server
    finally:
        server.should_exit = True
        await task


async def _until_gone(receive: Receive) -> int:
    while (message := await receive())["type"] != "websocket.disconnect":
        pass
    return int(message["code"])


async def _listen_only(_: Frames, receive: Receive) -> None:
    await _until_gone(receive)


async def _fill(frames: Frames) -> int:
    """Write until the client's socket is full; the bytes that it took."""
    frame, written = text_frame(b"x" * 16_000), 0
    while not frames.full:
        frames.write(frame)
        written += len(frame)
        await asyncio.sleep(0)
    return written


@asynccontextmanager
async def _deaf(url: str) -> AsyncIterator[socket.socket]:
    """A client whose handshake succeeded, and who reads nothing any more."""
    port = urlsplit(url).port
    assert port is not None
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", port))
        await loop.sock_sendall(client, HANDSHAKE)
        while await loop.sock_recv(client, 1) != b"\r" or (
            await loop.sock_recv(client, 3) != b"\n\r\n"
        ):
            pass
        yield client


async def _until_nobody_is_left(server: uvicorn.Server) -> None:
    async with asyncio.timeout(10):
        while server.server_state.connections:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)


async def test_encoded_frames_arrive_as_text_and_as_bytes() -> None:
    async def talk(frames: Frames, receive: Receive) -> None:
        for payload in (b"[]", "é".encode() * 200, b"x" * 70_000):
            frames.write(text_frame(payload))
        frames.write(binary_frame(b"\x00"))
        await _until_gone(receive)

    async with _serving(talk) as (url, _), connect(url, max_size=None) as client:
        assert await client.recv() == "[]"
        assert await client.recv() == "é" * 200
        assert await client.recv() == "x" * 70_000
        assert await client.recv() == b"\x00"


async def test_nothing_is_compressed_even_when_the_client_offers_it() -> None:
    async def talk(frames: Frames, receive: Receive) -> None:
        await _until_gone(receive)

    async with _serving(talk) as (url, _), connect(url, compression="deflate") as client:
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers


async def test_a_frame_that_is_too_long_closes_the_connection() -> None:
    codes: list[int] = []

    async def talk(frames: Frames, receive: Receive) -> None:
        codes.append(await _until_gone(receive))

    async with _serving(talk) as (url, _), connect(url) as client:
        await client.send("x" * (MAX_FRAME_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
    assert codes == [1009]


async def test_a_full_socket_says_so_and_says_when_it_has_room_again() -> None:
    room = asyncio.Event()
    written = asyncio.Event()

    async def talk(frames: Frames, receive: Receive) -> None:
        frames.on_writable = room.set
        frame = text_frame(b"x" * 60_000)
        while not frames.full:
            frames.write(frame)
            await asyncio.sleep(0)
        written.set()
        await _until_gone(receive)

    async with _serving(talk) as (url, _), connect(url, max_queue=1) as client:
        await asyncio.wait_for(written.wait(), 20)
        assert not room.is_set()
        while not room.is_set():
            await client.recv()
        client.transport.abort()  # what else lies in the sockets need not be read


async def test_the_end_of_the_service_is_told_and_waits_for_no_reader(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    codes: list[int] = []
    stuck = asyncio.Event()

    async def talk(frames: Frames, receive: Receive) -> None:
        if not codes and not stuck.is_set():
            while not frames.full:
                frames.write(text_frame(b"x" * 60_000))
                await asyncio.sleep(0)
            stuck.set()
        codes.append(await _until_gone(receive))
        assert frames.closed
        frames.write(text_frame(b"too late"))

    async with _serving(talk) as (url, server):
        deaf = await connect(url, max_queue=1)
        await asyncio.wait_for(stuck.wait(), 20)
        async with connect(url) as listening:
            server.should_exit = True
            with pytest.raises(ConnectionClosed) as closed:
                await listening.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001
        async with asyncio.timeout(8):  # uvicorn would wait for the deaf one for ever
            while server.server_state.connections:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        deaf.transport.abort()
    assert codes == [1001, 1001]
    told = [record for record in caplog.records if record.name != "websockets.client"]
    assert not [record for record in told if "ticket" in record.getMessage()]


async def test_a_client_that_does_not_read_is_noticed_before_the_kernel_took_much() -> None:
    taken: list[int] = []

    async def talk(frames: Frames, receive: Receive) -> None:
        taken.append(await _fill(frames))
        await _until_gone(receive)

    async with _serving(talk) as (url, server), _deaf(url) as client:
        async with asyncio.timeout(10):
            while not taken:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        # Some 64 KiB here, 64 KiB in the kernel, and what the client has room for. Without a bound it is megabytes.
        assert taken[0] < 400_000
        client.close()
        await _until_nobody_is_left(server)


async def _leave(_: Frames, send: Send) -> None:
    """The application is done, and says nothing."""


async def _close(_: Frames, send: Send) -> None:
    await send({"type": "websocket.close", "code": 1008, "reason": "slow client"})


async def _write_and_close(frames: Frames, send: Send) -> None:
    frames.write(text_frame(b"slow client"))
    frames.close(1008, "slow client")


@pytest.mark.parametrize("end", [_leave, _close, _write_and_close])
async def test_a_connection_that_the_service_ends_is_gone_although_nobody_reads(
    monkeypatch: pytest.MonkeyPatch, end: Callable[[Frames, Send], Awaitable[None]]
) -> None:
    monkeypatch.setattr(websockets, "LINGER_S", 0.1)
    monkeypatch.setattr(websockets, "ANSWER_S", 0.1)
    ended = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        frames = frames_of(scope)
        await _fill(frames)
        async with asyncio.timeout(5):
            await end(frames, send)  # it may wait for nobody who does not read
        ended.set()

    async with _serving(app=app) as (url, server), _deaf(url):
        await asyncio.wait_for(ended.wait(), 10)
        await _until_nobody_is_left(server)


@pytest.mark.parametrize("way", ["no pong", "close frame", "broken frame", "end of file"])
async def test_a_connection_that_the_client_ends_is_gone_although_it_does_not_read(
    monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(websockets, "LINGER_S", 0.1)
    full, codes = asyncio.Event(), list[int]()

    async def talk(frames: Frames, receive: Receive) -> None:
        await _fill(frames)
        full.set()
        codes.append(await _until_gone(receive))

    pings = {"ws_ping_interval": 0.1, "ws_ping_timeout": 0.1} if way == "no pong" else {}
    async with _serving(talk, **pings) as (url, server), _deaf(url) as client:
        await asyncio.wait_for(full.wait(), 10)
        match way:
            case "close frame":
                client.send(FAREWELL)
            case "broken frame":
                client.send(b"\xff\xff")
            case "end of file":
                client.shutdown(socket.SHUT_WR)
        await _until_nobody_is_left(server)
    assert len(codes) == 1


async def test_the_application_hears_at_once_that_nobody_answers_pings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes = asyncio.Queue[int]()

    async def talk(frames: Frames, receive: Receive) -> None:
        await _fill(frames)
        codes.put_nowait(await _until_gone(receive))

    monkeypatch.setattr(websockets, "LINGER_S", 60.0)
    async with _serving(talk, ws_ping_interval=0.1, ws_ping_timeout=0.1) as (url, server):
        async with _deaf(url):
            assert await asyncio.wait_for(codes.get(), 10) == 1006
            assert server.server_state.connections
        for connection in list(server.server_state.connections):
            connection.transport.abort()


async def test_what_the_application_closed_is_closed_here_and_what_the_client_closed_is_not() -> (
    None
):
    closed_here = asyncio.Queue[bool]()

    async def talk(frames: Frames, receive: Receive) -> None:
        if (await receive())["text"] == "close":
            frames.close(1008, "as you wish")
        await _until_gone(receive)
        closed_here.put_nowait(frames.closed_here)

    async with _serving(talk) as (url, _):
        for word in ("close", "stay"):
            async with connect(url) as client:
                await client.send(word)
                if word == "close":
                    await client.wait_closed()
            assert await closed_here.get() == (word == "close")


@pytest.mark.parametrize(
    ("flood", "reason"),
    [
        (b"\x01\x80\x00\x00\x00\x00" + b"\x00\x80\x00\x00\x00\x00" * 300, "too many fragments"),
        (b"\x89\x80\x00\x00\x00\x00" * 300, "too many pings"),
        (b"\x8a\x80\x00\x00\x00\x00" * 300, "too many pings"),
        # The close is read together with the flood: nothing is left to be closed.
        (b"\x89\x80\x00\x00\x00\x00" * 300 + FAREWELL, None),
    ],
)
async def test_frames_that_are_no_messages_are_bounded_too(
    flood: bytes, reason: str | None
) -> None:
    async with _serving() as (url, server), connect(url, ping_interval=None) as client:
        client.transport.write(flood)
        await asyncio.wait_for(client.wait_closed(), 10)
        await _until_nobody_is_left(server)
    if reason is not None:
        assert (client.close_code, client.close_reason) == (1008, reason)


async def test_a_message_in_pieces_arrives_whole() -> None:
    heard = asyncio.Queue[str]()

    async def talk(_: Frames, receive: Receive) -> None:
        heard.put_nowait((await receive())["text"])
        await _until_gone(receive)

    async with _serving(talk) as (url, _), connect(url) as client:
        await client.send(["ab"] * 200)
        assert await asyncio.wait_for(heard.get(), 10) == "ab" * 200
