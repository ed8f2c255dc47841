"""Bad input at the front door: a 4xx with a code and a sentence, never a 5xx, and nothing has changed.

What each field of each body must be is tested beside each service. Here the whole platform stands behind
the gateway, and what is sent is what a broken client or an attacker would send.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from people import Exchange, client, good

from auth.signing_keys.encryption import KeyCipher
from devkit import blocking
from devkit.home import Home
from replay.platform import Platform

ORDER: dict[str, Any] = {
    "side": "buy", "qty": "1", "type": "limit", "time_in_force": "gtc", "limit_price": "10",
}  # fmt: skip
"""A good order, but for its symbol."""

BAD_ORDERS: dict[str, dict[str, Any]] = {
    "no quantity": {"qty": None},
    "quantity zero": {"qty": "0"},
    "negative quantity": {"qty": "-1"},
    "part of a whole share": {"qty": "0.5"},
    "quantity that no order may have": {"qty": "1e18"},
    "quantity of four hundred digits": {"qty": "9" * 400},
    "quantity that overflows any exponent": {"qty": "1e999999999"},
    "quantity as a word": {"qty": "many"},
    "quantity as a list": {"qty": ["1"]},
    "not a number": {"qty": "NaN"},
    "infinite price": {"limit_price": "Infinity"},
    "price zero": {"limit_price": 0},
    "negative price": {"limit_price": "-10"},
    "price between two ticks": {"limit_price": "10.001"},
    "price that overflows ticks": {"limit_price": "99999999999999999999"},
    "limit order without a price": {"limit_price": None},
    "market order with a price": {"type": "market"},
    "unknown symbol": {"symbol": "NOSUCH"},
    "symbol with NUL": {"symbol": "AC\u0000ME"},
    "symbol that is SQL": {"symbol": "'; DROP TABLE orders; --"},
    "symbol as an object": {"symbol": {"$ne": None}},
    "unknown side": {"side": "hold"},
    "unknown type": {"type": "iceberg"},
    "unknown time in force": {"time_in_force": "forever"},
    "client order id of 129 characters": {"client_order_id": "x" * 129},
    "client order id with NUL": {"client_order_id": "a\u0000b"},
    "client order id with half a surrogate pair": {"client_order_id": "\ud800"},
    "more than the account has": {"qty": "1000000"},
    "shares that the account has on offer already": {"side": "sell"},
}

BAD_AMOUNTS: list[Any] = [
    "0", "-1", "1e30", "0.000000001", "NaN", "Infinity", "9" * 400, "", None, [], True,
]  # fmt: skip

BAD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "no JSON": b"side=buy&qty=1",
    "cut in the middle": b'{"symbol": "ACME", "qty": ',
    "two documents": b"{}{}",
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "NUL": b"\x00",
    "not UTF-8": b'{"symbol": "\xff\xfe"}',
    "ten thousand open brackets": b"[" * 10_000,
    "a hundred thousand nines": b'{"qty": ' + b"9" * 15_000 + b"}",
}

NO_BODY = {("/v1/auth/logout", "empty"), ("/v1/auth/logout", "null")}
"""Without a body a log-out ends the session of the token that it came with."""

OURS = ("/v1/auth/register", "/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout",
        "/v1/auth/api-keys", "/v1/funding/deposits", "/v1/funding/withdrawals")  # fmt: skip
"""Every path of ours that takes a body from anybody who is signed in, or not."""

PATHS: dict[str, tuple[str, str]] = {
    "an order id that is none": ("GET", "/v2/orders/first"),
    "an order that does not exist": ("GET", f"/v2/orders/{uuid4()}"),
    "a cancel of an order that does not exist": ("DELETE", f"/v2/orders/{uuid4()}"),
    "NUL in the path": ("GET", "/v2/assets/%00"),
    "NUL in the query": ("GET", "/v2/orders:by_client_order_id?client_order_id=%00"),
    "a limit too large": ("GET", "/v2/orders?limit=1000000"),
    "a limit that is no number": ("GET", "/v2/orders?limit=all"),
    "a time that is none": ("GET", "/v2/orders?after=yesterday"),
    "a timeframe that is none": ("GET", "/v2/stocks/ACME/bars?timeframe=1Parsec"),
    "a traversal": ("GET", "/v2/../v1/events"),
    "an encoded traversal": ("GET", "/v2/stocks/%2e%2e/%2e%2e/v1/events"),
    "a log that is only for services": ("GET", "/v1/events?after=0"),
    "an exchange that is only for services": ("POST", "/v1/auth/api-keys/exchange"),
    "a path that does not exist": ("GET", "/v2/nowhere"),
    "a method that does not exist there": ("DELETE", "/v2/account"),
    "an admin's path": ("POST", "/v1/admin/assets"),
    "the audit of everybody": ("GET", "/v1/audit/verify"),
}


class Scene:
    """Two people with money, shares and resting orders, all of which must stay as they are."""

    def __init__(self, exchange: Exchange) -> None:
        self.symbol = symbol = exchange.list_stock()
        self.person = exchange.welcome("1000", "load", **{symbol: "5"})
        self.other = exchange.welcome("1000", "load", **{symbol: "5"})
        for each in (self.person, self.other):
            bid = each.place(symbol=symbol, side="buy", qty="2", limit_price="5")
            each.place(symbol=symbol, side="sell", qty="5", limit_price="50")
        self.foreign_order = bid["id"]

    def state(self) -> Any:
        """Everything that the platform tells its users about themselves."""
        reads = ("/v2/account", "/v2/positions", "/v2/orders?status=all", "/v1/auth/me",
                 "/v1/auth/api-keys", "/v2/account/activities")  # fmt: skip
        return [
            good(person.http.get(path)) for person in (self.person, self.other) for path in reads
        ]

    def send(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        return refused(self.person.http.request(method, path, **request))


def refused(answer: httpx.Response) -> dict[str, Any]:
    """The problem document of an answer; fails unless it is all that a refusal must be."""
    told = f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:300]}"
    assert 400 <= answer.status_code < 500, told
    assert answer.status_code != 429, "refused for its number, and not for what it is"
    assert answer.headers["content-type"] == "application/problem+json", told
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code, told
    assert isinstance(problem["code"], int), told
    assert len(problem["message"]) > 5, told
    assert problem["message"] == problem["detail"], told
    assert problem["request_id"] == answer.headers["x-request-id"], told
    return problem


@pytest.fixture(scope="module")
def made(exchange: Exchange) -> Scene:
    return Scene(exchange)


@pytest.fixture
def scene(made: Scene) -> Iterator[Scene]:
    before = made.state()
    yield made
    assert made.state() == before


def test_orders_that_make_no_sense(scene: Scene) -> None:
    for wrong in BAD_ORDERS.values():
        # As text: json escapes what httpx could not encode.
        body = json.dumps({"symbol": scene.symbol} | ORDER | wrong)
        scene.send("POST", "/v2/orders", content=body)


def test_bodies_that_are_no_request(scene: Scene) -> None:
    for path in ("/v2/orders", *OURS):
        for what, body in BAD_BODIES.items():
            if (path, what) in NO_BODY:
                continue
            headers = {"Content-Type": "application/json"}
            scene.send("POST", path, content=body, headers=headers)


def test_fields_that_we_do_not_know_are_refused_on_paths_of_ours(
    scene: Scene, exchange: Exchange
) -> None:
    person = scene.person
    known: dict[str, dict[str, Any]] = {
        "/v1/auth/register": {"username": f"test-{uuid4().hex[:12]}", "password": "long enough"},
        "/v1/auth/login": {"username": person.username, "password": person.password},
        "/v1/auth/refresh": {"refresh_token": person.refresh_token},
        "/v1/auth/logout": {"refresh_token": person.refresh_token},
        "/v1/auth/api-keys": {"name": "bot"},
        "/v1/funding/deposits": {"amount": "1"},
        "/v1/funding/withdrawals": {"amount": "1"},
    }
    assert set(known) == set(OURS)
    for path, body in known.items():
        problem = scene.send("POST", path, json=body | {"role": "admin"})
        assert "role" in problem["message"]
    asset = {"symbol": f"X{uuid4().hex[:8].upper()}", "margin": "2"}
    assert "margin" in refused(exchange.admin.post("/v1/admin/assets", json=asset))["message"]


def test_fields_that_alpaca_clients_may_send_are_ignored(exchange: Exchange) -> None:
    person = exchange.welcome("100")
    order = person.place(
        symbol=exchange.list_stock(), side="buy", qty="1", limit_price="1", advanced={"x": 1}
    )
    assert order["status"] == "new"


def test_paths_and_queries_that_lead_nowhere(scene: Scene) -> None:
    for method, path in PATHS.values():
        scene.send(method, path)


def test_somebody_elses_order_does_not_exist_for_others(scene: Scene) -> None:
    path = f"/v2/orders/{scene.foreign_order}"
    assert scene.send("GET", path)["status"] == 404
    assert scene.send("DELETE", path)["status"] == 404


def test_amounts_that_no_account_can_hold(scene: Scene) -> None:
    for path in ("/v1/funding/deposits", "/v1/funding/withdrawals"):
        for amount in BAD_AMOUNTS:
            scene.send("POST", path, json={"amount": amount})
    assert scene.send("POST", "/v1/funding/withdrawals", json={"amount": "1001"})["status"] == 403


def test_bodies_that_are_too_large(scene: Scene) -> None:
    padding = "x" * 200_000
    for path in ("/v2/orders", *OURS):
        problem = scene.send("POST", path, json={"padding": padding})
        assert (problem["status"], problem["type"]) == (413, "payload_too_large")
        # The same without a length, so that only counting finds it out.
        chunks = (b"x" * 10_000 for _ in range(20))
        problem = scene.send("POST", path, content=chunks)
        assert (problem["status"], problem["type"]) == (413, "payload_too_large")


def test_tokens_that_prove_nothing(scene: Scene, exchange: Exchange) -> None:
    token, platform = scene.person.token, exchange.platform
    header, claims, signature = token.split(".")
    fields = jwt.decode(token, options={"verify_signature": False})
    kid, real_key = signing_key(platform)
    admin = fields | {"roles": ["admin"], "scope": "admin trading:read trading:write"}
    now = int(time.time())

    def signed(payload: dict[str, Any], key: Any = real_key, **head: str) -> str:
        return jwt.encode(payload, key, algorithm="EdDSA", headers={"kid": kid} | head)

    # The way of signing below is the right one: else all of these would be refused for nothing.
    with client(platform, signed(fields)) as right:
        good(right.get("/v2/account"))

    public = real_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    none_header = encoded({"alg": "none", "typ": "JWT", "kid": kid})
    tokens = {
        "no token": "letmein",
        "no signature": f"{header}.{claims}.",
        "another's signature": f"{header}.{encoded(admin)}.{signature}",
        "alg none": f"{none_header}.{claims}.",
        "alg none with a signature": f"{none_header}.{claims}.{signature}",
        "the public key as a shared secret": jwt.encode(
            admin, base64.b64encode(public).decode(), algorithm="HS256", headers={"kid": kid}
        ),
        "a key of one's own": signed(admin, Ed25519PrivateKey.generate()),
        "an unknown key": signed(admin, Ed25519PrivateKey.generate(), kid="mine"),
        "expired": signed(fields | {"iat": now - 2000, "exp": now - 1000}),
        "not valid yet": signed(fields | {"iat": now + 1000, "exp": now + 2000}),
        "for somebody else": signed(fields | {"aud": "matching-engine"}),
        "by somebody else": signed(fields | {"iss": "trading"}),
        "without an end": signed({k: v for k, v in fields.items() if k != "exp"}),
        "very long": token + "A" * 20_000,
    }
    for what, wrong in tokens.items():
        with client(platform) as stranger:
            bearer = {"Authorization": f"Bearer {wrong}"}
            problem = refused(stranger.get("/v2/account", headers=bearer))
            assert problem["status"] in (401, 431), what
            order = {"symbol": scene.symbol} | ORDER
            answer = stranger.post("/v2/orders", json=order, headers=bearer)
            assert refused(answer)["status"] in (401, 431), what
            assert answer.headers["www-authenticate"] == "Bearer" or problem["status"] == 431


def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_session(exchange: Exchange) -> None:
    person = exchange.welcome()
    with client(exchange.platform) as stranger:

        def refresh(token: str) -> httpx.Response:
            return stranger.post("/v1/auth/refresh", json={"refresh_token": token})

        second = good(refresh(person.refresh_token))["refresh_token"]
        third = good(refresh(second))["refresh_token"]
        assert refused(refresh(second))["status"] == 401
        # Somebody has a token that is not theirs, so the newest one is worth nothing either.
        assert refused(refresh(third))["status"] == 401


def signing_key(platform: Platform) -> tuple[str, Ed25519PrivateKey]:
    """The key that auth signs users' tokens with, as only its operator could read it."""
    assert platform.root is not None
    home = Home(Path(platform.root))

    async def stored() -> Any:
        connection = await asyncpg.connect(home.access()["databases"]["auth"])
        try:
            return await connection.fetchrow(
                "SELECT kid, private_key_encrypted FROM signing_keys WHERE state = 'active'"
            )
        finally:
            await connection.close()

    row = blocking.run(stored())
    cipher = KeyCipher(home.secret("signing-key"))
    return row["kid"], cipher.decrypt(row["private_key_encrypted"], row["kid"])


def encoded(part: dict[str, Any]) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
