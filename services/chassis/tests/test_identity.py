"""Who may call: service tokens, user keys from afar, guards, and tokens of our own."""

import asyncio
import base64
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import Request

from chassis.clock import ManualClock
from chassis.errors import Forbidden, Unauthorized, Unavailable
from chassis.identity import guards
from chassis.identity.jwks import KeysUnavailable, RemoteKeys
from chassis.identity.service_tokens import ServiceAuth, ServiceTokenSigner
from chassis.identity.tokens import ServiceKeySet, TokenVerifier
from devkit.testing_support.keys import ServiceKeys


class AuthService:
    """The auth service's `/v1/jwks`, as a fault would have it: away, slow, or talking nonsense."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.asked = 0
        self.answer = httpx.Response(200, json=jwks("k1", self.key))
        self.slow: asyncio.Event | None = None

    async def __call__(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.slow is not None:
            await self.slow.wait()
        return self.answer

    def away(self) -> None:
        self.answer = httpx.Response(503)

    def token(self, clock: ManualClock, kid: str = "k1", **changes: Any) -> str:
        now = clock.time_ns() // 1_000_000_000
        claims = {
            "iss": "auth", "aud": "day-trading", "sub": "alice", "iat": now, "exp": now + 900,
            "scope": "trading:read", "roles": ["trader"], "tier": "load", "username": "Alice",
            "sid": "s1",
        }  # fmt: skip
        return jwt.encode(claims | changes, self.key, algorithm="EdDSA", headers={"kid": kid})


def jwks(kid: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    x = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).rstrip(b"=").decode()
    return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid}]}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def auth() -> AuthService:
    return AuthService()


@pytest.fixture
def keys(auth: AuthService, clock: ManualClock) -> RemoteKeys:
    client = httpx.AsyncClient(transport=httpx.MockTransport(auth))
    return RemoteKeys(client, "http://auth", clock)


@pytest.fixture
def verifier(keys: RemoteKeys, service_keys: ServiceKeys, clock: ManualClock) -> TokenVerifier:
    return TokenVerifier(
        service_name="trading",
        service_keys=ServiceKeySet(service_keys.key_set),
        user_keys=keys,
        clock=clock,
    )


def service_token(keys: ServiceKeys, clock: ManualClock, **changes: Any) -> str:
    now = clock.time_ns() // 1_000_000_000
    claims = {"iat": now, "exp": now + 60} | changes
    return keys.token("audit-log", "trading", claims.pop("scope", "events:read"), **claims)


async def test_a_user_token_says_who_calls(
    verifier: TokenVerifier, auth: AuthService, clock: ManualClock
) -> None:
    caller = await verifier.verify(auth.token(clock))
    assert (caller.kind, caller.subject, caller.username) == ("user", "alice", "Alice")
    assert caller.scopes == {"trading:read"}
    assert caller.roles == {"trader"}
    assert (caller.tier, caller.session_id, caller.key_id) == ("load", "s1", None)


async def test_tokens_end_by_the_injected_clock_even_when_remembered(
    verifier: TokenVerifier, auth: AuthService, clock: ManualClock
) -> None:
    token = auth.token(clock)
    await verifier.verify(token)
    clock.advance(904)
    await verifier.verify(token)
    clock.advance(1)
    with pytest.raises(Unauthorized, match="expired"):
        await verifier.verify(token)


async def test_a_service_token_opens_what_its_key_may(
    verifier: TokenVerifier, service_keys: ServiceKeys, clock: ManualClock
) -> None:
    caller = await verifier.verify(service_token(service_keys, clock))
    assert (caller.kind, caller.subject) == ("service", "audit-log")
    assert caller.scopes == {"events:read"}


@pytest.mark.parametrize(
    "change",
    [
        {"scope": "engine:command"},
        {"scope": "events:read admin"},
        {"iss": "trading"},
        {"iss": "auth"},
        {"aud": "matching-engine"},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"iss": None},
    ],
)
async def test_a_stolen_key_opens_no_more_than_its_owner_could(
    verifier: TokenVerifier,
    service_keys: ServiceKeys,
    clock: ManualClock,
    change: dict[str, Any],
) -> None:
    await verifier.verify(service_token(service_keys, clock))
    with pytest.raises(Unauthorized):
        await verifier.verify(service_token(service_keys, clock, **change))


async def test_a_user_key_makes_no_service_token(
    verifier: TokenVerifier, auth: AuthService, clock: ManualClock
) -> None:
    for changes in ({"aud": "trading", "scope": "events:read"}, {"iss": "audit-log"}):
        with pytest.raises(Unauthorized):
            await verifier.verify(auth.token(clock, **changes))


async def test_a_signature_has_one_spelling(
    verifier: TokenVerifier, auth: AuthService, clock: ManualClock
) -> None:
    token = auth.token(clock)
    body, signature = token.rsplit(".", 1)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # 64 bytes leave four bits of the last character unused: 15 other spellings of the same bytes.
    first = alphabet.index(signature[-1]) & ~0b1111
    others = [f"{body}.{signature[:-1]}{alphabet[first + n]}" for n in range(16)]
    assert token in others
    for other in [*others, f"{token}=", f"{body}.{signature[:9]}!{signature[9:]}"]:
        if other != token:
            with pytest.raises(Unauthorized):
                await verifier.verify(other)
    await verifier.verify(token)


async def test_known_keys_outlive_the_auth_service(
    verifier: TokenVerifier, auth: AuthService, clock: ManualClock
) -> None:
    await verifier.verify(auth.token(clock))
    auth.away()
    for _ in range(3):
        clock.advance(400)
        await verifier.verify(auth.token(clock))
    assert auth.asked == 4


async def test_without_any_keys_a_user_is_told_to_come_back(
    verifier: TokenVerifier, auth: AuthService, clock: ManualClock
) -> None:
    good = auth.answer
    for nonsense in (httpx.Response(503), httpx.Response(200, text="hello"),
                     httpx.Response(200, json=[1]), httpx.Response(200, json={"keys": [1]})):  # fmt: skip
        auth.answer = nonsense
        clock.advance(3)
        with pytest.raises(Unavailable) as refused:
            await verifier.verify(auth.token(clock))
        assert refused.value.headers == {"Retry-After": "1"}
    auth.answer = good
    clock.advance(3)
    await verifier.verify(auth.token(clock))


async def test_an_unknown_key_id_asks_again_but_not_at_every_request(
    verifier: TokenVerifier, auth: AuthService, clock: ManualClock
) -> None:
    await verifier.verify(auth.token(clock))
    clock.advance(3)
    for number in range(20):
        with pytest.raises(Unauthorized):
            await verifier.verify(auth.token(clock, kid=f"unknown-{number}"))
    assert auth.asked == 2


async def test_requests_that_meet_at_a_cold_start_wait_for_the_keys(
    keys: RemoteKeys, auth: AuthService
) -> None:
    auth.slow = asyncio.Event()
    waiting = [asyncio.create_task(keys.key("k1")) for _ in range(10)]
    while auth.asked == 0:  # noqa: ASYNC110 - the other side is in the same loop
        await asyncio.sleep(0)
    auth.slow.set()
    assert None not in await asyncio.gather(*waiting)
    assert auth.asked == 1


async def test_keys_that_were_never_read_are_unavailable(
    keys: RemoteKeys, auth: AuthService
) -> None:
    auth.away()
    with pytest.raises(KeysUnavailable):
        await keys.key("k1")


def request_with(verifier: TokenVerifier, authorization: str | None) -> Request:
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    app = SimpleNamespace(state=SimpleNamespace(token_verifier=verifier))
    return Request({"type": "http", "headers": headers, "app": app})


async def test_guards_let_in_the_right_kind_with_every_scope(
    verifier: TokenVerifier, auth: AuthService, service_keys: ServiceKeys, clock: ManualClock
) -> None:
    as_user = request_with(verifier, f"Bearer {auth.token(clock)}")
    as_service = request_with(verifier, f"bearer {service_token(service_keys, clock)}")
    assert (await guards.user("trading:read")(as_user)).subject == "alice"
    assert (await guards.user()(as_user)).subject == "alice"
    assert (await guards.service("events:read")(as_service)).subject == "audit-log"
    for guard, request in [
        (guards.user("trading:write"), as_user),
        (guards.user("trading:read", "admin"), as_user),
        (guards.service("events:read"), as_user),
        (guards.service("engine:read", "keys:exchange"), as_service),
        (guards.user(), as_service),
    ]:
        with pytest.raises(Forbidden):
            await guard(request)


@pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Token x"])
async def test_no_token_is_asked_for_one(verifier: TokenVerifier, value: str | None) -> None:
    with pytest.raises(Unauthorized) as refused:
        await guards.authenticate(request_with(verifier, value))
    assert refused.value.headers == {"WWW-Authenticate": "Bearer"}


async def test_a_service_signs_tokens_that_others_accept_and_reuses_them_for_half_their_life(
    verifier: TokenVerifier, service_keys: ServiceKeys, clock: ManualClock
) -> None:
    signer = ServiceTokenSigner("audit-log", service_keys.private_key("audit-log"), clock)
    first = signer.token("trading", "events:read")
    assert (await verifier.verify(first)).subject == "audit-log"
    clock.advance(29)
    assert signer.token("trading", "events:read") == first
    assert signer.token("auth", "events:read") != first
    clock.advance(1)
    second = signer.token("trading", "events:read")
    assert second != first
    request = httpx.Request("GET", "http://trading/v1/events")
    sent = next(ServiceAuth(signer, "trading", "events:read").auth_flow(request))
    assert sent.headers["Authorization"] == f"Bearer {second}"


def test_a_key_of_another_kind_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    file = tmp_path / "key.pem"
    key = generate_private_key(SECP256R1())
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(TypeError, match="Ed25519"):
        ServiceTokenSigner("trading", file, clock)


def test_the_key_set_file_names_each_service_once(service_keys: ServiceKeys) -> None:
    entries = json.loads(service_keys.key_set.read_text())["keys"]
    assert len({entry["kid"] for entry in entries}) == len(entries)
    ServiceKeySet(service_keys.key_set)
