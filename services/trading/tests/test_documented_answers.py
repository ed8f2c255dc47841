"""What the OpenAPI document says is what is answered: clients are generated from it.

Every answer of every other test is held against it, too (`documented.held_to`).
"""

import json
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from documented import PROBLEM, Document, document_of
from fastapi import FastAPI
from trading_platform import Platform, Trader

WRITES = {"post", "put", "patch", "delete"}
EVERYWHERE = {
    "401": {"unauthorized"},
    "403": {"forbidden"},
    "500": {"internal"},
    "503": {"unavailable"},
}


def operations(document: Document) -> list[tuple[str, str, Any]]:
    """All that need a token."""
    return [
        (method, path, operation)
        for path, methods in document.paths.items()
        if path not in ("/healthz", "/readyz", "/metrics")
        for method, operation in methods.items()
    ]


async def test_every_answer_is_as_documented(platform: Platform) -> None:
    document = document_of(platform.app)

    async def ask(who: Trader, method: str, url: str, status: int = 200, body: Any = None) -> Any:
        if body is not None:
            document.validate_request(method, url, body)
        answer = await who.request(method, url, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    asset = {"symbol": "NEWS", "name": "News", "class": "crypto", "lot_size": "0.001"}
    await ask(platform.admin, "POST", "/v1/admin/assets", 201, asset)
    trader, other = platform.trader(), await platform.funded(shares="9")
    for amount, way in (("1000", "deposits"), (1.5, "withdrawals")):
        await ask(trader, "POST", f"/v1/funding/{way}", 201, {"amount": amount})
    grant = {"user_id": trader.user_id, "qty": "2"}
    await ask(platform.admin, "POST", "/v1/admin/assets/ACME/grants", 201, grant)
    assert (await ask(trader, "GET", "/v2/positions"))[0]["current_price"] is None

    order = {"symbol": "ACME", "side": "buy", "qty": "2", "type": "limit", "time_in_force": "gtc"}
    resting = await ask(trader, "POST", "/v2/orders", 200, order | {"limit_price": "10"})
    assert resting["filled_avg_price"] is None
    sale = order | {"side": "sell", "qty": 1, "limit_price": 10.0, "client_order_id": "sale"}
    await ask(other, "POST", "/v2/orders", 200, sale)
    market = order | {"type": "market", "time_in_force": "ioc", "limit_price": None}
    assert (await ask(trader, "POST", "/v2/orders", 200, market))["status"] == "canceled"
    watchlist = {"name": "mine", "symbols": ["ACME"]}
    await ask(trader, "POST", "/v2/watchlists", 200, watchlist)
    by_client = f"/v2/orders:by_client_order_id?client_order_id={resting['client_order_id']}"
    for url in (f"/v2/orders/{resting['id']}", by_client, "/v2/orders?status=all"):
        assert await ask(trader, "GET", url)
    kinds = {each["activity_type"] for each in await trader.get("/v2/account/activities")}
    assert kinds == {"FILL", "CSD", "CSW", "JNLS"}

    # Whatever can be read without a word more, now that there is something to read.
    read = 0
    for method, path, operation in operations(document):
        needed = any(each.get("required") for each in operation.get("parameters", []))
        if method == "get" and not needed and path != "/v1/events":
            await ask(platform.admin if "/admin/" in path else trader, "GET", path)
            read += 1
    assert read >= 10
    canceled = await ask(trader, "DELETE", "/v2/orders", 207)
    assert [UUID(each["id"]) for each in canceled] == [UUID(resting["id"])]
    updates = await ask(trader, "GET", "/v1/account/trade-updates")
    assert {each["event"] for each in updates} == {"new", "partial_fill", "canceled"}


async def test_a_document_that_says_too_little_is_found(platform: Platform) -> None:
    document = Document(platform.app.openapi())
    trader = await platform.funded()
    order = await trader.order("buy", "1", "1.00")
    path = f"/v2/orders/{order['id']}"

    def check(answer: Any, status: int = 200, kind: str = "application/json") -> None:
        document.check("GET", path, status, kind, json.dumps(answer).encode())

    check(order)
    without_legs = {name: value for name, value in order.items() if name != "legs"}
    for wrong in (
        order | {"extra": 1},
        order | {"qty": 1},
        order | {"status": "gone"},
        without_legs,
    ):
        with pytest.raises(jsonschema.ValidationError):
            check(wrong)
    refusal = (await trader.request("GET", "/v2/orders/x")).json()
    check(refusal, 422, PROBLEM)
    with pytest.raises(jsonschema.ValidationError):
        check(refusal | {"type": "something_new"}, 422, PROBLEM)
    with pytest.raises(AssertionError, match="is not documented"):
        check(order, 299)
    with pytest.raises(AssertionError, match="is not documented as text/csv"):
        check(order, 200, "text/csv")


def test_every_answer_has_an_example_that_fits(platform_app: FastAPI) -> None:
    document = document_of(platform_app)
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        answered = operation["responses"]
        assert any(status.startswith("2") for status in answered), where
        for status, answer in answered.items():
            for kind, content in answer.get("content", {}).items():
                if kind == PROBLEM:
                    told = {name: each["value"] for name, each in content["examples"].items()}
                    assert set(told) == set(content["schema"]["properties"]["type"]["enum"]), where
                    assert all(problem["status"] == int(status) for problem in told.values())
                elif kind == "application/json":
                    told = {"": content["example"]}
                else:
                    continue
                for value in told.values():
                    document._validator(method, path, int(status), content).validate(value)


def test_what_all_routes_share_is_documented_of_each(platform_app: FastAPI) -> None:
    document = document_of(platform_app)
    for method, path, operation in operations(document):
        where, expected = f"{method} {path}", dict(EVERYWHERE)
        if method in WRITES:
            expected["409"] = {"idempotency_key_in_use"}
            expected["422"] = {"idempotency_key_reused", "invalid_input"}
            names = {each["name"].lower() for each in operation["parameters"]}
            assert "idempotency-key" in names, where
        if "requestBody" in operation:
            expected |= {"400": {"malformed_request"}, "413": {"payload_too_large"}}
        for status, types in expected.items():
            content = operation["responses"][status]["content"][PROBLEM]
            assert types <= set(content["examples"]), (where, status)
