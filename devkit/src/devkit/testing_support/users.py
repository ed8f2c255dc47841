"""User tokens as the auth service would sign them, for tests of a service alone."""

import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class UserTokens:
    """Signs tokens, and is the `KeySource` that verifies them."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        document = jwt.algorithms.OKPAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        self._public = jwt.PyJWK(document, algorithm="EdDSA")

    async def key(self, kid: str) -> jwt.PyJWK | None:
        return self._public if kid == "test" else None

    def token(self, user_id: str, **claims: Any) -> str:
        now = int(time.time())
        body = {
            "iss": "auth",
            "aud": "day-trading",
            "sub": user_id,
            "roles": ["trader"],
            "scope": "trading:read trading:write",
            "tier": "normal",
            "iat": now,
            "exp": now + 900,
        }
        return jwt.encode(body | claims, self._private, algorithm="EdDSA", headers={"kid": "test"})
