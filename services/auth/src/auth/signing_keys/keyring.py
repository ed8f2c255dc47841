"""The keys of this service: the one that signs, and all that verify. The first is made at the first start."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth.signing_keys import queries
from auth.signing_keys.encryption import KeyCipher
from auth.signing_keys.queries import StoredKey
from chassis.clock import Clock, utc_now
from chassis.database import Database


@dataclass(frozen=True, slots=True)
class _Loaded:
    kid: str
    signer: Ed25519PrivateKey
    public: dict[str, dict[str, Any]]
    verifiers: dict[str, jwt.PyJWK]


class KeyRing:
    """Also the `KeySource` of this service's own token verifier: it does not ask itself over HTTP."""

    def __init__(self) -> None:
        self._loaded: _Loaded | None = None

    async def load(self, database: Database, cipher: KeyCipher, clock: Clock) -> None:
        """Read the keys; make the first when there is none. Raises `WrongSecret`."""
        async with database.write() as connection:
            # Several replicas may start at once on an empty database: one of them makes the key.
            await queries.lock(connection)
            keys = list(await queries.all_keys(connection))
            if not keys:
                fresh = make_key(cipher, utc_now(clock))
                await queries.add(connection, fresh)
                keys.append(fresh)
        active = next(key for key in keys if key.state == "active")
        public = {key.kid: jwk(key.public_key) for key in keys}
        self._loaded = _Loaded(
            kid=active.kid,
            signer=cipher.decrypt(active.private_key_encrypted, active.kid),
            public=public,
            verifiers={kid: jwt.PyJWK(entry, algorithm="EdDSA") for kid, entry in public.items()},
        )

    def sign(self, claims: dict[str, Any]) -> str:
        """`claims` as a JWT of the active key."""
        loaded = self._require()
        return jwt.encode(claims, loaded.signer, algorithm="EdDSA", headers={"kid": loaded.kid})

    def jwks(self) -> dict[str, Any]:
        """The public keys (RFC 7517)."""
        return {"keys": list(self._require().public.values())}

    async def key(self, kid: str) -> jwt.PyJWK | None:
        """The public key with this id; none when it is not ours."""
        return self._require().verifiers.get(kid)

    def _require(self) -> _Loaded:
        assert self._loaded is not None, "the key ring is used before it was loaded"
        return self._loaded


def make_key(cipher: KeyCipher, now: datetime) -> StoredKey:
    """A new active key."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    kid = thumbprint(public)
    return StoredKey(kid, public, cipher.encrypt(private, kid), "active", now)


def jwk(public_key: bytes) -> dict[str, Any]:
    """An Ed25519 public key as a JWK (RFC 8037)."""
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _base64url(public_key),
        "kid": thumbprint(public_key),
        "use": "sig",
        "alg": "EdDSA",
    }


def thumbprint(public_key: bytes) -> str:
    """The key's id: its JWK thumbprint (RFC 7638)."""
    canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{_base64url(public_key)}"}}'
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
