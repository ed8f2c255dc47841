"""P: priority and trades."""

from __future__ import annotations

from floor import BUY, SELL, Floor


# P1, P3
def test_the_better_price_trades_first_and_every_trade_prints_at_the_makers_price() -> None:
    floor = Floor()
    floor.limit("far", SELL, 5, 102)
    floor.limit("near", SELL, 5, 101)
    assert floor.limit("t", BUY, 7, 103) == ["t takes 5 of near at 101", "t takes 2 of far at 102"]
    floor.limit("low", BUY, 1, 90)
    floor.limit("high", BUY, 1, 91)
    assert floor.limit("s", SELL, 2, 80) == ["s takes 1 of high at 91", "s takes 1 of low at 90"]


# P2
def test_at_one_price_the_first_in_the_queue_trades_first() -> None:
    floor = Floor()
    for order_id in ("first", "second"):
        floor.limit(order_id, BUY, 5, 100)
    assert floor.limit("t", SELL, 6, 99) == [
        "t takes 5 of first at 100",
        "t takes 1 of second at 100",
    ]


# P3
def test_a_taker_trades_up_to_its_limit_and_no_further() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 100)
    floor.limit("b", SELL, 1, 101)
    floor.limit("c", SELL, 1, 102)
    assert len(floor.limit("t", BUY, 9, 101)) == 2
    assert floor.queue(SELL) == ["1@102 c"]


# P4
def test_a_partial_fill_keeps_the_makers_place() -> None:
    floor = Floor()
    for order_id in ("first", "second"):
        floor.limit(order_id, BUY, 5, 100)
    floor.limit("small", SELL, 1, 100)
    assert floor.queue(BUY) == ["4@100 first", "5@100 second"]


# P5
def test_a_remainder_that_may_rest_joins_the_back_of_the_queue_at_its_limit() -> None:
    floor = Floor()
    floor.limit("waits", BUY, 1, 100)
    floor.limit("ask", SELL, 3, 101)
    floor.limit("t", BUY, 5, 101)
    floor.limit("behind", BUY, 2, 101)
    assert floor.queue(BUY) == ["2@101 t", "2@101 behind", "1@100 waits"]
    assert floor.queue(SELL) == []


# P7
def test_a_side_holds_so_many_prices_and_a_remainder_at_one_more_is_cancelled() -> None:
    floor = Floor(levels_per_side=2)
    floor.limit("a", BUY, 1, 100)
    floor.limit("b", BUY, 1, 99)
    assert floor.limit("c", BUY, 3, 98) == ["c loses 3: too_many_levels"]
    assert floor.limit("d", BUY, 1, 99) == []
    floor.limit("ask", SELL, 1, 101)
    assert floor.limit("e", BUY, 3, 101) == [
        "e takes 1 of ask at 101",
        "e loses 2: too_many_levels",
    ]


# P7
def test_a_maker_that_leaves_makes_room_for_another_price() -> None:
    floor = Floor(levels_per_side=1)
    floor.limit("a", BUY, 1, 100)
    floor.cancel("a")
    assert floor.limit("b", BUY, 1, 99) == []
    assert floor.replace("b", "b2", limit_price_ticks=98) == ["b becomes b2 anew"]
    assert floor.queue(BUY) == ["1@98 b2"]


# P8
def test_a_taker_makes_so_many_trades_and_no_more() -> None:
    floor = Floor(trades_per_order=2)
    floor.limit("a", SELL, 1, 100)
    floor.limit("i", SELL, 9, 101, display_lots=1)
    assert floor.limit("t", BUY, 5, 101)[2:] == ["t loses 3: too_many_trades"]
    assert len(floor.limit("u", BUY, 2, 101)) == 2
    floor.stop("s", BUY, 3, stop=101, collar=101)
    assert floor.remaining("i") == 4
    assert floor.market.books["X"].open_orders.keys() == {"i"}


# P8, T5, O8
def test_a_count_that_needs_too_many_trades_fails() -> None:
    floor = Floor(trades_per_order=4)
    floor.limit("a", SELL, 1, 100)
    floor.limit("i", SELL, 5, 101, display_lots=2)
    assert len(floor.limit("t", BUY, 6, 101, time_in_force="fok")) == 4
    floor.limit("b", SELL, 1, 100)
    floor.limit("c", SELL, 1, 100)
    floor.limit("j", SELL, 5, 101, display_lots=2)
    assert floor.limit("u", BUY, 3, 101, time_in_force="fok") == ["u loses 3: fill_or_kill"]
    assert floor.limit("v", BUY, 3, 101, minimum_lots=3) == ["v loses 3: minimum_quantity"]
    assert len(floor.limit("w", BUY, 2, 101, minimum_lots=2)) == 2
