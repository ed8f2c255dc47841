"""O: order types."""

from __future__ import annotations

import pytest
from floor import BUY, SELL, Floor


# O1
def test_a_limit_order_that_meets_nobody_rests() -> None:
    floor = Floor()
    assert floor.limit("a", BUY, 5, 100) == []
    assert floor.queue(BUY) == ["5@100 a"]


# O2
@pytest.mark.parametrize("time_in_force", ["ioc", "day", "gtc"])
def test_a_market_order_trades_up_to_its_collar_and_loses_the_rest(time_in_force: str) -> None:
    floor = Floor()
    floor.limit("near", BUY, 3, 100)
    floor.limit("far", BUY, 3, 80)
    happened = floor.market_order("m", SELL, 5, 90, time_in_force=time_in_force)
    assert happened == ["m takes 3 of near at 100", "m loses 2: collar"]


# O2
def test_a_market_order_that_meets_nobody_does_not_rest() -> None:
    floor = Floor()
    assert floor.market_order("m", BUY, 5, 100) == ["m loses 5: collar"]
    assert floor.queue(BUY) == []


# O3
def test_a_stop_waits_and_then_acts_as_a_market_order_with_its_collar() -> None:
    floor = Floor()
    assert floor.stop("s", BUY, 5, stop=101, collar=102) == []
    assert floor.queue(BUY) == []
    floor.limit("a", SELL, 2, 101)
    floor.limit("b", SELL, 9, 103)
    assert floor.limit("t", BUY, 1, 101) == [
        "t takes 1 of a at 101",
        "s triggered",
        "s takes 1 of a at 101",
        "s loses 4: collar",
    ]


# O4
def test_a_stop_limit_waits_and_then_acts_as_a_limit_order() -> None:
    floor = Floor()
    floor.stop_limit("s", BUY, 5, stop=101, limit=102)
    floor.limit("a", SELL, 2, 101)
    assert floor.limit("t", BUY, 1, 101) == [
        "t takes 1 of a at 101",
        "s triggered",
        "s takes 1 of a at 101",
    ]
    assert floor.queue(BUY) == ["4@102 s"]


# O6
def test_an_iceberg_shows_its_display_and_is_shown_anew_at_the_back() -> None:
    floor = Floor()
    floor.limit("ice", SELL, 7, 100, display_lots=3)
    floor.limit("plain", SELL, 2, 100)
    assert floor.queue(SELL) == ["3@100 ice", "2@100 plain"]
    assert floor.limit("t", BUY, 3, 100) == ["t takes 3 of ice at 100"]
    assert floor.queue(SELL) == ["2@100 plain", "3@100 ice"]
    floor.limit("u", BUY, 5, 100)
    assert floor.queue(SELL) == ["1@100 ice"]


# O6
def test_an_iceberg_is_shown_anew_within_one_match() -> None:
    floor = Floor()
    floor.limit("ice", SELL, 5, 100, display_lots=2)
    floor.limit("plain", SELL, 2, 100)
    assert floor.limit("t", BUY, 7, 100) == [
        "t takes 2 of ice at 100",
        "t takes 2 of plain at 100",
        "t takes 2 of ice at 100",
        "t takes 1 of ice at 100",
    ]


# O6
def test_the_remaining_lots_of_a_trade_count_the_reserve() -> None:
    floor = Floor()
    floor.limit("ice", SELL, 7, 100, display_lots=3)
    floor.limit("t", BUY, 1, 100)
    assert floor.last.events[1]["data"]["maker_remaining_lots"] == 6


# O6
def test_an_iceberg_that_arrives_trades_with_all_its_lots() -> None:
    floor = Floor()
    floor.limit("a", SELL, 4, 100)
    assert floor.limit("ice", BUY, 9, 100, display_lots=2) == ["ice takes 4 of a at 100"]
    assert floor.queue(BUY) == ["2@100 ice"]
    assert floor.remaining("ice") == 5


# O6
def test_a_stop_limit_may_be_an_iceberg() -> None:
    floor = Floor()
    floor.trade(100)
    assert floor.stop_limit("ice", BUY, 5, stop=100, limit=99, display_lots=2) == ["ice triggered"]
    assert floor.queue(BUY) == ["2@99 ice"]


# O7
def test_a_post_only_order_that_would_trade_is_rejected() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 100)
    assert floor.limit("p", BUY, 1, 100, post_only="reject") == ["p rejected: would_trade"]
    assert floor.limit("q", BUY, 1, 99, post_only="reject") == []


# O7
def test_a_post_only_order_would_trade_with_its_own_account_too() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 100, by="me")
    happened = floor.limit(
        "p", BUY, 1, 100, by="me", post_only="reject", self_trade_prevention="cancel_oldest"
    )
    assert happened == ["p rejected: would_trade"]


# O7
def test_a_post_only_order_may_be_repriced_behind_the_touch_instead() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 100)
    assert floor.limit("p", BUY, 1, 105, post_only="reprice") == ["p repriced to 99"]
    assert floor.limit("q", SELL, 1, 90, post_only="reprice") == ["q repriced to 100"]
    assert floor.limit("r", SELL, 1, 101, post_only="reprice") == []
    assert floor.queue(SELL) == ["1@100 a", "1@100 q", "1@101 r"]


# O7
def test_there_is_no_price_below_one_to_be_repriced_to() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 1)
    assert floor.limit("p", BUY, 1, 1, post_only="reprice") == ["p rejected: would_trade"]


# O7
def test_a_post_only_order_stays_so_when_it_is_replaced() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 100)
    floor.limit("p", BUY, 1, 95, post_only="reject")
    floor.limit("q", BUY, 1, 95, post_only="reprice")
    assert floor.replace("p", "p2", limit_price_ticks=100) == ["p stays: would_trade"]
    assert floor.replace("q", "q2", limit_price_ticks=100) == [
        "q becomes q2 anew",
        "q2 repriced to 99",
    ]
    assert floor.replace("p", "p3", limit_price_ticks=99) == ["p becomes p3 anew"]


# O8
def test_a_minimum_quantity_that_cannot_trade_at_once_cancels_all() -> None:
    floor = Floor()
    floor.limit("a", SELL, 3, 100)
    floor.limit("b", SELL, 3, 102)
    assert floor.limit("t", BUY, 9, 101, minimum_lots=4) == ["t loses 9: minimum_quantity"]
    assert floor.limit("u", BUY, 9, 102, minimum_lots=4) == [
        "u takes 3 of a at 100",
        "u takes 3 of b at 102",
    ]
    assert floor.queue(BUY) == ["3@102 u"]


# O8
def test_a_minimum_quantity_counts_reserves() -> None:
    floor = Floor()
    floor.limit("ice", SELL, 6, 100, display_lots=1)
    assert len(floor.limit("t", BUY, 9, 100, minimum_lots=6)) == 6


# O8
def test_a_minimum_quantity_counts_when_a_stop_limit_is_triggered() -> None:
    floor = Floor()
    floor.trade(100)
    floor.limit("a", SELL, 3, 101)
    happened = floor.stop_limit("s", BUY, 5, stop=100, limit=101, minimum_lots=4)
    assert happened == ["s triggered", "s loses 5: minimum_quantity"]


# O8, C5
def test_a_minimum_quantity_counts_only_once() -> None:
    floor = Floor()
    floor.limit("a", SELL, 2, 100)
    floor.limit("t", BUY, 5, 100, minimum_lots=2)
    floor.limit("b", SELL, 1, 101)
    assert floor.replace("t", "t2", limit_price_ticks=101) == [
        "t becomes t2 anew",
        "t2 takes 1 of b at 101",
    ]
    assert floor.queue(BUY) == ["2@101 t2"]


# O8, C5
def test_the_minimum_of_a_dormant_stop_limit_stays_when_it_is_replaced() -> None:
    floor = Floor()
    floor.stop_limit("s", BUY, 5, stop=100, limit=101, minimum_lots=4)
    floor.replace("s", "s2", quantity_lots=3)
    floor.limit("a", SELL, 9, 100)
    assert floor.limit("t", BUY, 1, 100)[1:] == ["s2 triggered", "s2 loses 3: minimum_quantity"]


# O9
def test_every_active_order_shows_at_least_one_lot() -> None:
    floor = Floor()
    floor.limit("ice", SELL, 5, 100, display_lots=2)
    for number in range(4):
        floor.limit(f"t{number}", BUY, 1, 100)
        assert not floor.queue(SELL)[0].startswith("0@")
