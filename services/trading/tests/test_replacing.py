"""PATCH: a new order in an old one's place, and everything that can come between."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from trading_platform import Platform, Trader, until

from devkit.testing_support.engine import Engine

Start = Callable[..., Any]


async def patch(trader: Trader, order_id: str, expect: int = 200, **changes: Any) -> Any:
    answer = await trader.request("PATCH", f"/v2/orders/{order_id}", json=changes)
    assert answer.status_code == expect, answer.text
    return answer.json()


async def status_of(trader: Trader, order_id: str) -> str:
    return str((await trader.get(f"/v2/orders/{order_id}"))["status"])


async def buying_power(trader: Trader) -> str:
    return str((await trader.get("/v2/account"))["buying_power"])


async def test_the_new_order_takes_over_what_the_old_one_filled_and_held(
    platform: Platform,
) -> None:
    seller, buyer = await platform.funded(shares="20"), await platform.funded("1000")
    old = await buyer.order("buy", "10", "10.00", client_order_id="first")
    await seller.order("sell", "4", "10.00")
    new = await patch(buyer, old["id"], qty="8", limit_price="12.00", client_order_id="second")
    assert (new["replaces"], new["status"], new["qty"]) == (old["id"], "partially_filled", "8")
    assert (new["client_order_id"], new["filled_qty"], new["limit_price"]) == ("second", "4", "12")
    before = await buyer.get(f"/v2/orders/{old['id']}")
    assert (before["status"], before["replaced_by"]) == ("replaced", new["id"])
    assert await buying_power(buyer) == "912"  # 1000 - 40 - 4 x 12
    await seller.order("sell", "4", "12.00")
    assert await status_of(buyer, new["id"]) == "filled"
    assert await buying_power(buyer) == "912"
    assert await platform.violations() == {}


async def test_a_replacement_may_trade_at_once_and_needs_the_money_for_it(
    platform: Platform,
) -> None:
    seller, buyer = await platform.funded(shares="20"), await platform.funded("100")
    await seller.order("sell", "10", "11.00")
    old = await buyer.order("buy", "9", "10.00")
    short = await patch(buyer, old["id"], 403, limit_price="12.00")
    assert (short["code"], short["type"]) == (40310000, "insufficient_buying_power")
    assert await status_of(buyer, old["id"]) == "new"
    new = await patch(buyer, old["id"], limit_price="11.00")
    assert (new["status"], new["filled_avg_price"]) == ("filled", "11")
    assert await buying_power(buyer) == "1"
    assert await platform.violations() == {}


async def test_every_kind_of_resting_order_can_be_replaced(platform: Platform) -> None:
    seller, buyer = await platform.funded(shares="100"), await platform.funded()
    await seller.order("sell", "1", "100.00")
    await buyer.order("buy", "1", "100.00")

    async def place(**terms: Any) -> str:
        body = {"symbol": "ACME", "side": "sell", "qty": "4", "time_in_force": "gtc"}
        return str((await seller.post("/v2/orders", body | terms))["id"])

    stop = await patch(seller, await place(type="stop", stop_price="90"), stop_price="91")
    assert stop["stop_price"] == "91"
    wrong = await patch(seller, stop["id"], 422, stop_price="100")
    assert "less than current price" in wrong["message"]
    both = await place(type="stop_limit", stop_price="90", limit_price="89")
    both = await patch(seller, both, stop_price="92", limit_price="91", qty=5)
    assert (both["stop_price"], both["limit_price"], both["qty"]) == ("92", "91", "5")
    trail = await patch(seller, await place(type="trailing_stop", trail_price="5"), trail="4")
    assert (trail["trail_price"], trail["stop_price"], trail["hwm"]) == ("4", "96", "100")
    percent = await place(type="trailing_stop", trail_percent="5")
    assert (await patch(seller, percent, trail=2.5))["trail_percent"] == "2.5"

    pair = await seller.post(
        "/v2/orders",
        {
            "symbol": "ACME", "side": "sell", "qty": "10", "type": "limit", "time_in_force": "gtc",
            "order_class": "oco", "take_profit": {"limit_price": "110"},
            "stop_loss": {"stop_price": "90"},
        },
    )  # fmt: skip
    profit = await patch(seller, pair["id"], limit_price="112")
    loss = await patch(seller, pair["legs"][0]["id"], stop_price="88")
    assert (profit["status"], loss["status"], loss["parent_id"]) == ("new", "new", profit["id"])
    assert (await patch(seller, loss["id"], 422, qty="9"))["code"] == 42210000
    nested = await seller.get(f"/v2/orders/{profit['id']}", nested="true")
    assert [leg["id"] for leg in nested["legs"]] == [loss["id"]]
    assert (await seller.cancel(loss["id"])).status_code == 204
    assert await status_of(seller, profit["id"]) == "canceled"
    assert await platform.violations() == {}


async def test_a_replacement_keeps_to_the_rules_of_an_order(platform: Platform) -> None:
    await platform.list_asset("PART", **{"class": "us_equity"}, lot_size="0.1")
    seller, buyer = await platform.funded(shares="100"), await platform.funded()
    whole = await buyer.order("buy", "2", "10.00", symbol="PART")
    refused = await patch(buyer, whole["id"], 422, qty="1.5")
    assert refused["message"] == "fractional orders must be DAY orders"
    of_a_day = await buyer.order("buy", "2", "10.00", symbol="PART", time_in_force="day")
    assert (await patch(buyer, of_a_day["id"], qty="1.5"))["qty"] == "1.5"

    exits = {"take_profit": {"limit_price": "110"}, "stop_loss": {"stop_price": "90"}}
    pair = await seller.order("sell", "10", None, type="limit", order_class="oco", **exits)
    profit, loss = pair["id"], pair["legs"][0]["id"]
    for leg, price in ((profit, {"limit_price": "90"}), (loss, {"stop_price": "110"})):
        refused = await patch(seller, leg, 422, **price)
        assert "must be greater than stop_loss.stop_price" in refused["message"]
    loss = (await patch(seller, loss, stop_price="95"))["id"]
    assert (await patch(seller, profit, 422, limit_price="94"))["code"] == 42210000
    profit = (await patch(seller, profit, limit_price="96"))["id"]

    around = {"take_profit": {"limit_price": "25"}, "stop_loss": {"stop_price": "15"}}
    entry = await buyer.order("buy", "1", "20.00", order_class="bracket", **around)
    for limit, said in (("25", "take_profit.limit_price"), ("15", "stop_loss.stop_price")):
        assert said in (await patch(buyer, entry["id"], 422, limit_price=limit))["message"]
    moved = await patch(buyer, entry["id"], limit_price="24.99")
    assert moved["status"] == "new"
    assert await platform.violations() == {}


async def test_only_one_order_of_a_pair_waits_to_be_replaced(platform: Platform) -> None:
    seller = await platform.funded(shares="10")
    exits = {"take_profit": {"limit_price": "110"}, "stop_loss": {"stop_price": "90"}}
    pair = await seller.order("sell", "10", None, type="limit", order_class="oco", **exits)
    async with platform.app.state.database.raw() as connection:
        locked = connection.transaction()
        await locked.start()
        await connection.execute("SELECT FROM settlement FOR UPDATE")
        first = asyncio.create_task(patch(seller, pair["id"], limit_price="111"))

        async def waits() -> bool:
            return await status_of(seller, pair["id"]) == "pending_replace"

        await until(waits)
        second = await patch(seller, pair["legs"][0]["id"], 422, stop_price="91")
        assert "linked to an order that is being replaced" in second["message"]
        await locked.rollback()
    await first
    assert await platform.violations() == {}


async def test_replacements_that_cannot_be(platform: Platform) -> None:
    seller, trader = await platform.funded(shares="10"), await platform.funded()
    order = await trader.order("buy", "10", "10.00", client_order_id="mine")
    await trader.order("buy", "1", "9.00", client_order_id="taken")
    await seller.order("sell", "4", "10.00")
    for changes, code in (
        ({}, 42210000),
        ({"limit_price": "10.00"}, 42210000),
        ({"limit_price": "10.001"}, 42210000),
        ({"qty": "0.5"}, 42210000),
        ({"qty": "4"}, 42210000),
        ({"qty": "0"}, 40010001),
        ({"stop_price": "11"}, 42210000),
        ({"trail": "1"}, 42210000),
        ({"time_in_force": "day"}, 42210000),
        ({"time_in_force": "never"}, 40010001),
        ({"limit_price": "11", "client_order_id": "taken"}, 40010001),
        ({"limit_price": "11", "client_order_id": "mine"}, 40010001),
    ):
        assert (await patch(trader, order["id"], 422, **changes))["code"] == code, changes
    unknown = await trader.request("PATCH", "/v1/orders/" + order["id"], json={"price": 1})
    assert unknown.status_code == 422
    assert (await patch(seller, order["id"], 404, limit_price="1"))["code"] == 40410000
    assert await status_of(trader, order["id"]) == "partially_filled"
    await trader.cancel(order["id"])
    closed = await patch(trader, order["id"], 422, limit_price="11")
    assert "already canceled" in closed["message"]
    assert await platform.violations() == {}


async def test_filled_or_canceled_first_the_new_order_is_rejected(platform: Platform) -> None:
    seller, buyer = await platform.funded(shares="10"), await platform.funded()
    for _ in range(3):
        old = await buyer.order("buy", "1", "10.00")
        answer, sold = await asyncio.gather(
            buyer.request("PATCH", f"/v2/orders/{old['id']}", json={"limit_price": "9.00"}),
            seller.order("sell", "1", "10.00"),
        )
        new = answer.json()
        if answer.status_code == 200 and new["status"] == "rejected":
            assert await status_of(buyer, old["id"]) == "filled"
            assert new["reject_reason"] == "order_not_open"
        elif answer.status_code == 200:
            assert (new["status"], sold["status"]) == ("new", "new")
            await buyer.cancel(new["id"])
            await seller.cancel(sold["id"])
        else:
            assert "filled" in new["message"]
    for _ in range(3):
        old = await buyer.order("buy", "1", "8.00")
        replaced, canceled = await asyncio.gather(
            buyer.request("PATCH", f"/v2/orders/{old['id']}", json={"limit_price": "7.00"}),
            buyer.cancel(old["id"]),
        )
        assert {replaced.status_code, canceled.status_code} in ({200, 422}, {204, 422}), (
            replaced.text
        )
    assert await platform.violations() == {}


async def test_one_replacement_at_a_time(platform: Platform) -> None:
    buyer = await platform.funded()
    old = await buyer.order("buy", "1", "10.00")
    answers = await asyncio.gather(
        *(
            buyer.request("PATCH", f"/v2/orders/{old['id']}", json={"limit_price": f"{n}.00"})
            for n in (5, 6, 7, 8)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    assert len(await buyer.get("/v2/orders")) == 1
    assert await platform.violations() == {}


async def test_refused_by_the_engine_everything_is_as_before(
    platform: Platform, engine: Engine
) -> None:
    seller, buyer = await platform.funded(shares="10"), await platform.funded("100")
    await seller.order("sell", "1", "5.00")
    await buyer.order("buy", "1", "5.00")
    old = await buyer.order("buy", "2", "10.00")
    engine.kill()
    body: dict[str, Any] = {"limit_price": "20.00", "client_order_id": "again"}
    refused = await patch(buyer, old["id"], 503, **body)
    assert refused["type"] == "unavailable"
    assert await status_of(buyer, old["id"]) == "new"
    assert await buying_power(buyer) == "75"
    pair = {
        "symbol": "ACME", "side": "sell", "qty": "5", "type": "limit", "time_in_force": "gtc",
        "order_class": "oco", "take_profit": {"limit_price": "9"}, "stop_loss": {"stop_price": "4"},
    }  # fmt: skip
    await until(lambda: platform.app.state.sender.open)
    assert (await seller.request("POST", "/v2/orders", json=pair)).status_code == 503
    assert (await seller.get("/v2/positions/ACME"))["qty_available"] == "9"
    bracket = {
        **pair, "side": "buy", "limit_price": "5", "order_class": "bracket", "qty": "1",
        "client_order_id": "again",
    }  # fmt: skip
    await until(lambda: platform.app.state.sender.open)
    assert (await buyer.request("POST", "/v2/orders", json=bracket)).status_code == 503
    assert [order["id"] for order in await buyer.get("/v2/orders")] == [old["id"]]
    engine.start()
    await until(lambda: platform.app.state.sender.open)
    new = await patch(buyer, old["id"], **body)
    assert (new["status"], new["client_order_id"]) == ("new", "again")
    assert await buying_power(buyer) == "55"
    assert await platform.violations() == {}


async def test_a_replacement_that_the_engine_does_not_understand_is_taken_back_for_good(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = await platform.funded("100")
    old = await buyer.order("buy", "2", "10.00")
    body: dict[str, Any] = {"limit_price": "20.00", "client_order_id": "again"}
    monkeypatch.setattr("trading.engine.commands.replace", lambda *_: b'{"kind":"nonsense"}')
    refused = await patch(buyer, old["id"], 422, **body)
    assert refused["message"] == "the matching engine takes no such order; nothing was done"
    assert await status_of(buyer, old["id"]) == "new"
    assert await buying_power(buyer) == "80"
    monkeypatch.undo()
    assert (await patch(buyer, old["id"], **body))["status"] == "new"
    assert await platform.violations() == {}


async def test_an_unanswered_replacement_is_decided_by_the_log(start: Start) -> None:
    async with start() as first:
        await first.list_asset()
        trader = await first.funded("100")
        old = await trader.order("buy", "1", "10.00")
    never = {"resubmit_after_s": 50.0, "command_ttl_s": 1.5, "settle_wait_s": 0.2}
    async with start(failpoints="before_send=unknown", **never) as platform:
        trader = platform.trader(trader.user_id)
        new = await patch(trader, old["id"], limit_price="20.00")
        if new["status"] == "pending_new":
            assert (await trader.cancel(old["id"])).status_code == 422

        async def over() -> bool:
            return await status_of(trader, new["id"]) == "rejected"

        await until(over)
        assert await status_of(trader, old["id"]) == "new"
        assert await buying_power(trader) == "90"
        assert await platform.violations() == {}


async def test_the_same_keyed_request_again_is_the_same_order(platform: Platform) -> None:
    trader = await platform.funded()
    body = {
        "symbol": "ACME", "side": "buy", "qty": "1", "type": "limit", "limit_price": "10",
        "time_in_force": "gtc",
    }  # fmt: skip
    headers = {"Idempotency-Key": "place-1"}
    placed = [
        (await trader.request("POST", "/v2/orders", json=body, headers=headers)).json()["id"]
        for _ in range(2)
    ]
    assert placed[0] == placed[1]
    keyed = {"Idempotency-Key": "replace-1"}
    url = f"/v2/orders/{placed[0]}"
    replaced = [
        (await trader.request("PATCH", url, json={"qty": "2"}, headers=keyed)).json()["id"]
        for _ in range(2)
    ]
    assert replaced[0] == replaced[1]
    assert len(await trader.get("/v2/orders", status="all")) == 2
