"""The client of the hot paths against servers that do what servers do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from event_log_scene import until

from chassis.http1 import (
    Broken,
    HttpClient,
    Malformed,
    NotConnected,
    NotSentInTime,
    TimedOut,
)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
GET = b"GET / HTTP/1.1\r\nhost: test\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each request's head with what `say` writes, and counts connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.heads: list[bytes] = []
        self.answers = [OK]
        self.writers: list[asyncio.StreamWriter] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                await self.gate.wait()
                answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, str]]:
    talk = Server()
    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()[:2]
    yield talk, f"http://{host}:{port}"
    listening.close()
    for writer in talk.writers:
        writer.close()


@pytest.fixture
async def client(server: tuple[Server, str]) -> AsyncIterator[HttpClient]:
    client = HttpClient(server[1], connections=2)
    yield client
    client.close()


async def test_a_connection_is_used_again(server: tuple[Server, str], client: HttpClient) -> None:
    for _ in range(3):
        answer = await client.send(GET, 5.0)
        assert (answer.status, answer.body) == (200, b"ok")
        assert answer.headers == [(b"content-length", b"2")]
    assert server[0].connections == 1


async def test_more_requests_than_connections_wait_their_turn(
    server: tuple[Server, str], client: HttpClient
) -> None:
    answers = await asyncio.gather(*(client.send(GET, 5.0) for _ in range(20)))
    assert [answer.body for answer in answers] == [b"ok"] * 20
    assert server[0].connections == 2


async def test_who_waits_too_long_for_a_connection_sent_nothing(
    server: tuple[Server, str], client: HttpClient
) -> None:
    server[0].gate.clear()
    under_way = [asyncio.create_task(client.send(GET, 5.0)) for _ in range(2)]
    await until(lambda: len(server[0].heads) == 2)
    with pytest.raises(NotSentInTime) as late:
        await client.send(GET, 0.01)
    assert late.value.sent is False
    server[0].gate.set()
    assert [(await each).status for each in under_way] == [200, 200]
    assert len(server[0].heads) == 2


async def test_an_answer_that_does_not_come_ends_the_connection(
    server: tuple[Server, str], client: HttpClient
) -> None:
    server[0].gate.clear()
    with pytest.raises(TimedOut) as silent:
        await client.send(GET, 0.05)
    assert silent.value.sent is True
    server[0].gate.set()
    assert (await client.send(GET, 5.0)).status == 200
    assert server[0].connections == 2


async def test_a_caller_that_gives_up_leaves_its_connection_to_nobody(
    server: tuple[Server, str], client: HttpClient
) -> None:
    server[0].gate.clear()
    given_up = asyncio.create_task(client.send(GET, 5.0))
    await until(lambda: server[0].heads)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    server[0].answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"]
    server[0].gate.set()
    assert (await client.send(GET, 5.0)).body == b"other"
    assert server[0].connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"EHLO\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    ],
)
async def test_what_is_no_answer_is_malformed(
    server: tuple[Server, str], client: HttpClient, answer: bytes
) -> None:
    server[0].answers = [answer]
    with pytest.raises(Malformed):
        await client.send(GET, 5.0)


async def test_an_answer_that_nobody_asked_for_answers_nobody(
    server: tuple[Server, str], client: HttpClient
) -> None:
    server[0].answers = [OK + OK.replace(b"ok", b"no"), OK]
    assert (await client.send(GET, 5.0)).body == b"ok"
    assert (await client.send(GET, 5.0)).body == b"ok"
    assert server[0].connections == 2


async def test_an_answer_cut_short_is_broken(
    server: tuple[Server, str], client: HttpClient
) -> None:
    server[0].answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
    waiting = asyncio.create_task(client.send(GET, 5.0))
    await until(lambda: server[0].heads)
    server[0].writers[0].close()
    with pytest.raises(Broken):
        await waiting


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_long_answer_comes_in_parts_and_its_connection_back(
    server: tuple[Server, str], client: HttpClient, chunked: bool
) -> None:
    size = 1_000_000
    if chunked:
        part = b"%x\r\n%b\r\n" % (1000, b"x" * 1000)
        server[0].answers = [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + part * 1000 + b"0\r\n\r\n",
            OK,
        ]
    else:
        server[0].answers = [
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size,
            OK,
        ]
    answer = await client.send(GET, 5.0)
    assert answer.body is None
    assert sum([len(chunk) async for chunk in answer.chunks(lambda: 5.0)]) == size
    assert (await client.send(GET, 5.0)).body == b"ok"
    assert server[0].connections == 1


async def test_a_long_answer_that_is_not_wanted_ends_its_connection(
    server: tuple[Server, str], client: HttpClient
) -> None:
    server[0].answers = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1000,
        OK,
    ]
    (await client.send(GET, 5.0)).discard()
    assert (await client.send(GET, 5.0)).body == b"ok"
    assert server[0].connections == 2


async def test_a_server_that_is_not_there_was_sent_nothing(free_port: int) -> None:
    client = HttpClient(f"http://127.0.0.1:{free_port}", connections=1)
    for _ in range(2):  # the failed one holds no room
        with pytest.raises(NotConnected) as away:
            await client.send(GET, 5.0)
        assert away.value.sent is False
