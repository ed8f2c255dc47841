"""How a bot trades here: alpaca-py, unchanged, with an API key and this platform's address.

Read it from top to bottom as an example. Everything that is not alpaca-py (registering, cash, shares
to sell) is in `people.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from alpaca.common.exceptions import APIError
from alpaca.data import Trade
from alpaca.data.historical.stock import StockHistoricalDataClient
from alpaca.data.requests import (
    StockBarsRequest,
    StockLatestQuoteRequest,
    StockLatestTradeRequest,
    StockSnapshotRequest,
)
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import (
    AccountStatus,
    AssetStatus,
    OrderSide,
    OrderStatus,
    QueryOrderStatus,
    TimeInForce,
)
from alpaca.trading.requests import GetOrdersRequest, LimitOrderRequest, MarketOrderRequest
from people import Exchange, Person, eventually


@pytest.fixture(scope="module")
def symbol(exchange: Exchange) -> str:
    return exchange.list_stock()


@pytest.fixture(scope="module")
def bot(exchange: Exchange, symbol: str) -> Person:
    """Has 10,000 dollars and no shares."""
    return exchange.welcome("10000")


@pytest.fixture(scope="module")
def market_maker(exchange: Exchange, symbol: str) -> Person:
    """Offers 100 shares at 101 and 100 at 102, and bids for 50 at 99."""
    maker = exchange.welcome("10000", **{symbol: "200"})
    maker.place(symbol=symbol, side="sell", qty="100", limit_price="101")
    maker.place(symbol=symbol, side="sell", qty="100", limit_price="102")
    maker.place(symbol=symbol, side="buy", qty="50", limit_price="99")
    return maker


@pytest.fixture(scope="module")
def key(bot: Person) -> tuple[str, str]:
    """The bot's API key: made once with its user's token, shown once."""
    return bot.api_key("alpaca-py")


@pytest.fixture(scope="module")
def trading(exchange: Exchange, key: tuple[str, str]) -> TradingClient:
    key_id, secret = key
    return TradingClient(key_id, secret, url_override=exchange.platform.gateway)


@pytest.fixture(scope="module")
def data(exchange: Exchange, key: tuple[str, str]) -> StockHistoricalDataClient:
    key_id, secret = key
    return StockHistoricalDataClient(key_id, secret, url_override=exchange.platform.gateway)


def test_the_account_the_clock_and_the_assets(trading: TradingClient, symbol: str) -> None:
    account = trading.get_account()
    assert account.status is AccountStatus.ACTIVE
    assert account.cash == "10000"
    assert account.buying_power == "10000"

    clock = trading.get_clock()
    assert clock.is_open
    assert clock.next_close > clock.timestamp

    asset = trading.get_asset(symbol)
    assert (asset.symbol, asset.status) == (symbol, AssetStatus.ACTIVE)
    assert asset.tradable
    assert not asset.fractionable
    assert trading.get_asset(asset.id) == asset
    assert symbol in [each.symbol for each in trading.get_all_assets()]


def test_a_bot_trades(
    trading: TradingClient,
    data: StockHistoricalDataClient,
    symbol: str,
    market_maker: Person,
) -> None:
    # A limit order that reaches the market maker's best offer is filled at the offer's price.
    bought = trading.submit_order(
        LimitOrderRequest(
            symbol=symbol,
            qty=10,
            side=OrderSide.BUY,
            time_in_force=TimeInForce.DAY,
            limit_price=101.5,
            client_order_id="first",
        )
    )
    assert bought.status is OrderStatus.FILLED
    assert (bought.filled_qty, bought.filled_avg_price) == ("10", "101")

    # A market order now has a last price to be bounded by.
    more = trading.submit_order(
        MarketOrderRequest(symbol=symbol, qty=5, side=OrderSide.BUY, time_in_force=TimeInForce.IOC)
    )
    assert more.status is OrderStatus.FILLED

    # Both fills are one position, and paid for. The answer came when they were settled: no waiting.
    position = trading.get_open_position(symbol)
    assert (position.qty, position.qty_available) == ("15", "15")
    assert float(position.avg_entry_price) == pytest.approx(101)
    assert [each.symbol for each in trading.get_all_positions()] == [symbol]
    assert trading.get_account().cash == "8485"

    # An offer of ours above the market rests, and holds the shares that it offers.
    resting = trading.submit_order(
        LimitOrderRequest(
            symbol=symbol,
            qty=4,
            side=OrderSide.SELL,
            time_in_force=TimeInForce.GTC,
            limit_price=110,
            client_order_id="offer",
        )
    )
    assert resting.status is OrderStatus.NEW
    assert trading.get_open_position(symbol).qty_available == "11"

    # Orders are found by id, by our own id, and in lists.
    assert trading.get_order_by_id(bought.id).client_order_id == "first"
    assert trading.get_order_by_client_id("offer").id == resting.id
    assert [order.id for order in trading.get_orders()] == [resting.id]
    closed = GetOrdersRequest(status=QueryOrderStatus.CLOSED, symbols=[symbol])
    assert [order.id for order in trading.get_orders(closed)] == [more.id, bought.id]

    # A cancel is done when it returns.
    trading.cancel_order_by_id(resting.id)
    assert trading.get_order_by_id(resting.id).status is OrderStatus.CANCELED
    assert trading.get_open_position(symbol).qty_available == "15"

    # Market data follows the trades.
    latest = eventually(lambda: _trade_of(data, symbol, size=5), "the second trade in market data")
    assert latest.price == 101


def _trade_of(data: StockHistoricalDataClient, symbol: str, size: float) -> Trade | None:
    """The latest trade, once it is the one of this size."""
    answer = data.get_stock_latest_trade(StockLatestTradeRequest(symbol_or_symbols=symbol))
    trade = answer.get(symbol)
    return trade if trade is not None and trade.size == size else None


def test_a_bot_reads_the_market(data: StockHistoricalDataClient, symbol: str) -> None:
    quote = data.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols=symbol))[symbol]
    assert (quote.bid_price, quote.bid_size) == (99, 50)
    assert (quote.ask_price, quote.ask_size) == (101, 85)

    snapshot = data.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols=symbol))[symbol]
    assert snapshot.latest_trade.price == 101
    assert snapshot.latest_quote.bid_price == 99
    assert snapshot.daily_bar.volume == 15

    now = datetime.now(UTC)
    bars = data.get_stock_bars(
        StockBarsRequest(
            symbol_or_symbols=symbol,
            timeframe=TimeFrame.Minute,
            start=now - timedelta(minutes=30),
            end=now + timedelta(minutes=1),
        )
    )[symbol]
    # Two trades, in one minute or on both sides of its end.
    assert sum(bar.volume for bar in bars) == 15
    assert sum(bar.trade_count for bar in bars) == 2
    assert {(bar.high, bar.low) for bar in bars} == {(101, 101)}


def test_all_orders_are_cancelled_at_once(trading: TradingClient, symbol: str) -> None:
    for price in (90, 91, 92):
        trading.submit_order(
            LimitOrderRequest(
                symbol=symbol,
                qty=1,
                side=OrderSide.BUY,
                time_in_force=TimeInForce.GTC,
                limit_price=price,
            )
        )
    resting = {order.id for order in trading.get_orders()}
    assert len(resting) == 3
    answers = trading.cancel_orders()
    assert {answer.id for answer in answers} == resting
    assert {answer.status for answer in answers} == {200}
    assert trading.get_orders() == []
    account = trading.get_account()
    assert account.buying_power == account.cash


def test_a_refusal_is_an_error_with_a_code_and_a_sentence(
    trading: TradingClient, symbol: str
) -> None:
    too_dear = LimitOrderRequest(
        symbol=symbol, qty=1_000_000, side=OrderSide.BUY, time_in_force=TimeInForce.GTC,
        limit_price=100,
    )  # fmt: skip
    with pytest.raises(APIError) as refused:
        trading.submit_order(too_dear)
    assert (refused.value.status_code, refused.value.code) == (403, 40310000)
    assert refused.value.message == "insufficient buying power"

    with pytest.raises(APIError) as unknown:
        trading.get_order_by_client_id("never placed")
    assert unknown.value.status_code == 404


def test_a_key_without_its_secret_opens_nothing(exchange: Exchange, bot: Person) -> None:
    key_id, _ = bot.api_key("never used")
    client = TradingClient(key_id, "not the secret", url_override=exchange.platform.gateway)
    with pytest.raises(APIError) as refused:
        client.get_account()
    assert refused.value.status_code == 401
