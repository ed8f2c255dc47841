"""D: decisions, repeats, refusals, the order of reasons, limits."""

from __future__ import annotations

from typing import Any

import pytest
from floor import BUY, SECOND_NS, SELL, Floor


# D1
def test_events_have_consecutive_sequences_and_share_their_commands_stamp() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 100)
    first = floor.market.last_sequence + 1
    floor.limit("t", BUY, 2, 100)
    assert [event["sequence"] for event in floor.last.events] == [first, first + 1]
    assert {event["time_ns"] for event in floor.last.events} == {floor.stamp_ns}


# D1
def test_a_stamp_that_is_not_later_is_an_error() -> None:
    floor = Floor()
    floor.market.decide({"kind": "tick"}, floor.stamp_ns + 1)
    with pytest.raises(ValueError, match="not later"):
        floor.market.decide({"kind": "tick"}, floor.stamp_ns + 1)


def place(floor: Floor, order_id: str, expires_in_s: int) -> dict[str, Any]:
    return {
        "command_id": f"place {order_id}",
        "kind": "place",
        "expires_at_ns": floor.stamp_ns + expires_in_s * SECOND_NS,
        "order": floor.order(order_id, "limit", BUY, 1, 100),
    }


# D2
def test_a_repeat_changes_nothing_and_is_answered_with_the_first_result() -> None:
    floor = Floor()
    command = place(floor, "a", expires_in_s=10)
    floor.stamp_ns += 1
    floor.submit(command)
    first = floor.last.events[0]["sequence"]
    floor.stamp_ns += 1
    assert floor.submit(command) == []
    assert floor.last.repeated == (first, first)
    assert floor.market.last_sequence == first


# D2
def test_a_command_with_an_expiry_is_remembered_until_a_stamp_is_later() -> None:
    floor = Floor()
    command = place(floor, "a", expires_in_s=10)
    command["expires_at_ns"] = floor.stamp_ns + 11
    floor.stamp_ns += 1
    assert floor.submit(command) == ["a accepted"]
    floor.stamp_ns += 10
    floor.submit(command)
    assert floor.last.repeated is not None
    floor.stamp_ns += 1
    later = command | {"expires_at_ns": floor.stamp_ns}
    assert floor.submit(later) == ["a rejected: duplicate_order_id"]  # forgotten, but open


# D2
def test_a_command_without_an_expiry_is_remembered_for_a_minute() -> None:
    floor = Floor()
    command = {"command_id": "c", "kind": "cancel", "order_id": "a", "account_id": "b"}
    floor.stamp_ns += 1
    floor.submit(command)
    floor.stamp_ns += 60 * SECOND_NS
    floor.submit(command)
    assert floor.last.repeated is not None
    floor.stamp_ns += 1
    assert floor.submit(command) == ["a stays: order_not_open"]


# D3
@pytest.mark.parametrize("kind", ["place", "place_pair", "replace"])
def test_what_expires_is_refused_too_late_and_too_early_without_a_trace(kind: str) -> None:
    floor = Floor()
    command = {
        "command_id": "c",
        "kind": kind,
        "order": floor.order("a", "limit", BUY, 1, 100),
        "limit_order": floor.order("l", "limit", BUY, 1, 100),
        "stop_order": floor.order("s", "stop", BUY, 1, 100, stop_price_ticks=1),
        "order_id": "nobody",
        "new_order_id": "x",
        "account_id": "me",
    }
    before = floor.market.last_sequence
    for expires_in_ns, refused in ((-1, "expired"), (3600 * SECOND_NS + 1, "expiry_too_far")):
        floor.stamp_ns += SECOND_NS
        floor.submit(command | {"expires_at_ns": floor.stamp_ns + expires_in_ns})
        assert floor.last.refused == refused
    assert floor.market.last_sequence == before
    for expires_in_ns in (0, 3600 * SECOND_NS):
        floor.stamp_ns += SECOND_NS
        command |= {"command_id": f"c{expires_in_ns}"}
        floor.submit(command | {"expires_at_ns": floor.stamp_ns + expires_in_ns})
        assert floor.last.events


# D4
def test_an_order_is_rejected_for_the_first_reason_that_holds() -> None:
    floor = Floor(open_orders=2, open_orders_per_account=1, trailing_stops_per_symbol=0)
    floor.limit("mine", BUY, 1, 1, by="me")
    floor.limit("other", SELL, 1, 50)
    bad: dict[str, Any] = {"by": "me", "time_in_force": "gtd", "expire_at_ns": 1}

    def reason(order_id: str = "a", symbol: str = "X") -> str:
        happened = floor.trailing(order_id, BUY, 1, 200, trail_ticks=1, symbol=symbol, **bad)
        return happened[0].removeprefix(f"{order_id} rejected: ")

    floor.send("halt_symbol", symbol="X")
    assert reason("mine", symbol="Z") == "unknown_symbol"
    assert reason("mine") == "duplicate_order_id"
    assert reason() == "symbol_halted"
    floor.send("resume_symbol", symbol="X")
    assert reason() == "already_expired"
    bad["expire_at_ns"] = floor.stamp_ns + 1000 * SECOND_NS
    assert reason() == "too_many_open_orders"
    floor.send("set_limits", **(floor.market.limits | {"open_orders": 9}))
    assert reason() == "too_many_open_orders_of_account"
    bad["by"] = "new"
    assert reason() == "no_reference_price"
    floor.limit("t", BUY, 1, 50)
    assert reason() == "too_many_trailing_stops"


# D4
def test_an_order_id_counts_as_used_while_its_command_is_remembered() -> None:
    floor = Floor()
    floor.limit("a", SELL, 1, 100)
    floor.limit("t", BUY, 1, 100)  # both are filled
    assert floor.limit("a", BUY, 1, 100) == ["a rejected: duplicate_order_id"]
    floor.stamp_ns += 60 * SECOND_NS
    assert floor.limit("a", BUY, 1, 100) == []


# D4
def test_the_id_of_a_rejected_order_stays_free() -> None:
    floor = Floor()
    floor.send("halt_symbol", symbol="X")
    floor.limit("a", BUY, 1, 100)
    floor.send("resume_symbol", symbol="X")
    assert floor.limit("a", BUY, 1, 100) == []


# D4
def test_every_order_counts_against_the_limit_of_open_orders() -> None:
    floor = Floor(open_orders=1)
    floor.limit("a", SELL, 1, 100)
    assert floor.limit("t", BUY, 1, 100, time_in_force="ioc") == [
        "t rejected: too_many_open_orders"
    ]


# D5
def test_what_is_open_beyond_a_lowered_limit_stays() -> None:
    floor = Floor()
    floor.limit("a", BUY, 1, 100)
    floor.limit("b", BUY, 1, 101)
    limits = floor.market.limits | {"open_orders": 1, "levels_per_side": 1}
    assert floor.send("set_limits", **limits) == ["limits_changed"]
    assert floor.last.events[0]["data"] == limits
    assert floor.queue(BUY) == ["1@101 b", "1@100 a"]


# D6
def test_a_symbol_is_listed_once_and_only_so_many_are() -> None:
    floor = Floor(symbols=2)
    assert floor.send("list_symbol", symbol="X") == ["X rejected: already_listed"]
    assert floor.send("list_symbol", symbol="Y") == ["symbol_listed"]
    assert floor.send("list_symbol", symbol="X") == ["X rejected: already_listed"]
    assert floor.send("list_symbol", symbol="Z") == ["Z rejected: too_many_symbols"]
