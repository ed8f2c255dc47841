"""A hot endpoint is answered bare, documented by FastAPI, and named in metrics for its template."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.bare_route import answer_bare
from chassis.errors import NotFound, install_error_handlers
from chassis.front import ServiceApp
from chassis.telemetry.middleware import TelemetryMiddleware, route_of

router = APIRouter()


@router.get("/things/{name}", openapi_extra={"parameters": []})
async def thing(request: Request) -> Response:
    """A thing."""
    if request.path_params["name"] == "none":
        raise NotFound("there is no such thing")
    return Response(f"{type(request.scope['route']).__name__} {route_of(request.scope)}")


@router.delete("/things/{name}")
async def remove(request: Request) -> Response:
    return Response("removed")


def _client() -> tuple[ServiceApp, httpx.AsyncClient]:
    app = ServiceApp()
    install_error_handlers(app)
    app.open_front(TelemetryMiddleware, None)
    app.include_router(router)
    answer_bare(app, router, thing)
    return app, httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_it_is_answered_bare_and_named_for_its_template() -> None:
    _, client = _client()
    async with client:
        assert (await client.get("/things/a")).text == "BareRoute /things/{name}"
        assert (await client.delete("/things/a")).text == "removed"
        refused = await client.get("/things/none")
        assert (refused.status_code, refused.json()["code"]) == (404, 40410000)
        assert (await client.put("/things/a")).status_code == 405


def test_it_stays_documented() -> None:
    app, _ = _client()
    assert app.openapi()["paths"]["/things/{name}"]["get"]["description"] == "A thing."


async def test_what_it_raises_is_answered_as_everywhere_else() -> None:
    app = ServiceApp()
    install_error_handlers(app)
    app.open_front(TelemetryMiddleware, 10)
    doors = APIRouter()

    @doors.post("/read")
    async def read(request: Request) -> Response:
        return Response(await request.body())

    @doors.post("/broken")
    async def broken(_: Request) -> Response:
        raise RuntimeError

    app.include_router(doors)
    answer_bare(app, doors, read, broken)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"123456"
        yield b"789012"

    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.post("/read", content=b"1234567890")).text == "1234567890"
        for body in (b"12345678901", chunks()):
            refused = await client.post("/read", content=body)
            assert (refused.status_code, refused.json()["type"]) == (413, "payload_too_large")
        unforeseen = await client.post("/broken")
        assert (unforeseen.status_code, unforeseen.json()["code"]) == (500, 50010000)
        assert unforeseen.headers["x-request-id"] == unforeseen.json()["request_id"]


def test_only_a_parameter_at_the_end_can_be_bare() -> None:
    app = ServiceApp()
    app.open_front(TelemetryMiddleware, None)
    for path in ("/a/{b}/c", "/a/{b}-c"):
        with pytest.raises(ValueError, match="cannot be answered bare"):
            app.bare.add("GET", path, thing)
