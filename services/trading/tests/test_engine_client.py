"""What the engine's answers mean for the commands of a call: taken, certainly not taken, or unknown."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import cast

import httpx
import pytest

from chassis.clock import SystemClock
from chassis.event_log.source import EventsDeleted, LogSource, LogUnavailable
from chassis.http1 import HttpClient
from chassis.identity.service_tokens import ServiceTokenSigner
from trading.engine.client import Answer, EngineClient, Malformed, Refused, Result, Unknown
from trading.engine.journal_clock import JournalClock
from trading.engine.sender import CommandSender
from trading.failpoints import INERT

Says = Callable[[int, object], None]


class Signer:
    def token(self, _audience: str, _scope: str) -> str:
        return "token"


SIGNER = cast(ServiceTokenSigner, Signer())
RESULT = {"command_id": "a", "outcome": "journalled", "last_sequence": 3}
TAKEN = {"log_id": "x", "last_sequence": 3, "journal_time_ns": 1, "results": [RESULT]}


@pytest.fixture
async def engine() -> AsyncIterator[tuple[str, Says]]:
    """An address, and what is answered there; status 0 hangs up."""
    said: list[tuple[int, bytes]] = [(200, b"{}")]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"content-length: " in head:
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        status, body = said[0]
        if status:
            writer.write(b"HTTP/1.1 %d X\r\nconnection: close\r\n" % status)
            writer.write(b"content-length: %d\r\n\r\n" % len(body))
            writer.write(body)
            await writer.drain()
        writer.close()

    def says(status: int, document: object) -> None:
        said[0] = (status, json.dumps(document).encode())

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", says
    server.close()


def client_of(url: str) -> EngineClient:
    return EngineClient(httpx.AsyncClient(), url, SIGNER, HttpClient(url, connections=1))


async def test_a_call_that_was_taken_is_answered_however_long_the_answer(
    engine: tuple[str, Says],
) -> None:
    url, says = engine
    says(200, TAKEN | {"results": [RESULT] * 5_000})
    assert len((await client_of(url).send([b"{}"])).results) == 5_000


@pytest.mark.parametrize(
    ("status", "kind", "means"),
    [
        (400, "malformed_request", Malformed),
        (401, "unauthorized", Refused),
        (503, "overloaded", Refused),
        (503, "journal_full", Refused),
        (503, "unavailable", Unknown),
        (500, "internal", Unknown),
        (200, "no answer of the engine", Unknown),
        (0, "", Unknown),
    ],
)
async def test_what_else_it_says(
    engine: tuple[str, Says], status: int, kind: str, means: type[Exception]
) -> None:
    url, says = engine
    says(status, {"type": kind})
    with pytest.raises(means) as raised:
        await client_of(url).send([b"{}"])
    assert type(raised.value) is means


async def test_an_engine_that_is_away_took_nothing(free_port: int) -> None:
    with pytest.raises(Refused):
        await client_of(f"http://127.0.0.1:{free_port}").send([b"{}"])


async def test_its_log_is_read_over_the_same_connections(engine: tuple[str, Says]) -> None:
    url, says = engine
    direct = HttpClient(url, connections=1)
    source = LogSource(httpx.AsyncClient(), url, SIGNER, audience="a", scope="b", direct=direct)
    event = {"sequence": 1, "time_ns": 1, "kind": "tick", "data": {"text": "x" * 100_000}}
    says(200, {"log_id": "x", "last_sequence": 1, "events": [event]})
    assert [each.sequence for each in (await source.read(0)).events] == [1]
    assert source.log_id == "x"
    says(410, {"first_sequence": 7})
    with pytest.raises(EventsDeleted, match="now begins with 7"):
        await source.read(0)
    for status in (401, 503, 0):
        says(status, {})
        with pytest.raises(LogUnavailable):
            await source.read(0)


class _Picky:
    """An engine that refuses every call with a malformed command in it."""

    def __init__(self) -> None:
        self.calls = 0

    async def send(self, payloads: list[bytes]) -> Answer:
        self.calls += 1
        if b"bad" in payloads:
            raise Malformed("no such order")
        taken = [Result(payload.decode(), "journalled", int(payload)) for payload in payloads]
        return Answer("x", 1, 1, taken)


async def test_a_malformed_command_is_found_by_halves_and_its_neighbours_are_taken() -> None:
    picky, clock = _Picky(), SystemClock()
    sender = CommandSender(cast(EngineClient, picky), JournalClock(clock), clock, INERT, 256)
    payloads = [str(n).encode() for n in range(1, 257)]
    payloads[77] = b"bad"
    sent = [sender.send(payload) for payload in payloads]
    running = asyncio.create_task(sender.run())
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    running.cancel()
    assert isinstance(outcomes.pop(77), Malformed)
    assert outcomes == [n for n in range(1, 257) if n != 78]
    assert picky.calls == 17  # the whole, and two halves eight times
    assert sender.open
