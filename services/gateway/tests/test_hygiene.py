"""Paths, headers and bodies that two servers could read differently never reach an upstream."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from gateway_scene import FakeUpstream, Gateway, OpenGateway, Until
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import MalformedRequest, NotFound, Problem
from gateway.matching import RouteIndex, check_path
from gateway.proxy.bodies import WAIT_FOR_BYTES
from gateway.proxy.client_address import client_address
from gateway.proxy.headers import HOP_BY_HOP, RequestHeaders, answer_headers
from gateway.routes import SMALL_BODY_BYTES, TABLE

TRICKS = [
    "/v2/orders/..",
    "/v2/orders/../account",
    "/v2/./orders",
    "/v2/orders/%2e%2e",
    "/v2/orders/%2E%2e/account",
    "/v2/orders/.%2e",
    "/v2//orders",
    "//v2/orders",
    "/v2/orders/a%2Fb",
    "/v2/orders/a%5cb",
    "/v2/orders/%00",
    "/v2/orders/%0d%0aX:1",
    "/v2/orders/%",
    "/v2/orders/%zz",
    "/v2/orders/%252e%252e",
    "/v2/orders/a\\b",
    "/v2/stocks/../../v1/events",
    "/v2/stocks/%2e%2e/events",
]


@pytest.mark.parametrize("path", TRICKS)
def test_path_tricks_are_refused(path: str) -> None:
    with pytest.raises((MalformedRequest, NotFound)):
        RouteIndex(TABLE).find("GET", path.encode(), b"")


async def test_path_tricks_are_refused_at_the_door(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    token = trader["Authorization"].encode()
    for path in TRICKS:
        answer = await gateway.raw(
            b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Authorization: " + token + b"\r\n\r\n"
        )
        assert answer.split(b" ")[1] in (b"400", b"404"), path
    assert trading.received == []


@given(st.binary(max_size=40))
def test_whatever_passes_holds_one_meaning(tail: bytes) -> None:
    try:
        route = RouteIndex(TABLE).find("GET", b"/v2/stocks/" + tail, b"")
    except Problem:
        return
    assert route.path == "/v2/stocks/*"
    from urllib.parse import unquote_to_bytes

    for segment in tail.split(b"/"):
        decoded = unquote_to_bytes(segment)
        assert decoded not in (b"", b".", b"..")
        assert not set(decoded) & set(b"/\\%\x00\r\n")
        # Reading it a second time, as a careless server would, changes nothing.
        assert unquote_to_bytes(decoded) == decoded


@given(st.binary(max_size=30))
def test_only_queries_of_plain_characters_pass(query: bytes) -> None:
    try:
        RouteIndex(TABLE).find("GET", b"/v2/orders", query)
    except MalformedRequest:
        assert any(byte <= 0x20 or byte >= 0x7F or byte == 0x23 for byte in query)
    else:
        assert all(0x20 < byte < 0x7F and byte != 0x23 for byte in query)


@given(st.text("abc./%25e0", max_size=30))
def test_no_path_breaks_the_check(path: str) -> None:
    with contextlib.suppress(MalformedRequest, NotFound):
        check_path(("/" + path).encode())


names = st.sampled_from(
    [b"x-a", b"x-b", b"keep-alive", b"te", b"cookie", b"content-type", b"x-forwarded-proto"]
)


@given(
    pairs=st.lists(st.tuples(names, st.sampled_from([b"1", b"", b"a, b"])), max_size=8),
    connection=st.lists(st.sampled_from([b"close", b"X-A", b"x-b", b"Keep-Alive"]), max_size=3),
)
def test_hop_by_hop_headers_and_those_that_connection_names_end_here(
    pairs: list[tuple[bytes, bytes]], connection: list[bytes]
) -> None:
    raw = [*pairs, *((b"connection", token) for token in connection)]
    passed = RequestHeaders(raw).passed
    named = {token.lower() for token in connection}
    ended = HOP_BY_HOP | named | {b"cookie", b"x-forwarded-proto"}
    assert passed == [pair for pair in pairs if pair[0] not in ended]
    back = answer_headers(raw)
    assert back == [pair for pair in pairs if pair[0] not in HOP_BY_HOP | named]


@pytest.mark.parametrize(
    "raw",
    [
        [(b"content-length", b"3"), (b"transfer-encoding", b"chunked")],
        [(b"content-length", b"3"), (b"content-length", b"3")],
        [(b"content-length", b"+3")],
        [(b"content-length", b"3, 3")],
        [(b"content-length", "\u0663".encode())],
        [(b"transfer-encoding", b"gzip, chunked")],
        [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity")],
        [(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")],
        [(b"x-text", b"\xff\xfe")],
        [(b"x-text", b"a\x01b")],
    ],
)
def test_headers_of_two_meanings_are_refused(raw: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(MalformedRequest):
        RequestHeaders(raw)


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 2\r\nContent-Length: 3\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
async def test_smuggling_is_refused_at_the_door(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], framing: bytes
) -> None:
    token = trader["Authorization"].encode()
    answer = await gateway.raw(
        b"POST /v2/orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
        + token
        + b"\r\n"
        + framing
        + b"\r\n0\r\n\r\nGET /v2/account HTTP/1.1\r\nHost: x\r\nAuthorization: "
        + token
        + b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 400")
    assert trading.received == []


async def test_a_body_that_is_too_long_is_413_before_it_is_read(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    token = trader["Authorization"].encode()
    answer = await gateway.raw(
        b"POST /v2/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nAuthorization: "
        + token
        + b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer
    assert trading.received == []


async def _pieces(size: int, pieces: int = 8) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield b"x" * (size // pieces)


async def test_a_body_of_unknown_length_is_cut_at_the_limit(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    body = _pieces(SMALL_BODY_BYTES * 2)
    answer = await gateway.client.post("/v2/orders", headers=trader, content=body)
    assert answer.status_code == 413
    assert trading.received == []


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_not_small_is_streamed_whole(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], announced: bool, until: Until
) -> None:
    half = b"x" * WAIT_FOR_BYTES
    headers = trader | ({"Content-Length": str(2 * len(half))} if announced else {})

    async def in_halves() -> AsyncIterator[bytes]:
        yield half
        # The upstream is called before the second half exists.
        await until(lambda: trading.connections == 1)
        yield half

    answer = await gateway.client.post("/v2/orders", headers=headers, content=in_halves())
    assert answer.status_code == 200
    (received,) = trading.received
    assert received.body == half * 2
    assert received.header("Content-Length") == (headers.get("Content-Length"))


async def test_a_streamed_body_is_cut_at_the_limit(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], until: Until
) -> None:
    async def more_than_allowed() -> AsyncIterator[bytes]:
        yield b"x" * WAIT_FOR_BYTES
        # By now it is on its way to the upstream, which must not take it for complete.
        await until(lambda: trading.connections == 1)
        yield b"x" * SMALL_BODY_BYTES

    answer = await gateway.client.post("/v2/orders", headers=trader, content=more_than_allowed())
    assert answer.status_code == 413
    assert trading.received == []


async def test_a_body_at_the_limit_passes(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    body = b"x" * SMALL_BODY_BYTES
    assert (
        await gateway.client.post("/v2/orders", headers=trader, content=body)
    ).status_code == 200
    assert trading.received[0].body == body


async def test_refused_requests_are_not_asked_for_their_body(
    gateway: Gateway, trading: FakeUpstream
) -> None:
    # `Expect: 100-continue` is answered with the refusal, not with `100 Continue`.
    answer = await gateway.raw(
        b"POST /v2/orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Length: 10\r\nExpect: 100-continue\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 401")


async def test_a_client_that_dawdles_is_408_and_holds_no_upstream(
    open_gateway: OpenGateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    from dataclasses import replace

    gateway = await open_gateway(app_table=tuple(replace(r, deadline_s=0.2) for r in TABLE))
    token = trader["Authorization"].encode()
    answer = await gateway.raw(
        b"POST /v2/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nAuthorization: "
        + token
        + b"\r\n\r\nhalf"
    )
    assert answer.startswith(b"HTTP/1.1 408")
    assert trading.connections == 0


async def test_a_client_that_leaves_amid_its_body_sends_nothing_upstream(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    token = trader["Authorization"].encode()
    writer.write(
        b"POST /v2/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nAuthorization: "
        + token
        + b"\r\n\r\nhalf"
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await gateway.client.get("/v2/account", headers=trader)).status_code == 200
    assert [each.method for each in trading.received] == ["GET"]


def test_only_trusted_proxies_are_believed() -> None:
    from ipaddress import ip_network

    ours = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert client_address("1.1.1.1", "9.9.9.9", ours) == "1.1.1.1"
    assert client_address("10.0.0.1", "9.9.9.9", ours) == "9.9.9.9"
    assert client_address("10.0.0.1", "6.6.6.6, 9.9.9.9", ours) == "9.9.9.9"
    assert client_address("10.0.0.1", "9.9.9.9, 10.0.0.2", ours) == "9.9.9.9"
    assert client_address("10.0.0.1", "9.9.9.9, nonsense", ours) == "10.0.0.1"
    assert client_address("10.0.0.1", None, ours) == "10.0.0.1"
    assert client_address("fd00::1", "2001:db8::1", ours) == "2001:db8::1"
    assert client_address("10.0.0.1", "9.9.9.9", ()) == "10.0.0.1"
