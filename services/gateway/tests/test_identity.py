"""Who gets in, as whom, and what the upstream is told of it."""

import asyncio
import base64
import json
import time
from typing import Any

import jwt
import pytest
from gateway_scene import AnswerWith, FakeAuth, FakeUpstream, Gateway, OpenGateway, Until

from devkit.testing_support.keys import ServiceKeys
from gateway.proxy.headers import RequestHeaders

PAIR = ("PKTEST", "secret")
KEY_HEADERS = {"APCA-API-KEY-ID": PAIR[0], "APCA-API-SECRET-KEY": PAIR[1]}


def b64(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def bad_tokens(auth: FakeAuth, service_keys: ServiceKeys) -> dict[str, str]:
    good = auth.token()
    head, payload, signature = good.split(".")
    claims = jwt.decode(good, options={"verify_signature": False})
    none = {"alg": "none", "kid": "users", "typ": "JWT"}
    return {
        "forged": f"{head}.{b64(claims | {'scope': 'admin'})}.{signature}",
        "alg none": f"{b64(none)}.{payload}.",
        "alg none with the signature": f"{b64(none)}.{payload}.{signature}",
        "HS256": jwt.encode(claims, b"k" * 32, algorithm="HS256", headers={"kid": "users"}),
        "expired": auth.token(exp=int(time.time()) - 60),
        "other audience": auth.token(aud="trading"),
        "other issuer": auth.token(iss="trading"),
        "unknown key": auth.token(kid="others"),
        "no subject": auth.token(sub=None),
        "a service's": service_keys.token("trading", "gateway"),
        "no token": "a b c",
        "dots": "..",
        "long": "a" * 6000,
    }


async def test_a_bad_token_is_401_and_goes_nowhere(
    gateway: Gateway, auth: FakeAuth, trading: FakeUpstream, service_keys: ServiceKeys
) -> None:
    for name, token in bad_tokens(auth, service_keys).items():
        headers = {"Authorization": f"Bearer {token}"}
        answer = await gateway.client.get("/v2/account", headers=headers)
        assert answer.status_code == 401, name
        assert answer.json()["code"] == 40110000
        assert answer.headers["www-authenticate"] == "Bearer"
    assert trading.received == []


async def test_bad_credentials_are_401_without_a_question_to_auth(
    gateway: Gateway, auth: FakeAuth
) -> None:
    for headers in [
        {},
        {"Authorization": "Digest x"},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic " + base64.b64encode(b"nocolon").decode()},
        {"APCA-API-KEY-ID": "PK"},
        {"APCA-API-SECRET-KEY": "s"},
        {"APCA-API-KEY-ID": "", "APCA-API-SECRET-KEY": ""},
        {"APCA-API-KEY-ID": "P" * 300, "APCA-API-SECRET-KEY": "s"},
    ]:
        answer = await gateway.client.get("/v2/account", headers=headers)
        assert answer.status_code == 401, headers
    assert auth.exchanges == 0


async def test_scopes_are_needed(gateway: Gateway, auth: FakeAuth, trading: FakeUpstream) -> None:
    reader = auth.headers(scope="trading:read")
    assert (await gateway.client.get("/v2/orders", headers=reader)).status_code == 200
    refused = await gateway.client.post("/v2/orders", headers=reader, content=b"{}")
    assert refused.status_code == 403
    assert "trading:write" in refused.json()["message"]
    trader = auth.headers()
    assert (await gateway.client.get("/v1/admin/users", headers=trader)).status_code == 403
    admin = auth.headers(scope="admin")
    assert (await gateway.client.get("/v1/admin/users", headers=admin)).status_code == 200
    assert len(trading.received) == 1


@pytest.mark.parametrize(
    "headers",
    [KEY_HEADERS, {"Authorization": "Basic " + base64.b64encode(":".join(PAIR).encode()).decode()}],
)
async def test_an_api_key_becomes_a_user_token_once(
    gateway: Gateway, auth: FakeAuth, trading: FakeUpstream, headers: dict[str, str]
) -> None:
    auth.api_keys[PAIR] = {"sub": "user-1"}
    for _ in range(3):
        assert (await gateway.client.get("/v2/account", headers=headers)).status_code == 200
    assert auth.exchanges == 1
    for received in trading.received:
        token = received.header("Authorization").removeprefix("Bearer ")
        assert jwt.decode(token, options={"verify_signature": False})["sub"] == "user-1"
        assert received.header("APCA-API-KEY-ID") is None
        assert received.header("APCA-API-SECRET-KEY") is None
    (asked,) = [each for each in auth.received if each.target.endswith("/exchange")]
    service_token = asked.header("Authorization").removeprefix("Bearer ")
    claims = jwt.decode(service_token, options={"verify_signature": False})
    assert (claims["iss"], claims["aud"], claims["scope"]) == ("gateway", "auth", "keys:exchange")


async def test_one_question_is_asked_for_all_who_come_together(
    gateway: Gateway, auth: FakeAuth, until: Until
) -> None:
    auth.api_keys[PAIR] = {}
    auth.gate = asyncio.Event()
    requests = [
        asyncio.create_task(gateway.client.get("/v2/account", headers=KEY_HEADERS))
        for _ in range(20)
    ]
    await until(lambda: auth.exchanges > 0)
    auth.gate.set()
    assert {(await request).status_code for request in requests} == {200}
    assert auth.exchanges == 1


async def test_a_wrong_secret_is_remembered_for_a_moment_and_only_that_one(
    gateway: Gateway, auth: FakeAuth
) -> None:
    auth.api_keys[PAIR] = {}
    wrong = KEY_HEADERS | {"APCA-API-SECRET-KEY": "wrong"}
    for _ in range(3):
        assert (await gateway.client.get("/v2/account", headers=wrong)).status_code == 401
    assert auth.exchanges == 1
    assert (await gateway.client.get("/v2/account", headers=KEY_HEADERS)).status_code == 200


async def test_a_key_that_auth_cannot_be_asked_about_is_503(
    gateway: Gateway, auth: FakeAuth
) -> None:
    await auth.stop()
    answer = await gateway.client.get("/v2/account", headers=KEY_HEADERS)
    assert (answer.status_code, answer.json()["type"]) == (503, "unavailable")
    assert "retry-after" in answer.headers


async def test_public_routes_pass_no_credentials_on(
    gateway: Gateway, auth: FakeAuth, trader: dict[str, str]
) -> None:
    sent = trader | KEY_HEADERS | {"Cookie": "a=b"}
    answer = await gateway.client.post("/v1/auth/login", headers=sent, json={"username": "a"})
    assert answer.status_code == 200
    received = auth.received[-1]
    assert json.loads(received.body) == {"username": "a"}
    for name in ("Authorization", "APCA-API-KEY-ID", "APCA-API-SECRET-KEY", "Cookie"):
        assert received.header(name) is None


async def test_only_the_refresh_path_gets_a_cookie_and_only_that_one(
    gateway: Gateway, auth: FakeAuth, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    mine = "theme=dark; refresh_token=narrow; xrefresh_token=no; refresh_token=wide"
    refresh = await gateway.client.post("/v1/auth/refresh", headers=trader | {"Cookie": mine})
    assert refresh.status_code == 200
    assert auth.received[-1].header("Cookie") == "refresh_token=narrow"
    for method, path in [
        ("POST", "/v1/auth/login"),
        ("POST", "/v1/auth/logout"),
        ("GET", "/v1/auth/me"),
        ("GET", "/v2/account"),
        ("GET", "/v1/market/ACME/book"),
    ]:
        headers = trader | {"Cookie": mine}
        assert (await gateway.client.request(method, path, headers=headers)).status_code == 200
        received = (trading if trading.received else auth).received[-1]
        assert received.target == path
        assert received.header("Cookie") is None


@pytest.mark.parametrize("cookie", ["", "theme=dark", "refresh_token", "\u00e9=1", ";;=;"])
async def test_without_that_cookie_none_is_sent(
    gateway: Gateway, auth: FakeAuth, cookie: str
) -> None:
    headers = {"Cookie": cookie.encode()}
    assert (await gateway.client.post("/v1/auth/refresh", headers=headers)).status_code == 200
    assert auth.received[-1].header("Cookie") is None


def test_cookies_that_came_in_several_headers_are_one_list() -> None:
    raw = [(b"cookie", b"a=1; b=2"), (b"cookie", b"c=3")]
    headers = RequestHeaders(raw)
    assert headers.cookies(frozenset({"b", "c"})) == "b=2; c=3"
    assert headers.passed == []


async def test_only_auth_sets_cookies(
    gateway: Gateway,
    auth: FakeAuth,
    trading: FakeUpstream,
    trader: dict[str, str],
    answer_with: AnswerWith,
) -> None:
    auth.answers = trading.script = answer_with(200, b"{}", {"Set-Cookie": "refresh_token=x"})
    answer = await gateway.client.post("/v1/auth/login", json={})
    assert answer.headers.get_list("set-cookie") == ["refresh_token=x"]
    for path in ("/v2/account", "/v1/market/ACME/book", "/v1/audit/entries"):
        answer = await gateway.client.get(path, headers=trader)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers


async def test_market_data_is_readable_without_an_account(
    open_gateway: OpenGateway, auth: FakeAuth, trading: FakeUpstream, service_keys: ServiceKeys
) -> None:
    gateway = await open_gateway(rate_public_per_minute=3, rate_normal_per_minute=7)
    for path in ("/v1/market/BTC/USD/book", "/v2/stocks/ACME/bars"):
        answer = await gateway.client.get(path)
        assert answer.status_code == 200
        assert trading.received[-1].header("Authorization") is None
        assert answer.headers["x-ratelimit-limit"] == "3"
    signed_in = auth.headers()
    answer = await gateway.client.get("/v2/stocks/ACME/bars", headers=signed_in)
    assert answer.headers["x-ratelimit-limit"] == "7"
    assert trading.received[-1].header("Authorization") == signed_in["Authorization"]
    auth.api_keys[PAIR] = {}
    answer = await gateway.client.get("/v2/stocks/ACME/bars", headers=KEY_HEADERS)
    assert answer.headers["x-ratelimit-limit"] == "7"
    # The address has one left, and those who are signed in took none of it.
    assert (await gateway.client.get("/v1/market/ACME/book")).status_code == 200
    assert (await gateway.client.get("/v1/market/ACME/book")).status_code == 429
    answer = await gateway.client.get("/v1/market/ACME/book", headers=signed_in)
    assert answer.status_code == 200


async def test_bad_credentials_are_not_none(
    gateway: Gateway, auth: FakeAuth, trading: FakeUpstream, service_keys: ServiceKeys
) -> None:
    bad = [{"Authorization": f"Bearer {t}"} for t in bad_tokens(auth, service_keys).values()]
    bad += [
        {"Authorization": ""},
        {"Authorization": "Digest x"},
        {"APCA-API-KEY-ID": "PK"},
        {"APCA-API-SECRET-KEY": "s"},
        KEY_HEADERS,
    ]
    for headers in bad:
        answer = await gateway.client.get("/v1/market/ACME/book", headers=headers)
        assert answer.status_code == 401, headers
    assert trading.received == []


async def test_a_log_out_carries_any_bearer_token_to_auth_and_counts_for_the_address(
    open_gateway: OpenGateway, auth: FakeAuth
) -> None:
    gateway = await open_gateway(rate_sign_in_per_minute=2)
    for token in (auth.token(), auth.token(exp=1)):
        headers = {"Authorization": f"Bearer {token}"}
        answer = await gateway.client.post("/v1/auth/logout", headers=headers | KEY_HEADERS)
        assert answer.status_code == 200
        assert auth.received[-1].header("Authorization") == headers["Authorization"]
        assert auth.received[-1].header("APCA-API-KEY-ID") is None
    assert (await gateway.client.post("/v1/auth/logout")).status_code == 429


async def test_internal_headers_of_a_client_are_not_believed(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    sent = trader | {
        "X-Deadline-Ms": "999999",
        "Forwarded": "for=1.2.3.4",
        "X-Forwarded-For": "1.2.3.4",
        "X-Forwarded-Host": "evil",
        "X-Real-IP": "1.2.3.4",
        "X-Request-ID": "not a uuid",
        "Via": "1.0 elsewhere",
    }
    answer = await gateway.client.get("/v2/account", headers=sent)
    received = trading.received[0]
    assert int(received.header("X-Deadline-Ms")) <= 5000
    assert received.header("X-Forwarded-For") == "127.0.0.1"
    for name in ("Forwarded", "X-Forwarded-Host", "X-Real-IP"):
        assert received.header(name) is None
    assert received.header("Via") == "1.1 gateway"
    assert received.header("X-Request-ID") == answer.headers["x-request-id"] != "not a uuid"


async def test_a_trace_that_nobody_sampled_is_passed_on_and_nonsense_is_not(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    for sent in (unsampled, "00-nonsense-00", None):
        headers = trader | ({"traceparent": sent} if sent else {})
        assert (await gateway.client.get("/v2/account", headers=headers)).status_code == 200
    told = [received.header("traceparent") for received in trading.received]
    assert told == [unsampled, None, None]


async def test_a_request_id_that_is_a_uuid_is_kept(
    gateway: Gateway, trading: FakeUpstream, trader: dict[str, str]
) -> None:
    mine = "0c5b3d5e-8a37-4d3b-9d0c-7f6b5a4e3d2c"
    answer = await gateway.client.get("/v2/account", headers=trader | {"X-Request-ID": mine})
    assert answer.headers.get_list("x-request-id") == [mine]
    assert trading.received[0].header("X-Request-ID") == mine
