"""H and E: phases of a symbol, and expiry."""

from __future__ import annotations

from typing import Any

from floor import BUY, SECOND_NS, SELL, Floor


def gtd(floor: Floor, ahead_s: int, **more: Any) -> dict[str, Any]:
    """Good till so many seconds from the present stamp."""
    return {"time_in_force": "gtd", "expire_at_ns": floor.stamp_ns + ahead_s * SECOND_NS, **more}


# H1, H2
def test_a_halted_symbol_rejects_orders_and_replacements_and_takes_cancels() -> None:
    floor = Floor()
    floor.limit("a", BUY, 5, 100)
    assert floor.send("halt_symbol", symbol="X") == ["X halted"]
    assert floor.limit("b", BUY, 5, 100) == ["b rejected: symbol_halted"]
    assert floor.replace("a", "a2", quantity_lots=1) == ["a stays: symbol_halted"]
    assert floor.cancel("a") == ["a loses 5: requested"]
    assert floor.send("resume_symbol", symbol="X") == ["X continuous"]
    assert floor.limit("c", BUY, 5, 100) == []


# H2
def test_orders_of_a_halted_symbol_expire() -> None:
    floor = Floor()
    floor.limit("day", BUY, 5, 100, time_in_force="day")
    floor.limit("gtd", BUY, 5, 100, **gtd(floor, 3))
    floor.send("halt_symbol", symbol="X")
    assert floor.send("tick") == ["gtd expires with 5", "tick"]
    happened = floor.send("end_session", session="s", ends_at_ns=floor.stamp_ns)
    assert happened[0] == "day expires with 5"


# H3
def test_a_change_of_phase_that_is_none_is_rejected() -> None:
    floor = Floor()
    assert floor.send("resume_symbol", symbol="X") == ["X rejected: not_halted"]
    floor.send("halt_symbol", symbol="X")
    assert floor.send("halt_symbol", symbol="X") == ["X rejected: already_halted"]
    assert floor.send("halt_symbol", symbol="Z") == ["Z rejected: unknown_symbol"]
    assert floor.send("resume_symbol", symbol="Z") == ["Z rejected: unknown_symbol"]


# E1
def test_the_end_of_a_session_leaves_the_orders_of_the_next() -> None:
    floor = Floor()
    floor.limit("old", BUY, 1, 100, time_in_force="day")
    ends_at_ns = floor.stamp_ns + SECOND_NS
    floor.limit("new", BUY, 1, 101, time_in_force="day")
    happened = floor.send("end_session", session="s", ends_at_ns=ends_at_ns)
    assert happened == ["old expires with 1", "session ended, 1 expired"]


# E1
def test_a_session_ends_symbol_by_symbol_in_the_order_of_listing() -> None:
    floor = Floor()
    floor.send("list_symbol", symbol="B")
    for order_id, symbol, price in (("b", "B", 100), ("x1", "X", 100), ("x2", "X", 101)):
        floor.limit(order_id, BUY, 1, price, symbol=symbol, time_in_force="day")
    floor.stop("s", SELL, 1, stop=50, collar=1, time_in_force="day")
    happened = floor.send("end_session", session="s", ends_at_ns=floor.stamp_ns + 1)
    assert [text.split(" ")[0] for text in happened[:-1]] == ["x2", "x1", "s", "b"]


# E2
def test_a_tick_expires_what_is_due_earliest_first_then_by_acceptance() -> None:
    floor = Floor()
    for order_id, ahead_s in (("third", 9), ("first", 7), ("second", 7), ("last", 60)):
        moment = SECOND_NS * ahead_s
        floor.limit(order_id, BUY, 1, 100, time_in_force="gtd", expire_at_ns=moment)
    floor.stamp_ns = 9 * SECOND_NS - 1
    happened = floor.submit({"kind": "tick"})
    assert happened == ["first expires with 1", "second expires with 1", "tick"]
    floor.stamp_ns += 1
    assert floor.submit({"kind": "tick"}) == ["third expires with 1", "tick"]
    assert "command_id" not in floor.last.events[0]["data"]


# E2
def test_of_a_pair_the_limit_order_expires_first_and_the_tick_leaves_the_command_id_out() -> None:
    floor = Floor()
    moment = gtd(floor, 3)
    floor.pair(
        floor.order("limit", "limit", SELL, 5, 110, **moment),
        floor.order("stop", "stop", SELL, 5, 1, stop_price_ticks=90, **moment),
    )
    floor.stamp_ns += 5 * SECOND_NS
    happened = floor.submit({"kind": "tick"})
    assert happened == ["limit expires with 5", "stop loses 5: oco", "tick"]
    assert "command_id" not in floor.last.events[1]["data"]


# E2
def test_a_tick_comes_before_a_command_at_or_after_the_earliest_moment() -> None:
    floor = Floor()
    floor.limit("a", BUY, 1, 100, **gtd(floor, 2))
    happened = floor.limit("t", SELL, 1, 100)
    assert happened == ["a expires with 1", "tick"]
    assert [event["time_ns"] for event in floor.last.events] == [floor.stamp_ns + 1]


# E2
def test_a_moment_right_after_the_tick_is_another_tick() -> None:
    floor = Floor()
    moment = floor.stamp_ns + 10 * SECOND_NS
    for number in range(3):
        floor.limit(f"a{number}", BUY, 1, 100, time_in_force="gtd", expire_at_ns=moment + number)
    floor.stamp_ns = moment
    happened = floor.submit({"command_id": "c", "kind": "cancel_all", "account_id": "a"})
    assert happened == [
        *(text for number in range(3) for text in (f"a{number} expires with 1", "tick")),
        "0 cancelled",
    ]
