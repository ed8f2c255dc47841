"""Every answer that says no has one shape."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel, ConfigDict

from chassis.app import create_app
from chassis.database import CommitUnknown, unavailable_when_away
from chassis.errors import Forbidden, InvalidInput, NotPossible, problem_responses
from chassis.settings import ServiceSettings
from devkit.testing_support.keys import ServiceKeys


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    quantity: int


class InsufficientBuyingPower(Forbidden):
    type, code = "insufficient_buying_power", 40310007


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def client(service_keys: ServiceKeys) -> AsyncIterator[httpx.AsyncClient]:
    """An app with a route for every way to fail."""
    settings = ServiceSettings(port=1, service_keys_file=service_keys.key_set)
    app = create_app("shop", settings, lifespan=nothing, max_body_bytes=1000)

    async def away(kind: str) -> AsyncIterator[None]:
        async with unavailable_when_away():
            yield
            if kind == "commit":
                raise CommitUnknown("connection reset")
            if kind == "bug":
                raise KeyError("price")
            raise ConnectionRefusedError("connection refused")

    @app.post("/orders")
    async def order(body: Order) -> dict[str, int]:
        return {"quantity": body.quantity}

    @app.get("/refused")
    async def refused() -> None:
        raise InsufficientBuyingPower(
            "insufficient buying power", headers={"Retry-After": "3"}, buying_power="1.50"
        )

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the password is 12345")

    @app.get("/away/{kind}", dependencies=[Depends(away, scope="function")])
    async def needs_database(kind: str) -> None:
        return None

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://shop") as client,
    ):
        yield client


def document(answer: httpx.Response, status: int, type_: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["type"]) == (status, type_)
    assert found["detail"] == found["message"]
    assert found["code"] // 100_000 in (status, 400)
    assert UUID(found["request_id"])
    assert answer.headers["x-request-id"] == found["request_id"]
    return found


async def test_a_problem_carries_its_code_members_and_headers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/refused")
    found = document(answer, 403, "insufficient_buying_power")
    assert found["code"] == 40310007
    assert found["title"] == "Forbidden"
    assert found["buying_power"] == "1.50"
    assert answer.headers["retry-after"] == "3"


async def test_an_unforeseen_error_tells_only_its_request_id(client: httpx.AsyncClient) -> None:
    answer = await client.get("/broken")
    found = document(answer, 500, "internal")
    assert "12345" not in answer.text
    assert "request id" in found["detail"]


@pytest.mark.parametrize(
    ("kind", "status", "type_"),
    [
        ("refused", 503, "unavailable"),
        ("commit", 503, "outcome_unknown"),
        ("bug", 500, "internal"),
    ],
)
async def test_a_database_that_is_away_is_not_an_internal_error(
    client: httpx.AsyncClient, kind: str, status: int, type_: str
) -> None:
    answer = await client.get(f"/away/{kind}")
    document(answer, status, type_)
    assert ("retry-after" in answer.headers) == (type_ == "unavailable")


async def test_what_the_framework_refuses_has_the_same_shape(client: httpx.AsyncClient) -> None:
    document(await client.get("/nothing"), 404, "not_found")
    wrong_method = await client.get("/orders")
    document(wrong_method, 405, "method_not_allowed")
    assert wrong_method.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("content", "status", "type_", "sentence"),
    [
        (b"{", 400, "malformed_request", "not valid JSON"),
        (b"\xff", 400, "malformed_request", ""),
        (b"[" * 900, 400, "malformed_request", ""),
        (b"{}", 422, "invalid_input", "quantity: Field required"),
        (b'{"quantity": "x"}', 422, "invalid_input", "quantity: "),
        (b'{"quantity": 1, "price": 1}', 422, "invalid_input", "price: Extra"),
        (b'{"quantity": 1, "\\ud800": 1}', 422, "invalid_input", "unicode"),
        (b'{"quantity": 1, "' + b"x" * 900 + b'": 1}', 422, "invalid_input", "xxx..."),
        (b" " * 1001, 413, "payload_too_large", "1000 bytes"),
    ],
)
async def test_a_body_that_makes_no_sense_is_answered_with_what_is_wrong(
    client: httpx.AsyncClient, content: bytes, status: int, type_: str, sentence: str
) -> None:
    json = {"Content-Type": "application/json"}
    answer = await client.post("/orders", content=content, headers=json)
    assert sentence in document(answer, status, type_)["detail"]


async def test_a_body_of_untold_length_is_bounded_too(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 100

    answer = await client.post(
        "/orders", content=endless(), headers={"Content-Type": "application/json"}
    )
    document(answer, 413, "payload_too_large")
    exactly = b'{"quantity": 5}'.ljust(1000)
    fits = await client.post(
        "/orders", content=exactly, headers={"Content-Type": "application/json"}
    )
    assert fits.json() == {"quantity": 5}


def test_declared_problems_show_in_the_api_description() -> None:
    declared = problem_responses(InsufficientBuyingPower, NotPossible)
    assert set(declared) == {403, 422}
    assert declared[422]["description"] == "Well formed, but not possible as things stand."
    refusal = declared[403]["content"]["application/problem+json"]
    assert refusal["schema"]["properties"]["code"]["enum"] == [40310007]
    assert refusal["examples"]["insufficient_buying_power"]["value"] == {
        "type": "insufficient_buying_power",
        "title": "Forbidden",
        "status": 403,
        "detail": "insufficient buying power",
        "code": 40310007,
        "message": "insufficient buying power",
    }
    both = problem_responses(NotPossible, InvalidInput)[422]["content"]["application/problem+json"]
    assert list(both["examples"]) == ["not_possible", "invalid_input"]
    assert both["schema"]["properties"]["code"]["enum"] == [40010001, 42210000]
