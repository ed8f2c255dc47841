"""Websockets through the gateway: what passes, how it ends, and what it does not let through."""

import asyncio
import socket
from http import HTTPStatus
from typing import Any

import gateway_scene
import pytest
from gateway_scene import FakeUpstream, Gateway, OpenGateway, Received, Until
from gateway_streams import StreamService, closed, stream
from prometheus_client import REGISTRY
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidStatus

from chassis import websockets
from chassis.clock import ManualClock
from gateway.proxy import stream_upstream
from gateway.proxy import websockets as passages
from gateway.proxy.websockets import FrameRate

MARKET = "/v1/stream/market"
HANDSHAKE = (
    b"GET /v1/stream/market HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def test_frames_pass_both_ways_as_they_are(
    streaming: Gateway, market_data: StreamService
) -> None:
    sent: list[str | bytes] = ['{"action":"ping","id":7}', "ünïcode", b"\x00\xff", "", b""]
    async with stream(streaming.port) as client:
        for frame in sent:
            await client.send(frame)
            assert await client.recv() == frame
    assert market_data.frames == sent


async def test_what_the_service_says_first_comes_first(
    streaming: Gateway, market_data: StreamService
) -> None:
    async def talkative(_: StreamService, connection: ServerConnection) -> None:
        for n in range(100):
            await connection.send(f"{n}")

    market_data.conversation = talkative
    async with stream(streaming.port) as client:
        assert [await client.recv() for _ in range(100)] == [f"{n}" for n in range(100)]


async def test_long_messages_and_messages_in_pieces_arrive_whole(
    streaming: Gateway, market_data: StreamService
) -> None:
    async def conversation(_: StreamService, connection: ServerConnection) -> None:
        await connection.send("x" * 3_000_000)
        await connection.send(["in ", "three ", "pieces"])
        await connection.ping()
        await connection.send("end")

    market_data.conversation = conversation
    async with stream(streaming.port, max_size=None) as client:
        assert await client.recv() == "x" * 3_000_000
        assert await client.recv() == "in three pieces"
        assert await client.recv() == "end"
        # A client may send in pieces, too; alpaca-py does.
        await client.send(["one ", "message"])
        await client.send(b"x" * 65_536)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((1000, "done"), (1000, "done")),
        ((1008, "slow client"), (1008, "slow client")),
        ((4001, "ünd"), (4001, "ünd")),
        # The service restarts; the gateway, which the client is connected to, does not.
        ((1001, "bye"), (1013, "the stream is restarted; try again later")),
        ((1012, ""), (1013, "the stream is restarted; try again later")),
    ],
)
async def test_how_the_service_closes_is_what_the_client_is_told(
    streaming: Gateway, market_data: StreamService, said: tuple[int, str], told: tuple[int, str]
) -> None:
    async def conversation(_: StreamService, connection: ServerConnection) -> None:
        await connection.send("last words")
        await connection.close(*said)

    market_data.conversation = conversation
    async with stream(streaming.port) as client:
        assert await client.recv() == "last words"
        assert await closed(client) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [((1000, ""), (1000, "")), ((1001, ""), (1001, "")), ((3001, "bye"), (3001, "bye"))],
)
async def test_how_the_client_closes_is_what_the_service_is_told(
    streaming: Gateway,
    market_data: StreamService,
    until: Until,
    said: tuple[int, str],
    told: tuple[int, str],
) -> None:
    async with stream(streaming.port) as client:
        await client.close(*said)
    await until(lambda: market_data.closes == [told])


async def test_a_client_that_vanishes_frees_its_upstream_and_its_place(
    open_gateway: OpenGateway,
    stream_upstreams: dict[str, str],
    market_data: StreamService,
    until: Until,
) -> None:
    gateway = await open_gateway(**stream_upstreams, streams_per_address=1)
    async with stream(gateway.port) as client:
        client.transport.abort()
        await until(lambda: market_data.closes == [(1001, "")])
    async with stream(gateway.port) as client:
        await client.send("still welcome")
        assert await client.recv() == "still welcome"


async def test_a_service_that_vanishes_is_1011(
    streaming: Gateway, market_data: StreamService
) -> None:
    async def conversation(_: StreamService, connection: ServerConnection) -> None:
        connection.transport.abort()

    market_data.conversation = conversation
    async with stream(streaming.port) as client:
        assert await closed(client) == (1011, "the stream broke")


async def test_what_is_no_frame_is_1011(
    open_gateway: OpenGateway, market_data: StreamService
) -> None:
    async def conversation(_: StreamService, connection: ServerConnection) -> None:
        connection.transport.write(b"HTTP/1.1 200 OK\r\n\r\n")

    market_data.conversation = conversation
    gateway = await open_gateway(market_data_url=market_data.url)
    async with stream(gateway.port) as client:
        assert await closed(client) == (1011, "the stream broke")


@pytest.mark.parametrize(
    ("status", "answered"),
    [(404, 404), (401, 401), (403, 403), (429, 429), (500, 503), (503, 503), (200, 503)],
)
async def test_a_stream_that_the_service_refuses_is_refused_with_a_problem(
    streaming: Gateway, market_data: StreamService, status: int, answered: int
) -> None:
    market_data.refuse_with = HTTPStatus(status)
    with pytest.raises(InvalidStatus) as refused:
        async with stream(streaming.port):
            pass
    response = refused.value.response
    assert response.status_code == answered
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["X-RateLimit-Remaining"]
    assert len(response.headers["X-Request-ID"]) == 36


async def test_a_service_that_is_away_is_503(
    streaming: Gateway, market_data: StreamService
) -> None:
    await market_data.stop()
    with pytest.raises(InvalidStatus) as refused:
        async with stream(streaming.port):
            pass
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == "1"


async def test_a_client_that_does_not_read_stops_the_service_and_gets_everything_later(
    streaming: Gateway, market_data: StreamService, until: Until
) -> None:
    total, size = 1_000, 16 * 1024
    sent = 0

    async def conversation(_: StreamService, connection: ServerConnection) -> None:
        nonlocal sent
        for n in range(total):
            await connection.send(n.to_bytes(4) + b"x" * (size - 4))
            sent += 1

    unchanged, last = 0, -1

    def stands_still() -> bool:
        # The service waits for the gateway, and has done so for many turns.
        nonlocal unchanged, last
        unchanged, last = (unchanged + 1 if sent == last else 0), sent
        return unchanged > 40 and sent > 0

    market_data.conversation = conversation
    async with stream(streaming.port, max_size=None, max_queue=1) as client:
        await until(stands_still)
        # What is bounded: two buffers of unsent bytes, what the gateway and the client have room for, one read.
        assert sent * size < 1_500_000
        for n in range(total):
            frame = await client.recv()
            assert isinstance(frame, bytes)
            assert int.from_bytes(frame[:4]) == n
    assert sent == total


async def test_a_service_that_does_not_read_stops_the_client(
    open_gateway: OpenGateway,
    stream_upstreams: dict[str, str],
    market_data: StreamService,
    until: Until,
) -> None:
    reading = asyncio.Event()

    async def conversation(service: StreamService, connection: ServerConnection) -> None:
        await reading.wait()
        async for frame in connection:
            service.frames.append(frame[:4])

    market_data.conversation = conversation
    gateway = await open_gateway(**stream_upstreams, stream_frames_per_second=10_000)
    total, sent = 600, 0

    async def write() -> None:
        nonlocal sent
        for n in range(total):
            await client.send(n.to_bytes(4) + b"x" * 60_000)
            sent += 1

    unchanged, last = 0, -1

    def stands_still() -> bool:
        nonlocal unchanged, last
        unchanged, last = (unchanged + 1 if sent == last else 0), sent
        return unchanged > 40 and sent > 0

    async with stream(gateway.port) as client:
        writing = asyncio.create_task(write())
        await until(stands_still)
        assert sent < total
        reading.set()
        await writing
        await until(lambda: len(market_data.frames) == total)
    assert market_data.frames == [n.to_bytes(4) for n in range(total)]


async def test_pings_of_a_client_that_does_not_read_pile_up_no_answers(
    streaming: Gateway, market_data: StreamService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websockets, "MAX_CONTROLS_PER_SECOND", 1_000_000)
    loop = asyncio.get_running_loop()
    with socket.create_connection(("127.0.0.1", streaming.port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        await loop.sock_sendall(client, HANDSHAKE)
        assert (await loop.sock_recv(client, 4096)).startswith(b"HTTP/1.1 101")
        (connection,) = open_websockets(streaming)
        # 12 MB of pings; a mask of zeros leaves the payload as it is.
        for _ in range(1_000):
            await loop.sock_sendall(client, (b"\x89\xfd" + bytes(4) + b"x" * 125) * 96)
            # Sending does not wait while the kernel takes it; the gateway shares this loop.
            await asyncio.sleep(0)
        # One read's worth may be answered at once.
        assert connection.transport.get_write_buffer_size() < 512 * 1024


async def test_too_many_frames_are_1008(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str], market_data: StreamService
) -> None:
    gateway = await open_gateway(
        **stream_upstreams, stream_frames_per_second=5, app_clock=ManualClock()
    )
    async with stream(gateway.port) as client:
        for _ in range(20):
            await client.send("{}")
        assert await closed(client) == (1008, "too many frames")
    assert market_data.frames == ["{}"] * 5


async def test_a_frame_of_a_client_that_is_too_long_is_1009(
    streaming: Gateway, market_data: StreamService
) -> None:
    async with stream(streaming.port) as client:
        await client.send("x" * 65_537)
        assert (await closed(client))[0] == 1009
    assert market_data.frames == []


async def floods(_: StreamService, connection: ServerConnection) -> None:
    """Writes as much as is taken."""
    while True:
        await connection.send(b"x" * 16_000)


@pytest.mark.parametrize("full", [False, True])
async def test_a_client_that_answers_no_ping_is_gone(
    open_gateway: OpenGateway,
    market_data: StreamService,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
    full: bool,
) -> None:
    monkeypatch.setattr(websockets, "LINGER_S", 0.1)
    monkeypatch.setitem(gateway_scene.SERVER_OPTIONS, "ws_ping_interval", 0.3)
    monkeypatch.setitem(gateway_scene.SERVER_OPTIONS, "ws_ping_timeout", 0.3)
    if full:
        market_data.conversation = floods
    gateway = await open_gateway(market_data_url=market_data.url)
    with socket.create_connection(("127.0.0.1", gateway.port)) as client:
        client.send(HANDSHAKE)
        await until(lambda: len(market_data.closes) == 1)
        assert market_data.closes == [(1001, "")]
        await until(lambda: not open_websockets(gateway))


def open_websockets(gateway: Gateway) -> list[websockets.WebSocketProtocol]:
    connections = gateway.server.server_state.connections
    return [each for each in connections if isinstance(each, websockets.WebSocketProtocol)]


async def test_a_client_that_has_no_room_for_long_is_told_and_closed(
    streaming: Gateway,
    market_data: StreamService,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passages, "SLOW_AFTER_S", 0.3)
    market_data.conversation = floods
    async with stream(streaming.port, max_queue=1) as client:
        await until(lambda: market_data.closes == [(1008, "slow client")])
        assert await closed(client) == (1008, "slow client")
    await until(lambda: not open_websockets(streaming))


async def test_a_client_that_makes_room_in_time_is_not(
    streaming: Gateway, market_data: StreamService, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passages, "SLOW_AFTER_S", 2.0)
    market_data.conversation = floods
    loop = asyncio.get_running_loop()
    async with stream(streaming.port, max_queue=1) as client:
        (connection,) = open_websockets(streaming)
        await until(lambda: not connection.writable.is_set())
        would_be_closed = loop.time() + 2.1
        monkeypatch.setattr(passages, "SLOW_AFTER_S", 60.0)
        while not connection.writable.is_set():
            await client.recv()
        await until(lambda: loop.time() > would_be_closed)
        assert not connection.close_sent
        client.transport.abort()


async def test_a_service_that_hangs_up_on_a_client_that_is_behind_does_so_for_its_sake(
    streaming: Gateway,
    market_data: StreamService,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passages, "BEHIND_AFTER_S", 0.1)
    market_data.conversation = floods
    async with stream(streaming.port, max_queue=1) as client:
        (connection,) = open_websockets(streaming)
        await until(lambda: not connection.writable.is_set())
        loop = asyncio.get_running_loop()
        full_for_some_time = loop.time() + 0.2
        await until(lambda: loop.time() > full_for_some_time)
        market_data.connections[0].transport.abort()
        assert await closed(client) == (1008, "slow client")


async def test_a_client_that_is_lost_ends_a_stream_that_waits_for_its_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passages, "LINGER_S", 0.05)
    sending = asyncio.Event()

    class Client:
        closed = closed_here = full = False

        def close(self, code: int, reason: str) -> None: ...

    class Service:
        told: tuple[int, str] | None = None

        def start(self, listener: object) -> None: ...

        async def send(self, payload: bytes, *, is_text: bool) -> None:
            sending.set()
            await asyncio.Event().wait()

        def close(self, code: int, reason: str) -> None:
            self.told = (code, reason)

    async def receive() -> dict[str, object]:
        return {"type": "websocket.receive", "text": "{}"}

    client, service = Client(), Service()
    rate = FrameRate(5, ManualClock())
    ends: tuple[Any, Any] = client, service  # of the two only what a passage uses of them
    passage = passages.Passage(receive, *ends, route=MARKET, rate=rate)
    running = asyncio.create_task(passage.run())
    await sending.wait()
    client.closed = True
    passage.on_frames(b"\x81\x00", 1, 0)
    async with asyncio.timeout(10):
        assert await running == ("client", 1001, "")
    assert service.told == (1001, "")


async def test_a_service_that_answers_no_ping_is_gone(
    open_gateway: OpenGateway,
    market_data: StreamService,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def stands_still(_: StreamService, connection: ServerConnection) -> None:
        connection.transport.pause_reading()

    monkeypatch.setattr(stream_upstream, "PING_AFTER_S", 0.1)
    market_data.conversation = stands_still
    gateway = await open_gateway(market_data_url=market_data.url)
    async with stream(gateway.port) as client:
        assert await closed(client) == (1011, "the stream broke")
    for connection in market_data.connections:
        connection.transport.abort()


async def test_a_service_that_answers_pings_is_not(
    open_gateway: OpenGateway,
    market_data: StreamService,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream_upstream, "PING_AFTER_S", 0.02)
    pings = 0

    async def conversation(service: StreamService, connection: ServerConnection) -> None:
        nonlocal pings
        answer = connection.protocol.recv_frame

        def counted(frame: Any) -> None:
            nonlocal pings
            pings += "PING" in str(frame)
            answer(frame)

        monkeypatch.setattr(connection.protocol, "recv_frame", counted)

    market_data.conversation = conversation
    gateway = await open_gateway(market_data_url=market_data.url)
    async with stream(gateway.port) as client:
        await until(lambda: pings >= 3)
        await client.close()


def closed_by(side: str, code: str) -> float:
    labels = {"route": MARKET, "by": side, "code": code}
    return REGISTRY.get_sample_value("gateway_streams_closed_total", labels) or 0.0


async def test_the_end_of_the_gateway_is_1001_and_requests_under_way_finish(
    open_gateway: OpenGateway,
    market_data: StreamService,
    trading: FakeUpstream,
    trader: dict[str, str],
    until: Until,
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Received, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await go_on.wait()
        writer.write(gateway_scene.http_answer())

    trading.script = slow
    before = closed_by("gateway", "1001")
    gateway = await open_gateway(market_data_url=market_data.url)
    async with stream(gateway.port) as client:
        request = asyncio.create_task(gateway.client.get("/v2/account", headers=trader))
        await asked.wait()
        gateway.server.should_exit = True
        assert await closed(client) == (1001, "the service is shutting down")
        await until(lambda: closed_by("gateway", "1001") == before + 1)
        await until(lambda: market_data.closes == [(1001, "the service is shutting down")])
        assert not request.done()
        go_on.set()
        assert (await request).status_code == 200


async def test_streams_are_counted(
    streaming: Gateway, market_data: StreamService, until: Until
) -> None:
    def value(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, {"route": MARKET} | labels) or 0.0

    def counts() -> list[float]:
        return [
            value("gateway_stream_frames_total", direction="in"),
            value("gateway_stream_frames_total", direction="out"),
            value("gateway_stream_bytes_total", direction="in"),
            value("gateway_stream_bytes_total", direction="out"),
            value("gateway_streams_closed_total", by="client", code="1000"),
        ]

    before = counts()
    async with stream(streaming.port) as client:
        await until(lambda: value("gateway_streams_open") == 1)
        for frame in ("12345", b"67"):
            await client.send(frame)
            await client.recv()
    await until(lambda: value("gateway_streams_open") == 0)
    assert [after - b for after, b in zip(counts(), before, strict=True)] == [2, 2, 7, 7, 1]
