"""Short tokens that this service signs to call others, without asking anyone."""

from collections.abc import Generator
from pathlib import Path

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis.clock import Clock

LIFETIME_S = 60


class ServiceTokenSigner:
    """Signs as `service` with the key in `key_file` (PEM, Ed25519), whose id is `<service>-1` unless given."""

    def __init__(self, service: str, key_file: Path, clock: Clock, kid: str | None = None) -> None:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{key_file} does not hold an Ed25519 private key")
        self._key = key
        self._service = service
        self._kid = kid or f"{service}-1"
        self._clock = clock
        self._made: dict[tuple[str, str], tuple[str, int]] = {}

    def token(self, audience: str, scope: str) -> str:
        """A token for `audience` with `scope` (space separated), reused for half of its life."""
        now_s = self._clock.time_ns() // 1_000_000_000
        made = self._made.get((audience, scope))
        # One from a clock that has since been set back would be refused as not valid yet.
        if made is not None and now_s + LIFETIME_S // 2 < made[1] <= now_s + LIFETIME_S:
            return made[0]
        expires = now_s + LIFETIME_S
        claims = {
            "iss": self._service,
            "sub": self._service,
            "aud": audience,
            "scope": scope,
            "iat": now_s,
            "exp": expires,
        }
        token = jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self._kid})
        self._made[(audience, scope)] = (token, expires)
        return token


class ServiceAuth(httpx.Auth):
    """httpx authentication with a fresh service token on every request."""

    def __init__(self, signer: ServiceTokenSigner, audience: str, scope: str) -> None:
        self._signer = signer
        self._audience = audience
        self._scope = scope

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = self._signer.token(self._audience, self._scope)
        request.headers["Authorization"] = f"Bearer {token}"
        yield request
