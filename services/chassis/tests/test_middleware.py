"""The middleware of every service: request ids and metrics whose labels stay few."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from chassis.app import create_app
from chassis.context import request_id
from chassis.settings import ServiceSettings
from chassis.telemetry.logs import _add_ids
from devkit.testing_support.keys import ServiceKeys

TRACE = "0af7651916cd43dd8448eb211c80319c"
OFFERED = "3c0f6f86-56c8-4f0e-9a70-0f8a1d1e7f00"


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def client(service_keys: ServiceKeys) -> AsyncIterator[httpx.AsyncClient]:
    settings = ServiceSettings(port=1, service_keys_file=service_keys.key_set)
    app = create_app("shop", settings, lifespan=nothing)

    @app.get("/items/{item}")
    async def read(item: str) -> dict[str, Any]:
        return {"request_id": request_id(), "logged": _add_ids(None, "info", {})}

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://shop") as client,
    ):
        yield client


def counted(method: str, route: str, status: int) -> float:
    labels = {"method": method, "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("http_server_requests_total", labels) or 0.0


async def test_a_uuid_is_taken_over_as_the_request_id(client: httpx.AsyncClient) -> None:
    answer = await client.get("/items/1", headers={"X-Request-ID": OFFERED.upper()})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == OFFERED


@pytest.mark.parametrize("offered", [None, "", "1", "x" * 36, OFFERED + "0", "<script>"])
async def test_anything_else_is_replaced(client: httpx.AsyncClient, offered: str | None) -> None:
    headers = {} if offered is None else {"X-Request-ID": offered}
    given = (await client.get("/items/1", headers=headers)).headers["x-request-id"]
    assert str(UUID(given)) == given
    assert given != offered


@pytest.mark.parametrize(
    ("traceparent", "trace_id"),
    [
        (f"00-{TRACE}-b7ad6b7169203331-00", TRACE),
        (f"00-{TRACE}-b7ad6b7169203331-01", TRACE),
        (None, OFFERED.replace("-", "")),
        (f"00-{TRACE}-b7ad6b7169203331", OFFERED.replace("-", "")),
        (f"00-{'0' * 32}-b7ad6b7169203331-00", OFFERED.replace("-", "")),
        (f"00-{TRACE.upper()}-b7ad6b7169203331-00", OFFERED.replace("-", "")),
    ],
)
async def test_log_lines_have_a_trace_id_whether_or_not_the_request_is_sampled(
    client: httpx.AsyncClient, traceparent: str | None, trace_id: str
) -> None:
    headers = {"X-Request-ID": OFFERED} | ({"traceparent": traceparent} if traceparent else {})
    logged = (await client.get("/items/1", headers=headers)).json()["logged"]
    assert logged["request_id"] == OFFERED
    assert logged["trace_id"] == trace_id


async def test_refusals_and_failures_carry_the_id_too(client: httpx.AsyncClient) -> None:
    for path in ("/nothing", "/broken"):
        answer = await client.get(path, headers={"X-Request-ID": OFFERED})
        assert answer.headers["x-request-id"] == answer.json()["request_id"] == OFFERED


async def test_requests_are_counted_by_route_and_never_by_path(client: httpx.AsyncClient) -> None:
    before = [
        counted("GET", "/items/{item}", 200),
        counted("GET", "unmatched", 404),
        counted("OTHER", "unmatched", 404),
        counted("GET", "/broken", 500),
    ]
    for item in range(3):
        await client.get(f"/items/{item}")
        await client.get(f"/nothing/{item}")
    await client.request("BREW", "/nothing")
    await client.get("/broken")
    after = [
        counted("GET", "/items/{item}", 200),
        counted("GET", "unmatched", 404),
        counted("OTHER", "unmatched", 404),
        counted("GET", "/broken", 500),
    ]
    assert [b - a for a, b in zip(before, after, strict=True)] == [3, 3, 1, 1]
    metrics = (await client.get("/metrics")).text
    assert 'route="/items/1"' not in metrics
    assert "/nothing" not in metrics


async def test_health_is_not_counted(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}
    assert counted("GET", "/healthz", 200) == 0
