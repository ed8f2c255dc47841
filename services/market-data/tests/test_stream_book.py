"""Streams without sockets: whatever happened, and whoever was told when, all end with the same book and every trade.

A plain exchange makes random histories, cut into batches anywhere, also in the middle of a command. Listeners are
told at random moments, and must agree with a plain recount of the events.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_log import START_NS, SYMBOL, PlainExchange

from chassis.event_log.events import Event
from market_data.assets.catalog import Asset
from market_data.streams import book as book_module
from market_data.streams.alpaca_messages import Codec
from market_data.streams.alpaca_view import BARS as ALPACA_BARS
from market_data.streams.alpaca_view import QUOTES, AlpacaView
from market_data.streams.alpaca_view import TRADES as ALPACA_TRADES
from market_data.streams.bars import MAX_FINAL, Bars
from market_data.streams.book import Book, Resting
from market_data.streams.instrument import EXPIRIES_ARE_OVER, Instrument
from market_data.streams.market_view import BARS, DEPTH, TICKERS, TRADES, MarketPlace, MarketView
from market_data.streams.tape import Tape, TooSlow, Trade


def _plain_book(events: list[Event]) -> dict[str, list[list[int]]]:
    """The book after `events`, recounted from the start. They end where a command does."""
    orders: dict[str, list[Any]] = {}
    for event in events:
        data = event.data
        if event.kind == "order_accepted":
            if data["order_type"] == "limit" and data["time_in_force"] in ("day", "gtc"):
                price, lots = data["limit_price_ticks"], data["quantity_lots"]
                orders[data["order_id"]] = [data["side"], price, lots]
        elif event.kind == "trade":
            for who in ("maker", "taker"):
                if (order_id := data[f"{who}_order_id"]) in orders:
                    orders[order_id][2] = data[f"{who}_remaining_lots"]
                    if orders[order_id][2] == 0:
                        del orders[order_id]
        elif event.kind in ("order_cancelled", "order_expired"):
            orders.pop(data["order_id"], None)
    book: dict[str, list[list[int]]] = {"bids": [], "asks": []}
    for side, name, sign in (("buy", "bids", -1), ("sell", "asks", 1)):
        prices = {price for s, price, _ in orders.values() if s == side}
        for price in sorted(prices, key=lambda each: sign * each):
            sizes = [lots for s, p, lots in orders.values() if s == side and p == price]
            book[name].append([price, sum(sizes), len(sizes)])
    return book


@dataclass
class Listener:
    """Keeps what it is told, as a client would."""

    view: MarketView
    place: MarketPlace
    book: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    sequence: int = -1
    trades: list[Any] = field(default_factory=list)
    bars: dict[int, list[int]] = field(default_factory=dict)
    final: list[list[int]] = field(default_factory=list)
    ticker: dict[str, Any] = field(default_factory=dict)

    def hear(self) -> None:
        if not self.view.presentable:
            return
        frame, self.place = self.view.step(self.place)
        if frame is not None:
            for message in _messages(frame):
                self._take(message)

    def levels(self) -> dict[str, list[list[int]]]:
        return {
            "bids": [self.book["bids"][p] for p in sorted(self.book["bids"], reverse=True)],
            "asks": [self.book["asks"][p] for p in sorted(self.book["asks"])],
        }

    def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "recent_trades":
                self.trades = message["trades"]
            case "trades":
                self.trades += message["trades"]
            case "bar" if message["final"]:
                self.final.append(message["bar"])
            case "bar":
                self.bars[message["bar"][0]] = message["bar"]
            case "ticker":
                self.ticker = message
            case kind:
                if kind == "snapshot":
                    self.book = {"bids": {}, "asks": {}}
                else:
                    assert message["previous"] == self.sequence
                self.sequence = message["sequence"]
                for name in ("bids", "asks"):
                    for level in message[name]:
                        if level[1]:
                            self.book[name][level[0]] = level
                        else:
                            self.book[name].pop(level[0], None)
                bids, asks = self.book["bids"], self.book["asks"]
                assert not (bids and asks) or max(bids) < min(asks), "crossed"


def _messages(frame: bytes) -> list[dict[str, Any]]:
    # A frame begins with two bytes and, from 126 and 65,536 on, two or eight more for its length.
    length = frame[1]
    found: list[dict[str, Any]] = json.loads(frame[2 + (length == 126) * 2 + (length == 127) * 8 :])
    return found


def _instrument() -> Instrument:
    return Instrument(SYMBOL, Asset(SYMBOL, Decimal("0.01"), Decimal(1)))


def _apply(instrument: Instrument, events: list[Event]) -> None:
    """What the feed does with a batch."""
    for event in events:
        if event.kind in EXPIRIES_ARE_OVER:
            instrument.expired()
        elif "symbol" in event.data:
            instrument.apply(event)
    if events:
        instrument.reach(events[-1].time_ns)


_ORDERS = st.tuples(
    st.just("place"),
    st.sampled_from(["buy", "sell"]),
    st.integers(95, 105),
    st.integers(1, 9),
    st.sampled_from(
        [
            ("limit", "gtc"),
            ("limit", "gtc"),
            ("limit", "day"),
            ("limit", "ioc"),
            ("limit", "fok"),
            ("market", "ioc"),
        ]
    ),
)
_OTHERS = st.one_of(
    st.tuples(st.just("cancel"), st.integers(0, 50)),
    st.tuples(st.just("end_session")),
    st.tuples(st.just("pass_time"), st.sampled_from([1, 30, 60, 3_600, 86_400])),
)
_HISTORIES = st.lists(st.one_of(_ORDERS, _ORDERS, _ORDERS, _OTHERS), max_size=60)


def _play(history: list[Any]) -> PlainExchange:
    exchange = PlainExchange()
    for kind, *arguments in history:
        if kind == "place":
            side, price, lots, (order_type, tif) = arguments
            exchange.place(side, price, lots, order_type, tif)
        else:
            getattr(exchange, kind)(*arguments)
    return exchange


def _cut(events: list[Event], data: st.DataObject) -> Iterator[list[Event]]:
    at = 0
    while at < len(events):
        size = data.draw(st.integers(1, 12), label="batch")
        yield events[at : at + size]
        at += size


@settings(max_examples=150, deadline=None)
@given(_HISTORIES, st.data())
def test_every_listener_ends_with_the_plain_book_and_every_trade(
    history: list[Any], data: st.DataObject
) -> None:
    with patch.object(book_module, "MAX_CHANGES", data.draw(st.sampled_from([1, 4, 2_000]))):
        _tell_at_random(_play(history), data)


def _tell_at_random(exchange: PlainExchange, data: st.DataObject) -> None:
    instrument = _instrument()
    view = MarketView(instrument, lambda _: None)
    everything = DEPTH | TRADES | BARS | TICKERS
    always, seldom, depth_only = (
        Listener(view, MarketPlace(channels)) for channels in (everything, everything, DEPTH)
    )
    for listener in (always, seldom, depth_only):
        listener.hear()
    seen = 0
    for batch in _cut(exchange.events, data):
        _apply(instrument, batch)
        seen += len(batch)
        if view.presentable:
            # Shown are books between commands only; and those that are in the middle are never taken for such.
            assert always.view.presentable
            always.hear()
            whole = max((end for end in exchange.ends if end <= seen), default=0)
            assert always.levels() == _plain_book(exchange.events[:whole])
        if data.draw(st.booleans(), label="told"):
            seldom.hear()
        if data.draw(st.booleans(), label="told of depth"):
            depth_only.hear()
    assert view.presentable, "a history ends with a command"
    expected_trades = [
        [e.sequence, e.data["price_ticks"], e.data["quantity_lots"], e.data["taker_side"]]
        for e in exchange.events
        if e.kind == "trade"
    ]
    for listener in (always, seldom, depth_only):
        listener.hear()
        assert listener.levels() == _plain_book(exchange.events)
        listener.hear()  # nothing new: nothing is told
    for listener in (always, seldom):
        assert [trade[:4] for trade in listener.trades] == expected_trades
        assert listener.final == _plain_minutes(exchange)
    best = always.levels()
    assert always.ticker["bid"] == (best["bids"][0][:2] if best["bids"] else None)
    assert always.ticker["ask"] == (best["asks"][0][:2] if best["asks"] else None)
    assert always.ticker["last_ticks"] == (expected_trades[-1][1] if expected_trades else None)


def _plain_minutes(exchange: PlainExchange) -> list[list[int]]:
    """All minutes with trades that are over by the last event."""
    minutes: dict[int, list[Event]] = {}
    for event in exchange.events:
        if event.kind == "trade":
            minutes.setdefault(event.time_ns // 60_000_000_000 * 60, []).append(event)
    end_s = exchange.events[-1].time_ns // 1_000_000_000 if exchange.events else 0
    bars: list[list[int]] = []
    for start, trades in minutes.items():
        if start + 60 <= end_s:
            prices = [event.data["price_ticks"] for event in trades]
            volume = sum(event.data["quantity_lots"] for event in trades)
            bars.append(
                [start, prices[0], max(prices), min(prices), prices[-1], volume, len(trades)]
            )
    return bars


@settings(max_examples=60, deadline=None)
@given(_HISTORIES, st.data())
def test_a_book_that_begins_anywhere_in_the_log_ends_the_same(
    history: list[Any], data: st.DataObject
) -> None:
    """The database's cursor may stand between two commands, or between an order and its trades."""
    exchange = _play(history)
    begin = data.draw(st.integers(0, len(exchange.events)), label="begin")
    instrument = _instrument()
    orders: dict[str, Resting] = {}
    for event in exchange.events[
        :begin
    ]:  # as the worker stores them: takers too, until they traded
        if event.kind == "order_accepted":
            if event.data["order_type"] == "limit" and event.data["time_in_force"] in (
                "gtc",
                "day",
            ):
                orders[event.data["order_id"]] = Resting(
                    event.data["side"],
                    event.data["limit_price_ticks"],
                    event.data["quantity_lots"],
                )
        elif event.kind == "trade":
            for who in ("maker", "taker"):
                if (order_id := event.data[f"{who}_order_id"]) in orders:
                    orders[order_id].remaining_lots = event.data[f"{who}_remaining_lots"]
                    if orders[order_id].remaining_lots == 0:
                        del orders[order_id]
        elif event.kind in ("order_cancelled", "order_expired"):
            orders.pop(event.data["order_id"], None)
    instrument.book = Book(begin, START_NS)
    for order_id, order in orders.items():
        instrument.book.load(order_id, order)
    listener = Listener(MarketView(instrument, lambda _: None), MarketPlace(DEPTH))
    listener.hear()
    for batch in _cut(exchange.events[begin:], data):
        _apply(instrument, batch)
        listener.hear()
    listener.hear()
    assert listener.levels() == _plain_book(exchange.events)


def test_listeners_at_the_same_place_are_told_with_the_same_bytes() -> None:
    exchange = _play([("place", "buy", 100, 5, ("limit", "gtc"))])
    instrument = _instrument()
    view = MarketView(instrument, lambda _: None)
    _, here = view.step(MarketPlace(DEPTH))
    _apply(instrument, exchange.events)
    first, there = view.step(here)
    second, _ = view.step(here)
    assert first is not None
    assert first is second
    assert view.step(there) == (None, there)


def test_who_is_too_far_behind_gets_the_whole_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "MAX_CHANGES", 3)
    exchange = _play([("place", "buy", 90 + n, 1, ("limit", "gtc")) for n in range(5)])
    instrument = _instrument()
    view = MarketView(instrument, lambda _: None)
    places = []
    for event in exchange.events:
        _apply(instrument, [event])
        places.append(view.step(MarketPlace(DEPTH))[1])
    kinds = []
    for place in places[:-1]:
        frame, _ = view.step(place)
        assert frame is not None
        kinds.append(_messages(frame)[0]["type"])
    assert kinds == ["snapshot", "delta", "delta", "delta"]


def _trade(sequence: int) -> Trade:
    return Trade(sequence, START_NS + sequence * 60_000_000_000, 100, 1, "buy")


def test_a_trade_that_was_lost_is_never_passed_over() -> None:
    tape = Tape(max_trades=3)
    for sequence in (10, 20, 30, 40):
        tape.add(_trade(sequence))
    assert len(tape.since(0)) == 4, "nobody could be told yet"
    tape.trim()
    assert [trade.sequence for trade in tape.since(10)] == [20, 30, 40]
    assert [trade.sequence for trade in tape.since(40)] == []
    assert not tape.holds(9)
    with pytest.raises(TooSlow):
        tape.since(9)


def test_a_quote_that_says_the_same_is_not_told_again() -> None:
    exchange = _play([("place", "buy", 100, 5, ("limit", "gtc"))])
    instrument = _instrument()
    view = AlpacaView(instrument, Codec())
    _apply(instrument, exchange.events)
    place = view.now(QUOTES)
    seen = len(exchange.events)
    exchange.cancel(0)
    exchange.place("buy", 100, 2, "limit", "gtc")
    exchange.place("buy", 100, 3, "limit", "gtc")
    _apply(instrument, exchange.events[seen:])
    assert instrument.book.bid == (100, 5, 2)
    assert view.step(place) == (None, place)


def test_a_minute_that_was_lost_is_never_passed_over() -> None:
    bars = Bars()
    for sequence in range(MAX_FINAL + 3):
        bars.add(_trade(sequence))
    assert bars.ended == MAX_FINAL + 2
    assert len(bars.final_since(2)) == MAX_FINAL
    with pytest.raises(TooSlow):
        bars.final_since(1)


@settings(max_examples=60, deadline=None)
@given(_HISTORIES, st.data())
def test_alpacas_listeners_miss_no_trade_and_end_with_the_best_quote(
    history: list[Any], data: st.DataObject
) -> None:
    exchange = _play(history)
    instrument = _instrument()
    view = AlpacaView(instrument, Codec())
    place = view.now(ALPACA_TRADES | QUOTES | ALPACA_BARS)
    told: list[dict[str, Any]] = []
    for batch in [*_cut(exchange.events, data), []]:
        _apply(instrument, batch)
        if view.presentable and (not batch or data.draw(st.booleans(), label="told")):
            frame, place = view.step(place)
            told += _messages(frame) if frame is not None else []
    trades = [e.sequence for e in exchange.events if e.kind == "trade"]
    assert [message["i"] for message in told if message["T"] == "t"] == trades
    assert len([1 for message in told if message["T"] == "b"]) == len(_plain_minutes(exchange))
    quotes = [message for message in told if message["T"] == "q"]
    book = _plain_book(exchange.events)
    if quotes:
        bid = book["bids"][0] if book["bids"] else [0, 0]
        ask = book["asks"][0] if book["asks"] else [0, 0]
        last = quotes[-1]
        assert [round(last["bp"] * 100), last["bs"]] == bid[:2]
        assert [round(last["ap"] * 100), last["as"]] == ask[:2]
    else:
        assert not book["bids"]
        assert not book["asks"]
