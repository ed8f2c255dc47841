"""T: time in force."""

from __future__ import annotations

import pytest
from floor import BUY, SECOND_NS, SELL, Floor


# T1, T2, E1
def test_day_orders_rest_until_the_session_ends_and_others_stay() -> None:
    floor = Floor()
    floor.limit("day", BUY, 5, 100, time_in_force="day")
    floor.limit("gtc", BUY, 5, 100)
    happened = floor.send("end_session", session="s", ends_at_ns=floor.stamp_ns + 1)
    assert happened == ["day expires with 5", "session ended, 1 expired"]
    assert floor.queue(BUY) == ["5@100 gtc"]


# T3
def test_an_order_good_till_a_moment_that_has_come_is_rejected() -> None:
    floor = Floor()
    for ahead_ns, happened in ((0, ["a rejected: already_expired"]), (1, [])):
        expire_at_ns = floor.stamp_ns + SECOND_NS + ahead_ns
        assert (
            floor.limit("a", BUY, 1, 100, time_in_force="gtd", expire_at_ns=expire_at_ns)
            == happened
        )


# T4
def test_immediate_or_cancel_never_rests() -> None:
    floor = Floor()
    floor.limit("ask", SELL, 3, 100)
    happened = floor.limit("t", BUY, 10, 100, time_in_force="ioc")
    assert happened == ["t takes 3 of ask at 100", "t loses 7: immediate_or_cancel"]


# T5
@pytest.mark.parametrize(("lots", "fills"), [(8, True), (9, False)])
def test_fill_or_kill_fills_whole_or_not_at_all(lots: int, fills: bool) -> None:
    floor = Floor()
    floor.limit("near", SELL, 3, 100)
    floor.limit("ice", SELL, 5, 101, display_lots=5)
    floor.limit("too far", SELL, 5, 102)
    happened = floor.limit("t", BUY, lots, 101, time_in_force="fok")
    assert happened == (
        ["t takes 3 of near at 100", "t takes 5 of ice at 101"]
        if fills
        else ["t loses 9: fill_or_kill"]
    )


# O2, T5
def test_a_market_order_may_be_fill_or_kill() -> None:
    floor = Floor()
    floor.limit("a", SELL, 3, 100)
    happened = floor.market_order("m", BUY, 4, 100, time_in_force="fok")
    assert happened == ["m loses 4: fill_or_kill"]


# T5
@pytest.mark.parametrize(
    ("mode", "fills"),
    [
        ("none", True),
        ("cancel_newest", False),  # the count ends at the own maker
        ("cancel_both", False),
        ("cancel_oldest", True),  # it is passed over
        ("decrement", False),  # its lots are lost to the taker
    ],
)
def test_fill_or_kill_counts_as_self_trade_prevention_would_decide(mode: str, fills: bool) -> None:
    floor = Floor()
    floor.limit("a", SELL, 3, 100)
    floor.limit("own", SELL, 2, 100, by="me")
    floor.limit("b", SELL, 3, 100)
    more = {} if mode == "none" else {"self_trade_prevention": mode}
    happened = floor.limit("t", BUY, 6, 100, by="me", time_in_force="fok", **more)
    assert (happened == ["t loses 6: fill_or_kill"]) is not fills


# T5
def test_a_count_goes_through_the_queue_as_the_match_would() -> None:
    floor = Floor()
    floor.limit("ice", SELL, 9, 100, display_lots=2)
    floor.limit("own", SELL, 1, 100, by="me")
    taker = {"by": "me", "time_in_force": "fok", "self_trade_prevention": "cancel_newest"}
    assert floor.limit("t", BUY, 3, 100, **taker) == ["t loses 3: fill_or_kill"]
    assert floor.limit("u", BUY, 2, 100, **taker) == ["u takes 2 of ice at 100"]


# T5, O8
def test_a_minimum_is_counted_past_what_decrement_takes() -> None:
    floor = Floor()
    floor.limit("own", SELL, 4, 100, by="me")
    floor.limit("a", SELL, 9, 100)
    taker = {"by": "me", "self_trade_prevention": "decrement"}
    assert floor.limit("t", BUY, 6, 100, minimum_lots=3, **taker) == ["t loses 6: minimum_quantity"]
    assert floor.limit("u", BUY, 6, 100, minimum_lots=2, **taker) == [
        "own loses 4: self_trade",
        "u loses 4, keeps 2: self_trade",
        "u takes 2 of a at 100",
    ]
