"""G: triggers."""

from __future__ import annotations

import pytest
from floor import BUY, SELL, Floor


# G1
def test_a_buy_stop_is_triggered_at_its_price_or_above_a_sell_stop_at_its_price_or_below() -> None:
    floor = Floor()
    floor.stop("b", BUY, 1, stop=101, collar=200)
    floor.stop("s", SELL, 1, stop=99, collar=1)
    assert floor.trade(100) == []
    assert floor.trade(101) == ["b triggered", "b loses 1: collar"]
    assert floor.trade(98) == ["s triggered", "s loses 1: collar"]


# G1
def test_only_trades_of_its_own_symbol_trigger() -> None:
    floor = Floor()
    floor.send("list_symbol", symbol="Y")
    floor.stop("b", BUY, 1, stop=100, collar=200, symbol="Y")
    assert floor.trade(100) == []


# G2
def test_a_stop_is_triggered_at_once_when_the_last_trade_would() -> None:
    floor = Floor()
    assert floor.stop("early", BUY, 1, stop=100, collar=200) == []
    floor.cancel("early")
    floor.trade(100)
    assert floor.stop("b", BUY, 1, stop=100, collar=200) == ["b triggered", "b loses 1: collar"]
    assert floor.stop("c", BUY, 1, stop=101, collar=200) == []


# G2, C5
def test_a_replaced_stop_is_triggered_at_once_when_the_last_trade_would() -> None:
    floor = Floor()
    floor.trade(100)
    floor.stop("b", BUY, 1, stop=101, collar=200)
    assert floor.replace("b", "b2", stop_price_ticks=100) == [
        "b becomes b2 anew",
        "b2 triggered",
        "b2 loses 1: collar",
    ]


# G3
def test_triggered_orders_act_when_the_taker_is_done() -> None:
    floor = Floor()
    floor.stop_limit("s", BUY, 1, stop=100, limit=102)
    floor.limit("a", SELL, 1, 100)
    floor.limit("b", SELL, 1, 101)
    assert floor.limit("t", BUY, 5, 101, time_in_force="ioc") == [
        "t takes 1 of a at 100",
        "t takes 1 of b at 101",
        "t loses 3: immediate_or_cancel",
        "s triggered",
    ]


# G3
def test_what_triggered_orders_trigger_joins_the_end_of_the_line() -> None:
    floor = Floor()
    floor.stop("first", BUY, 1, stop=100, collar=200)
    floor.stop("third", BUY, 1, stop=101, collar=200)
    floor.stop("second", BUY, 1, stop=100, collar=200)
    for number, price in enumerate((100, 101, 102, 103)):
        floor.limit(f"a{number}", SELL, 1, price)
    assert floor.limit("t", BUY, 1, 100) == [
        "t takes 1 of a0 at 100",
        "first triggered",
        "first takes 1 of a1 at 101",  # this triggers the third
        "second triggered",
        "second takes 1 of a2 at 102",
        "third triggered",
        "third takes 1 of a3 at 103",
    ]


# G4
def test_one_trade_triggers_buys_from_below_then_sells_from_above_then_trailing_stops() -> None:
    floor = Floor()
    floor.trade(100)
    for name, lots in (("trail s", 1), ("trail s2", 1)):
        floor.trailing(name, SELL, lots, collar=1, trail_ticks=5)
    floor.trade(120)  # the marks are at 120: both are triggered at 115
    floor.trailing("trail b", BUY, 1, collar=500, trail_ticks=5)
    floor.stop("sell 104", SELL, 1, stop=104, collar=1)
    floor.stop("sell 105", SELL, 1, stop=105, collar=1)
    floor.stop("sell 104 too", SELL, 1, stop=104, collar=1)
    happened = floor.trade(104)
    assert [text for text in happened if "triggered" in text] == [
        "sell 105 triggered",
        "sell 104 triggered",
        "sell 104 too triggered",
        "trail s triggered",
        "trail s2 triggered",
    ]
    floor.stop("buy 130", BUY, 1, stop=130, collar=500)
    floor.stop("buy 129", BUY, 1, stop=129, collar=500)
    assert [text for text in floor.trade(130) if "triggered" in text] == [
        "buy 129 triggered",
        "buy 130 triggered",
        "trail b triggered",
    ]


# O5, G5
@pytest.mark.parametrize(
    ("trail", "side", "prices", "stop"),
    [
        ({"trail_ticks": 5}, SELL, (100, 110, 106), 105),
        ({"trail_ticks": 5}, BUY, (100, 90, 94), 95),
        ({"trail_basis_points": 500}, SELL, (100, 119, 115), 114),  # 5.95 rounded down
        ({"trail_basis_points": 1}, SELL, (100, 110), 109),  # at least one tick
        ({"trail_basis_points": 9_999}, BUY, (100,), 199),
    ],
)
def test_a_trailing_stop_lies_behind_the_best_trade_since_its_acceptance(
    trail: dict[str, int], side: str, prices: tuple[int, ...], stop: int
) -> None:
    floor = Floor()
    floor.trade(prices[0])
    collar = 1 if side == SELL else 999
    floor.trailing("s", side, 1, collar=collar, **trail)
    for price in prices:
        assert floor.trade(price) == []
    beyond = 1 if side == SELL else -1
    assert floor.trade(stop + beyond) == []
    assert floor.trade(stop)[0] == "s triggered"


# G5
def test_the_mark_of_a_trailing_stop_begins_at_the_last_trade() -> None:
    floor = Floor()
    assert floor.trailing("a", SELL, 1, collar=1, trail_ticks=3) == [
        "a rejected: no_reference_price"
    ]
    floor.trade(100)
    assert floor.trailing("b", SELL, 1, collar=1, trail_ticks=3) == []
    assert floor.trade(97) == ["b triggered", "b loses 1: collar"]
    assert floor.last.events[-2]["data"]["stop_price_ticks"] == 97


# G5
def test_a_trade_first_moves_the_mark_then_may_trigger() -> None:
    floor = Floor()
    floor.trade(100)
    floor.trailing("a", SELL, 1, collar=1, trail_ticks=3)
    assert floor.trade(110) == []
    assert floor.trade(107) == ["a triggered", "a loses 1: collar"]


# G6
def test_a_symbol_holds_so_many_trailing_stops() -> None:
    floor = Floor(trailing_stops_per_symbol=1)
    floor.trade(100)
    floor.trailing("a", SELL, 1, collar=1, trail_ticks=3)
    assert floor.trailing("b", BUY, 1, collar=200, trail_ticks=3) == [
        "b rejected: too_many_trailing_stops"
    ]
    floor.cancel("a")
    assert floor.trailing("c", SELL, 1, collar=1, trail_ticks=3) == []


# G5, C3, D4
def test_a_trailing_stop_stands_at_a_price() -> None:
    floor = Floor()
    floor.trade(100)
    assert floor.trailing("s", SELL, 1, 1, trail_ticks=100) == ["s rejected: stop_out_of_range"]
    assert floor.trailing("s", SELL, 1, 1, trail_ticks=99) == []
    most = 10**15 - 100
    assert floor.trailing("b", BUY, 1, 1, trail_ticks=most + 1) == ["b rejected: stop_out_of_range"]
    assert floor.trailing("b", BUY, 1, 1, trail_ticks=most) == []
    assert floor.replace("s", "s2", trail_ticks=100) == ["s stays: stop_out_of_range"]
