"""The benchmark asks for what it says it does, and counts every answer where it belongs."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest
import uvloop
from aiohttp import web

from bench import measure
from bench.connection import Connection, Lost, Request
from bench.cpu import cpu_seconds_by_process, microseconds_per
from bench.measure import Desk, closed_loop, fixed_rate
from bench.workload import Client, Kind

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def client(seed: int = 1) -> Client:
    return Client("run-0", ("AAA", "BBB"), random.Random(seed))


def drawn(of: Client, requests: int) -> Counter[Kind]:
    """Draw requests of a client whose orders all rest."""
    kinds: Counter[Kind] = Counter()
    for number in range(requests):
        kind, _ = of.next_request()
        kinds[kind] += 1
        if kind is Kind.LIMIT:
            of.placed(str(number), "new")
    return kinds


def test_the_mix_is_as_stated() -> None:
    kinds = drawn(client(), 20_000)
    shares = {kind: round(count / 20_000, 2) for kind, count in kinds.items()}
    assert shares == {Kind.LIMIT: 0.6, Kind.MARKET: 0.1, Kind.CANCEL: 0.2, Kind.READ: 0.1}


def test_a_seed_gives_the_same_requests_again() -> None:
    first, again, other = client(3), client(3), client(4)
    requests = [first.next_request() for _ in range(200)]
    assert requests == [again.next_request() for _ in range(200)]
    assert requests != [other.next_request() for _ in range(200)]


def test_only_orders_that_may_be_open_are_cancelled_and_each_once() -> None:
    mine = client()
    mine.placed("filled", "filled")
    mine.placed("open", "new")
    cancelled = [
        request.path for kind, request in (mine.next_request() for _ in range(200))
        if kind is Kind.CANCEL
    ]  # fmt: skip
    assert cancelled == ["/v2/orders/open"]


def test_prices_and_ids_are_exact_text() -> None:
    request = client().resting(1, "buy")
    body = json.loads(request.body)
    assert body["limit_price"] == "9999.9"
    assert body["client_order_id"] == "run-0-1"


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def accept(request: web.Request) -> web.StreamResponse:
    return web.json_response({"id": "1", "status": "new"})


async def token() -> str:
    return "secret"


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_connection_is_kept_and_its_answers_read_whole(
    run: Callable[[Coroutine[None, None, None]], None],
) -> None:
    run(kept_and_read_whole())


async def kept_and_read_whole() -> None:
    peers: set[object] = set()

    async def echo(request: web.Request) -> web.StreamResponse:
        peers.add(request.transport)
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        for part in (request.headers["Authorization"].encode(), b"|", await request.read()):
            await response.write(part)
        await response.write_eof()
        return response

    async with serving(echo) as url:
        connection = Connection(url)
        for body in (b'{"a": 1}', b"", b"x" * 300_000):
            response = await connection.send(Request("POST", "/x", body), "secret")
            assert (response.status, response.body) == (200, b"Bearer secret|" + body)
        connection.close()
    assert len(peers) == 1


async def test_a_broken_connection_is_lost_and_the_next_request_opens_another() -> None:
    first = True

    async def break_once(request: web.Request) -> web.StreamResponse:
        nonlocal first
        if first:
            first = False
            assert request.transport is not None
            request.transport.abort()
        return web.Response(text="fine", headers={"Connection": "close"})

    async with serving(break_once) as url:
        connection = Connection(url)
        with pytest.raises(Lost):
            await connection.send(Request("GET", "/x"), "t")
        for _ in range(2):
            assert (await connection.send(Request("GET", "/x"), "t")).body == b"fine"


async def test_a_closed_loop_sends_exactly_what_was_asked_and_counts_kinds_apart() -> None:
    async with serving(accept) as url:
        desks = [
            Desk(Client(f"r-{n}", ("AAA",), random.Random(n)), Connection(url), token)
            for n in range(8)
        ]
        sample = await closed_loop(desks, 400)
    figures = sample.figures()
    assert sample.requests == 400
    orders = sum(len(sample.latencies[kind]) for kind in (Kind.LIMIT, Kind.MARKET))
    assert figures["orders_per_s"] == round(orders / sample.seconds, 1)
    assert figures["orders_per_s"] < figures["requests_per_s"]


async def test_refusals_are_listed_and_count_in_no_rate() -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        return web.json_response({}, status=503)

    async with serving(refuse) as url:
        desk = Desk(client(), Connection(url), token)
        figures = (await closed_loop([desk], 20)).figures()
    assert (figures["requests"], figures["requests_per_s"], figures["p99_ms"]) == (20, 0.0, 0.0)
    assert figures["by_kind"]["limit"]["answers_by_status"].keys() == {"503"}


async def test_latency_at_a_fixed_rate_includes_the_wait_for_a_free_client() -> None:
    release = asyncio.Event()

    async def hold(request: web.Request) -> web.StreamResponse:
        """Answer nothing until all requests have arrived."""
        asyncio.get_running_loop().call_later(0.25, release.set)
        await release.wait()
        return await accept(request)

    async with serving(hold) as url:
        desk = Desk(client(), Connection(url), token)
        sample = await fixed_rate([desk], per_second=200, seconds=0.2, seed=1)
    assert sample.requests > 20
    waits = [value for values in sample.latencies.values() for value in values]
    assert max(waits) > 0.2
    assert len([wait for wait in waits if wait > 0.05]) > 20


async def test_a_platform_that_falls_behind_does_not_make_the_measurement_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measure, "DRAIN_S", 0.0)
    arrived = asyncio.Event()

    async def hold(request: web.Request) -> web.StreamResponse:
        """Answer the first request when it is over."""
        asyncio.get_running_loop().call_later(0.3, arrived.set)
        await arrived.wait()
        return await accept(request)

    async with serving(hold) as url:
        desk = Desk(client(), Connection(url), token)
        sample = await fixed_rate([desk], per_second=200, seconds=0.2, seed=1)
    assert sample.requests == 1
    assert sample.unsent > 20
    assert sample.figures()["unsent"] == sample.unsent


def test_processor_time_covers_children_alive_and_ended() -> None:
    burn = "import time\nwhile time.process_time() < 0.15: pass\n"
    script = (
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', {burn!r}])\n"
        f"child = subprocess.Popen([sys.executable, '-c', {burn!r} + 'print(1, flush=True)\\n"
        "input()'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print('ready', flush=True)\n"
        "input()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        used = cpu_seconds_by_process({"tree": [parent.pid], "gone": [], "me": [os.getpid()]})
    finally:
        parent.kill()
        parent.communicate()
    assert used["tree"] >= 0.25
    assert used["gone"] == 0.0
    assert used["me"] > 0.0


def test_processor_time_is_given_per_request() -> None:
    assert microseconds_per({"a": 1.0}, {"a": 1.5, "b": 0.1}, 1_000) == {"a": 500.0, "b": 100.0}
