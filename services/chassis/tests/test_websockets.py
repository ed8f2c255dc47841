"""The websocket server: limits, what a slow client costs, and a good-bye that nobody can hold up."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from chassis.websockets import (
    MAX_FRAME_BYTES,
    SERVER_OPTIONS,
    Frames,
    binary_frame,
    frames_of,
    text_frame,
)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _serving(
    talk: Callable[[Frames, Receive], Awaitable[None]],
) -> AsyncIterator[tuple[str, uvicorn.Server]]:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await talk(frames_of(scope), receive)

    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, **SERVER_OPTIONS)
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
