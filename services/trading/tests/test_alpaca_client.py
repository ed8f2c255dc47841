"""alpaca-py's own client against a running server, and what other clients of that API send."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest
import uvicorn
from alpaca.common.exceptions import APIError
from alpaca.trading import requests as ask
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import AssetClass, AssetStatus, OrderSide, OrderStatus, QueryOrderStatus
from alpaca.trading.enums import TimeInForce as Tif
from trading_platform import Platform, Trader, until

Client = Callable[[Trader], TradingClient]


@pytest.fixture
async def client_of(platform: Platform, free_port: int) -> AsyncIterator[Client]:
    """The platform's app behind a real server on a loopback port."""
    config = uvicorn.Config(platform.app, port=free_port, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined,unused-ignore]
    serving = asyncio.create_task(server._serve())
    await until(lambda: server.started)

    def make(trader: Trader) -> TradingClient:
        token = trader._headers["Authorization"].removeprefix("Bearer ")
        return TradingClient(oauth_token=token, url_override=f"http://127.0.0.1:{free_port}")

    yield make
    server.should_exit = True
    await serving


async def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.to_thread(function, *arguments)


async def test_the_account_orders_and_positions_of_alpaca_py(
    platform: Platform, client_of: Client
) -> None:
    buyer, seller = await platform.funded("1000"), await platform.funded("1", shares="10")
    buying, selling = client_of(buyer), client_of(seller)

    account = await _call(buying.get_account)
    assert (account.cash, account.buying_power, account.currency) == ("1000", "1000", "USD")

    limit = ask.LimitOrderRequest(
        symbol="ACME", qty=4, side=OrderSide.SELL, time_in_force=Tif.GTC, limit_price=50.25
    )
    resting = await _call(selling.submit_order, limit)
    assert (resting.status, resting.limit_price, resting.qty) == (OrderStatus.NEW, "50.25", "4")
    first = ask.LimitOrderRequest(
        symbol="ACME", qty=1, side=OrderSide.BUY, time_in_force=Tif.DAY, limit_price=50.25
    )
    filled = await _call(buying.submit_order, first)
    assert (filled.status, filled.filled_avg_price) == (OrderStatus.FILLED, "50.25")
    market = ask.MarketOrderRequest(
        symbol="ACME", qty=1, side=OrderSide.BUY, time_in_force=Tif.IOC, client_order_id="mine"
    )
    bought = await _call(buying.submit_order, market)
    assert bought.status is OrderStatus.FILLED
    assert (await _call(buying.get_order_by_client_id, "mine")).id == bought.id
    assert (await _call(selling.get_order_by_id, resting.id)).filled_qty == "2"

    (position,) = await _call(buying.get_all_positions)
    assert (position.qty, position.avg_entry_price, position.cost_basis) == ("2", "50.25", "100.5")
    assert (position.market_value, position.unrealized_pl) == ("100.5", "0")
    assert (await _call(buying.get_open_position, "ACME")).asset_id == position.asset_id

    with pytest.raises(APIError) as refused:
        await _call(buying.submit_order, market)
    assert (refused.value.status_code, refused.value.code) == (422, 40010001)
    dear = ask.LimitOrderRequest(
        symbol="ACME", qty=100, side=OrderSide.BUY, time_in_force=Tif.GTC, limit_price=50
    )
    with pytest.raises(APIError) as refused:
        await _call(buying.submit_order, dear)
    assert (refused.value.status_code, refused.value.code) == (403, 40310000)

    await _call(selling.cancel_order_by_id, resting.id)
    with pytest.raises(APIError) as refused:
        await _call(selling.cancel_order_by_id, resting.id)
    assert (refused.value.status_code, refused.value.code) == (422, 42210000)
    with pytest.raises(APIError) as refused:
        await _call(buying.get_order_by_id, resting.id)
    assert refused.value.code == 40410000
    assert await _call(buying.cancel_orders) == []
    assert await platform.violations() == {}


async def test_lists_assets_clock_and_activities_of_alpaca_py(
    platform: Platform, client_of: Client
) -> None:
    trader = await platform.funded("1000")
    client = client_of(trader)
    placed = [await trader.order("buy", "1", f"1{i}.00") for i in range(3)]
    oldest, middle, newest = (order["id"] for order in placed)

    async def listed(**wanted: Any) -> list[str]:
        orders = await _call(client.get_orders, ask.GetOrdersRequest(**wanted))
        return [str(order.id) for order in orders]

    assert await listed() == [newest, middle, oldest]
    assert await listed(direction="asc", limit=2) == [oldest, middle]
    assert await listed(symbols=["ACME", "ELSE"], side=OrderSide.BUY, nested=True) == [
        newest,
        middle,
        oldest,
    ]
    assert await listed(side=OrderSide.SELL) == []
    cancelled = await _call(client.cancel_orders)
    assert {(str(each.id), each.status) for each in cancelled} == {
        (order, 200) for order in (oldest, middle, newest)
    }
    assert await listed(status=QueryOrderStatus.CLOSED) == [newest, middle, oldest]
    at = [await trader.get(f"/v2/orders/{order}") for order in (oldest, middle, newest)]
    between = {"after": at[0]["submitted_at"], "until": at[2]["submitted_at"], "status": "all"}
    assert [order["id"] for order in await trader.get("/v2/orders", **between)] == [middle]

    (asset,) = await _call(client.get_all_assets, ask.GetAssetsRequest(status=AssetStatus.ACTIVE))
    assert (asset.symbol, asset.tradable, asset.fractionable) == ("ACME", True, False)
    assert (asset.asset_class, asset.price_increment) == (AssetClass.US_EQUITY, 0.01)
    assert (await _call(client.get_asset, "ACME")).id == asset.id
    crypto = ask.GetAssetsRequest(asset_class=AssetClass.CRYPTO)
    assert await _call(client.get_all_assets, crypto) == []
    with pytest.raises(APIError) as refused:
        await _call(client.get_asset, "NOPE")
    assert refused.value.code == 40410000

    clock = await _call(client.get_clock)
    assert clock.is_open
    assert clock.next_close > clock.timestamp
    for path in ("/v2/orders/", "/v2/account/", "/v2/positions/"):  # it follows no redirect
        assert not (await trader.request("GET", path)).is_redirect
    raw = await _call(client.get, "/account/activities")
    assert [item["activity_type"] for item in raw] == ["CSD"]


async def test_order_ids_as_cursors_meet_each_order_once(platform: Platform) -> None:
    trader = await platform.funded("1000")
    placed = [(await trader.order("buy", "1", "1.00"))["id"] for _ in range(5)]
    for name, direction, wanted in (
        ("before_order_id", "desc", placed[::-1]),
        ("after_order_id", "asc", placed),
    ):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while page := await trader.get("/v2/orders", limit=2, direction=direction, **cursor):
            seen += [order["id"] for order in page]
            cursor = {name: seen[-1]}
        assert seen == wanted


async def test_activities_come_in_pages_that_meet_each_once(platform: Platform) -> None:
    seller, buyer = await platform.funded("5", shares="9"), await platform.funded("1000")
    await seller.order("sell", "3", "10.00")
    for _ in range(3):
        await buyer.order("buy", "1", "10.00")
    await buyer.post("/v1/funding/withdrawals", {"amount": "0.5"}, expect=201)
    for direction in ("asc", "desc"):
        seen: list[Any] = []
        token: dict[str, str] = {}
        path = "/v2/account/activities"
        while page := await buyer.get(path, page_size=2, direction=direction, **token):
            seen += page
            token = {"page_token": page[-1]["id"]}
        kinds = [item["activity_type"] for item in seen]
        ordered = kinds if direction == "asc" else kinds[::-1]
        assert ordered == ["CSD", "FILL", "FILL", "FILL", "CSW"]
        assert len({item["id"] for item in seen}) == 5
    fills = await seller.get("/v2/account/activities/FILL", direction="asc")
    assert [(f["type"], f["leaves_qty"], f["cum_qty"]) for f in fills] == [
        ("partial_fill", "2", "1"),
        ("partial_fill", "1", "2"),
        ("fill", "0", "3"),
    ]
    assert all(isinstance(f["price"], str) and f["side"] == "sell" for f in fills)
    (withdrawn,) = await buyer.get("/v2/account/activities", activity_types="CSW,DIV")
    assert withdrawn["net_amount"] == "-0.5"
    (grant,) = await seller.get("/v2/account/activities/JNLS")
    assert (grant["symbol"], grant["qty"]) == ("ACME", "9")
    others = await buyer.get("/v2/account/activities", category="non_trade_activity")
    assert {item["activity_type"] for item in others} == {"CSD", "CSW"}
    today = fills[0]["transaction_time"][:10]
    assert len(await seller.get("/v2/account/activities/FILL", date=today)) == 3
    assert await seller.get("/v2/account/activities/FILL", date="2001-01-01") == []


async def test_a_body_as_the_go_client_sends_it(platform: Platform) -> None:
    """Every field, the unset ones null or empty, and no Content-Type."""
    trader = await platform.funded("1000")
    body = {
        "symbol": "ACME", "qty": "2", "notional": None, "side": "buy", "type": "limit",
        "time_in_force": "day", "limit_price": "10.5", "extended_hours": False, "stop_price": None,
        "client_order_id": "", "order_class": "", "take_profit": None, "stop_loss": None,
        "trail_price": None, "trail_percent": None, "position_intent": "", "legs": None,
        "something_new": {"a": [1]},
    }  # fmt: skip
    request_id = "0b7c5a6e-5a0c-4d5e-9d1b-6d5f3d1f0001"
    answer = await trader.request(
        "POST", "/v2/orders", content=json.dumps(body), headers={"X-Request-ID": request_id}
    )
    assert "content-type" not in answer.request.headers
    order = answer.json()
    assert (answer.status_code, order["status"], order["qty"]) == (200, "new", "2")
    assert order["client_order_id"] == request_id == answer.headers["x-request-id"]


async def test_every_order_field_has_alpacas_type(platform: Platform) -> None:
    trader = await platform.funded("1000", shares="1")
    await trader.order("sell", "1", "10.00")
    order = await trader.order("buy", "2", "10.00")
    texts = {"qty", "filled_qty", "filled_avg_price", "limit_price"}
    for name in texts:
        assert isinstance(order[name], str)
        assert Decimal(order[name]) > 0
    for name in ("notional", "stop_price", "trail_price", "trail_percent", "hwm", "legs"):
        assert order[name] is None
    assert order["type"] == order["order_type"] == "limit"
    assert (order["order_class"], order["extended_hours"]) == ("simple", False)
    for name in ("created_at", "updated_at", "submitted_at"):
        assert order[name].endswith("Z")
    account = await trader.get("/v2/account")
    numbers = {"daytrade_count"}
    for name, value in account.items():
        assert isinstance(value, str | bool) or name in numbers, name
