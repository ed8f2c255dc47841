"""What the OpenAPI document says is what is answered: clients are generated from it."""

import re
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from trading_platform import Platform, Trader


class Document:
    """The application's own OpenAPI document, made strict: a field that it does not name is an error."""

    def __init__(self, platform: Platform) -> None:
        self.paths: dict[str, Any] = platform.app.openapi()["paths"]
        self.components: dict[str, Any] = platform.app.openapi()["components"]
        for schema in self.components["schemas"].values():
            if schema.get("type") == "object":
                schema["additionalProperties"] = False
        self.checked: set[tuple[str, str]] = set()

    def path_of(self, url: str) -> str:
        path = url.partition("?")[0]
        matching = [t for t in self.paths if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", t), path)]
        return min(matching, key=lambda template: template.count("{"))

    def validate(self, method: str, url: str, status: int, answer: Any) -> None:
        template = self.path_of(url)
        content = self.paths[template][method.lower()]["responses"][str(status)]["content"]
        self._hold(content["application/json"]["schema"], answer)
        self.checked.add((method, template))

    def validate_request(self, method: str, url: str, body: Any) -> None:
        content = self.paths[self.path_of(url)][method.lower()]["requestBody"]["content"]
        self._hold(content["application/json"]["schema"], body)

    def _hold(self, schema: Any, value: Any) -> None:
        jsonschema.Draft202012Validator(
            schema | {"components": self.components},
            format_checker=jsonschema.FormatChecker(),
        ).validate(value)


async def test_every_answer_is_as_documented(platform: Platform) -> None:
    document = Document(platform)

    async def ask(
        who: Trader, method: str, url: str, status: int = 200, body: Any = None, key: str = ""
    ) -> Any:
        if body is not None:
            document.validate_request(method, url, body)
        headers = {"Idempotency-Key": key} if key else {}
        answer = await who.request(method, url, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        document.validate(method, url, status, answer.json())
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
    for url in (
        f"/v2/orders/{resting['id']}",
        f"/v2/orders:by_client_order_id?client_order_id={resting['client_order_id']}",
        "/v2/orders?status=all",
        "/v2/account",
        "/v2/positions",
        "/v2/positions/ACME",
        "/v2/assets",
        "/v2/assets/NEWS",
        "/v2/clock",
        "/v2/account/activities",
        "/v2/account/activities/FILL",
        "/v1/account/trade-updates",
    ):
        assert await ask(trader, "GET", url)
    kinds = {each["activity_type"] for each in await trader.get("/v2/account/activities")}
    assert kinds == {"FILL", "CSD", "CSW", "JNLS"}
    canceled = await ask(trader, "DELETE", "/v2/orders", 207)
    assert [UUID(each["id"]) for each in canceled] == [UUID(resting["id"])]
    account = (await trader.get("/v2/account"))["id"]
    rates = {"maker_rate": "0", "taker_rate": "0.001"}
    await ask(platform.admin, "PUT", "/v1/admin/fee-tiers/some", 200, rates)
    tier = f"/v1/admin/accounts/{account}/fee-tier"
    await ask(platform.admin, "PUT", tier, 200, {"tier": "some"})
    await ask(platform.admin, "GET", "/v1/admin/fee-tiers")
    legs = [
        {"account_id": owner, "asset": "USD", "amount": amount}
        for owner, amount in ((account, "1"), ("00000000-0000-0000-0000-000000000006", "-1"))
    ]
    correction = {"reason": "a cent was lost", "legs": legs}
    await ask(platform.admin, "POST", "/v1/admin/corrections", 201, correction, "correction")
    updates = await ask(trader, "GET", "/v1/account/trade-updates")
    assert {each["event"] for each in updates} == {"new", "partial_fill", "canceled"}

    told = {
        (method.upper(), path)
        for path, methods in document.paths.items()
        for method, operation in methods.items()
        if "204" not in operation["responses"] and path != "/v1/events"
    }
    assert document.checked == told


async def test_a_document_that_says_too_little_is_found(platform: Platform) -> None:
    document = Document(platform)
    trader = await platform.funded()
    order = await trader.order("buy", "1", "1.00")
    url = f"/v2/orders/{order['id']}"
    document.validate("GET", url, 200, order)
    for wrong in (order | {"extra": 1}, order | {"qty": 1}, order | {"status": "held"}):
        with pytest.raises(jsonschema.ValidationError):
            document.validate("GET", url, 200, wrong)
    with pytest.raises(jsonschema.ValidationError):
        document.validate("GET", url, 200, {k: v for k, v in order.items() if k != "legs"})
