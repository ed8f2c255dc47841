"""A venue is prepared once, whatever happens to the answers: nobody is paid or granted twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from aiohttp import web

from replay.accounts import Need
from replay.gateway import Gateway
from replay.venue import Admin, Venue, open_venue

from .desk import hang_up, problem

ADMIN = Admin("admin", "secret")


@dataclass(slots=True)
class Books:
    """A double of the doors that give cash and shares. `faults`: the fault of each write in turn."""

    faults: list[str] = field(default_factory=list)
    assets: list[str] = field(default_factory=list)
    transfers: list[tuple[str, str]] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.post("/v1/auth/register", self._fine),
                web.post("/v1/auth/login", self._log_in),
                web.get("/v2/account", self._fine),
                web.patch("/v1/admin/users/{id}", self._fine),
                web.get("/v2/assets/{symbol}", self._asset),
                web.post("/v1/admin/assets", self._write),
                web.post("/v1/admin/assets/{symbol}/grants", self._write),
                web.post("/v1/funding/deposits", self._write),
                web.get("/v2/account/activities/{type}", self._activities),
            ]
        )
        return app

    async def _fine(self, request: web.Request) -> web.Response:
        return web.json_response({"id": "somebody"}, status=201)

    async def _log_in(self, request: web.Request) -> web.Response:
        return web.json_response({"access_token": "a", "refresh_token": "r", "expires_in": 900})

    async def _asset(self, request: web.Request) -> web.Response:
        known = request.match_info["symbol"] in self.assets
        return web.json_response({}) if known else problem(404, "asset_not_found")

    async def _write(self, request: web.Request) -> web.Response:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "lost before":
            return hang_up(request)
        if fault == "refused":
            return problem(503, "unavailable")
        if request.path == "/v1/admin/assets":
            self.assets.append((await request.json())["symbol"])
        elif request.path == "/v1/funding/deposits":
            self.transfers.append(("CSD", ""))
        else:
            self.transfers.append(("JNLS", request.match_info["symbol"]))
        if fault == "lost after":
            return hang_up(request)
        return problem(503, "outcome_unknown") if fault == "unknown" else web.json_response({})

    async def _activities(self, request: web.Request) -> web.Response:
        wanted = request.match_info["type"]
        return web.json_response([{"symbol": s} for kind, s in self.transfers if kind == wanted])


@asynccontextmanager
async def opened(books: Books) -> AsyncIterator[Venue]:
    runner = web.AppRunner(books.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    step = Decimal(1)
    async with Gateway(f"http://{host}:{port}", connections=4) as gateway:
        yield await open_venue(
            gateway,
            ADMIN,
            [Need(cash=Decimal(5), shares=Decimal(7))],
            price_increment=step,
            quantity_increment=step,
            patience_seconds=5,
        )
    await runner.cleanup()


@pytest.mark.parametrize("fault", ["", "lost before", "lost after", "unknown", "refused"])
@pytest.mark.parametrize("write", range(3))
async def test_whatever_answer_is_lost_everything_is_given_once(fault: str, write: int) -> None:
    """The asset is the first write, the deposit the second, the grant the third."""
    books = Books(faults=[""] * write + [fault])
    async with opened(books) as venue:
        assert books.assets == [venue.symbol]
    assert books.transfers == [("CSD", ""), ("JNLS", venue.symbol)]
