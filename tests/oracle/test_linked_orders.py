"""L: linked orders, one cancels the other."""

from __future__ import annotations

from typing import Any

from floor import BUY, SELL, Floor


def sell_pair(
    floor: Floor, lots: int = 5, limit: int = 110, stop: int = 90, **more: Any
) -> list[str]:
    """Take profit at the limit, stop the loss at the stop."""
    return floor.pair(
        floor.order("limit", "limit", SELL, lots, limit, **more),
        floor.order("stop", "stop", SELL, lots, 1, stop_price_ticks=stop, **more),
    )


# L1, L2
def test_both_legs_are_accepted_limit_first_and_name_each_other() -> None:
    floor = Floor()
    assert sell_pair(floor) == []
    accepted = [event["data"] for event in floor.last.events]
    assert [data["order_id"] for data in accepted] == ["limit", "stop"]
    assert [data["oco_order_id"] for data in accepted] == ["stop", "limit"]


# L1, D4
def test_both_legs_are_rejected_for_the_first_reason_that_holds_for_either() -> None:
    floor = Floor(open_orders=3)
    happened = floor.pair(
        floor.order("limit", "limit", SELL, 5, 110),
        floor.order("stop", "trailing_stop", SELL, 5, 1, trail_ticks=1),
    )
    assert happened == [f"{leg} rejected: no_reference_price" for leg in ("limit", "stop")]
    floor.limit("stop", SELL, 1, 200)
    assert sell_pair(floor) == [f"{leg} rejected: duplicate_order_id" for leg in ("limit", "stop")]
    floor.limit("another", SELL, 1, 200)
    floor.cancel("stop")
    floor.limit("third", SELL, 1, 200)
    happened = floor.pair(
        floor.order("limit", "limit", SELL, 5, 110),
        floor.order("fourth", "stop", SELL, 5, 1, stop_price_ticks=90),
    )
    assert happened == [f"{leg} rejected: too_many_open_orders" for leg in ("limit", "fourth")]


# L2
def test_the_stop_is_dormant_while_the_limit_leg_takes() -> None:
    floor = Floor()
    floor.limit("bid", BUY, 2, 95)
    assert sell_pair(floor, limit=95, stop=95) == [
        "limit takes 2 of bid at 95",
        "stop loses 2, keeps 3: oco",
        "stop triggered",
        "limit loses 3: oco",
        "stop loses 3: collar",
    ]


# L2, G2
def test_the_last_trade_may_trigger_the_stop_after_the_limit_leg_is_done() -> None:
    floor = Floor()
    floor.trade(90)
    assert sell_pair(floor) == ["stop triggered", "limit loses 5: oco", "stop loses 5: collar"]


# L3
def test_each_trade_of_the_limit_leg_reduces_the_stop() -> None:
    floor = Floor()
    sell_pair(floor)
    assert floor.limit("t", BUY, 2, 110) == [
        "t takes 2 of limit at 110",
        "stop loses 2, keeps 3: oco",
    ]
    assert floor.limit("u", BUY, 3, 110) == ["u takes 3 of limit at 110", "stop loses 3: oco"]
    assert floor.queue(SELL) == []
    assert floor.remaining("stop") == 0


# L3, S3
def test_a_reduction_of_the_limit_leg_reduces_the_stop() -> None:
    floor = Floor()
    sell_pair(floor, by="me")
    taker = {"by": "me", "self_trade_prevention": "decrement"}
    assert floor.limit("t", BUY, 2, 110, **taker) == [
        "limit loses 2, keeps 3: self_trade",
        "stop loses 2, keeps 3: oco",
        "t loses 2: self_trade",
    ]
    assert floor.limit("u", BUY, 3, 110, **taker) == [
        "limit loses 3: self_trade",
        "stop loses 3: oco",
        "u loses 3: self_trade",
    ]


# L4
def test_a_triggered_stop_cancels_the_limit_leg_and_goes_on_alone() -> None:
    floor = Floor()
    sell_pair(floor)
    floor.limit("bid", BUY, 9, 90)
    assert floor.limit("t", SELL, 1, 90) == [
        "t takes 1 of bid at 90",
        "stop triggered",
        "limit loses 5: oco",
        "stop takes 5 of bid at 90",
    ]


# L3, G3
def test_a_stop_that_waits_in_the_line_is_still_reduced_by_its_partner() -> None:
    floor = Floor()
    floor.stop("first", BUY, 3, stop=90, collar=110)
    sell_pair(floor)
    floor.limit("bid", BUY, 1, 90)
    assert floor.limit("t", SELL, 1, 90) == [
        "t takes 1 of bid at 90",
        "first triggered",
        "first takes 3 of limit at 110",
        "stop loses 3, keeps 2: oco",
        "stop triggered",
        "limit loses 2: oco",
        "stop loses 2: collar",
    ]


# L3, G3
def test_a_stop_that_waits_in_the_line_leaves_it_when_its_partner_is_filled() -> None:
    floor = Floor()
    floor.stop("first", BUY, 5, stop=90, collar=110)
    sell_pair(floor)
    floor.limit("bid", BUY, 1, 90)
    assert floor.limit("t", SELL, 1, 90) == [
        "t takes 1 of bid at 90",
        "first triggered",
        "first takes 5 of limit at 110",
        "stop loses 5: oco",
    ]


# L4
def test_whichever_leg_leaves_the_other_is_cancelled() -> None:
    for leg, other in (("limit", "stop"), ("stop", "limit")):
        floor = Floor()
        sell_pair(floor)
        assert floor.cancel(leg) == [f"{leg} loses 5: requested", f"{other} loses 5: oco"]


# L4, E1
def test_a_leg_that_expires_takes_its_partner_along() -> None:
    floor = Floor()
    sell_pair(floor, time_in_force="day")
    assert floor.send("end_session", session="s", ends_at_ns=floor.stamp_ns + 1) == [
        "limit expires with 5",
        "stop loses 5: oco",
        "session ended, 1 expired",
    ]


# L4, P7
def test_a_limit_leg_that_may_not_rest_takes_its_partner_along() -> None:
    floor = Floor(levels_per_side=1)
    floor.limit("a", SELL, 1, 120)
    assert sell_pair(floor) == ["limit loses 5: too_many_levels", "stop loses 5: oco"]


# L5
def test_a_replaced_leg_keeps_its_quantity_and_stays_linked() -> None:
    floor = Floor()
    sell_pair(floor)
    assert floor.replace("limit", "l2", quantity_lots=4) == ["limit stays: oco_quantity"]
    assert floor.replace("limit", "l2", limit_price_ticks=111, quantity_lots=5) == [
        "limit becomes l2 anew"
    ]
    assert floor.replace("stop", "s2", stop_price_ticks=91) == ["stop becomes s2 anew"]
    floor.limit("t", BUY, 2, 111)
    assert floor.replace("s2", "s3", quantity_lots=3) == ["s2 stays: oco_quantity"]
    assert floor.replace("s2", "s3", quantity_lots=5) == ["s2 becomes s3 in its place"]
    assert floor.cancel("s3") == ["s3 loses 3: requested", "l2 loses 3: oco"]


# L6
def test_after_a_trade_the_makers_partner_changes_first() -> None:
    floor = Floor()
    sell_pair(floor)
    happened = floor.pair(
        floor.order("bid", "limit", BUY, 2, 110),
        floor.order("buy stop", "stop", BUY, 2, 300, stop_price_ticks=200),
    )
    assert happened == [
        "bid takes 2 of limit at 110",
        "stop loses 2, keeps 3: oco",
        "buy stop loses 2: oco",
    ]
