"""API keys become user tokens here: exchanged once at auth, remembered, and served from memory while auth is away.

A key that was deleted goes on working for at most `FRESH_S` (longer only while auth cannot be asked, and never
past the token's own end). Secrets are not kept: the memory is keyed by a hash salted anew in every process.
"""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass

import httpx
import msgspec
import structlog

from chassis.clock import Clock
from chassis.errors import Unauthorized, Unavailable
from chassis.identity.service_tokens import ServiceAuth
from gateway.metrics import KEY_CACHE

log = structlog.get_logger(__name__)

FRESH_S = 300.0
"""How long a deleted key may go on working."""
RENEW_BEFORE_END_S = 30.0
KNOWN_BAD_S = 5.0
RETRY_S = 2.0
EXCHANGE_TIMEOUT_S = 2.0
KEYS_REMEMBERED = 10_000
MAX_CREDENTIAL_BYTES = 256


class _Token(msgspec.Struct):
    access_token: str
    expires_in: float


_token = msgspec.json.Decoder(_Token)


@dataclass(slots=True)
class _Known:
    """What is known of one key and secret; `token` is none when auth refused them."""

    token: str | None
    fresh_until: float
    ends_at: float


class AuthAway(Exception):
    """Auth did not answer, or not with an answer that decides anything."""


class KeyExchange:
    """Tokens for API keys. Times are the clock's monotonic seconds."""

    def __init__(
        self, client: httpx.AsyncClient, auth_url: str, auth: ServiceAuth, clock: Clock
    ) -> None:
        self._client = client
        self._url = f"{auth_url.rstrip('/')}/v1/auth/api-keys/exchange"
        self._auth = auth
        self._clock = clock
        self._salt = secrets.token_bytes(16)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._pending: dict[bytes, asyncio.Task[_Known]] = {}

    def remembered(self, key_id: str, secret: str) -> str | None:
        """The token when no question to auth is needed. Raises `Unauthorized` for a pair just found wrong."""
        known = self._known.get(self._hash(key_id, secret))
        if known is None or self._clock.monotonic() >= known.fresh_until:
            return None
        if known.token is None:
            KEY_CACHE.labels("known_bad").inc()
            raise Unauthorized("unauthorized")
        KEY_CACHE.labels("hit").inc()
        return known.token

    async def exchange(self, key_id: str, secret: str) -> str:
        """Ask auth for a token. Raises `Unauthorized`, or `Unavailable` when auth is away and nothing is known."""
        if len(key_id) + len(secret) > MAX_CREDENTIAL_BYTES:
            raise Unauthorized("unauthorized")
        hashed = self._hash(key_id, secret)
        pending = self._pending.get(hashed)
        if pending is None:
            # A task of its own: whoever came first may go away, the others still want the answer.
            pending = asyncio.create_task(self._ask(hashed, key_id, secret))
            self._pending[hashed] = pending
            pending.add_done_callback(lambda _: self._pending.pop(hashed, None))
        known = await asyncio.shield(pending)
        if known.token is None:
            raise Unauthorized("unauthorized")
        return known.token

    async def _ask(self, hashed: bytes, key_id: str, secret: str) -> _Known:
        now = self._clock.monotonic()
        try:
            token = await self._post(key_id, secret)
        except AuthAway as away:
            known = self._known.get(hashed)
            if known is None or known.token is None or now >= known.ends_at:
                KEY_CACHE.labels("unavailable").inc()
                raise Unavailable(
                    "API keys cannot be checked right now; nothing was done",
                    headers={"Retry-After": "1"},
                ) from away
            KEY_CACHE.labels("stale").inc()
            known.fresh_until = min(now + RETRY_S, known.ends_at)
            return known
        if token is None:
            KEY_CACHE.labels("refused").inc()
            known = _Known(None, now + KNOWN_BAD_S, now + KNOWN_BAD_S)
        else:
            KEY_CACHE.labels("exchanged").inc()
            life_s = token.expires_in
            fresh_s = min(FRESH_S, max(life_s - RENEW_BEFORE_END_S, life_s / 2))
            known = _Known(token.access_token, now + fresh_s, now + life_s)
        self._known[hashed] = known
        self._known.move_to_end(hashed)
        if len(self._known) > KEYS_REMEMBERED:
            self._known.popitem(last=False)
        return known

    async def _post(self, key_id: str, secret: str) -> _Token | None:
        """The token; none when auth says that there is no such key. Raises `AuthAway`."""
        try:
            answer = await self._client.post(
                self._url,
                json={"key_id": key_id, "secret": secret},
                auth=self._auth,
                timeout=EXCHANGE_TIMEOUT_S,
            )
        except httpx.HTTPError as error:
            log.warning("auth cannot be asked about an API key", error=repr(error))
            raise AuthAway from error
        if answer.status_code in (200, 201):
            try:
                return _token.decode(answer.content)
            except msgspec.MsgspecError as error:
                log.error("auth's answer to an exchange makes no sense", error=str(error))
                raise AuthAway from error
        # 400 and 422: what was sent cannot be a key. 401 is a wrong key, or a wrong token of ours; which one shows
        # in auth's log, and neither lets the caller in.
        if answer.status_code in (400, 401, 403, 404, 422):
            return None
        log.warning("auth did not decide about an API key", status=answer.status_code)
        raise AuthAway

    def _hash(self, key_id: str, secret: str) -> bytes:
        text = f"{len(key_id)}:{key_id}{secret}".encode()
        return hashlib.blake2b(text, digest_size=20, key=self._salt).digest()
