"""Every kind of order through Alpaca's fields, each with what becomes of it and with what refuses it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trading_platform import Platform, Trader, until

BASE: dict[str, Any] = {"symbol": "ACME", "side": "buy", "qty": "4", "time_in_force": "gtc"}


async def traded_at(platform: Platform, price: str) -> tuple[Trader, Trader]:
    """A seller with shares and a buyer with cash, after a trade of one share at `price`."""
    seller, buyer = await platform.funded(shares="1000"), await platform.funded("1000000")
    await seller.order("sell", "1", price)
    await buyer.order("buy", "1", price)
    return seller, buyer


async def place(trader: Trader, expect: int = 200, path: str = "/v2/orders", **terms: Any) -> Any:
    return await trader.post(path, BASE | terms, expect=expect)


async def order_of(trader: Trader, order_id: str) -> Any:
    return await trader.get(f"/v2/orders/{order_id}")


async def becomes(trader: Trader, order_id: str, status: str) -> Any:
    async def there() -> bool:
        return bool((await order_of(trader, order_id))["status"] == status)

    await until(there)
    return await order_of(trader, order_id)


async def held(trader: Trader) -> str:
    account = await trader.get("/v2/account")
    return str(float(account["cash"]) - float(account["buying_power"]))


async def test_a_stop_waits_for_its_price_and_then_trades(platform: Platform) -> None:
    seller, buyer = await traded_at(platform, "100.00")
    stop = await place(seller, side="sell", type="stop", stop_price="95.00")
    assert (stop["status"], stop["stop_price"], stop["limit_price"]) == ("new", "95", None)
    await buyer.order("buy", "5", "94.00")
    await seller.order("sell", "1", "94.00")
    filled = await becomes(seller, stop["id"], "filled")
    assert filled["filled_avg_price"] == "94"
    assert filled["triggered_at"]
    assert await platform.violations() == {}


async def test_a_stop_buy_holds_at_its_stop_and_collar(platform: Platform) -> None:
    _, buyer = await traded_at(platform, "100.00")
    stop = await place(buyer, type="stop", stop_price="110.00")
    assert stop["status"] == "new"
    assert await held(buyer) == "484.0"  # 4 x 110 x 1.1
    assert (await buyer.cancel(stop["id"])).status_code == 204
    assert await held(buyer) == "0.0"


async def test_a_stop_on_the_wrong_side_is_refused(platform: Platform) -> None:
    seller, buyer = await traded_at(platform, "100.00")
    for who, side, stop_price, sentence in (
        (seller, "sell", "100.00", "stop price must be less than current price"),
        (buyer, "buy", "99.00", "stop price must be greater than current price"),
        (buyer, "buy", "101.005", "price increment"),
    ):
        refused = await place(who, 422, side=side, type="stop", stop_price=stop_price)
        assert refused["code"] == 42210000
        assert sentence in refused["message"]


async def test_a_stop_limit_becomes_a_limit_order(platform: Platform) -> None:
    seller, buyer = await traded_at(platform, "100.00")
    stop = await place(buyer, type="stop_limit", stop_price="105.00", limit_price="106.00")
    assert await held(buyer) == "424.0"
    await seller.order("sell", "1", "105.00")
    await buyer.order("buy", "1", "105.00")
    await becomes(buyer, stop["id"], "new")
    await until(lambda: _triggered(buyer, stop["id"]))
    await seller.order("sell", "4", "106.00")
    assert (await becomes(buyer, stop["id"], "filled"))["filled_avg_price"] == "106"
    refused = await place(buyer, 422, type="stop_limit", stop_price="120.00")
    assert refused["code"] == 40010001
    assert await platform.violations() == {}


async def _triggered(trader: Trader, order_id: str) -> bool:
    return (await order_of(trader, order_id))["triggered_at"] is not None


async def test_trailing_stops_follow_the_best_price(platform: Platform) -> None:
    seller, buyer = await traded_at(platform, "100.00")
    trailing = {"side": "sell", "type": "trailing_stop"}
    by_price = await place(seller, **trailing, trail_price="5.00")
    by_percent = await place(seller, **trailing, trail_percent=5)
    for stop, trail in ((by_price, ("5", None)), (by_percent, (None, "5"))):
        assert (stop["status"], stop["hwm"], stop["stop_price"]) == ("new", "100", "95")
        assert (stop["trail_price"], stop["trail_percent"]) == trail
    await seller.order("sell", "1", "120.00")
    await buyer.order("buy", "1", "120.00")
    for stop, stands_at in ((by_price, "115"), (by_percent, "114")):
        found = await order_of(seller, stop["id"])
        assert (found["hwm"], found["stop_price"]) == ("120", stands_at)
    await buyer.order("buy", "10", "114.50")
    await seller.order("sell", "1", "114.50")
    assert (await becomes(seller, by_price["id"], "filled"))["filled_avg_price"] == "114.5"
    assert (await order_of(seller, by_percent["id"]))["status"] == "new"
    assert await platform.violations() == {}


async def test_a_trailing_stop_that_cannot_be(platform: Platform) -> None:
    trader = await platform.funded(shares="10")
    trailing = {"side": "sell", "type": "trailing_stop"}
    first = await place(trader, 422, **trailing, trail_price="5")
    assert (first["code"], first["type"]) == (42210013, "no_reference_price")
    seller, _ = await traded_at(platform, "100.00")
    for trail, code in (
        ({"trail_percent": "0.005"}, 42210000),
        ({"trail_percent": "100"}, 42210000),
        ({"trail_price": "100.00"}, 42210000),
        ({"trail_price": "1.001"}, 42210000),
        ({"trail_price": "1", "trail_percent": "1"}, 40010001),
        ({}, 40010001),
    ):
        assert (await place(seller, 422, **trailing, **trail))["code"] == code, trail
    assert (await place(seller, 422, **trailing | {"time_in_force": "ioc"}, trail_price="1"))[
        "code"
    ] == 42210000


BRACKET = {
    "type": "limit",
    "limit_price": "100.00",
    "order_class": "bracket",
    "take_profit": {"limit_price": "110.00"},
    "stop_loss": {"stop_price": "90.00", "limit_price": "89.00"},
}


async def test_a_brackets_exits_wait_and_one_cancels_the_other(platform: Platform) -> None:
    seller, buyer = await traded_at(platform, "100.00")
    entry = await place(buyer, **BRACKET)
    assert (entry["status"], entry["order_class"]) == ("new", "bracket")
    profit, loss = entry["legs"]
    assert [leg["status"] for leg in entry["legs"]] == ["held", "held"]
    assert (profit["limit_price"], loss["stop_price"], loss["limit_price"]) == ("110", "90", "89")
    assert {leg["parent_id"] for leg in entry["legs"]} == {entry["id"]}
    assert len(await buyer.get("/v2/orders")) == 3
    nested = await buyer.get("/v2/orders", nested="true")
    assert [(o["id"], len(o["legs"])) for o in nested] == [(entry["id"], 2)]

    await seller.order("sell", "4", "100.00")
    await becomes(buyer, profit["id"], "new")
    await becomes(buyer, loss["id"], "new")
    assert (await buyer.get("/v2/positions/ACME"))["qty_available"] == "1"
    # The entry is filled; nested, it is open through its exits.
    assert [o["id"] for o in await buyer.get("/v2/orders", nested=True)] == [entry["id"]]
    rich = await platform.funded("1000000")
    await rich.order("buy", "4", "110.00")
    await becomes(buyer, profit["id"], "filled")
    await becomes(buyer, loss["id"], "canceled")
    whole = await buyer.get(f"/v2/orders/{entry['id']}", nested="true")
    assert [leg["status"] for leg in whole["legs"]] == ["filled", "canceled"]
    assert await platform.violations() == {}


async def test_to_cancel_an_exit_that_waits_is_to_cancel_its_entry(platform: Platform) -> None:
    _, buyer = await traded_at(platform, "100.00")
    entry = await place(buyer, **BRACKET | {"limit_price": "95.00"})
    assert (await buyer.cancel(entry["legs"][1]["id"])).status_code == 204
    whole = await buyer.get(f"/v2/orders/{entry['id']}", nested="true")
    assert {whole["status"], *(leg["status"] for leg in whole["legs"])} == {"canceled"}
    assert await held(buyer) == "0.0"
    assert await platform.violations() == {}


async def test_an_oto_has_one_exit(platform: Platform) -> None:
    seller, buyer = await traded_at(platform, "100.00")
    terms = BRACKET | {"order_class": "oto", "type": "market", "limit_price": None}
    await place(buyer, 422, **terms)
    terms.pop("take_profit")
    terms["stop_loss"] = {"stop_price": "95.00"}
    await seller.order("sell", "4", "100.00")
    entry = await place(buyer, **terms)
    (loss,) = entry["legs"]
    assert entry["status"] == "filled"
    await becomes(buyer, loss["id"], "new")
    assert (await buyer.cancel(loss["id"])).status_code == 204
    assert await platform.violations() == {}


async def test_an_oco_holds_once_for_both(platform: Platform) -> None:
    seller, buyer = await traded_at(platform, "100.00")
    exits = {
        "side": "sell",
        "type": "limit",
        "order_class": "oco",
        "qty": "600",
        "take_profit": {"limit_price": "110.00"},
        "stop_loss": {"stop_price": "90.00"},
    }
    pair = await place(seller, **exits)
    assert (pair["status"], pair["type"], pair["limit_price"]) == ("new", "limit", "110")
    (loss,) = pair["legs"]
    assert (loss["type"], loss["status"], loss["parent_id"]) == ("stop", "new", pair["id"])
    assert (await seller.get("/v2/positions/ACME"))["qty_available"] == "399"
    short = await place(seller, 403, **exits)
    assert (short["code"], short["type"]) == (40310000, "insufficient_shares")
    await buyer.order("buy", "600", "90.00")
    await seller.order("sell", "1", "90.00")
    await becomes(seller, loss["id"], "canceled")  # 599 filled, the rest met nobody
    assert (await order_of(seller, pair["id"]))["status"] == "canceled"
    assert await platform.violations() == {}


async def test_brackets_that_cannot_be(platform: Platform) -> None:
    trader = await platform.funded()
    refused: list[tuple[dict[str, Any], int]] = [
        ({"take_profit": None}, 40010001),
        ({"stop_loss": None}, 40010001),
        ({"take_profit": {"limit_price": "89.00"}}, 42210000),
        ({"take_profit": {"limit_price": "100.00"}}, 42210000),
        ({"stop_loss": {"stop_price": "100.00"}}, 42210000),
        ({"stop_loss": {"limit_price": "89.00"}}, 40010001),
        ({"stop_loss": {"stop_price": "90.001"}}, 42210000),
        ({"take_profit": "110"}, 40010001),
        ({"time_in_force": "ioc"}, 42210000),
        ({"extended_hours": True}, 42210000),
        ({"side": "sell"}, 42210000),
        ({"order_class": "simple"}, 40010001),
        ({"order_class": "mleg"}, 42210000),
        ({"time_in_force": "opg"}, 42210000),
        ({"position_intent": "sell_to_open"}, 40010001),
    ]
    for changes, code in refused:
        assert (await place(trader, 422, **BRACKET | changes))["code"] == code, changes
    assert await trader.get("/v2/orders", status="all") == []


async def test_a_short_sale_is_refused_by_its_intent(platform: Platform) -> None:
    trader = await platform.funded(shares="10")
    terms = {"side": "sell", "type": "limit", "limit_price": "10"}
    refused = await place(trader, 403, **terms, position_intent="sell_to_open")
    assert (refused["code"], refused["type"]) == (40310000, "short_sale")
    assert (await place(trader, **terms, position_intent="sell_to_close"))["status"] == "new"


async def test_what_is_not_given_may_be_null_or_empty(platform: Platform) -> None:
    trader = await platform.funded()
    nothing = dict.fromkeys(
        ("notional", "stop_price", "trail_price", "trail_percent", "take_profit", "legs")
    )
    order = await place(
        trader, type="limit", limit_price="10", order_class="", client_order_id="", **nothing
    )
    assert (order["order_class"], order["status"]) == ("simple", "new")


async def test_our_own_terms_are_taken_under_v1_only(platform: Platform) -> None:
    seller, trader = await platform.funded(shares="100"), await platform.funded()
    until_then = {"time_in_force": "gtd", "expires_at": "2100-01-01T00:00:00Z"}
    limit = {"type": "limit", "limit_price": "10.00"}
    own = await place(
        trader, path="/v1/orders", **limit, **until_then, display_qty="1", qty="4",
        self_trade_prevention="cancel_oldest",
    )  # fmt: skip
    assert (own["status"], own["time_in_force"]) == ("new", "gtc")
    assert (own["expires_at"], own["display_qty"]) == ("2100-01-01T00:00:00Z", "1")
    assert (await place(trader, 422, **limit, **until_then))["code"] == 40010001
    passed_over = await place(trader, **limit, display_qty="1")
    assert passed_over["display_qty"] is None
    crossing = {"side": "sell", "post_only": "reject"} | limit
    rejected = await place(seller, path="/v1/orders", **crossing)
    assert (rejected["status"], rejected["reject_reason"]) == ("rejected", "would_trade")
    for wrong in (
        {"unknown": 1},
        {"post_only": "maybe"},
        {"post_only": "reject", "time_in_force": "ioc"},
        {"minimum_qty": "5"},
        {"expires_at": "2100-01-01T00:00:00Z"},
        {"time_in_force": "gtd"},
        {"time_in_force": "gtd", "expires_at": "2001-01-01T00:00:00Z"},
        {"time_in_force": "gtd", "expires_at": "9999-12-31T00:00:00Z"},
        until_then | {"type": "market", "limit_price": None},
    ):
        await place(trader, 422, path="/v1/orders", **limit | wrong)
    assert await platform.violations() == {}


_PRICES = st.sampled_from(["90.00", "100.00", "110.00"])
_PARTS = st.sampled_from(["1", "2", "4", "5"])
_OWN_BODIES = st.fixed_dictionaries(
    {
        "symbol": st.just("COIN"),
        "side": st.sampled_from(["buy", "sell"]),
        "type": st.sampled_from(["market", "market", "limit", "stop", "stop_limit"]),
        "time_in_force": st.sampled_from(["day", "day", "gtd", "gtd", "ioc"]),
    },
    optional={
        "qty": _PARTS,
        "notional": st.just("250"),
        "limit_price": _PRICES,
        "stop_price": _PRICES,
        "expires_at": st.sampled_from(["2100-01-01", "2262-04-12", "9999-12-31"]),
        "display_qty": _PARTS,
        "minimum_qty": _PARTS,
        "post_only": st.sampled_from(["reject", "reprice"]),
        "order_class": st.sampled_from(["simple", "bracket", "oco"]),
        "take_profit": st.just({"limit_price": "120.00"}),
        "stop_loss": st.just({"stop_price": "80.00"}),
    },
)


async def with_coins(platform: Platform) -> Trader:
    """A trader in a market of parts, where the last trade was at 100."""
    coins = {"class": "crypto", "lot_size": "0.001"}
    await platform.list_asset("COIN", **coins)
    trader = await platform.funded("1000000")
    await platform.admin.post(
        "/v1/admin/assets/COIN/grants", {"user_id": trader.user_id, "qty": "1000"}, expect=201
    )
    await trader.order("sell", "1", "100.00", symbol="COIN")
    await trader.order("buy", "1", "100.00", symbol="COIN")
    return trader


TAKES_NONE = "the matching engine takes no such order; nothing was done"


async def test_what_trading_takes_the_engine_understands(platform: Platform) -> None:
    trader = await with_coins(platform)
    until_then = {"type": "market", "time_in_force": "gtd", "expires_at": "2100-01-01"}
    exits = {"take_profit": {"limit_price": "120.00"}, "stop_loss": {"stop_price": "80.00"}}
    more = {"type": "market", "qty": None, "notional": "250", "time_in_force": "day"}
    for terms in (
        until_then,
        until_then | exits | {"order_class": "bracket"},
        more | {"minimum_qty": "3"},
    ):
        told = await place(trader, 422, path="/v1/orders", symbol="COIN", **terms)
        assert told["message"] != TAKES_NONE
    await place(trader, path="/v1/orders", symbol="COIN", **more | {"minimum_qty": "2"})
    assert await held(trader) == "0.0"
    assert await platform.violations() == {}


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_no_terms_of_ours_are_malformed_to_the_engine(
    platform: Platform, data: st.DataObject
) -> None:
    if "trader" not in _KNOWN:
        _KNOWN["trader"] = await with_coins(platform)
    body = data.draw(_OWN_BODIES)
    answer = await _KNOWN["trader"].request("POST", "/v1/orders", json=body)
    assert answer.status_code < 500, (body, answer.text)
    assert answer.json().get("message") != TAKES_NONE, body


_KNOWN: dict[str, Trader] = {}


async def test_an_order_that_the_engine_does_not_understand_is_taken_back_for_good(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, trader = await traded_at(platform, "100.00")
    monkeypatch.setattr("trading.engine.commands.place", lambda *_: b'{"kind":"nonsense"}')
    refused = await place(trader, 422, type="limit", limit_price="10.00", client_order_id="once")
    assert refused["message"] == TAKES_NONE
    assert await held(trader) == "0.0"
    monkeypatch.undo()
    again = await place(trader, type="limit", limit_price="10.00", client_order_id="once")
    assert again["status"] == "new"
    assert await platform.violations() == {}
