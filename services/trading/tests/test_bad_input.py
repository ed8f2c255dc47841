"""Whatever is sent, to whichever endpoint: a problem document with a sentence, never a 5xx, and nothing changed."""

import base64
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trading_platform import Platform, Trader, until

from chassis.errors import Problem
from devkit.testing_support.keys import ServiceKeys
from trading.orders.requests import parse_order

GOOD_ORDER: dict[str, Any] = {
    "symbol": "ACME",
    "side": "buy",
    "qty": "1",
    "type": "limit",
    "time_in_force": "gtc",
    "limit_price": "10.00",
}
BAD_AMOUNTS: list[Any] = [
    "0", 0, "-1", -1, -0.0, "1e30", 1e30, "1e-30", 1e-30, "NaN", "nan", "Infinity", "-inf",
    "9" * 400, 10**400, "1e999999999", "1_000", "0x10", " 1", "1 ", "١", "one", "", None,
    True, False, [], [1], {}, {"a": 1}, "1\u0000", "\ud800", "1e", "--1", "1.2.3",
]  # fmt: skip
BAD_TEXTS = ["\u0000", "AC\u0000ME", "\ud800", "\x1b[31m", "\u2028", "x" * 1000, "🦆\udfff"]
UNKNOWN_ID = "2f9cf5ef-0000-4000-8000-1d8a3f6d0d10"


class Scene:
    """A platform with a trader who has a resting order, and everything that may not change."""

    def __init__(self, platform: Platform, trader: Trader, order_id: str) -> None:
        self.platform, self.trader, self.order_id = platform, trader, order_id

    async def state(self) -> Any:
        async with self.platform.app.state.database.raw() as connection:
            tables = "accounts assets balances postings orders commands executions transfers outbox trade_updates"
            counts = [
                await connection.fetchval(f"SELECT count(*) FROM {table}")
                for table in tables.split()
            ]
            balances = await connection.fetch("SELECT * FROM balances ORDER BY account_id, asset")
            orders = await connection.fetch("SELECT id, status, hold FROM orders ORDER BY id")
        return counts, [tuple(row) for row in balances], [tuple(row) for row in orders]

    async def day_ended(self) -> bool:
        """Whether the session before this one is over: the service ends it by itself after its start."""
        async with self.platform.app.state.database.raw() as connection:
            return bool(await connection.fetchval("SELECT max(ended_at) FROM sessions"))

    async def send(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Send it, and hold the answer to what every refusal promises."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | more.pop("headers", {})
        who = more.pop("who", self.trader)
        answer = await who.request(method, path, content=body, headers=headers, **more)
        assert 400 <= answer.status_code < 500, (method, path, body, answer.text[:300])
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert isinstance(problem["code"], int)
        assert problem["status"] == answer.status_code
        assert isinstance(problem["message"], str)
        assert len(problem["message"]) > 5
        assert problem["message"] == problem["detail"]
        assert problem["request_id"]
        return problem


@pytest.fixture
async def scene(platform: Platform) -> AsyncIterator[Scene]:
    trader = await platform.funded("1000", shares="5")
    resting = await trader.order("buy", "1", "10.00")
    await platform.admin.get("/v2/account")
    made = Scene(platform, trader, resting["id"])
    await until(made.day_ended)
    before = await made.state()
    yield made
    assert await made.state() == before
    assert await platform.violations() == {}


def _with(**changes: Any) -> dict[str, Any]:
    return GOOD_ORDER | changes


async def test_orders_that_cannot_be(scene: Scene) -> None:
    bodies: list[Any] = []
    for amount in BAD_AMOUNTS:
        bodies += [_with(qty=amount), _with(limit_price=amount)]
    for text in BAD_TEXTS:
        bodies += [_with(symbol=text), _with(client_order_id=text), _with(side=text)]
    for value in (1, 1.5, True, [], ["buy"], {"a": 1}, "BUY ", None, ""):
        bodies += [_with(side=value), _with(type=value), _with(time_in_force=value)]
        bodies += [_with(symbol=value)]
    bodies += [_with(client_order_id=value) for value in (1, True, [], {}, "x" * 129)]
    bodies += [{k: v for k, v in GOOD_ORDER.items() if k != name} for name in GOOD_ORDER]
    bodies += [
        _with(limit_price="10.001"),  # below the tick
        _with(qty="0.5"),  # below the lot
        _with(qty="1000000000000001"),
        _with(limit_price="10000000000000.01"),
        _with(symbol="NOPE"),
        _with(symbol=UNKNOWN_ID),
        _with(symbol="USD"),
        _with(type="market"),  # with a limit price
        _with(type="stop", stop_price="9"),
        _with(stop_price="9"),
        _with(take_profit={"limit_price": "12"}),
        _with(trail_percent=1),
        _with(order_class="bracket"),
        _with(notional="5"),
        _with(extended_hours="yes"),
        _with(qty="100"),  # 1000 dollars with 990 left
        _with(side="sell", qty="6"),
    ]
    for body in bodies:
        await scene.send("POST", "/v2/orders", body)


async def test_bodies_that_are_no_json_document_or_too_large(scene: Scene) -> None:
    huge = json.dumps(_with(note="x" * 1_000_000)).encode()
    assert (await scene.send("POST", "/v2/orders", huge))["type"] == "payload_too_large"
    deep = b'{"symbol":' + b"[" * 7000 + b"]" * 7000 + b"}"
    bodies = [
        b"", b"null", b"[]", b"1", b'"text"', b"{", b"{}", b"\xff\xfe", b'{"symbol": "\xff"}',
        b'{"qty": NaN}', b'{"qty": Infinity}', deep, b"\x00" * 100, b"\xef\xbb\xbf{}",
        b'{"symbol": "' + b"A" * 1_000_000 + b'"}', b"[" * 15_000,
    ]  # fmt: skip
    admin = scene.platform.admin
    for body in bodies:
        await scene.send("POST", "/v2/orders", body)
        await scene.send("POST", "/v1/funding/deposits", body)
        await scene.send("POST", "/v1/funding/withdrawals", body)
        await scene.send("POST", "/v1/admin/assets", body, who=admin)
        await scene.send("POST", "/v1/admin/assets/ACME/grants", body, who=admin)


async def test_transfers_that_cannot_be(scene: Scene) -> None:
    for path in ("/v1/funding/deposits", "/v1/funding/withdrawals"):
        for amount in [*BAD_AMOUNTS, "0.000000001", "1000000000001", "1e13"]:
            await scene.send("POST", path, {"amount": amount})
        await scene.send("POST", path, {"amount": "1", "note": "x"})
        await scene.send("POST", path, {"amount": "1", "\ud800": "x"})
        await scene.send("POST", path, {})
    refused = await scene.send("POST", "/v1/funding/withdrawals", {"amount": "990.00000001"})
    assert (refused["code"], refused["available"]) == (40310000, "990")


async def test_a_json_number_is_taken_as_it_was_written(platform: Platform) -> None:
    trader = platform.trader()
    body = b'{"amount": 123456789012.12345678}'
    headers = {"Content-Type": "application/json"}
    made = await trader.request("POST", "/v1/funding/deposits", content=body, headers=headers)
    assert made.json()["amount"] == "123456789012.12345678"
    assert (await trader.get("/v2/account"))["cash"] == "123456789012.12345678"


async def test_assets_and_grants_that_cannot_be(scene: Scene) -> None:
    admin, assets = scene.platform.admin, "/v1/admin/assets"
    for step in BAD_AMOUNTS:
        await scene.send("POST", assets, {"symbol": "NEW", "tick_size": step}, who=admin)
        await scene.send("POST", assets, {"symbol": "NEW", "lot_size": step}, who=admin)
    for symbol in [*BAD_TEXTS, "", "acme", "A B", "../x", "USD", "A" * 33, 1, None, [], "ACME\n"]:
        await scene.send("POST", assets, {"symbol": symbol}, who=admin)
    for name in ("\u0000", "\x1b", "n" * 121, 7, []):
        await scene.send("POST", assets, {"symbol": "NEW", "name": name}, who=admin)
    await scene.send("POST", assets, {"symbol": "NEW", "class": "us_option"}, who=admin)
    await scene.send("POST", assets, {"symbol": "NEW", "color": "red"}, who=admin)
    taken = await scene.send("POST", assets, {"symbol": "ACME"}, who=admin)
    assert (taken["status"], taken["type"]) == (409, "asset_exists")

    grants, user = f"{assets}/ACME/grants", scene.trader.user_id
    for qty in [*BAD_AMOUNTS, "0.5", "1e16"]:
        await scene.send("POST", grants, {"user_id": user, "qty": qty}, who=admin)
    for account in (UNKNOWN_ID, "\u0000", 1, "me", "00000000-0000-0000-0000-000000000001"):
        await scene.send("POST", grants, {"account_id": account, "qty": "1"}, who=admin)
    await scene.send("POST", grants, {"qty": "1"}, who=admin)
    await scene.send("POST", grants, {"user_id": user, "account_id": user, "qty": "1"}, who=admin)
    await scene.send("POST", grants, {"user_id": user, "qty": "1", "price": "1"}, who=admin)
    body = {"user_id": user, "qty": "1"}
    for symbol in ("NOPE", "USD", "%00", "%ED%A0%80", "a/b"):
        await scene.send("POST", f"{assets}/{symbol}/grants", body, who=admin)


async def test_paths_and_queries_that_make_no_sense(scene: Scene) -> None:
    for order_id in (
        "1",
        "%00",
        UNKNOWN_ID,
        UNKNOWN_ID + "x",
        "g" * 36,
        "%ED%A0%80",
        "%F0%9F%A6%86",
    ):
        await scene.send("GET", f"/v2/orders/{order_id}")
        await scene.send("DELETE", f"/v2/orders/{order_id}")
    for name in ("%00", "NOPE", "a/b", "%ED%A0%80", UNKNOWN_ID, "x" * 3000):
        await scene.send("GET", f"/v2/assets/{name}")
        await scene.send("GET", f"/v2/positions/{name}")
        await scene.send("GET", f"/v2/orders:by_client_order_id?client_order_id={name}")
    await scene.send("GET", "/v2/orders:by_client_order_id")
    for query in (
        "status=halted", "limit=0", "limit=501", "limit=x", "limit=1e2", "limit=" + "9" * 400,
        "after=yesterday", "until=%00", "after=2026-13-01", "direction=up", "side=both",
        "symbols=%00", "before_order_id=1", "after_order_id=%00",
        f"before_order_id={UNKNOWN_ID}&after_order_id={UNKNOWN_ID}",
        f"before_order_id={UNKNOWN_ID}&after=2026-01-01",
    ):  # fmt: skip
        await scene.send("GET", f"/v2/orders?{query}")
    for query in (
        "page_size=0", "page_size=101", "page_token=x", "page_token=%00", "date=x",
        "date=9999-12-31", "date=0001-01-01", "after=x", "until=x", "category=all",
        "activity_types=FILL&category=trade_activity", "direction=sideways",
        f"page_token=00000000000000000000::{UNKNOWN_ID}",
        f"page_token=99999999999999999999::{UNKNOWN_ID}",
    ):  # fmt: skip
        await scene.send("GET", f"/v2/account/activities?{query}")
        await scene.send("GET", f"/v2/account/activities/FILL?{query}&category=all&page_size=0")
    for query in ("after=-1", "after=x", "after=" + "9" * 19, "limit=0", "limit=1001"):
        await scene.send("GET", f"/v1/account/trade-updates?{query}")
    await scene.send("GET", "/v2/assets?status=gone")
    await scene.send("GET", "/v2/assets?asset_class=%00")
    await scene.send("GET", "/v2/nothing")
    await scene.send("PUT", "/v2/orders")
    await scene.send("GET", "/v1/events")


async def test_odd_queries_that_make_sense_are_answered(scene: Scene) -> None:
    async def found(path: str) -> int:
        answer = await scene.trader.request("GET", path)
        assert answer.status_code == 200, (path, answer.text)
        return len(answer.json())

    for query in ("after=0001-01-01&until=9999-12-31", "after=0001-01-01T00:00:00Z", "foo=bar"):
        assert await found(f"/v2/orders?{query}") == 1
        assert await found(f"/v2/account/activities?{query}") == 2
    assert await found("/v2/orders?nested=True&symbols=,") == 1
    assert await found("/v2/orders?symbols=ACME,NOPE") == 1
    assert await found("/v2/orders?symbols=NOPE") == 0
    assert await found(f"/v2/orders?before_order_id={UNKNOWN_ID}") == 0


async def test_anothers_order_is_no_order(scene: Scene) -> None:
    other = scene.platform.trader(scene.platform.admin.user_id)
    assert (await scene.send("GET", f"/v2/orders/{scene.order_id}", who=other))["code"] == 40410000
    gone = await scene.send("DELETE", f"/v2/orders/{scene.order_id}", who=other)
    assert gone["code"] == 40410000
    client_id = (await scene.trader.get(f"/v2/orders/{scene.order_id}"))["client_order_id"]
    await scene.send("GET", f"/v2/orders:by_client_order_id?client_order_id={client_id}", who=other)


BETWEEN_SERVICES = "/v1/events"
NAMES = {"activity_type": "FILL", "order_id": UNKNOWN_ID, "watchlist_id": UNKNOWN_ID}


def every_endpoint(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of all that needs a token, with names for its parameters."""
    return [
        (method.upper(), re.sub(r"{(\w+)}", lambda name: NAMES.get(name[1], "ACME"), path))
        for path, methods in app.openapi()["paths"].items()
        if path not in ("/healthz", "/readyz")
        for method in methods
    ]


async def test_tokens_that_open_nothing(scene: Scene) -> None:
    tokens = scene.platform._tokens
    user = scene.trader.user_id
    now = int(time.time())
    claims = {"iss": "auth", "aud": "day-trading", "sub": user, "iat": now, "exp": now + 900}
    claims |= {"scope": "trading:read trading:write admin events:read"}
    good = tokens.token(user)
    head, payload, signature = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","kid":"test"}').rstrip(b"=").decode()
    forged = jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": "test"})
    admin = {"scope": "trading:read trading:write admin", "roles": ["admin"]}
    altered = base64.urlsafe_b64encode(json.dumps(claims | admin).encode()).rstrip(b"=").decode()
    refused = {
        "expired": f"Bearer {tokens.token(user, iat=now - 1000, exp=now - 60)}",
        "not yet valid": f"Bearer {tokens.token(user, iat=now + 600)}",
        "other audience": f"Bearer {tokens.token(user, aud='matching-engine')}",
        "other issuer": f"Bearer {tokens.token(user, iss='trading')}",
        "forged": f"Bearer {forged}",
        "hmac": f"Bearer {jwt.encode(claims, 'x' * 32, 'HS256', headers={'kid': 'test'})}",
        "alg none": f"Bearer {none}.{payload}.",
        "alg none, signed": f"Bearer {none}.{payload}.{signature}",
        "altered": f"Bearer {head}.{altered}.{signature}",
        "cut": f"Bearer {good[:-2]}",
        "no token": "Bearer ",
        "basic": "Basic dXNlcjpwYXNz",
        "none": "",
        "garbage": "Bearer \x01.\x02.\x03",
        "long": "Bearer " + "a" * 8000,
    }
    endpoints = every_endpoint(scene.platform.app)
    assert {("POST", "/v2/orders"), ("GET", BETWEEN_SERVICES)} <= set(endpoints)
    for method, path in endpoints:
        for name, header in refused.items():
            problem = await scene.send(
                method, path, None if method in ("GET", "DELETE") else GOOD_ORDER,
                headers={"Authorization": header},
            )  # fmt: skip
            assert (problem["status"], problem["code"]) == (401, 40110000), (name, path, problem)


async def test_tokens_without_the_scope_or_of_the_wrong_kind(
    scene: Scene, service_keys: ServiceKeys
) -> None:
    platform, user = scene.platform, scene.trader.user_id
    reader = platform.trader(user, scope="trading:read")
    nobody = platform.trader(user, scope="")
    service = service_keys.headers("market-data", "trading", "events:read")
    for method, path in every_endpoint(platform.app):
        body = None if method in ("GET", "DELETE") else GOOD_ORDER
        assert (await scene.send(method, path, body, who=nobody))["status"] == 403
        if method != "GET":
            assert (await scene.send(method, path, body, who=reader))["status"] == 403
        if path.startswith(("/v1/admin", BETWEEN_SERVICES)):
            assert (await scene.send(method, path, body))["status"] == 403
        if path != BETWEEN_SERVICES:
            denied = await scene.send(method, path, body, headers=service)
            assert denied["status"] == 403


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1", "0.01", "buy", "limit", "ACME", "1e5", "-3"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
FIELDS = st.sampled_from(
    [
        *GOOD_ORDER, "client_order_id", "notional", "legs", "stop_price", "trail_price", "trail_percent",
        "order_class", "take_profit", "stop_loss", "extended_hours", "position_intent",
    ]
)  # fmt: skip
BODIES = st.dictionaries(FIELDS, JSON, max_size=4).map(lambda changes: GOOD_ORDER | changes)


@settings(max_examples=300, deadline=None)
@given(st.one_of(BODIES.map(lambda body: json.dumps(body).encode()), st.binary(max_size=60)))
def test_a_body_is_parsed_or_refused_and_nothing_else(body: bytes) -> None:
    refusal: Problem | None = None
    try:
        request = parse_order(body)
    except Problem as problem:
        refusal = problem
    if refusal is not None:
        assert 400 <= refusal.status < 500
        assert json.dumps(refusal.document())
    else:
        assert (request.qty or request.notional or 0) > 0
        assert request.limit_price is None or request.limit_price > 0


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_any_order_body_is_taken_whole_or_refused_whole(
    platform: Platform, data: st.DataObject
) -> None:
    body = json.dumps(data.draw(BODIES)).encode()
    trader = platform.trader(_TRADER)
    answer = await trader.request("POST", "/v2/orders", content=body)
    assert answer.status_code < 500, (body, answer.text)
    if answer.status_code != 200:
        assert isinstance(answer.json()["code"], int)
    else:
        assert (await trader.cancel(answer.json()["id"])).status_code == 204
    account = await trader.get("/v2/account")
    assert account["cash"] == account["buying_power"] == "0"


_TRADER = str(uuid4())
