"""C: cancel and replace."""

from __future__ import annotations

from typing import Any

import pytest
from floor import BUY, SELL, Floor


# C1
def test_a_cancel_takes_an_open_order_of_its_account_out() -> None:
    floor = Floor()
    floor.limit("a", BUY, 5, 100)
    floor.stop("s", BUY, 2, stop=200, collar=300)
    assert floor.cancel("a", by="somebody else") == ["a stays: not_owner"]
    assert floor.cancel("a") == ["a loses 5: requested"]
    assert floor.cancel("a") == ["a stays: order_not_open"]
    assert floor.cancel("s") == ["s loses 2: requested"]


# C2, C6
def test_a_cancel_of_all_of_an_account_goes_by_acceptance() -> None:
    floor = Floor()
    floor.send("list_symbol", symbol="Y")
    floor.limit("a", BUY, 1, 99, by="me")
    floor.stop("s", BUY, 1, stop=200, collar=300, by="me", symbol="Y")
    floor.limit("other", BUY, 1, 100)
    floor.limit("b", BUY, 1, 100, by="me")
    floor.replace("a", "a2", limit_price_ticks=98)
    assert floor.send("cancel_all", account_id="me") == [
        "a2 loses 1: requested",
        "s loses 1: requested",
        "b loses 1: requested",
        "3 cancelled",
    ]


# C2
def test_a_cancel_of_all_of_a_symbol_goes_through_bids_asks_and_stops() -> None:
    floor = Floor()
    floor.trade(105)
    floor.trailing("trail", SELL, 1, collar=1, trail_ticks=50)
    floor.stop("sell 90", SELL, 1, stop=90, collar=1)
    floor.stop("buy 202", BUY, 1, stop=202, collar=300)
    floor.stop("buy 201", BUY, 1, stop=201, collar=300)
    floor.limit("ask 111", SELL, 1, 111)
    floor.limit("ask 110", SELL, 1, 110)
    floor.limit("bid 99", BUY, 1, 99)
    floor.limit("bid 100", BUY, 1, 100)
    floor.limit("bid 100 too", BUY, 1, 100)
    names = [
        "bid 100",
        "bid 100 too",
        "bid 99",
        "ask 110",
        "ask 111",
        "buy 201",
        "buy 202",
        "sell 90",
        "trail",
    ]
    happened = floor.send("cancel_all", symbol="X")
    assert happened == [*(f"{name} loses 1: requested" for name in names), "9 cancelled"]


# C2
def test_a_cancel_of_all_of_an_account_in_a_symbol_leaves_the_others() -> None:
    floor = Floor()
    floor.send("list_symbol", symbol="Y")
    floor.limit("x", BUY, 1, 99, by="me")
    floor.limit("y", BUY, 1, 99, by="me", symbol="Y")
    floor.limit("other", BUY, 1, 99)
    assert floor.send("cancel_all", account_id="me", symbol="X")[-1] == "1 cancelled"
    assert floor.send("cancel_all", account_id="me")[-1] == "1 cancelled"
    assert floor.send("cancel_all", account_id="nobody") == ["0 cancelled"]
    assert floor.send("cancel_all", symbol="Z") == ["Z rejected: unknown_symbol"]


# C2
def test_a_cancel_of_all_counts_partners_that_left_with_theirs() -> None:
    floor = Floor()
    floor.pair(
        floor.order("limit", "limit", SELL, 1, 110),
        floor.order("stop", "stop", SELL, 1, 1, stop_price_ticks=90),
    )
    assert floor.send("cancel_all", account_id="of pair") == [
        "limit loses 1: requested",
        "stop loses 1: oco",
        "2 cancelled",
    ]


# C4
@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"quantity_lots": 4}, "in its place"),
        ({"quantity_lots": 5}, "in its place"),
        ({"quantity_lots": 6}, "anew"),
        ({"limit_price_ticks": 100}, "in its place"),
        ({"limit_price_ticks": 101}, "anew"),
        ({"client_order_id": "x"}, "in its place"),
        ({"terms": {"x": 1}}, "in its place"),
        ({"quantity_lots": 4, "limit_price_ticks": 99}, "anew"),
    ],
)
def test_less_quantity_keeps_the_place_other_changes_lose_it(
    changes: dict[str, Any], place: str
) -> None:
    floor = Floor()
    floor.limit("a", BUY, 5, 100)
    floor.limit("behind", BUY, 5, changes.get("limit_price_ticks", 100))
    assert floor.replace("a", "a2", **changes) == [f"a becomes a2 {place}"]
    first, last = floor.queue(BUY)
    assert (first if place == "in its place" else last).endswith(" a2")


# C3
def test_the_new_quantity_counts_what_has_traded() -> None:
    floor = Floor()
    floor.limit("a", BUY, 5, 100)
    floor.limit("t", SELL, 2, 100)
    floor.replace("a", "a2", quantity_lots=4)
    assert floor.queue(BUY) == ["2@100 a2"]
    assert floor.replace("a2", "a3", quantity_lots=2) == ["a2 stays: quantity_filled"]
    assert floor.replace("a2", "a3", quantity_lots=3) == ["a2 becomes a3 in its place"]
    assert floor.last.events[0]["data"]["remaining_lots"] == 1


# C3
def test_a_replacement_is_rejected_for_the_first_reason_that_holds() -> None:
    floor = Floor()
    floor.limit("a", BUY, 5, 100)
    floor.limit("t", SELL, 2, 100)
    bad: dict[str, Any] = {"by": "another", "stop_price_ticks": 90, "quantity_lots": 1}
    assert floor.replace("nobody", "a", **bad) == ["nobody stays: order_not_open"]
    assert floor.replace("a", "a", **bad) == ["a stays: not_owner"]
    del bad["by"]
    assert floor.replace("a", "a", **bad) == ["a stays: duplicate_order_id"]
    floor.send("halt_symbol", symbol="X")
    assert floor.replace("a", "a2", **bad) == ["a stays: symbol_halted"]
    floor.send("resume_symbol", symbol="X")
    assert floor.replace("a", "a2", **bad) == ["a stays: not_applicable"]
    del bad["stop_price_ticks"]
    assert floor.replace("a", "a2", **bad) == ["a stays: quantity_filled"]


# C3, O6
def test_a_replaced_iceberg_still_shows_a_thousandth() -> None:
    floor = Floor()
    floor.limit("a", BUY, 5, 100, display_lots=2)
    assert floor.replace("a", "b", quantity_lots=2_001) == ["a stays: display_too_small"]
    assert floor.replace("a", "b", quantity_lots=2_000) == ["a becomes b anew"]


# C3, D4
def test_an_id_that_a_rejected_replacement_named_stays_free() -> None:
    floor = Floor()
    floor.limit("a", BUY, 5, 100)
    floor.replace("a", "b", stop_price_ticks=90)
    assert floor.limit("b", BUY, 1, 99) == []
    assert floor.replace("a", "c") == ["a becomes c in its place"]
    floor.cancel("c")
    assert floor.limit("c", BUY, 1, 99) == ["c rejected: duplicate_order_id"]


# C3
@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ("stop_price_ticks", {"stop", "stop_limit"}),
        ("trail_ticks", {"trailing"}),
        ("trail_basis_points", {"trailing too"}),
    ],
)
def test_what_an_order_does_not_have_cannot_be_replaced(change: str, fits: set[str]) -> None:
    floor = Floor()
    floor.trade(100)
    floor.limit("limit", BUY, 1, 90)
    floor.stop("stop", BUY, 1, stop=150, collar=200)
    floor.stop_limit("stop_limit", BUY, 1, stop=150, limit=200)
    floor.trailing("trailing", BUY, 1, collar=200, trail_ticks=50)
    floor.trailing("trailing too", BUY, 1, collar=200, trail_basis_points=5_000)
    for order_id in ("limit", "stop", "stop_limit", "trailing", "trailing too"):
        happened = floor.replace(order_id, f"{order_id} 2", **{change: 160})
        assert (happened != [f"{order_id} stays: not_applicable"]) == (order_id in fits)


# C3
def test_a_triggered_stop_limit_has_no_stop_price_any_more() -> None:
    floor = Floor()
    floor.trade(100)
    floor.stop_limit("s", BUY, 1, stop=100, limit=90)
    assert floor.replace("s", "s2", stop_price_ticks=120) == ["s stays: not_applicable"]
    floor.replace("s", "s2", limit_price_ticks=91)
    assert "stop_price_ticks" not in floor.last.events[0]["data"]


# C4
def test_an_iceberg_that_keeps_its_place_loses_reserve_before_shown_lots() -> None:
    floor = Floor()
    floor.limit("ice", SELL, 9, 100, display_lots=3)
    floor.limit("behind", SELL, 1, 100)
    floor.replace("ice", "ice2", quantity_lots=4)
    assert floor.queue(SELL) == ["3@100 ice2", "1@100 behind"]
    floor.replace("ice2", "ice3", quantity_lots=2)
    assert floor.queue(SELL) == ["2@100 ice3", "1@100 behind"]


# C5, O6
def test_an_iceberg_that_loses_its_place_shows_its_display_anew() -> None:
    floor = Floor()
    floor.limit("ice", SELL, 9, 100, display_lots=3)
    floor.limit("t", BUY, 2, 100)
    assert floor.queue(SELL) == ["1@100 ice"]
    floor.replace("ice", "ice2", limit_price_ticks=101)
    assert floor.queue(SELL) == ["3@101 ice2"]


# C5
def test_a_replaced_order_that_loses_its_place_arrives_again_as_a_taker() -> None:
    floor = Floor()
    floor.limit("a", BUY, 5, 100)
    floor.limit("ask", SELL, 2, 102)
    assert floor.replace("a", "a2", limit_price_ticks=103) == [
        "a becomes a2 anew",
        "a2 takes 2 of ask at 102",
    ]
    assert floor.queue(BUY) == ["3@103 a2"]


# C5
def test_a_replaced_stop_waits_at_the_back_of_its_price() -> None:
    floor = Floor()
    floor.stop("a", BUY, 1, stop=110, collar=200)
    floor.stop("b", BUY, 1, stop=110, collar=200)
    assert floor.replace("a", "a2", limit_price_ticks=201) == ["a becomes a2 anew"]
    assert floor.replace("b", "b2", quantity_lots=1) == ["b becomes b2 in its place"]
    happened = floor.send("cancel_all", symbol="X")
    assert happened[:2] == ["b2 loses 1: requested", "a2 loses 1: requested"]


# C5
def test_a_replaced_trailing_stop_keeps_its_mark() -> None:
    floor = Floor()
    floor.trade(100)
    floor.trailing("a", SELL, 1, collar=1, trail_ticks=30)
    floor.trade(120)
    floor.trade(110)
    assert floor.replace("a", "a2", trail_ticks=11) == ["a becomes a2 anew"]
    assert floor.replace("a2", "a3", trail_ticks=10)[1] == "a3 triggered"


# C6
def test_a_replaced_order_keeps_the_moment_of_its_first_acceptance() -> None:
    floor = Floor()
    floor.limit("a", BUY, 5, 100, time_in_force="day")
    ends_at_ns = floor.stamp_ns + 1
    floor.replace("a", "a2", limit_price_ticks=99)
    happened = floor.send("end_session", session="s", ends_at_ns=ends_at_ns)
    assert happened[0] == "a2 expires with 5"


# C4, O7
def test_a_repriced_order_keeps_its_place_at_the_price_where_it_stands() -> None:
    floor = Floor()
    floor.limit("ask", SELL, 1, 100)
    floor.limit("p", BUY, 5, 105, post_only="reprice")
    assert floor.replace("p", "p2", limit_price_ticks=99) == ["p becomes p2 in its place"]
    assert floor.replace("p2", "p3", limit_price_ticks=105) == [
        "p2 becomes p3 anew",
        "p3 repriced to 99",
    ]
