"""Verification of both kinds of token. EdDSA only; any other algorithm, `none` included, is refused.

User tokens are checked against the auth service's published keys (cached, so that auth may be away), service
tokens against the mounted key set, whose entries bound what each service may ask for.
"""

import base64
import json
from collections import OrderedDict
from pathlib import Path
from typing import Any

import jwt
import structlog

from chassis.clock import Clock
from chassis.errors import Unauthorized, Unavailable
from chassis.identity.jwks import KeySource, KeysUnavailable
from chassis.identity.principal import Principal

log = structlog.get_logger(__name__)

USER_AUDIENCE = "day-trading"
USER_ISSUER = "auth"
MAX_TOKEN_BYTES = 4096
LEEWAY_S = 5
CACHE_SIZE = 20_000


class ServiceKeySet:
    """The mounted JWKS file: every service's public key, and the scopes that it may use."""

    def __init__(self, path: Path) -> None:
        self._keys: dict[str, tuple[jwt.PyJWK, str, frozenset[str]]] = {}
        for entry in json.loads(path.read_text())["keys"]:
            key = jwt.PyJWK(entry, algorithm="EdDSA")
            self._keys[entry["kid"]] = (
                key,
                entry["service"],
                frozenset(entry["scopes"]),
            )

    def verify(self, token: str, kid: str, audience: str, now_s: int) -> Principal:
        """The calling service. Raises `jwt.PyJWTError` or `Unauthorized`."""
        if kid not in self._keys:
            raise Unauthorized("the token is signed with a key that is not in the key set")
        key, service, allowed = self._keys[kid]
        claims = _decode(token, key, audience, issuer=service, now_s=now_s)
        scopes = frozenset(str(claims.get("scope", "")).split())
        if not scopes <= allowed:
            raise Unauthorized("the token claims a scope that its key does not have")
        return Principal("service", service, scopes, int(claims["exp"]))


class TokenVerifier:
    """Turns a bearer token into a `Principal`; remembers verified tokens until they expire."""

    def __init__(
        self,
        *,
        service_name: str,
        service_keys: ServiceKeySet,
        user_keys: KeySource,
        clock: Clock,
        cache_size: int = CACHE_SIZE,
    ) -> None:
        self._cache_size = cache_size
        self._service_name = service_name
        self._service_keys = service_keys
        self._user_keys = user_keys
        self._clock = clock
        self._verified: OrderedDict[str, Principal] = OrderedDict()

    def remembered(self, token: str) -> Principal | None:
        """The caller whom `token` proved before, while it is good; none: `verify` would have to look."""
        known = self._verified.get(token)
        if known is not None and known.expires_at + LEEWAY_S <= self._now_s():
            del self._verified[token]
            return None
        return known

    async def verify(self, token: str) -> Principal:
        """The caller that `token` proves. Raises `Unauthorized`, or `Unavailable` when keys cannot be had."""
        if (known := self.remembered(token)) is not None:
            return known
        principal = await self._verify_signature(token, self._now_s())
        self._verified[token] = principal
        if len(self._verified) > self._cache_size:
            self._verified.popitem(last=False)
        return principal

    def _now_s(self) -> int:
        return self._clock.time_ns() // 1_000_000_000

    async def _verify_signature(self, token: str, now_s: int) -> Principal:
        header, issuer = _peek(token)
        kid = header.get("kid")
        if header.get("alg") != "EdDSA" or not isinstance(kid, str):
            raise Unauthorized("unauthorized")
        try:
            if issuer == USER_ISSUER:
                return await self._verify_user(token, kid, now_s)
            return self._service_keys.verify(token, kid, self._service_name, now_s)
        except jwt.ExpiredSignatureError:
            raise Unauthorized("the token has expired") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise Unauthorized("unauthorized") from None

    async def _user_key(self, kid: str) -> jwt.PyJWK:
        # Auth calls nobody: what bears its name is a user's token, and only its published keys make one.
        try:
            key = await self._user_keys.key(kid)
        except KeysUnavailable as error:
            raise Unavailable(
                "sign-in keys cannot be read right now", headers={"Retry-After": "1"}
            ) from error
        if key is None:
            raise Unauthorized("unauthorized")
        return key

    async def _verify_user(self, token: str, kid: str, now_s: int) -> Principal:
        key = await self._user_key(kid)
        claims = _decode(token, key, USER_AUDIENCE, issuer=USER_ISSUER, now_s=now_s)
        return Principal(
            "user",
            str(claims["sub"]),
            frozenset(str(claims.get("scope", "")).split()),
            int(claims["exp"]),
            roles=frozenset(claims.get("roles", ())),
            tier=str(claims.get("tier", "normal")),
            username=str(claims.get("username", "")),
            session_id=claims.get("sid"),
            key_id=claims.get("key_id"),
        )


def _decode(token: str, key: jwt.PyJWK, audience: str, issuer: str, now_s: int) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=["EdDSA"],
        audience=audience,
        issuer=issuer,
        # Times are compared below: the library would ask the machine's clock instead of ours.
        options={
            "require": ["exp", "iat", "sub", "aud", "iss"],
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
        },
    )
    if int(claims["exp"]) + LEEWAY_S <= now_s:
        raise jwt.ExpiredSignatureError
    if max(int(claims["iat"]), int(claims.get("nbf", 0))) - LEEWAY_S > now_s:
        raise jwt.ImmatureSignatureError
    return claims


def _peek(token: str) -> tuple[dict[str, Any], str]:
    """Header and issuer, unverified: only to choose the key set that must then verify the token."""
    if len(token) > MAX_TOKEN_BYTES:
        raise Unauthorized("unauthorized")
    try:
        header_json, payload_json, _signature = (_unpad(part) for part in token.split("."))
        header, claims = json.loads(header_json), json.loads(payload_json)
        return dict(header), str(claims["iss"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unauthorized("unauthorized") from None


def _unpad(part: str) -> bytes:
    # Lenient, as it only chooses the key: the verification that follows insists on canonical base64url.
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
