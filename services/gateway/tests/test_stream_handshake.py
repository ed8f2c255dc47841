"""Who may open a stream: credentials, tickets, origins, limits; and what of a handshake goes on upstream."""

import asyncio
import json
import logging
from typing import Any

import pytest
from gateway_scene import FakeAuth, FakeUpstream, Gateway, OpenGateway, Until, says
from gateway_streams import StreamService, stream
from prometheus_client import REGISTRY
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response


async def refused(port: int, path: str = "/v1/stream/market", **options: Any) -> Response:
    """The answer to a handshake that must not succeed."""
    with pytest.raises(InvalidStatus) as info:
        async with stream(port, path, **options):
            pass
    return info.value.response


def problem(response: Response) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(response.body or b"")
    assert document["status"] == response.status_code
    assert document["request_id"] == response.headers["X-Request-ID"]
    return document


async def test_market_data_needs_nobody_and_says_what_the_address_has_left(
    streaming: Gateway, market_data: StreamService
) -> None:
    async with stream(streaming.port) as client:
        assert client.response is not None
        assert client.response.headers["X-RateLimit-Limit"] == "600"
        assert client.response.headers["X-RateLimit-Remaining"] == "599"
    assert "Authorization" not in market_data.handshakes[0].headers


async def test_a_token_goes_on_and_what_belongs_to_the_browser_does_not(
    streaming: Gateway, market_data: StreamService, trader: dict[str, str]
) -> None:
    request_id = "0b9fbe63-1f0c-4f5e-8d5b-8a1d0c7c3a11"
    sent = trader | {
        "Cookie": "refresh=secret",
        "X-Request-ID": request_id,
        "X-Forwarded-For": "1.2.3.4",
        "X-Internal-User": "admin",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
    }
    origin = f"http://127.0.0.1:{streaming.port}"
    async with stream(
        streaming.port, "/v1/stream/market?x=1", additional_headers=sent, origin=origin
    ) as client:
        assert client.response is not None
        assert client.response.headers["X-Request-ID"] == request_id
        assert client.response.headers["X-RateLimit-Limit"] == "200"
    handshake = market_data.handshakes[0]
    assert handshake.path == "/v1/stream/market?x=1"
    assert handshake.headers["Authorization"] == trader["Authorization"]
    assert handshake.headers["X-Request-ID"] == request_id
    assert handshake.headers["X-Forwarded-For"] == "127.0.0.1"
    assert handshake.headers["traceparent"] == sent["traceparent"]
    for name in ("Cookie", "Origin", "X-Internal-User", "Sec-WebSocket-Extensions"):
        assert name not in handshake.headers


@pytest.mark.parametrize("path", ["/v1/stream/market", "/v2/iex", "/stream"])
async def test_an_api_key_in_the_headers_becomes_a_token(
    streaming: Gateway,
    auth: FakeAuth,
    market_data: StreamService,
    trading_streams: StreamService,
    path: str,
) -> None:
    auth.api_keys["PK1", "secret"] = {}
    keys = {"APCA-API-KEY-ID": "PK1", "APCA-API-SECRET-KEY": "secret"}
    async with stream(streaming.port, path, additional_headers=keys):
        (handshake,) = market_data.handshakes + trading_streams.handshakes
        assert handshake.headers["Authorization"].startswith("Bearer ")
        assert not [name for name in handshake.headers if name.lower().startswith("apca")]


@pytest.mark.parametrize("path", ["/v1/stream/market", "/v2/iex", "/stream"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Negotiate x"},
        {"APCA-API-KEY-ID": "PK1", "APCA-API-SECRET-KEY": "wrong"},
        {"APCA-API-KEY-ID": "PK1"},
    ],
)
async def test_bad_credentials_are_401_where_none_would_do(
    streaming: Gateway, market_data: StreamService, path: str, headers: dict[str, str]
) -> None:
    answer = await refused(streaming.port, path, additional_headers=headers)
    assert problem(answer)["type"] == "unauthorized"
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert market_data.handshakes == []


async def test_a_token_without_the_scope_is_403(streaming: Gateway, auth: FakeAuth) -> None:
    headers = auth.headers(scope="trading:write")
    answer = await refused(streaming.port, "/stream", additional_headers=headers)
    assert answer.status_code == 403
    assert "trading:read" in problem(answer)["detail"]


async def test_a_ticket_works_once_and_is_seen_by_nobody(
    streaming: Gateway,
    auth: FakeAuth,
    market_data: StreamService,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    auth.tickets["tick-et"] = {"sub": "somebody"}
    path = "/v1/stream/market?a=1&ticket=tick%2Det&b=2"
    async with stream(streaming.port, path) as client:
        await client.send("hello")
        assert await client.recv() == "hello"
    handshake = market_data.handshakes[0]
    assert handshake.path == "/v1/stream/market?a=1&b=2"
    assert handshake.headers["Authorization"].startswith("Bearer ")
    answer = await refused(streaming.port, path)
    assert answer.status_code == 401
    assert problem(answer)["detail"] == "the ticket is not good, or no longer; get a new one"
    logged = "".join(record.getMessage() for record in caplog.records if "GET" in record.msg)
    logged = "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("websockets")
    )
    out, err = capfd.readouterr()
    for text in (logged, out, err):
        assert "tick" not in text.replace("tickets/exchange", "")
    (exchanged, _) = (r for r in auth.received if r.target.endswith("stream-tickets/exchange"))
    assert json.loads(exchanged.body) == {"ticket": "tick-et"}
    assert (exchanged.header("Authorization") or "").startswith("Bearer ")


@pytest.mark.parametrize("query", ["ticket=a&ticket=b", "ticket=a"])
async def test_one_kind_of_credentials_is_enough(
    streaming: Gateway, trader: dict[str, str], query: str
) -> None:
    headers = trader if query == "ticket=a" else {}
    answer = await refused(streaming.port, f"/v1/stream/market?{query}", additional_headers=headers)
    assert answer.status_code == 400


async def test_an_empty_ticket_is_401(streaming: Gateway) -> None:
    assert (await refused(streaming.port, "/v1/stream/market?ticket=")).status_code == 401


async def test_while_auth_is_away_a_ticket_is_503(streaming: Gateway, auth: FakeAuth) -> None:
    await auth.stop()
    answer = await refused(streaming.port, "/v1/stream/market?ticket=a")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"


async def test_pages_of_others_may_not_open_streams(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str], market_data: StreamService
) -> None:
    gateway = await open_gateway(**stream_upstreams, stream_origins="https://ui.example.com")
    for origin in ("https://evil.example.com", "null", f"http://localhost:{gateway.port}", "x"):
        answer = await refused(gateway.port, origin=origin)
        assert answer.status_code == 403, origin
    assert market_data.handshakes == []
    for origin in ("https://ui.example.com", f"https://127.0.0.1:{gateway.port}"):
        async with stream(gateway.port, origin=origin):
            pass
    assert len(market_data.handshakes) == 2


@pytest.mark.parametrize("path", ["/v2/orders/x", "/v1/stream", "/v1/events", "/v1/market/x"])
async def test_what_is_no_stream_is_404(streaming: Gateway, path: str) -> None:
    assert problem(await refused(streaming.port, path))["type"] == "not_found"


async def test_an_unknown_feed_is_what_the_service_says_of_it(
    streaming: Gateway, market_data: StreamService
) -> None:
    from http import HTTPStatus

    market_data.refuse_with = HTTPStatus.NOT_FOUND
    assert (await refused(streaming.port, "/v2/nonsense")).status_code == 404
    assert market_data.handshakes[0].path == "/v2/nonsense"


async def test_a_stream_hides_no_endpoint(
    open_gateway: OpenGateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    trading.script = says()
    gateway = await open_gateway()
    assert (await gateway.client.get("/v2/orders", headers=trader)).status_code == 200
    assert (await gateway.client.get("/v2/iex", headers=trader)).status_code == 404
    assert (await gateway.client.get("/v1/stream/market")).status_code == 404


async def test_handshakes_draw_from_the_bucket_of_the_address(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str]
) -> None:
    gateway = await open_gateway(**stream_upstreams, rate_public_per_minute=2)
    for left in ("1", "0"):
        async with stream(gateway.port) as client:
            assert client.response is not None
            assert client.response.headers["X-RateLimit-Remaining"] == left
    answer = await refused(gateway.port)
    assert problem(answer)["type"] == "too_many_requests"
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["X-RateLimit-Remaining"] == "0"


async def test_handshakes_draw_from_the_bucket_of_the_user(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str], trader: dict[str, str]
) -> None:
    gateway = await open_gateway(**stream_upstreams, rate_normal_per_minute=1)
    async with stream(gateway.port, additional_headers=trader):
        pass
    assert (await refused(gateway.port, additional_headers=trader)).status_code == 429
    async with stream(gateway.port):
        pass


async def test_guessing_tickets_empties_the_bucket_of_the_address(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str], auth: FakeAuth
) -> None:
    gateway = await open_gateway(**stream_upstreams, rate_unidentified_per_minute=4)
    statuses = [(await refused(gateway.port, f"/stream?ticket={n}")).status_code for n in range(4)]
    assert statuses == [401, 401, 429, 429]


async def test_so_many_streams_for_one_user_and_no_more(
    open_gateway: OpenGateway,
    stream_upstreams: dict[str, str],
    auth: FakeAuth,
    trader: dict[str, str],
    until: Until,
) -> None:
    gateway = await open_gateway(**stream_upstreams, streams_per_identity=2)
    options: dict[str, Any] = {"additional_headers": trader}
    async with stream(gateway.port, **options), stream(gateway.port, **options) as second:
        answer = await refused(gateway.port, **options)
        assert (answer.status_code, problem(answer)["code"]) == (429, 42910001)
        assert problem(answer)["type"] == "too_many_connections"
        assert answer.headers["Retry-After"] == "5"
        # Others are not touched: another user, and a stranger at the same address.
        async with stream(gateway.port, additional_headers=auth.headers()), stream(gateway.port):
            pass
        await second.close()
        async with asyncio.timeout(10):
            while True:
                try:
                    async with stream(gateway.port, **options):
                        break
                except InvalidStatus:
                    await asyncio.sleep(0.01)


async def test_the_load_tier_has_a_number_of_its_own(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str], auth: FakeAuth
) -> None:
    gateway = await open_gateway(
        **stream_upstreams, streams_per_identity=1, streams_per_load_identity=2
    )
    options: dict[str, Any] = {"additional_headers": auth.headers(tier="load")}
    async with stream(gateway.port, **options), stream(gateway.port, **options):
        assert (await refused(gateway.port, **options)).status_code == 429


async def test_so_many_strangers_at_one_address(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str], trader: dict[str, str]
) -> None:
    gateway = await open_gateway(**stream_upstreams, streams_per_address=2)
    # Those who have yet to authenticate count for their address.
    async with stream(gateway.port), stream(gateway.port, "/v2/iex"):
        assert (await refused(gateway.port)).status_code == 429
        assert (await refused(gateway.port, "/stream")).status_code == 429
        async with stream(gateway.port, additional_headers=trader):
            pass


async def test_a_full_replica_is_503(
    open_gateway: OpenGateway, stream_upstreams: dict[str, str], trader: dict[str, str]
) -> None:
    gateway = await open_gateway(**stream_upstreams, streams_total=1)
    async with stream(gateway.port):
        answer = await refused(gateway.port, additional_headers=trader)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


async def test_refusals_are_counted(streaming: Gateway) -> None:
    labels = {"route": "/stream", "reason": "unauthorized"}
    name = "gateway_stream_handshakes_refused_total"
    before = REGISTRY.get_sample_value(name, labels) or 0
    await refused(streaming.port, "/stream", additional_headers={"Authorization": "Bearer x"})
    assert REGISTRY.get_sample_value(name, labels) == before + 1


async def test_no_refusal_is_an_error_in_the_log(
    streaming: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    await refused(streaming.port, "/v1/nonsense")
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
