"""A logged-in user: keeps an access token fresh and sends requests with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from replay.gateway import Answer, Gateway, Lost, Patience, PatienceExhausted, Refused

# A new access token is fetched when so much of the old one's life is over.
_RENEW_AFTER_SHARE = 2 / 3
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})


class Session:
    """One user's way into the platform."""

    def __init__(
        self,
        gateway: Gateway,
        username: str,
        password: str,
        *,
        patience_seconds: float = 120.0,
    ) -> None:
        self.gateway = gateway
        self.username = username
        self.patience_seconds = patience_seconds
        self._password = password
        self._access_token: str | None = None
        self._refresh_token: str | None = None
        self._renew_at = 0.0
        self._renewing = asyncio.Lock()

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; a 401 is followed by one new log-in and one repetition. Raises Lost."""
        token = await self.token()
        for last in (False, True):
            answer = await self.gateway.request(
                method,
                path,
                token=token,
                body=body,
                query=query,
            )
            if answer.status != 401 or last:
                break
            token = await self.token(instead_of=token)
        return answer

    async def insist(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        happened: Callable[[], Awaitable[bool]] | None = None,
    ) -> Any:
        """Repeat a request until it is answered for good, and give the body of its 2xx answer.

        What must not have its effect twice says how to see it: `happened` is asked before each
        repetition whose predecessor may have had it, and when it says so there is no body (None).
        A request that is still under way then can slip through. Raises Refused, PatienceExhausted.
        """
        patience = Patience(self.patience_seconds)
        what = f"{method} {path}"
        while True:
            try:
                answer = await self.request(method, path, body=body, query=query)
            except Lost as lost:
                await patience.pause(str(lost))
                certain = False
            else:
                if answer.status < 300:
                    return answer.body
                if answer.status not in _TRY_AGAIN:
                    raise Refused(what, answer)
                said = f"{what}: {answer.status} {answer.message}"
                await patience.pause(said, answer.retry_after)
                certain = answer.status == 429
            if not certain and happened is not None and await happened():
                return None

    async def token(self, *, instead_of: str | None = None) -> str:
        """A valid access token; with `instead_of`, one other than that refused one."""
        now = asyncio.get_running_loop().time
        if self._access_token and now() < self._renew_at and self._access_token != instead_of:
            return self._access_token
        async with self._renewing:
            fresh = self._access_token and now() < self._renew_at
            if not fresh or self._access_token == instead_of:
                await self._renew()
        assert self._access_token is not None
        return self._access_token

    async def log_in(self) -> None:
        """Log in anew, so that the token carries the roles and the tier of now."""
        async with self._renewing:
            self._refresh_token = None
            await self._renew()

    async def _renew(self) -> None:
        """Refresh; or log in, when there is nothing to refresh or that answer may be lost."""
        patience = Patience(self.patience_seconds)
        while True:
            refresh, self._refresh_token = self._refresh_token, None
            if refresh is not None:
                path, body = "/v1/auth/refresh", {"refresh_token": refresh}
            else:
                path = "/v1/auth/login"
                body = {"username": self.username, "password": self._password}
            try:
                answer = await self.gateway.request("POST", path, body=body)
            except Lost as lost:
                await patience.pause(str(lost))
                continue
            if answer.status < 300:
                self._access_token = str(answer.body["access_token"])
                self._refresh_token = str(answer.body["refresh_token"])
                lifetime = float(answer.body["expires_in"])
                self._renew_at = asyncio.get_running_loop().time() + lifetime * _RENEW_AFTER_SHARE
                return
            if refresh is None and answer.status not in _TRY_AGAIN:
                raise Refused(path, answer)
            try:
                await patience.pause(f"{path}: {answer.message}", answer.retry_after)
            except PatienceExhausted as error:
                raise PatienceExhausted(f"{self.username} cannot log in: {error}") from error
