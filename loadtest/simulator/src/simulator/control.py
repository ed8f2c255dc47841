"""The loopback door to a running simulator: what it does, and its rate.

`GET /` tells, `PUT /rate` with a JSON number sets. Only PUT changes anything, so no web page can do
it behind its reader's back.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from simulator.pace import Pace

HOST = "127.0.0.1"
_TIMEOUT_SECONDS = 5.0


class NobodyThere(RuntimeError):
    """No simulator listens at this address."""


class RateRefused(ValueError):
    """The simulator does not take this rate; the text says why."""


@asynccontextmanager
async def control(pace: Pace, port: int) -> AsyncIterator[None]:
    """Listen for as long as the context lasts. Raises OSError when the port is taken."""

    async def tell(_: web.Request) -> web.Response:
        return web.json_response({"rate": pace.rate})

    async def set_rate(request: web.Request) -> web.Response:
        try:
            pace.set(float(await request.json()))
        except (ValueError, TypeError) as error:
            raise web.HTTPUnprocessableEntity(text=str(error)) from None
        return web.json_response({"rate": pace.rate})

    application = web.Application()
    application.add_routes([web.get("/", tell), web.put("/rate", set_rate)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        yield
    finally:
        await runner.cleanup()


def set_rate(rate: float, address: str) -> Any:
    """Ask a running simulator for another rate; answers what it says. Raises NobodyThere, RateRefused."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{address}/rate", data=json.dumps(rate).encode(), method="PUT",
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RateRefused(error.read().decode(errors="replace")) from None
    except (urllib.error.URLError, OSError) as error:
        raise NobodyThere(f"no simulator listens at {address}: {error}") from None
