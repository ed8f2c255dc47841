"""The auth service's public keys, fetched when first needed and kept for as long as they are known to sign."""

import asyncio
from typing import Protocol

import httpx
import jwt
import structlog

from chassis.clock import Clock

log = structlog.get_logger(__name__)

REFRESH_AFTER_S = 300
RETRY_AFTER_S = 2


class KeysUnavailable(Exception):
    """No keys have ever been read, and they cannot be read now."""


class KeySource(Protocol):
    async def key(self, kid: str) -> jwt.PyJWK | None:
        """The key with this id; none when it does not exist. Raises `KeysUnavailable`."""
        ...


class RemoteKeys:
    """`GET /v1/jwks` of the auth service, cached. An unknown key id asks again, at most every two seconds."""

    def __init__(self, client: httpx.AsyncClient, auth_url: str, clock: Clock) -> None:
        self._client = client
        self._url = f"{auth_url}/v1/jwks"
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def key(self, kid: str) -> jwt.PyJWK | None:
        if kid not in self._keys:
            # Whoever comes while the keys are under way waits for them, instead of being refused.
            async with self._fetching:
                if kid not in self._keys and self._may_ask():
                    await self._fetch()
        elif self._stale() and self._may_ask() and not self._fetching.locked():
            async with self._fetching:
                await self._fetch()
        if not self._keys:
            raise KeysUnavailable
        return self._keys.get(kid)

    def _stale(self) -> bool:
        return self._clock.monotonic() - self._fetched_at > REFRESH_AFTER_S

    def _may_ask(self) -> bool:
        return self._clock.monotonic() - self._tried_at > RETRY_AFTER_S

    async def _fetch(self) -> None:
        self._tried_at = self._clock.monotonic()
        try:
            answer = await self._client.get(self._url, timeout=2.0)
            answer.raise_for_status()
            entries = answer.json()["keys"]
            self._keys = {e["kid"]: jwt.PyJWK(e, algorithm="EdDSA") for e in entries}
            self._fetched_at = self._clock.monotonic()
        except (httpx.HTTPError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
            # Known keys go on verifying: auth may be away for longer than any token lives.
            log.warning("sign-in keys could not be read", url=self._url, error=repr(error))
