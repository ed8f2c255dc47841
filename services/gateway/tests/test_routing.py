"""Which requests pass, where they go, and what arrives there."""

import pytest
from gateway_scene import AnswerWith, FakeAuth, FakeUpstream, Gateway, OpenGateway

from gateway.matching import RouteIndex, StreamIndex
from gateway.routes import (
    STREAMS,
    TABLE,
    Auth,
    BreakerClass,
    RateClass,
    Retry,
    Route,
    Stream,
    Upstream,
    faults,
    stream_faults,
)


async def test_a_request_arrives_as_it_was_sent(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], answer_with: AnswerWith
) -> None:
    trading.script = answer_with(
        200, b'{"id":1}', {"Content-Type": "application/json", "X-Own": "a"}
    )
    answer = await gateway.client.post(
        "/v2/orders?x=%2C&x=%20&empty=&y",
        content=b'{"symbol": "BTCUSD"}',
        headers=trader | {"X-Custom": "grüße".encode(), "Idempotency-Key": "k1"},
    )
    assert answer.status_code == 200
    assert answer.content == b'{"id":1}'
    assert answer.headers["x-own"] == "a"
    (received,) = trading.received
    assert received.method == "POST"
    assert received.target == "/v2/orders?x=%2C&x=%20&empty=&y"
    assert received.body == b'{"symbol": "BTCUSD"}'
    assert received.header("X-Custom") == "grüße"
    assert received.header("Idempotency-Key") == "k1"
    assert received.header("Authorization") == trader["Authorization"]
    assert received.header("Host") == f"127.0.0.1:{trading.port}"
    assert received.header("Content-Length") == "20"
    assert received.header("X-Request-ID") == answer.headers["x-request-id"]
    assert 0 < int(received.header("X-Deadline-Ms")) <= 8000


async def test_a_body_without_content_type_gets_none(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    await gateway.client.post("/v2/orders", content=b"{}", headers=trader)
    assert trading.received[0].header("Content-Type") is None


@pytest.mark.parametrize(
    ("method", "path", "upstream"),
    [
        ("POST", "/v1/auth/register", "auth"),
        ("POST", "/v1/auth/login", "auth"),
        ("POST", "/v1/auth/refresh", "auth"),
        ("POST", "/v1/auth/logout", "auth"),
        ("GET", "/v1/jwks", "auth"),
        ("GET", "/v1/auth/me", "auth"),
        ("GET", "/v1/auth/api-keys", "auth"),
        ("POST", "/v1/auth/api-keys", "auth"),
        ("DELETE", "/v1/auth/api-keys/1", "auth"),
        ("POST", "/v1/auth/stream-tickets", "auth"),
        ("GET", "/v1/admin/users", "auth"),
        ("PATCH", "/v1/admin/users/1", "auth"),
        ("GET", "/v2/account", "trading"),
        ("GET", "/v1/account/trade-updates", "trading"),
        ("GET", "/v2/account/activities", "trading"),
        ("GET", "/v2/account/activities/FILL", "trading"),
        ("POST", "/v2/orders", "trading"),
        ("DELETE", "/v2/orders", "trading"),
        ("GET", "/v2/orders/1", "trading"),
        ("DELETE", "/v2/orders/1", "trading"),
        ("GET", "/v2/orders:by_client_order_id", "trading"),
        ("GET", "/v2/positions/BTCUSD", "trading"),
        ("GET", "/v2/assets/BTCUSD", "trading"),
        ("GET", "/v2/assets/BTC/USD", "trading"),
        ("GET", "/v2/positions/BTC/USD", "trading"),
        ("POST", "/v1/admin/assets/BTC/USD/grants", "trading"),
        ("GET", "/v2/clock", "trading"),
        ("POST", "/v1/funding/deposits", "trading"),
        ("POST", "/v1/admin/assets", "trading"),
        ("POST", "/v1/admin/assets/BTCUSD/grants", "trading"),
        ("GET", "/v2/stocks/AAPL/trades/latest", "market-data"),
        ("GET", "/v2/stocks/snapshots", "market-data"),
        ("GET", "/v1/market/BTCUSD/book", "market-data"),
        ("GET", "/v1/market/BTC/USD/book", "market-data"),
        ("GET", "/v2/stocks/BTC/USD/trades/latest", "market-data"),
        ("GET", "/v2/stocks/BTC/USD/bars", "market-data"),
        ("GET", "/v2/stocks/BTC/USD/snapshot", "market-data"),
        ("GET", "/v1/audit/entries", "audit-log"),
    ],
)
def test_the_table_sends_each_path_to_its_service(method: str, path: str, upstream: str) -> None:
    route = RouteIndex(TABLE).find(method, path.encode(), b"")
    assert route.upstream == upstream


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1/auth/api-keys/exchange",
        "/v1/auth/stream-tickets/exchange",
        "/v1/events",
        "/v1/commands",
        "/v2/orders/",
        "/v2/orders/1/2",
        "/v2/stocks",
        "/v2/orders:by_something",
        "/docs",
        "/openapi.json",
        "/healthz/x",
        "/metrics/",
        "/V2/orders",
    ],
)
async def test_what_is_not_in_the_table_is_404(
    gateway: Gateway, auth: FakeAuth, trading: FakeUpstream, trader: dict[str, str], path: str
) -> None:
    method = "POST" if path.endswith("exchange") else "GET"
    before = len(auth.received)
    answer = await gateway.client.request(method, path, headers=trader)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert len(auth.received) == before
    assert trading.received == []


async def test_other_methods_are_405_with_what_is_allowed(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    answer = await gateway.client.put("/v2/orders", headers=trader, json={})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, HEAD, POST"
    assert answer.json()["type"] == "method_not_allowed"
    assert (await gateway.client.options("/v2/account")).status_code == 405
    assert trading.received == []


async def test_head_is_get_without_the_body(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], answer_with: AnswerWith
) -> None:
    trading.script = answer_with(200, b"0123456789")
    answer = await gateway.client.head("/v2/account", headers=trader)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "10"
    assert trading.received[0].method == "GET"


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_without_a_body_stay_without(
    gateway: Gateway,
    trading: FakeUpstream,
    trader: dict[str, str],
    answer_with: AnswerWith,
    status: int,
) -> None:
    trading.script = answer_with(status, b"", {"ETag": "x"})
    answer = await gateway.client.get("/v2/account", headers=trader)
    assert (answer.status_code, answer.content) == (status, b"")
    again = await gateway.client.get("/v2/account", headers=trader)
    assert again.status_code == status


async def test_redirects_are_neither_followed_nor_passed(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], answer_with: AnswerWith
) -> None:
    trading.script = answer_with(307, b"", {"Location": "/v2/elsewhere"})
    answer = await gateway.client.get("/v2/account", headers=trader)
    assert answer.status_code == 502
    assert len(trading.received) == 1


async def test_upstream_refusals_pass_unchanged(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str], answer_with: AnswerWith
) -> None:
    document = b'{"type":"insufficient_buying_power","code":40310000,"message":"m"}'
    trading.script = answer_with(403, document, {"Content-Type": "application/problem+json"})
    answer = await gateway.client.post("/v2/orders", headers=trader, content=b"{}")
    assert (answer.status_code, answer.content) == (403, document)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_health_and_metrics_are_the_gateways_own(
    gateway: Gateway, trader: dict[str, str], auth: FakeAuth, trading: FakeUpstream
) -> None:
    assert (await gateway.client.get("/healthz")).json() == {"status": "ok"}
    assert (await gateway.client.get("/readyz")).status_code == 200
    await gateway.client.get("/v2/orders/5", headers=trader)
    text = (await gateway.client.get("/metrics")).text
    assert 'http_server_requests_total{method="GET",route="/v2/orders/{id}",status="200"}' in text
    assert 'gateway_breaker_state{class="reads",upstream="trading"} 0.0' in text


async def test_not_ready_until_the_sign_in_keys_were_read_and_ready_ever_after(
    open_gateway: OpenGateway, auth: FakeAuth
) -> None:
    await auth.stop()
    gateway = await open_gateway()
    answer = await gateway.client.get("/readyz")
    assert answer.status_code == 503
    assert (await gateway.client.get("/healthz")).status_code == 200
    await auth.start()
    while (await gateway.client.get("/readyz")).status_code != 200:
        pass
    await auth.stop()
    assert (await gateway.client.get("/readyz")).status_code == 200


def test_the_table_has_no_faults() -> None:
    assert faults(TABLE) == []
    assert stream_faults(STREAMS) == []


def test_a_table_of_streams_with_faults_is_refused_with_sentences() -> None:
    scopes = frozenset({"trading:read"})
    bad = (
        Stream("/a", Upstream.TRADING, "user", scopes, "none"),
        Stream("/a", Upstream.MARKET_DATA, "user", frozenset(), "none"),
        Stream("/b/", Upstream.TRADING, "user", scopes, "trading"),
        Stream("/c", Upstream.TRADING, "optional", scopes, "none"),
        Stream("/d", Upstream.MARKET_DATA, "optional", frozenset(), "market_data"),
    )
    assert [sentence.split(":")[0] for sentence in stream_faults(bad)] == [
        f"websocket {path}" for path in ("/a", "/b/", "/c", "/d")
    ]
    with pytest.raises(ValueError, match="the table of streams is wrong"):
        StreamIndex(bad)


def test_a_table_with_faults_is_refused_with_sentences() -> None:
    def row(
        path: str,
        methods: set[str],
        *,
        retry: Retry = "unsent",
        breaker: BreakerClass = "writes",
        auth: Auth = "user",
        rate: RateClass = "api",
        deadline: float = 1,
    ) -> Route:
        return Route(
            path, frozenset(methods), Upstream.AUTH, auth, frozenset(), rate, deadline, retry,
            breaker, 10,
        )  # fmt: skip

    bad = [
        row("/a", {"POST"}, retry="safe"),
        row("/a", {"POST"}),
        row("/b", {"GET", "POST"}),
        row("/c", {"POST"}, breaker="reads"),
        row("/d/", {"POST"}),
        row("/e", {"POST"}, auth="public"),
        row("/f", {"POST"}, deadline=20),
        row("/g", {"POST"}, rate="sign_in"),
        row("/h", {"POST"}, auth="unverified"),
        row("/i", {"POST"}, auth="optional"),
        row("/j", {"GET"}, auth="optional", rate="public", retry="safe", breaker="reads"),
    ]
    found = "\n".join(faults(bad))
    for path in "abcdefghij":
        assert f"/{path}" in found
    with pytest.raises(ValueError, match="twice"):
        RouteIndex(bad)


async def test_an_absolute_request_target_is_read_as_its_path(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    token = trader["Authorization"].encode()
    answer = await gateway.raw(
        b"GET http://elsewhere/v2/account HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Authorization: " + token + b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 200")
    assert trading.received[0].target == "/v2/account"
