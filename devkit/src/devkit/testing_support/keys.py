"""Service keys for tests, and tokens signed with them: right ones, and wrong ones on purpose."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt

from devkit.keys import SCOPES, ensure_service_keys, key_id, load_private_key, private_key_file

TOKEN_SECONDS = 60


@dataclass(frozen=True)
class ServiceKeys:
    """A key set as it is mounted into every service, with the private half of each key."""

    folder: Path
    key_set: Path
    """The JWKS file: a service's SERVICE_KEYS_FILE."""
    scopes: Mapping[str, tuple[str, ...]]

    @classmethod
    def generate(cls, folder: Path, scopes: Mapping[str, tuple[str, ...]] = SCOPES) -> ServiceKeys:
        return cls(folder, ensure_service_keys(folder, scopes), scopes)

    def private_key(self, service: str) -> Path:
        """The PEM file of one service: its SERVICE_KEY_FILE."""
        return private_key_file(self.folder, service)

    def token(self, service: str, audience: str, scope: str | None = None, **claims: Any) -> str:
        """A token of `service` for `audience`; with all its scopes, unless said otherwise.

        `claims` replace or add claims (None removes one), for tokens that must be refused.
        """
        now = int(time.time())
        wanted = {
            "iss": service,
            "sub": service,
            "aud": audience,
            "scope": " ".join(self.scopes[service]) if scope is None else scope,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            **claims,
        }
        kept = {name: value for name, value in wanted.items() if value is not None}
        key = load_private_key(self.private_key(service))
        return jwt.encode(kept, key, algorithm="EdDSA", headers={"kid": key_id(service)})

    def headers(self, service: str, audience: str, scope: str | None = None) -> dict[str, str]:
        """The `Authorization` header with such a token."""
        return {"Authorization": f"Bearer {self.token(service, audience, scope)}"}
