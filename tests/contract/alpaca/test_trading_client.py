"""Every call of alpaca-py's trading client and every kind of order, through the gateway of a whole platform.

What it parsed is compared with what was sent, and what was done with what can be read afterwards.
"""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading import requests as ask
from alpaca.trading.enums import (
    AssetClass,
    AssetStatus,
    OrderClass,
    OrderSide,
    OrderStatus,
    OrderType,
    QueryOrderStatus,
    TimeInForce,
)
from comparing import Bot, assert_same
from people import Exchange, Person, good

BUY, SELL = OrderSide.BUY, OrderSide.SELL
GTC, DAY = TimeInForce.GTC, TimeInForce.DAY


@pytest.fixture(scope="module")
def symbol(exchange: Exchange) -> str:
    """In thousandths of a share, so that amounts of cash can be asked for."""
    made = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(8))
    asset = {"symbol": made, "name": f"{made} Inc.", "class": "us_equity", "lot_size": "0.001"}
    good(exchange.admin.post("/v1/admin/assets", json=asset))
    return made


@pytest.fixture(scope="module")
def maker(exchange: Exchange, symbol: str) -> Person:
    """Bids for 1,000 shares at 99, offers 1,000 at 101, and has traded one at 100."""
    maker = exchange.welcome("1000000", tier="load", **{symbol: "5000"})
    maker.place(symbol=symbol, side="sell", qty="1", limit_price="100")
    maker.place(symbol=symbol, side="buy", qty="1000", limit_price="99")
    first = exchange.welcome("1000", **{symbol: "1"})
    first.place(symbol=symbol, side="buy", qty="1", limit_price="100")
    maker.place(symbol=symbol, side="sell", qty="1000", limit_price="101")
    return maker


@pytest.fixture
def bot(exchange: Exchange, symbol: str, maker: Person) -> Bot:
    """Somebody with 10,000 dollars and 10 shares."""
    person = exchange.welcome("10000", tier="load", **{symbol: "10"})
    return Bot(exchange.platform.gateway, person.api_key())


def kinds_of_order(symbol: str) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Requests by name, with what the order must say."""
    of = {"symbol": symbol, "qty": 2, "time_in_force": GTC}
    return {
        "limit": (
            ask.LimitOrderRequest(**of, side=BUY, limit_price=90.25),
            {"type": "limit", "limit_price": "90.25", "status": "new"},
        ),
        "market": (
            ask.MarketOrderRequest(**of | {"time_in_force": DAY}, side=BUY),
            {"type": "market", "filled_qty": "2", "filled_avg_price": "101", "status": "filled"},
        ),
        "stop": (
            ask.StopOrderRequest(**of, side=SELL, stop_price=95),
            {"type": "stop", "stop_price": "95", "limit_price": None, "status": "new"},
        ),
        "stop_limit": (
            ask.StopLimitOrderRequest(**of, side=BUY, stop_price=105, limit_price=106.5),
            {"type": "stop_limit", "stop_price": "105", "limit_price": "106.5", "status": "new"},
        ),
        "trailing_percent": (
            ask.TrailingStopOrderRequest(**of, side=SELL, trail_percent=2.5),
            {"type": "trailing_stop", "trail_percent": "2.5", "trail_price": None},
        ),
        "trailing_price": (
            ask.TrailingStopOrderRequest(**of, side=SELL, trail_price=3),
            {"type": "trailing_stop", "trail_price": "3", "trail_percent": None},
        ),
    }


@pytest.mark.parametrize("kind", sorted(kinds_of_order("X")))
def test_an_order_of_each_kind(bot: Bot, symbol: str, kind: str) -> None:
    request, told = kinds_of_order(symbol)[kind]
    order = bot.api.submit_order(request)
    raw = bot.get(f"/orders/{order.id}")
    assert {name: raw[name] for name in told} == told
    assert_same(bot.api.get_order_by_id(order.id), raw)
    assert (order.symbol, order.qty, order.side) == (symbol, "2", request.side)
    assert order.submitted_at is not None
    if kind.startswith("trailing"):
        assert order.order_type is OrderType.TRAILING_STOP
        assert float(raw["hwm"]) >= 99
        assert float(raw["stop_price"]) < float(raw["hwm"])
    if raw["status"] != "filled":
        assert [each.id for each in bot.api.get_orders()] == [order.id]
        bot.api.cancel_order_by_id(order.id)
        assert bot.api.get_order_by_id(order.id).status is OrderStatus.CANCELED
        assert bot.api.get_account().buying_power == bot.api.get_account().cash


def test_an_amount_of_cash(bot: Bot, symbol: str) -> None:
    order = bot.api.submit_order(
        ask.MarketOrderRequest(symbol=symbol, notional=250.5, side=BUY, time_in_force=DAY)
    )
    raw = bot.get(f"/orders/{order.id}")
    assert (order.notional, raw["notional"], raw["qty"]) == ("250.5", "250.5", None)
    assert order.status is OrderStatus.FILLED
    assert 2.4 < float(raw["filled_qty"]) * 101 / 101 <= 2.481
    spent = 10000 - float(bot.api.get_account().cash)
    assert 250 < spent <= 250.5


def test_a_bracket(bot: Bot, symbol: str) -> None:
    order = bot.api.submit_order(
        ask.LimitOrderRequest(
            symbol=symbol,
            qty=3,
            side=BUY,
            time_in_force=GTC,
            limit_price=98,
            order_class=OrderClass.BRACKET,
            take_profit=ask.TakeProfitRequest(limit_price=110),
            stop_loss=ask.StopLossRequest(stop_price=95, limit_price=94.5),
        )
    )
    assert order.order_class is OrderClass.BRACKET
    nested = bot.api.get_order_by_id(order.id, ask.GetOrderByIdRequest(nested=True))
    raw = bot.get(f"/orders/{order.id}", nested="true")
    assert_same(nested, raw)
    profit, loss = sorted(nested.legs or [], key=lambda leg: leg.order_type.value)
    assert (profit.limit_price, profit.side, profit.status) == ("110", SELL, OrderStatus.HELD)
    assert (loss.stop_price, loss.limit_price, loss.qty) == ("95", "94.5", "3")
    flat = bot.api.get_orders(ask.GetOrdersRequest(nested=False))
    assert {each.id for each in flat} == {order.id, profit.id, loss.id}
    (only,) = bot.api.get_orders(ask.GetOrdersRequest(nested=True))
    assert {leg.id for leg in only.legs or []} == {profit.id, loss.id}
    # One goes, all go.
    bot.api.cancel_order_by_id(order.id)
    for gone in (order.id, profit.id, loss.id):
        assert bot.api.get_order_by_id(gone).status is OrderStatus.CANCELED


def test_a_bracket_whose_entry_is_filled(bot: Bot, symbol: str) -> None:
    order = bot.api.submit_order(
        ask.MarketOrderRequest(
            symbol=symbol,
            qty=3,
            side=BUY,
            time_in_force=GTC,
            order_class=OrderClass.BRACKET,
            take_profit=ask.TakeProfitRequest(limit_price=120),
            stop_loss=ask.StopLossRequest(stop_price=80),
        )
    )
    assert order.status is OrderStatus.FILLED
    position = bot.api.get_open_position(symbol)
    assert (position.qty, position.qty_available) == ("13", "10")
    open_orders = bot.api.get_orders()
    assert {each.order_type for each in open_orders} == {OrderType.LIMIT, OrderType.STOP}
    assert len(bot.api.cancel_orders()) == 2
    assert bot.api.get_open_position(symbol).qty_available == "13"


def test_one_cancels_the_other(bot: Bot, symbol: str) -> None:
    order = bot.api.submit_order(
        ask.LimitOrderRequest(
            symbol=symbol,
            qty=4,
            side=SELL,
            time_in_force=GTC,
            order_class=OrderClass.OCO,
            take_profit=ask.TakeProfitRequest(limit_price=111),
            stop_loss=ask.StopLossRequest(stop_price=90),
        )
    )
    raw = bot.get(f"/orders/{order.id}", nested="true")
    assert (raw["order_class"], raw["type"], raw["limit_price"]) == ("oco", "limit", "111")
    assert [leg["stop_price"] for leg in raw["legs"]] == ["90"]
    assert bot.api.get_open_position(symbol).qty_available == "6"  # both for the same shares
    bot.api.cancel_order_by_id(raw["legs"][0]["id"])
    assert bot.api.get_orders() == []
    assert bot.api.get_open_position(symbol).qty_available == "10"


def test_one_triggers_the_other(bot: Bot, symbol: str) -> None:
    order = bot.api.submit_order(
        ask.LimitOrderRequest(
            symbol=symbol,
            qty=2,
            side=BUY,
            time_in_force=GTC,
            limit_price=101,
            order_class=OrderClass.OTO,
            stop_loss=ask.StopLossRequest(stop_price=85),
        )
    )
    assert order.status is OrderStatus.FILLED
    (exit_order,) = bot.api.get_orders()
    assert (exit_order.order_type, exit_order.stop_price) == (OrderType.STOP, "85")
    assert (exit_order.side, exit_order.qty) == (SELL, "2")


def test_a_replacement(bot: Bot, symbol: str) -> None:
    old = bot.api.submit_order(
        ask.LimitOrderRequest(symbol=symbol, qty=2, side=BUY, time_in_force=GTC, limit_price=90)
    )
    new = bot.api.replace_order_by_id(
        old.id, ask.ReplaceOrderRequest(qty=5, limit_price=91.5, client_order_id=f"r-{uuid4()}")
    )
    assert (new.replaces, new.qty, new.limit_price) == (old.id, "5", "91.5")
    raw = bot.get(f"/orders/{new.id}")
    assert_same(bot.api.get_order_by_id(new.id), raw)
    before = bot.api.get_order_by_id(old.id)
    assert (before.status, before.replaced_by) == (OrderStatus.REPLACED, new.id)
    assert [each.id for each in bot.api.get_orders()] == [new.id]
    with pytest.raises(APIError) as refused:
        bot.api.replace_order_by_id(old.id, ask.ReplaceOrderRequest(qty=6))
    assert (refused.value.status_code, refused.value.code) == (422, 42210000)


def test_lists_of_orders(bot: Bot, symbol: str) -> None:
    placed = [
        bot.api.submit_order(
            ask.LimitOrderRequest(
                symbol=symbol, qty=1, side=BUY, time_in_force=GTC, limit_price=price,
                client_order_id=f"list-{uuid4()}",
            )
        )
        for price in (80, 81, 82)
    ]  # fmt: skip
    bot.api.cancel_order_by_id(placed[1].id)

    def ids(**wanted: Any) -> list[UUID]:
        return [order.id for order in bot.api.get_orders(ask.GetOrdersRequest(**wanted))]

    first, second, third = (order.id for order in placed)
    assert ids() == [third, first]
    assert ids(status=QueryOrderStatus.CLOSED) == [second]
    assert ids(status=QueryOrderStatus.ALL, direction="asc") == [first, second, third]
    assert ids(status=QueryOrderStatus.ALL, limit=1) == [third]
    assert ids(side=SELL) == []
    assert ids(symbols=[symbol, "NOPE"]) == [third, first]
    assert ids(status=QueryOrderStatus.ALL, after=placed[0].submitted_at, direction="asc") == [
        second, third,
    ]  # fmt: skip
    assert_same(bot.api.get_orders(), bot.get("/orders"))
    found = bot.api.get_order_by_client_id(placed[2].client_order_id)
    assert found.id == third


def test_positions_are_read_and_closed(bot: Bot, symbol: str) -> None:
    assert_same(bot.api.get_all_positions(), bot.get("/positions"))
    position = bot.api.get_open_position(symbol)
    assert_same(position, bot.get(f"/positions/{symbol}"))
    assert bot.api.get_open_position(position.asset_id) == position
    part = bot.api.close_position(symbol, ask.ClosePositionRequest(qty="2.5"))
    assert (part.side, part.qty, part.status) == (SELL, "2.5", OrderStatus.FILLED)
    half = bot.api.close_position(symbol, ask.ClosePositionRequest(percentage="50"))
    assert half.qty == "3.75"
    (closed,) = bot.api.close_all_positions(cancel_orders=True)
    assert (closed.symbol, closed.status) == (symbol, 200)
    assert bot.api.get_all_positions() == []
    assert bot.api.close_all_positions(cancel_orders=True) == []
    with pytest.raises(APIError) as refused:
        bot.api.close_position(symbol)
    assert (refused.value.status_code, refused.value.code) == (404, 40410000)
    assert bot.api.get_account().cash == "10990"  # ten shares at 99


def test_the_account_and_its_configurations(bot: Bot, symbol: str) -> None:
    assert_same(bot.api.get_account(), bot.get("/account"))
    before = bot.api.get_account_configurations()
    assert_same(before, bot.get("/account/configurations"))
    before.suspend_trade = True
    after = bot.api.set_account_configurations(before)
    assert after.suspend_trade
    assert bot.api.get_account().trade_suspended_by_user
    order = ask.LimitOrderRequest(symbol=symbol, qty=1, side=BUY, time_in_force=GTC, limit_price=90)
    with pytest.raises(APIError) as refused:
        bot.api.submit_order(order)
    assert (refused.value.status_code, refused.value.code) == (403, 40310013)
    after.suspend_trade = False
    bot.api.set_account_configurations(after)
    assert bot.api.submit_order(order).status is OrderStatus.NEW


def test_assets_the_clock_and_the_calendar(bot: Bot, symbol: str) -> None:
    asset = bot.api.get_asset(symbol)
    assert_same(asset, bot.get(f"/assets/{symbol}"))
    assert (asset.fractionable, asset.min_order_size, asset.tradable) == (True, 0.001, True)
    stocks = ask.GetAssetsRequest(
        asset_class=AssetClass.US_EQUITY, status=AssetStatus.ACTIVE, attributes="overnight_tradable"
    )
    assert symbol in [each.symbol for each in bot.api.get_all_assets(stocks)]
    assert bot.api.get_all_assets(ask.GetAssetsRequest(asset_class=AssetClass.US_OPTION)) == []
    clock = bot.api.get_clock()
    assert clock.is_open
    assert clock.timestamp < clock.next_close <= clock.timestamp + timedelta(days=1)
    days = ask.GetCalendarRequest(start=date(2024, 2, 28), end=date(2024, 3, 1))
    assert_same(
        bot.api.get_calendar(days), bot.get("/calendar", start="2024-02-28", end="2024-03-01")
    )
    assert [day.date for day in bot.api.get_calendar(days)] == [
        date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1),
    ]  # fmt: skip
    today = datetime.now(UTC).date()
    assert today in [day.date for day in bot.api.get_calendar()]


def test_watchlists(bot: Bot, symbol: str) -> None:
    made = bot.api.create_watchlist(ask.CreateWatchlistRequest(name="mine", symbols=[symbol]))
    assert_same(made, bot.get(f"/watchlists/{made.id}"))
    assert [asset.symbol for asset in made.assets or []] == [symbol]
    (listed,) = bot.api.get_watchlists()
    assert (listed.id, listed.assets) == (made.id, None)
    less = bot.api.remove_asset_from_watchlist_by_id(made.id, symbol)
    assert less.assets == []
    more = bot.api.add_asset_to_watchlist_by_id(made.id, symbol)
    assert more.assets == made.assets
    renamed = bot.api.update_watchlist_by_id(made.id, ask.UpdateWatchlistRequest(name="other"))
    assert (renamed.name, renamed.assets) == ("other", made.assets)
    assert bot.api.get_watchlist_by_id(made.id) == renamed
    bot.api.delete_watchlist_by_id(made.id)
    with pytest.raises(APIError) as refused:
        bot.api.get_watchlist_by_id(made.id)
    assert (refused.value.status_code, refused.value.code) == (404, 40410000)


def test_the_history_of_the_account(bot: Bot, symbol: str) -> None:
    history = bot.api.get_portfolio_history(
        ask.GetPortfolioHistoryRequest(period="1D", timeframe="15Min")
    )
    raw = bot.get("/account/portfolio/history", period="1D", timeframe="15Min")
    assert (history.timeframe, raw["timeframe"]) == ("15Min", "15Min")
    assert len(history.timestamp) == len(history.equity) == len(history.profit_loss)
    assert history.timestamp == sorted(history.timestamp)
    assert all(isinstance(value, float) for value in history.equity)
    # What was not asked for is not sent, and alpaca-py has none.
    whole = bot.api.get_portfolio_history()
    assert_same(whole, bot.get("/account/portfolio/history"), but=["cashflow"])
    assert whole.cashflow == {}


def test_activities(bot: Bot, symbol: str) -> None:
    bot.api.submit_order(ask.MarketOrderRequest(symbol=symbol, qty=1, side=BUY, time_in_force=DAY))
    everything = bot.api.get("/account/activities")
    kinds = sorted(each["activity_type"] for each in everything)
    assert kinds == ["CSD", "FILL", "JNLS"]
    (fill,) = bot.api.get("/account/activities/FILL")
    assert (fill["symbol"], fill["qty"], fill["price"], fill["side"]) == (symbol, "1", "101", "buy")
    assert (fill["type"], fill["cum_qty"], fill["leaves_qty"]) == ("fill", "1", "0")
    seen: list[str] = []
    token: dict[str, str] = {}
    while page := bot.api.get("/account/activities", {"page_size": 1, **token}):
        seen += [each["id"] for each in page]
        token = {"page_token": seen[-1]}
    assert seen == [each["id"] for each in everything]


def test_what_is_refused_has_alpacas_codes(bot: Bot, symbol: str) -> None:
    of = {"symbol": symbol, "time_in_force": GTC}
    for request, status, code in (
        (ask.LimitOrderRequest(**of, qty=1000, side=BUY, limit_price=100), 403, 40310000),
        (ask.LimitOrderRequest(**of, qty=11, side=SELL, limit_price=100), 403, 40310000),
        (ask.LimitOrderRequest(**of, qty=1, side=BUY, limit_price=100.001), 422, 42210000),
        (ask.LimitOrderRequest(**of | {"symbol": "NOPE"}, qty=1, side=BUY, limit_price=1), 422, 42210000),
        (
            ask.LimitOrderRequest(
                **of, qty=1, side=SELL, limit_price=120, order_class=OrderClass.BRACKET,
                take_profit=ask.TakeProfitRequest(limit_price=90),
                stop_loss=ask.StopLossRequest(stop_price=130),
            ),
            422,
            42210000,
        ),
        (ask.MarketOrderRequest(symbol=symbol, qty=1, side=BUY, time_in_force=TimeInForce.OPG), 422, 42210000),
    ):  # fmt: skip
        with pytest.raises(APIError) as refused:
            bot.api.submit_order(request)
        assert (refused.value.status_code, refused.value.code) == (status, code), request
    for missing in (lambda: bot.api.get_order_by_id(uuid4()), lambda: bot.api.get_asset("NOPE")):
        with pytest.raises(APIError) as refused:
            missing()
        assert (refused.value.status_code, refused.value.code) == (404, 40410000)
    assert bot.api.get_orders() == []
