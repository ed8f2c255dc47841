"""The plain engine's rules, one by one, and what must hold for any sequence of commands."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.book import Book, Order, Outcome, Side, TimeInForce, Trade


def limit(
    order_id: str, side: Side, lots: int, ticks: int, tif: TimeInForce = TimeInForce.GTC
) -> Order:
    return Order(order_id, side, lots, ticks, tif)


def market(order_id: str, side: Side, lots: int, collar_ticks: int | None = None) -> Order:
    return Order(order_id, side, lots, collar_ticks, is_market=True)


def test_an_order_that_meets_nobody_rests() -> None:
    book = Book()
    assert book.place(limit("a", Side.BUY, 5, 100)) == Outcome((), 5, 0)
    assert book.open_orders(Side.BUY) == [("a", 100, 5)]


def test_the_better_price_trades_first_and_at_the_makers_price() -> None:
    book = Book()
    book.place(limit("far", Side.SELL, 5, 102))
    book.place(limit("near", Side.SELL, 5, 101))
    outcome = book.place(limit("taker", Side.BUY, 7, 103))
    assert outcome.trades == (
        Trade(101, 5, "near", "taker", Side.BUY),
        Trade(102, 2, "far", "taker", Side.BUY),
    )
    assert book.open_orders(Side.SELL) == [("far", 102, 3)]


def test_at_one_price_the_earlier_order_trades_first() -> None:
    book = Book()
    for order_id in ("first", "second"):
        book.place(limit(order_id, Side.BUY, 5, 100))
    outcome = book.place(limit("taker", Side.SELL, 6, 99))
    assert [trade.maker_order_id for trade in outcome.trades] == ["first", "second"]
    assert outcome.trades[0].buy_order_id == "first"
    assert outcome.trades[0].sell_order_id == "taker"


def test_a_partial_fill_keeps_its_place_in_the_queue() -> None:
    book = Book()
    for order_id in ("first", "second"):
        book.place(limit(order_id, Side.BUY, 5, 100))
    book.place(limit("small", Side.SELL, 1, 100))
    outcome = book.place(limit("taker", Side.SELL, 4, 100))
    assert [trade.maker_order_id for trade in outcome.trades] == ["first"]


def test_the_rest_of_a_limit_order_stays_in_the_book() -> None:
    book = Book()
    book.place(limit("ask", Side.SELL, 3, 100))
    assert book.place(limit("bid", Side.BUY, 10, 100)).rested_lots == 7
    assert book.best_price_ticks(Side.BUY) == 100
    assert book.best_price_ticks(Side.SELL) is None


def test_immediate_or_cancel_never_rests() -> None:
    book = Book()
    book.place(limit("ask", Side.SELL, 3, 100))
    outcome = book.place(limit("bid", Side.BUY, 10, 100, TimeInForce.IOC))
    assert (outcome.rested_lots, outcome.cancelled_lots) == (0, 7)
    assert book.open_orders(Side.BUY) == []


@pytest.mark.parametrize(("lots", "filled"), [(8, True), (9, False)])
def test_fill_or_kill_fills_whole_or_not_at_all(lots: int, filled: bool) -> None:
    book = Book()
    book.place(limit("near", Side.SELL, 3, 100))
    book.place(limit("far", Side.SELL, 5, 101))
    book.place(limit("too far", Side.SELL, 5, 102))
    outcome = book.place(limit("bid", Side.BUY, lots, 101, TimeInForce.FOK))
    assert bool(outcome.trades) is filled
    assert outcome.cancelled_lots == (0 if filled else lots)
    assert len(book.open_orders(Side.SELL)) == (1 if filled else 3)


def test_a_market_order_trades_at_any_price_and_never_rests() -> None:
    book = Book()
    book.place(limit("ask", Side.SELL, 3, 10**9))
    outcome = book.place(market("bid", Side.BUY, 5))
    assert [trade.price_ticks for trade in outcome.trades] == [10**9]
    assert outcome.cancelled_lots == 2


def test_a_market_order_stops_at_its_collar() -> None:
    book = Book()
    book.place(limit("near", Side.BUY, 3, 100))
    book.place(limit("far", Side.BUY, 3, 80))
    outcome = book.place(market("ask", Side.SELL, 6, collar_ticks=90))
    assert [trade.maker_order_id for trade in outcome.trades] == ["near"]
    assert outcome.cancelled_lots == 3


def test_cancel_answers_what_was_left_once() -> None:
    book = Book()
    book.place(limit("bid", Side.BUY, 5, 100))
    book.place(limit("ask", Side.SELL, 2, 100))
    assert book.cancel("bid") == 3
    assert book.cancel("bid") is None
    assert book.cancel("never seen") is None


def test_the_end_of_a_session_takes_day_orders_only() -> None:
    book = Book()
    book.place(limit("day", Side.BUY, 5, 100, TimeInForce.DAY))
    book.place(limit("gtc", Side.BUY, 5, 100))
    assert book.end_session() == {"day": 5}
    assert book.open_orders(Side.BUY) == [("gtc", 100, 5)]


def test_an_order_id_is_good_for_one_order() -> None:
    book = Book()
    book.place(limit("a", Side.BUY, 5, 100))
    book.cancel("a")
    with pytest.raises(ValueError, match="placed before"):
        book.place(limit("a", Side.BUY, 5, 100))


@pytest.mark.parametrize(("lots", "ticks"), [(0, 100), (-1, 100), (1, None)])
def test_an_order_without_quantity_or_price_is_no_order(lots: int, ticks: int | None) -> None:
    with pytest.raises(ValueError, match="order a"):
        Order("a", Side.BUY, lots, ticks)


arrivals = st.tuples(
    st.sampled_from(Side),
    st.integers(1, 20),
    st.integers(95, 105),
    st.sampled_from(TimeInForce),
    st.booleans(),
)
cancels = st.integers(0, 60)


@given(st.lists(st.one_of(arrivals, cancels), max_size=60))
def test_no_sequence_of_commands_crosses_the_book_or_loses_a_lot(
    commands: list[tuple[Side, int, int, TimeInForce, bool] | int],
) -> None:
    book = Book()
    placed: dict[str, Order] = {}
    filled: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for number, command in enumerate(commands):
        if isinstance(command, int):
            gone[str(command)] += book.cancel(str(command)) or 0
            continue
        side, quantity_lots, price_ticks, tif, is_market = command
        order = Order(str(number), side, quantity_lots, price_ticks, tif, is_market)
        placed[order.order_id] = order
        was_marketable = book.is_marketable(order)
        outcome = book.place(order)
        gone[order.order_id] += outcome.cancelled_lots
        for trade in outcome.trades:
            maker = placed[trade.maker_order_id]
            assert was_marketable
            assert maker.side is side.opposite
            assert trade.price_ticks == maker.limit_price_ticks
            filled[trade.maker_order_id] += trade.quantity_lots
            filled[trade.taker_order_id] += trade.quantity_lots
        if tif is TimeInForce.FOK:
            assert filled[order.order_id] in (0, quantity_lots)
        assert outcome.rested_lots == 0 or order.may_rest
        bid, ask = book.best_price_ticks(Side.BUY), book.best_price_ticks(Side.SELL)
        assert bid is None or ask is None or bid < ask
    open_lots = {order_id: lots for side in Side for order_id, _, lots in book.open_orders(side)}
    for order_id, order in placed.items():
        assert order.quantity_lots == (
            filled[order_id] + gone[order_id] + open_lots.get(order_id, 0)
        )
    for side, sign in ((Side.BUY, -1), (Side.SELL, 1)):
        places = [(sign * price, int(order_id)) for order_id, price, _ in book.open_orders(side)]
        assert places == sorted(places)
