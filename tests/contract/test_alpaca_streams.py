"""How a bot listens here: alpaca-py's streams, unchanged, with an API key and this platform's address.

Like `tests/e2e/test_alpaca_py.py`, this is also an example. The last tests speak the protocols by hand, for what
alpaca-py does not show: what a refused key is told, and how a browser listens.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alpaca.data import Bar, Quote, Trade
from alpaca.data.live import StockDataStream
from alpaca.trading.models import TradeUpdate
from alpaca.trading.stream import TradingStream
from people import Exchange, Person, eventually, good
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect


@pytest.fixture(scope="module")
def symbol(exchange: Exchange) -> str:
    return exchange.list_stock()


@pytest.fixture(scope="module")
def bot(exchange: Exchange, symbol: str) -> Person:
    return exchange.welcome("100000", tier="load")


@pytest.fixture(scope="module")
def market_maker(exchange: Exchange, symbol: str) -> Person:
    return exchange.welcome("100000", tier="load", **{symbol: "1000"})


@pytest.fixture(scope="module")
def key(bot: Person) -> tuple[str, str]:
    return bot.api_key("streams")


@pytest.fixture(scope="module")
def address(exchange: Exchange) -> str:
    """Of the gateway, as websockets write it."""
    return exchange.platform.gateway.replace("http", "ws", 1)


@contextmanager
def running(stream: StockDataStream | TradingStream) -> Iterator[None]:
    """The stream in a thread of its own, where `run` returns when it is stopped."""
    thread = threading.Thread(target=stream.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stream.stop()
        thread.join(15)
        assert not thread.is_alive()


class Tape:
    """What a stock stream told, in order."""

    def __init__(self, stream: StockDataStream, symbol: str) -> None:
        self.trades: list[Trade] = []
        self.quotes: list[Quote] = []
        self.bars: list[Bar] = []
        stream.subscribe_trades(self._trade, symbol)
        stream.subscribe_quotes(self._quote, symbol)
        stream.subscribe_bars(self._bar, symbol)

    async def _trade(self, trade: Trade) -> None:
        self.trades.append(trade)

    async def _quote(self, quote: Quote) -> None:
        self.quotes.append(quote)

    async def _bar(self, bar: Bar) -> None:
        self.bars.append(bar)

    def listens(self, maker: Person, symbol: str) -> None:
        """Wait until what `maker` does is heard: alpaca-py does not say when a subscription stands."""

        def knock() -> bool | None:
            order = maker.place(symbol=symbol, side="buy", qty="1", limit_price="50")
            good(maker.http.delete(f"/v2/orders/{order['id']}"))
            return bool(self.quotes) or None

        eventually(knock, "the first quote")


@pytest.mark.parametrize("feed", ["iex", "sip"])
def test_trades_and_quotes_arrive_as_they_happen(
    address: str,
    symbol: str,
    key: tuple[str, str],
    bot: Person,
    market_maker: Person,
    feed: str,
) -> None:
    stream = StockDataStream(*key, url_override=f"{address}/v2/{feed}")
    tape = Tape(stream, symbol)
    with running(stream):
        tape.listens(market_maker, symbol)
        for price, qty in (("100.01", "3"), ("100.02", "2")):
            market_maker.place(symbol=symbol, side="sell", qty=qty, limit_price=price)
        eventually(
            lambda: ((q := tape.quotes[-1]).ask_price == 100.01 and q.ask_size == 3) or None,
            "the quote of both asks",
        )
        bot.place(symbol=symbol, side="buy", qty="5", limit_price="100.02")
        eventually(lambda: len(tape.trades) == 2 or None, "both trades")
        eventually(lambda: not tape.quotes[-1].ask_size or None, "the quote without an ask")
    first, second = tape.trades
    assert [(each.price, each.size) for each in tape.trades] == [(100.01, 3), (100.02, 2)]
    assert first.symbol == symbol
    assert first.id < second.id
    latest = good(bot.http.get(f"/v2/stocks/{symbol}/trades/latest"))["trade"]
    assert latest["i"] == second.id
    assert first.timestamp <= second.timestamp


@pytest.mark.slow
def test_a_bar_arrives_when_its_minute_is_over(
    address: str, symbol: str, key: tuple[str, str], bot: Person, market_maker: Person
) -> None:
    stream = StockDataStream(*key, url_override=f"{address}/v2/iex")
    tape = Tape(stream, symbol)
    with running(stream):
        tape.listens(market_maker, symbol)
        market_maker.place(symbol=symbol, side="sell", qty="4", limit_price="101")
        bot.place(symbol=symbol, side="buy", qty="4", limit_price="101")
        eventually(lambda: tape.bars or None, "the bar", seconds=90)
    bar = tape.bars[0]
    assert (bar.symbol, bar.close, bar.volume >= 4) == (symbol, 101, True)
    assert bar.timestamp.second == 0


def test_every_update_of_ones_orders_arrives_in_order(
    address: str, symbol: str, key: tuple[str, str], bot: Person, market_maker: Person
) -> None:
    updates: list[TradeUpdate] = []

    async def note(update: TradeUpdate) -> None:
        updates.append(update)

    def of(order: dict[str, Any]) -> list[TradeUpdate]:
        return [update for update in updates if str(update.order.id) == order["id"]]

    def ended(order: dict[str, Any]) -> list[str] | None:
        events = [str(update.event) for update in of(order)]
        return events if events and events[-1] in ("fill", "canceled", "expired") else None

    stream = TradingStream(*key, url_override=f"{address}/stream")
    stream.subscribe_trade_updates(note)
    with running(stream):

        def knock() -> bool | None:
            order = bot.place(symbol=symbol, side="buy", qty="1", limit_price="1")
            good(bot.http.delete(f"/v2/orders/{order['id']}"))
            return bool(updates) or None

        eventually(knock, "the first update")
        bought = bot.place(symbol=symbol, side="buy", qty="5", limit_price="110")
        for qty in ("2", "3"):
            market_maker.place(symbol=symbol, side="sell", qty=qty, limit_price="110")
        assert eventually(lambda: ended(bought), "the fill") == ["new", "partial_fill", "fill"]
        withdrawn = bot.place(symbol=symbol, side="buy", qty="1", limit_price="2")
        good(bot.http.delete(f"/v2/orders/{withdrawn['id']}"))
        assert eventually(lambda: ended(withdrawn), "the cancellation") == ["new", "canceled"]
        refused = bot.place(
            symbol=symbol, side="buy", qty="1", limit_price="3", time_in_force="ioc"
        )
        assert eventually(lambda: ended(refused), "the end")[0] == "new"
    _, partial, fill = of(bought)
    assert (partial.price, partial.qty, fill.qty) == (110, 2, 3)
    assert partial.order.filled_qty == "2"
    assert fill.order.filled_qty == "5"
    assert fill.position_qty == partial.position_qty + 3
    assert partial.execution_id != fill.execution_id
    assert all(update.order.symbol == symbol for update in updates)


def test_a_wrong_key_is_told_so_in_each_protocol(address: str, key: tuple[str, str]) -> None:
    with connect(f"{address}/v2/iex") as data:
        assert said(data) == [{"T": "success", "msg": "connected"}]
        data.send(json.dumps({"action": "auth", "key": key[0], "secret": "wrong"}))
        assert said(data) == [{"T": "error", "code": 402, "msg": "auth failed"}]
    with connect(f"{address}/stream") as trading:
        trading.send(
            json.dumps(
                {"action": "authenticate", "data": {"key_id": key[0], "secret_key": "wrong"}}
            )
        )
        assert said(trading)["data"]["status"] == "unauthorized"


def test_an_unknown_feed_is_refused(address: str) -> None:
    assert refusal(f"{address}/v2/nonsense") == 404


def test_a_page_listens_without_an_account_and_with_a_ticket(address: str, bot: Person) -> None:
    with connect(f"{address}/v1/stream/market") as anybody:
        (welcome,) = said(anybody)
        assert welcome["type"] == "welcome"
    ticket = good(bot.http.post("/v1/auth/stream-tickets"))["ticket"]
    with connect(f"{address}/stream?ticket={ticket}") as trading:
        trading.send(json.dumps({"action": "listen", "data": {"streams": ["trade_updates"]}}))
        assert said(trading)["data"] == {"streams": ["trade_updates"]}
    # It worked, and never will again.
    assert refusal(f"{address}/stream?ticket={ticket}") == 401


def said(connection: ClientConnection) -> Any:
    """The next frame."""
    return json.loads(connection.recv(timeout=10))


def refusal(address: str) -> int:
    """The status with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as refused, connect(address):
        pass
    return refused.value.response.status_code
