"""An order from the request to settled balances, with the real engine."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from trading_platform import Platform

Start = Callable[..., Any]


async def test_a_match_moves_cash_and_shares_and_leaves_no_hold(platform: Platform) -> None:
    seller = await platform.funded(shares="10")
    buyer = await platform.funded("1000")
    resting = await seller.order("sell", "10", "50.00")
    assert resting["status"] == "new"
    assert (await seller.get("/v2/positions/ACME"))["qty_available"] == "0"

    bought = await buyer.order("buy", "4", "51.00")

    assert bought["status"] == "filled"
    assert bought["filled_avg_price"] == "50"
    account = await buyer.get("/v2/account")
    assert (account["cash"], account["buying_power"]) == ("800", "800")
    position = await buyer.get("/v2/positions/ACME")
    assert (position["qty"], position["avg_entry_price"]) == ("4", "50")
    assert (await seller.get(f"/v2/orders/{resting['id']}"))["status"] == "partially_filled"
    assert (await seller.get("/v2/account"))["cash"] == "100200"
    assert await platform.violations() == {}


async def test_cancel_releases_only_the_remaining_hold(platform: Platform) -> None:
    seller = await platform.funded(shares="10")
    buyer = await platform.funded("1000")
    order = await buyer.order("buy", "10", "50.00")
    assert (await buyer.get("/v2/account"))["buying_power"] == "500"
    await seller.order("sell", "4", "50.00")

    assert (await buyer.cancel(order["id"])).status_code == 204

    account = await buyer.get("/v2/account")
    assert (account["cash"], account["buying_power"]) == ("800", "800")
    again = await buyer.cancel(order["id"])
    assert (again.status_code, again.json()["code"]) == (422, 42210000)
    assert (await buyer.get(f"/v2/orders/{order['id']}"))["status"] == "canceled"
    assert await platform.violations() == {}


async def test_one_accounts_shortage_refuses_only_its_own_order(platform: Platform) -> None:
    rich, poor = await platform.funded("1000"), await platform.funded("10")
    results = await asyncio.gather(
        *(rich.order("buy", "1", "10.00") for _ in range(5)),
        *(poor.order("buy", "1", "50.00", expect=403) for _ in range(5)),
    )
    assert [r["status"] for r in results[:5]] == ["new"] * 5
    assert {r["code"] for r in results[5:]} == {40310000}
    assert results[5]["buying_power"] == "10"
    assert await platform.violations() == {}


async def test_a_client_order_id_is_used_once_for_ever(platform: Platform) -> None:
    trader = await platform.funded()
    body = {"client_order_id": "mine"}
    answers = await asyncio.gather(
        *(
            trader.request(
                "POST",
                "/v2/orders",
                json={
                    "symbol": "ACME",
                    "side": "buy",
                    "qty": 1,
                    "type": "limit",
                    "time_in_force": "day",
                    "limit_price": 10.25,
                }
                | body,
            )
            for _ in range(4)
        )
    )
    placed = [a.json() for a in answers if a.status_code == 200]
    refused = [a.json() for a in answers if a.status_code == 422]
    assert len(placed) == 1
    assert {r["code"] for r in refused} == {40010001}
    assert {r["existing_order_id"] for r in refused} == {placed[0]["id"]}
    await trader.cancel(placed[0]["id"])
    await trader.order("buy", "1", "10.00", client_order_id="mine", expect=422)
    found = await trader.get("/v2/orders:by_client_order_id", client_order_id="mine")
    assert found["limit_price"] == "10.25"
    assert await platform.violations() == {}


async def test_market_orders_need_a_price_and_stay_within_the_collar(platform: Platform) -> None:
    seller, buyer = await platform.funded(shares="10"), await platform.funded()
    refused = await buyer.order("buy", "1", None, expect=422)
    assert refused["code"] == 42210013
    await seller.order("sell", "1", "100.00")
    await buyer.order("buy", "1", "100.00")
    await seller.order("sell", "1", "105.00")
    await seller.order("sell", "1", "150.00")

    order = await buyer.order("buy", "2", None)

    assert (order["status"], order["filled_qty"]) == ("canceled", "1")
    assert (await buyer.get("/v2/account"))["cash"] == str(Decimal(100000 - 205))
    assert await platform.violations() == {}


async def test_immediate_or_cancel_and_fill_or_kill(platform: Platform) -> None:
    seller, buyer = await platform.funded(shares="10"), await platform.funded()
    await seller.order("sell", "3", "10.00")
    killed = await buyer.order("buy", "5", "10.00", time_in_force="fok")
    assert (killed["status"], killed["filled_qty"]) == ("canceled", "0")
    partial = await buyer.order("buy", "5", "10.00", time_in_force="ioc")
    assert (partial["status"], partial["filled_qty"]) == ("canceled", "3")
    assert await platform.violations() == {}


async def test_the_account_tells_by_which_rules_an_order_holds_cash(start: Start) -> None:
    async with start(taker_fee_rate=Decimal("0.00250"), market_collar=Decimal("0.05")) as platform:
        await platform.list_asset()
        seller, buyer = await platform.funded(shares="10"), await platform.funded("1000")
        rules = await buyer.get("/v2/account")
        assert (rules["taker_fee_rate"], rules["market_collar"]) == ("0.0025", "0.05")
        await buyer.order("buy", "4", "10.00")
        # 4 x 10 with the fee
        assert (await buyer.get("/v2/account"))["buying_power"] == "959.9"
        await seller.order("sell", "4", "10.00")
        await seller.order("sell", "5", "10.51")
        beyond = await buyer.order("buy", "5", None, time_in_force="ioc")
        assert (beyond["status"], beyond["filled_qty"]) == ("canceled", "0")
        await seller.order("sell", "1", "10.50")
        within = await buyer.order("buy", "1", None, time_in_force="ioc")
        assert within["filled_avg_price"] == "10.5"


async def test_two_orders_of_one_account_may_trade_with_each_other(platform: Platform) -> None:
    trader = await platform.funded("100", shares="5")
    await trader.order("sell", "5", "20.00")
    bought = await trader.order("buy", "5", "20.00")
    assert bought["status"] == "filled"
    account = await trader.get("/v2/account")
    assert (account["cash"], account["buying_power"]) == ("100", "100")
    assert (await trader.get("/v2/positions/ACME"))["qty"] == "5"
    assert await platform.violations() == {}


async def test_fractions_are_rounded_once_an_order_and_the_house_takes_the_rest(
    platform: Platform,
) -> None:
    await platform.list_asset(
        "BTCUSD", **{"class": "crypto", "tick_size": "0.1", "lot_size": "0.00000001"}
    )
    buyer = await platform.funded("1000")
    seller = platform.trader()
    await seller.get("/v2/account")
    await platform.admin.post(
        "/v1/admin/assets/BTCUSD/grants", {"user_id": seller.user_id, "qty": "1"}, expect=201
    )
    order = await buyer.order("buy", "0.00000009", "333.3", symbol="BTCUSD")
    for _ in range(9):
        await seller.order("sell", "0.00000001", "333.3", symbol="BTCUSD")
    assert (await buyer.get(f"/v2/orders/{order['id']}"))["status"] == "filled"
    # 9e-8 x 333.3 = 0.0000299970
    assert (await buyer.get("/v2/account"))["cash"] == "999.99997"
    # each sale of 0.000003333 rounds down by itself
    assert (await seller.get("/v2/account"))["cash"] == "0.00002997"
    assert await platform.violations() == {}


async def test_cancel_all_answers_for_each_order(platform: Platform) -> None:
    trader = await platform.funded()
    assert (await trader.request("DELETE", "/v2/orders")).json() == []
    placed = {(await trader.order("buy", "1", "10.00"))["id"] for _ in range(3)}
    answer = await trader.request("DELETE", "/v2/orders")
    assert answer.status_code == 207
    assert {row["id"] for row in answer.json()} == placed
    assert {row["status"] for row in answer.json()} == {200}
    assert await trader.get("/v2/orders") == []
    assert len(await trader.get("/v2/orders", status="closed")) == 3


async def test_foreign_orders_do_not_exist(platform: Platform) -> None:
    owner, other = await platform.funded(), await platform.funded()
    order = await owner.order("buy", "1", "10.00")
    assert (await other.cancel(order["id"])).status_code == 404
    assert (await other.request("GET", f"/v2/orders/{order['id']}")).status_code == 404
    assert (await owner.get(f"/v2/orders/{order['id']}"))["status"] == "new"


async def test_shares_granted_by_the_assets_id_are_shares_of_its_symbol(platform: Platform) -> None:
    trader = await platform.funded("1")
    asset = await trader.get("/v2/assets/ACME")
    body = {"user_id": trader.user_id, "qty": "3"}
    granted = await platform.admin.post(f"/v1/admin/assets/{asset['id']}/grants", body, expect=201)
    assert granted["symbol"] == "ACME"
    assert (await trader.get("/v2/positions/ACME"))["qty"] == "3"


async def test_a_symbol_with_a_slash_is_traded_and_found_like_any_other(platform: Platform) -> None:
    await platform.list_asset("BTC/USD", **{"class": "crypto", "lot_size": "0.001"})
    trader = await platform.funded("100")
    body = {"user_id": trader.user_id, "qty": "0.5"}
    await platform.admin.post("/v1/admin/assets/BTC%2FUSD/grants", body, expect=201)
    order = await trader.order("sell", "0.25", "10.00", symbol="BTC/USD")
    assert (order["status"], order["symbol"]) == ("new", "BTC/USD")
    for path in ("/v2/positions/BTC%2FUSD", "/v2/positions/BTC/USD"):
        position = await trader.get(path)
        assert (position["qty"], position["qty_available"]) == ("0.5", "0.25")
    assert (await trader.get("/v2/assets/BTC%2FUSD"))["symbol"] == "BTC/USD"
