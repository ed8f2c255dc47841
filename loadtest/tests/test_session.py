"""A session keeps its token fresh, with one renewal at a time, and falls back to a log-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from replay.gateway import Gateway, Refused
from replay.session import Session


@dataclass(slots=True)
class Issuer:
    """Gives numbered tokens, of which only the newest is good; a refresh token is good once."""

    expires_in: float = 900
    refresh_status: int = 200
    login_status: int = 200
    issued: int = 0
    calls: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.post("/v1/auth/login", self._log_in),
                web.post("/v1/auth/refresh", self._refresh),
                web.get("/x", self._ask),
            ]
        )
        return app

    def revoke(self) -> None:
        self.issued += 1

    async def _log_in(self, request: web.Request) -> web.Response:
        self.calls.append("login")
        return self._tokens(self.login_status)

    async def _refresh(self, request: web.Request) -> web.Response:
        self.calls.append("refresh")
        presented = (await request.json())["refresh_token"]
        is_newest = presented == f"r{self.issued}"
        return self._tokens(self.refresh_status if is_newest else 401)

    def _tokens(self, status: int) -> web.Response:
        if status != 200:
            return web.json_response({"type": "no", "message": "no"}, status=status)
        self.issued += 1
        return web.json_response(
            {
                "access_token": f"a{self.issued}",
                "refresh_token": f"r{self.issued}",
                "expires_in": self.expires_in,
            }
        )

    async def _ask(self, request: web.Request) -> web.Response:
        good = request.headers["Authorization"] == f"Bearer a{self.issued}"
        return web.json_response({}, status=200 if good else 401)


@asynccontextmanager
async def session_with(issuer: Issuer) -> AsyncIterator[Session]:
    runner = web.AppRunner(issuer.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with Gateway(f"http://{host}:{port}", connections=16) as gateway:
        yield Session(gateway, "somebody", "password", patience_seconds=5)
    await runner.cleanup()


async def test_many_first_requests_log_in_once() -> None:
    issuer = Issuer()
    async with session_with(issuer) as session:
        answers = await asyncio.gather(*(session.request("GET", "/x") for _ in range(8)))
    assert {answer.status for answer in answers} == {200}
    assert issuer.calls == ["login"]


async def test_a_token_that_ages_is_refreshed_before_it_is_used() -> None:
    issuer = Issuer(expires_in=0)
    async with session_with(issuer) as session:
        for _ in range(3):
            assert (await session.request("GET", "/x")).status == 200
    assert issuer.calls == ["login", "refresh", "refresh"]


@pytest.mark.parametrize("status", [401, 503])
async def test_a_refresh_that_fails_is_followed_by_a_log_in(status: int) -> None:
    issuer = Issuer(expires_in=0, refresh_status=status)
    async with session_with(issuer) as session:
        for _ in range(2):
            assert (await session.request("GET", "/x")).status == 200
    assert issuer.calls == ["login", "refresh", "login"]


async def test_a_refused_token_is_renewed_and_the_request_sent_again() -> None:
    issuer = Issuer()
    async with session_with(issuer) as session:
        await session.token()
        issuer.revoke()
        assert (await session.request("GET", "/x")).status == 200
    assert issuer.calls == ["login", "refresh", "login"]


async def test_wrong_credentials_are_told_at_once() -> None:
    async with session_with(Issuer(login_status=401)) as session:
        with pytest.raises(Refused, match="401 no"):
            await session.token()
