"""Access tokens: what is in them, and that nothing but the real thing is accepted."""

import asyncio
import base64
import json
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from auth_scene import AuthScene, body
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.clock import ManualClock
from chassis.errors import Unauthorized
from chassis.identity.tokens import ServiceKeySet, TokenVerifier

CONTRACT = {
    "iss", "aud", "sub", "username", "roles", "scope", "tier", "sid", "iat", "exp", "jti",
}  # fmt: skip


async def test_the_claims_are_those_of_the_contract(scene: AuthScene) -> None:
    alice = await scene.register("alice")
    token = (await scene.log_in("alice"))["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    now = scene.clock.time_ns() // 1_000_000_000
    assert set(claims) == CONTRACT
    assert claims["iss"] == "auth"
    assert claims["aud"] == "day-trading"
    assert claims["sub"] == alice["id"]
    assert claims["username"] == "alice"
    assert claims["roles"] == ["trader"]
    assert claims["scope"] == "trading:read trading:write"
    assert claims["tier"] == "normal"
    assert (claims["iat"], claims["exp"]) == (now, now + 900)
    assert UUID(claims["sid"])
    assert UUID(claims["jti"])
    admin = jwt.decode(
        (await scene.admin())["Authorization"][7:], options={"verify_signature": False}
    )
    assert admin["scope"] == "admin audit trading:read trading:write"
    assert set(admin["roles"]) == {"trader", "admin", "auditor"}


async def test_anybody_can_verify_a_token_with_the_published_keys(scene: AuthScene) -> None:
    await scene.register("alice")
    token = (await scene.log_in("alice"))["access_token"]
    published = body(await scene.http.get("/v1/jwks"), 200)
    (entry,) = published["keys"]
    assert "d" not in entry
    header = jwt.get_unverified_header(token)
    assert header == {"alg": "EdDSA", "kid": entry["kid"], "typ": "JWT"}
    jwt.decode(token, jwt.PyJWK(entry), algorithms=["EdDSA"], audience="day-trading")


async def test_a_token_ends_after_fifteen_minutes(scene: AuthScene) -> None:
    await scene.register("alice")
    bearer = await scene.bearer("alice")
    scene.clock.advance(900 + 4)  # services allow their clocks to differ by five seconds
    assert (await scene.http.get("/v1/auth/me", headers=bearer)).status_code == 200
    scene.clock.advance(2)
    answer = await scene.http.get("/v1/auth/me", headers=bearer)
    assert answer.status_code == 401
    assert "expired" in answer.json()["detail"]


async def test_forged_tokens_are_refused_by_the_running_service(scene: AuthScene) -> None:
    await scene.register("alice")
    good = (await scene.log_in("alice"))["access_token"]
    header, payload, signature = good.split(".")
    claims = json.loads(unpadded(payload))
    (entry,) = (await scene.http.get("/v1/jwks")).json()["keys"]
    public = unpadded(entry["x"])
    kid = {"kid": entry["kid"]}
    stranger = Ed25519PrivateKey.generate()
    deep = encoded(b'{"iss":"auth","x":' + b"[" * 1500)
    forged = {
        "no signature": f"{header}.{payload}.",
        "alg none": f"{encoded({'alg': 'none'} | kid)}.{payload}.",
        "alg none, signed": f"{encoded({'alg': 'none'} | kid)}.{payload}.{signature}",
        "HS256 with the public key": jwt.encode(claims, public, algorithm="HS256", headers=kid),
        "another key under our id": jwt.encode(claims, stranger, algorithm="EdDSA", headers=kid),
        "another key under its own id": jwt.encode(
            claims, stranger, algorithm="EdDSA", headers={"kid": "mine"}
        ),
        "a key brought along": jwt.encode(
            claims, stranger, algorithm="EdDSA", headers=kid | {"jwk": entry}
        ),
        "no key id": jwt.encode(claims, stranger, algorithm="EdDSA"),
        "deep claims": f"{header}.{deep}.{signature}",
        "deep header": f"{deep}.{payload}.{signature}",
        "claims that are no object": f"{header}.{encoded(b'[]')}.{signature}",
        "not text": f"{header}.{encoded(bytes(range(200, 255)))}.{signature}",
        "too long": good + "A" * 5000,
        "empty": "..",
        "words": "let me in",
    }
    for what, token in forged.items():
        answer = await scene.http.get("/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, f"{what}: {answer.text}"
    answer = await scene.http.get("/v1/auth/me", headers={"Authorization": f"Bearer {good}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "trading"},
        {"aud": None},
        {"iss": "trading"},
        {"exp": 1},
        {"exp": None},
        {"exp": "never"},
        {"iat": 9_999_999_999},
        {"iat": None},
        {"sub": None},
        {"nbf": 9_999_999_999},
    ],
)
async def test_even_our_own_signature_does_not_help_wrong_claims(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    verifier, key, claims = user_verifier(tmp_path)
    right = jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "k"})
    assert (await verifier.verify(right)).subject == claims["sub"]
    wrong = {name: value for name, value in (claims | change).items() if value is not None}
    with pytest.raises(Unauthorized):
        await verifier.verify(jwt.encode(wrong, key, algorithm="EdDSA", headers={"kid": "k"}))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_token_with_any_one_character_changed_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    verifier, key, claims = user_verifier(tmp_path_factory.getbasetemp())
    token = jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "k"})
    position = data.draw(st.integers(0, len(token)))
    character = data.draw(st.characters(max_codepoint=255))
    altered = data.draw(
        st.sampled_from(
            [
                token[:position] + character + token[position + 1 :],
                token[:position] + character + token[position:],
                token[:position] + token[position + 1 :],
            ]
        )
    )
    if altered == token:
        return
    with pytest.raises(Unauthorized):
        asyncio.run(verifier.verify(altered))


def user_verifier(folder: Path) -> tuple[TokenVerifier, Ed25519PrivateKey, dict[str, Any]]:
    """A verifier of user tokens, the key that signs them, and the claims of a good one."""
    key = Ed25519PrivateKey.generate()
    public = jwt.PyJWK(
        {"kty": "OKP", "crv": "Ed25519", "x": encoded(key.public_key().public_bytes_raw())},
        algorithm="EdDSA",
    )

    class OneKey:
        async def key(self, kid: str) -> jwt.PyJWK | None:
            return public if kid == "k" else None

    none = folder / "no-services.json"
    none.write_text('{"keys": []}')
    clock = ManualClock(time.time_ns())
    now = clock.time_ns() // 1_000_000_000
    verifier = TokenVerifier(
        service_name="auth", service_keys=ServiceKeySet(none), user_keys=OneKey(), clock=clock
    )
    claims = {
        "iss": "auth", "aud": "day-trading", "sub": "alice", "iat": now, "exp": now + 900,
    }  # fmt: skip
    return verifier, key, claims


def encoded(part: bytes | dict[str, Any]) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpadded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
