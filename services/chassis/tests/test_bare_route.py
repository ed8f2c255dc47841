"""A hot endpoint is answered bare, documented by FastAPI, and named in metrics for its template."""

import httpx
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from chassis.bare_route import answer_bare
from chassis.errors import NotFound, install_error_handlers
from chassis.telemetry.middleware import route_of

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


def _client() -> tuple[FastAPI, httpx.AsyncClient]:
    app = FastAPI()
    install_error_handlers(app)
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
