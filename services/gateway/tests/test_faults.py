"""What clients see when an upstream fails, and that nothing is ever sent twice that may have had an effect."""

import asyncio
import json
import time
from dataclasses import replace

import httpx
import pytest
from gateway_scene import AnswerWith, FakeUpstream, Gateway, OpenGateway, Received, Script, Until
from starlette.types import Message

from gateway.policies.outcome import problem_of
from gateway.proxy.headers import RequestHeaders
from gateway.request_context import Failure, RequestContext, UpstreamFailed
from gateway.routes import TABLE, Route


def short_deadlines(seconds: float = 0.3) -> tuple[Route, ...]:
    return tuple(replace(route, deadline_s=seconds) for route in TABLE)


async def silent(request: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hangs_up(request: Received, writer: asyncio.StreamWriter) -> bool:
    return False


async def hangs_up_in_the_middle(request: Received, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    return False


async def talks_nonsense(request: Received, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"EHLO\r\n\r\n")
    return False


BREAKING = [hangs_up, hangs_up_in_the_middle, talks_nonsense]


@pytest.mark.parametrize("script", BREAKING)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_write_that_broke_is_unknown_and_was_sent_once(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], script: Script, method: str
) -> None:
    trading.script = script
    answer = await gateway.client.request(method, "/v2/orders", headers=trader)
    assert answer.status_code == 503
    assert answer.json()["type"] == "outcome_unknown"
    assert len(trading.received) == 1


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_write_on_a_kept_connection_that_broke_is_not_sent_again(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], method: str
) -> None:
    # HTTP clients by themselves would send the DELETE again here.
    assert (await gateway.client.get("/v2/account", headers=trader)).status_code == 200
    trading.script = hangs_up
    answer = await gateway.client.request(method, "/v2/orders", headers=trader)
    assert answer.json()["type"] == "outcome_unknown"
    assert [each.method for each in trading.received] == ["GET", method]
    assert trading.connections == 1


@pytest.mark.parametrize("script", BREAKING)
async def test_a_read_that_broke_is_tried_again_and_then_502(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], script: Script
) -> None:
    trading.script = script
    answer = await gateway.client.get("/v2/account", headers=trader)
    assert answer.status_code == 502
    assert answer.json()["type"] == "bad_gateway"
    assert len(trading.received) == 3


async def test_a_read_succeeds_when_the_second_attempt_does(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], answer_with: AnswerWith
) -> None:
    async def first_fails(request: Received, writer: asyncio.StreamWriter) -> bool:
        trading.script = answer_with(200, b'"second"')
        return False

    trading.script = first_fails
    answer = await gateway.client.get("/v2/account", headers=trader)
    assert (answer.status_code, answer.content) == (200, b'"second"')
    assert len(trading.received) == 2


@pytest.mark.parametrize("status", [502, 503])
async def test_a_read_is_tried_again_on_502_and_503(
    gateway: Gateway,
    trading: FakeUpstream,
    trader: dict[str, str],
    answer_with: AnswerWith,
    status: int,
) -> None:
    trading.script = answer_with(status, b"{}")
    answer = await gateway.client.get("/v2/account", headers=trader)
    assert answer.status_code == status
    assert len(trading.received) == 3


@pytest.mark.parametrize("status", [400, 404, 422, 500, 501, 504])
async def test_a_read_is_not_tried_again_on_other_answers(
    gateway: Gateway,
    trading: FakeUpstream,
    trader: dict[str, str],
    answer_with: AnswerWith,
    status: int,
) -> None:
    trading.script = answer_with(status)
    assert (await gateway.client.get("/v2/account", headers=trader)).status_code == status
    assert len(trading.received) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_write_that_was_answered_is_never_sent_again(
    gateway: Gateway,
    trading: FakeUpstream,
    trader: dict[str, str],
    answer_with: AnswerWith,
    status: int,
) -> None:
    trading.script = answer_with(status)
    answer = await gateway.client.post("/v2/orders", headers=trader, content=b"{}")
    assert answer.status_code == status
    assert len(trading.received) == 1


async def test_a_write_is_never_504(
    open_gateway: OpenGateway,
    trading: FakeUpstream,
    trader: dict[str, str],
    answer_with: AnswerWith,
) -> None:
    gateway = await open_gateway(app_table=short_deadlines())
    trading.script = silent
    answer = await gateway.client.post(
        "/v2/orders", headers=trader, content=b'{"client_order_id": "mine", "qty": 1}'
    )
    assert answer.status_code == 503
    document = answer.json()
    assert document["type"] == "outcome_unknown"
    assert document["client_order_id"] == "mine"
    assert document["look_up"] == "/v2/orders:by_client_order_id"
    assert "retry-after" not in answer.headers
    assert len(trading.received) == 1

    trading.script = answer_with(504)
    answer = await gateway.client.post("/v2/orders", headers=trader, content=b"{}")
    assert (answer.status_code, answer.json()["type"]) == (503, "outcome_unknown")


@pytest.mark.parametrize("body", [b"{}", b'{"client_order_id": ""}', b"not json", b"\xff", b""])
async def test_an_unknown_order_without_an_id_is_found_by_the_request_id(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], body: bytes
) -> None:
    trading.script = hangs_up
    answer = await gateway.client.post("/v2/orders", headers=trader, content=body)
    assert answer.json()["client_order_id"] == answer.headers["x-request-id"]
    assert trading.received[0].header("X-Request-ID") == answer.headers["x-request-id"]


async def test_a_read_that_takes_too_long_is_504(
    open_gateway: OpenGateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    gateway = await open_gateway(app_table=short_deadlines())
    trading.script = silent
    answer = await gateway.client.get("/v2/account", headers=trader)
    assert answer.status_code == 504
    assert answer.json()["type"] == "upstream_timeout"
    assert int(trading.received[0].header("X-Deadline-Ms")) <= 300


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_upstream_that_is_not_there_is_503_and_nothing_was_done(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], method: str
) -> None:
    await trading.stop()
    answer = await gateway.client.request(method, "/v2/orders", headers=trader)
    assert answer.status_code == 503
    assert answer.json()["type"] == "unavailable"
    assert answer.headers["retry-after"] == "1"


async def test_a_write_waits_out_an_upstream_that_comes_back(
    open_gateway: OpenGateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    async def until_it_is_back(_seconds: float) -> None:
        await trading.start()

    gateway = await open_gateway(app_sleep=until_it_is_back)
    await trading.stop()
    answer = await gateway.client.post("/v2/orders", headers=trader, content=b'{"a":1}')
    assert answer.status_code == 200
    assert [each.body for each in trading.received] == [b'{"a":1}']


async def test_a_streamed_answer_that_breaks_ends_the_connection(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    async def breaks_late(request: Received, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        await writer.drain()
        return False

    trading.script = breaks_late
    with pytest.raises(httpx.RemoteProtocolError):
        await gateway.client.get("/v2/account", headers=trader)


async def test_a_long_answer_is_streamed_and_complete(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    go_on = asyncio.Event()
    block = b"x" * 100_000

    async def in_two_parts(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + block)
        await go_on.wait()
        writer.write(block)

    trading.script = in_two_parts
    async with gateway.client.stream("GET", "/v2/account", headers=trader) as answer:
        assert answer.headers["content-length"] == "200000"
        size = 0
        async for chunk in answer.aiter_raw():
            size += len(chunk)
            # The second half is sent only after some of the first arrived here.
            go_on.set()
    assert size == 200_000


async def test_a_client_that_leaves_does_not_cancel_a_write(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], until: Until
) -> None:
    finished = asyncio.Event()
    arrived = asyncio.Event()
    left = asyncio.Event()

    async def slow(request: Received, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await left.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        # Were the attempt cancelled, the gateway would have closed this connection.
        writer.write(b"")
        finished.set()

    trading.script = slow
    request = asyncio.create_task(gateway.client.post("/v2/orders", headers=trader, content=b"{}"))
    await arrived.wait()
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    await until(lambda: not gateway.server.server_state.connections)
    left.set()
    await asyncio.wait_for(finished.wait(), 5)
    trading.script = hangs_up
    # The connection was given back whole: the next request uses it.
    await gateway.client.post("/v2/orders", headers=trader, content=b"{}")
    assert trading.connections == 1


async def test_requests_under_way_are_finished_at_shutdown(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], until: Until
) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: Received, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await go_on.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    trading.script = slow
    request = asyncio.create_task(gateway.client.post("/v2/orders", headers=trader, content=b"{}"))
    await arrived.wait()
    gateway.server.should_exit = True
    await until(lambda: not (gateway.server.servers and gateway.server.servers[0].is_serving()))
    go_on.set()
    assert (await request).status_code == 200


async def test_the_breaker_opens_per_class_and_closes_again(
    open_gateway: OpenGateway,
    trading: FakeUpstream,
    trader: dict[str, str],
    answer_with: AnswerWith,
) -> None:
    gateway = await open_gateway(breaker_min_requests=5, breaker_open_s=0.2)
    trading.script = answer_with(500)
    for _ in range(5):
        await gateway.client.post("/v2/orders", headers=trader, content=b"{}")
    sent = len(trading.received)
    answer = await gateway.client.post("/v2/orders", headers=trader, content=b"{}")
    assert (answer.status_code, answer.json()["type"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert len(trading.received) == sent
    metrics = (await gateway.client.get("/metrics")).text
    assert 'gateway_breaker_state{class="orders",upstream="trading"} 2.0' in metrics
    # Cancels and reads go their own way.
    trading.script = answer_with(200)
    assert (await gateway.client.delete("/v2/orders", headers=trader)).status_code == 200
    assert (await gateway.client.get("/v2/orders", headers=trader)).status_code == 200
    ends = time.monotonic() + 5
    while (
        await gateway.client.post("/v2/orders", headers=trader, content=b"{}")
    ).status_code != 200:
        assert time.monotonic() < ends


async def test_what_trading_says_of_the_engine_does_not_open_the_breaker(
    open_gateway: OpenGateway,
    trading: FakeUpstream,
    trader: dict[str, str],
    answer_with: AnswerWith,
) -> None:
    gateway = await open_gateway(breaker_min_requests=5)
    problem = {"Content-Type": "application/problem+json", "Retry-After": "7"}
    trading.script = answer_with(503, json.dumps({"type": "outcome_unknown"}).encode(), problem)
    for _ in range(12):
        answer = await gateway.client.post("/v2/orders", headers=trader, content=b"{}")
        assert answer.json() == {"type": "outcome_unknown"}
        assert answer.headers["retry-after"] == "7"
    assert len(trading.received) == 12


async def test_retries_stay_within_their_budget(
    open_gateway: OpenGateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    async def at_once(_seconds: float) -> None:
        pass

    gateway = await open_gateway(app_sleep=at_once, breaker_min_requests=10_000)
    trading.script = hangs_up
    for _ in range(100):
        await gateway.client.get("/v2/account", headers=trader)
    # One attempt each, ten retries in reserve, and one for every five requests.
    assert 100 + 10 + 15 <= len(trading.received) <= 100 + 10 + 20


@pytest.mark.parametrize("failure", list(Failure))
def test_no_row_that_writes_is_told_504_or_502_for_what_was_sent(failure: Failure) -> None:
    """Either of them is sent again blindly; the way there is the same for all rows, and only reads are told so."""

    async def no_body() -> Message:
        raise AssertionError("nobody reads the body again")

    for route in TABLE:
        context = RequestContext(
            route, min(route.methods), b"/", b"", RequestHeaders([]), "::1", "id", no_body
        )
        status = problem_of(route, context, UpstreamFailed(failure, sent=True)).status
        assert status == 503 or route.is_safe, route
        assert status in (502, 504) or not route.is_safe, route
