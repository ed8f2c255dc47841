"""S: self-trade prevention."""

from __future__ import annotations

from floor import BUY, SELL, Floor


# S1
def test_orders_of_one_account_trade_unless_the_taker_says_otherwise() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 100, by="me", self_trade_prevention="cancel_both")
    assert floor.limit("t", BUY, 1, 100, by="me") == ["t takes 1 of a at 100"]


# S2
def test_cancel_newest_cancels_what_is_left_of_the_taker() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 100)
    floor.limit("own", SELL, 5, 101, by="me")
    happened = floor.limit("t", BUY, 4, 102, by="me", self_trade_prevention="cancel_newest")
    assert happened == ["t takes 1 of a at 100", "t loses 3: self_trade"]
    assert floor.queue(SELL) == ["5@101 own"]


# S2
def test_cancel_oldest_cancels_the_maker_with_its_reserve_and_goes_on() -> None:
    floor = Floor()
    floor.limit("own", SELL, 5, 100, by="me", display_lots=1)
    floor.limit("a", SELL, 1, 101)
    happened = floor.limit("t", BUY, 4, 102, by="me", self_trade_prevention="cancel_oldest")
    assert happened == ["own loses 5: self_trade", "t takes 1 of a at 101"]
    assert floor.queue(BUY) == ["3@102 t"]


# S2
def test_cancel_both_cancels_first_the_maker_then_the_taker() -> None:
    floor = Floor()
    floor.limit("own", SELL, 5, 100, by="me")
    floor.limit("a", SELL, 1, 101)
    happened = floor.limit("t", BUY, 4, 102, by="me", self_trade_prevention="cancel_both")
    assert happened == ["own loses 5: self_trade", "t loses 4: self_trade"]
    assert floor.queue(SELL) == ["1@101 a"]


# S3
def test_decrement_takes_the_lesser_from_both_and_the_other_keeps_its_place() -> None:
    floor = Floor()
    floor.limit("own", SELL, 5, 100, by="me")
    floor.limit("a", SELL, 1, 100)
    taker = {"by": "me", "self_trade_prevention": "decrement"}
    assert floor.limit("t", BUY, 2, 100, **taker) == [
        "own loses 2, keeps 3: self_trade",
        "t loses 2: self_trade",
    ]
    assert floor.queue(SELL) == ["3@100 own", "1@100 a"]
    assert floor.limit("u", BUY, 9, 100, **taker) == [
        "own loses 3: self_trade",
        "u loses 3, keeps 6: self_trade",
        "u takes 1 of a at 100",
    ]


# S3
def test_decrement_of_equal_orders_cancels_both_maker_first() -> None:
    floor = Floor()
    floor.limit("own", SELL, 2, 100, by="me")
    happened = floor.limit("t", BUY, 2, 100, by="me", self_trade_prevention="decrement")
    assert happened == ["own loses 2: self_trade", "t loses 2: self_trade"]


# S3
def test_decrement_takes_an_icebergs_reserve_before_what_it_shows() -> None:
    floor = Floor()
    floor.limit("own", SELL, 6, 100, by="me", display_lots=2)
    floor.limit("a", SELL, 1, 100)
    taker = {"by": "me", "self_trade_prevention": "decrement"}
    floor.limit("t", BUY, 3, 100, **taker)
    assert floor.queue(SELL) == ["2@100 own", "1@100 a"]
    floor.limit("u", BUY, 2, 100, **taker)
    assert floor.queue(SELL) == ["1@100 own", "1@100 a"]


# S3, C3
def test_lots_lost_by_a_reduction_count_like_traded_ones() -> None:
    floor = Floor()
    floor.limit("own", SELL, 5, 100, by="me")
    floor.limit("t", BUY, 2, 100, by="me", self_trade_prevention="decrement")
    assert floor.replace("own", "own2", quantity_lots=2) == ["own stays: quantity_filled"]
    floor.replace("own", "own2", quantity_lots=3)
    assert floor.last.events[0]["data"]["remaining_lots"] == 1
    assert floor.last.events[0]["data"]["keeps_priority"]


# S1
def test_a_triggered_order_is_a_taker_with_its_own_mode() -> None:
    floor = Floor()
    floor.limit("own", SELL, 5, 101, by="me")
    floor.stop("s", BUY, 2, 100, 200, by="me", self_trade_prevention="cancel_newest")
    floor.limit("a", SELL, 1, 100)
    assert floor.limit("t", BUY, 1, 100)[1:] == ["s triggered", "s loses 2: self_trade"]
