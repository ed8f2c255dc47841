"""The makers' ladders: full, on the right side of the price, within inventory, never against themselves."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator.decisions import Action, Cancel, Place, Resting, View, without_self_trade
from simulator.makers import LEVELS, SPACING_TICKS, Maker

MAKER = Maker(offset_ticks=0, usual_lots=40, inventory_limit_lots=2_400)
resting = st.builds(
    Resting,
    order_id=st.uuids().map(str),
    side=st.sampled_from(["buy", "sell"]),
    price_ticks=st.integers(900, 1_100),
)
views = st.builds(
    View,
    reference_ticks=st.floats(950, 1_050),
    wild=st.booleans(),
    open=st.lists(resting, max_size=30),
    inventory_lots=st.integers(-3_000, 3_000),
    tape=st.just(()),
)
chances = st.integers(0, 1_000).map(random.Random)


def after(view: View, action: Action, number: int) -> View:
    """The view of the agent whose action the platform took, and nobody traded with."""
    if isinstance(action, Cancel):
        return replace(view, open=[order for order in view.open if order != action.order])
    assert action.price_ticks is not None
    placed = Resting(f"new-{number}", action.side, action.price_ticks)
    return replace(view, open=[*view.open, placed])


def mended(maker: Maker, chance: random.Random, view: View) -> View:
    """The view once the maker finds nothing wrong any more."""
    for number in range(500):
        action = without_self_trade(maker.mend(chance, view), view)
        if action is None:
            return view
        view = after(view, action, number)
    raise AssertionError("the maker never finds its ladder right")


def empty(**changes: Any) -> View:
    return replace(View(1_000.4, False, (), 0, ()), **changes)


@given(views, chances, st.integers(0, SPACING_TICKS - 1))
def test_a_ladder_is_mended_from_whatever_state_it_is_in(
    view: View, chance: random.Random, offset: int
) -> None:
    maker = replace(MAKER, offset_ticks=offset)
    done = mended(maker, chance, view)
    for side in ("buy", "sell"):
        slots = maker.slots(side, view)
        own = [order.price_ticks for order in done.open if order.side == side]
        assert len(own) == len(slots)
        assert all(any(abs(price - slot) <= 1 for price in own) for slot in slots)


@given(views, chances)
def test_no_decision_trades_with_an_own_order(view: View, chance: random.Random) -> None:
    action = without_self_trade(MAKER.decide(chance, view), view)
    if isinstance(action, Place):
        assert action.price_ticks is not None
        bids = [order.price_ticks for order in view.open if order.side == "buy"]
        asks = [order.price_ticks for order in view.open if order.side == "sell"]
        if action.side == "buy":
            assert all(action.price_ticks < price for price in asks)
        else:
            assert all(action.price_ticks > price for price in bids)


@given(views, st.integers())
def test_the_same_seed_and_the_same_view_make_the_same_decision(view: View, seed: int) -> None:
    assert MAKER.decide(random.Random(seed), view) == MAKER.decide(random.Random(seed), view)


@given(views.filter(lambda view: abs(view.inventory_lots) >= 2_400), chances)
def test_a_full_inventory_is_not_added_to(view: View, chance: random.Random) -> None:
    adds = "buy" if view.inventory_lots > 0 else "sell"
    action = MAKER.decide(chance, view)
    assert not (isinstance(action, Place) and action.side == adds)
    assert all(order.side != adds for order in mended(MAKER, chance, view).open)


def test_inventory_moves_both_quotes_to_where_it_is_evened_out() -> None:
    even, long = empty(), empty(inventory_lots=1_200)
    for side in ("buy", "sell"):
        assert MAKER.slots(side, long)[0] < MAKER.slots(side, even)[0]


def test_the_spread_is_wider_in_a_wild_market() -> None:
    def spread(view: View) -> int:
        return MAKER.slots("sell", view)[0] - MAKER.slots("buy", view)[0]

    assert 1 <= spread(empty()) < spread(empty(wild=True)) <= 5


def test_all_makers_together_leave_no_tick_of_the_ladder_empty() -> None:
    for side in ("buy", "sell"):
        prices = {
            order.price_ticks
            for offset in range(SPACING_TICKS)
            for order in mended(
                replace(MAKER, offset_ticks=offset), random.Random(offset), empty()
            ).open
            if order.side == side
        }
        assert len(prices) == LEVELS * SPACING_TICKS == max(prices) - min(prices) + 1


def test_a_maker_with_nothing_to_mend_leaves_the_best_quotes_alone() -> None:
    view = mended(MAKER, random.Random(1), empty())
    touch = {slot for side in ("buy", "sell") for slot in MAKER.slots(side, view)[:2]}
    for seed in range(50):
        action = MAKER.decide(random.Random(seed), view)
        assert isinstance(action, Cancel)
        assert action.order.price_ticks not in touch


def test_a_quote_that_the_price_has_passed_is_canceled_before_all_else() -> None:
    view = mended(MAKER, random.Random(1), empty())
    dropped = replace(view, reference_ticks=view.reference_ticks - 20)
    best_bid = max(order.price_ticks for order in view.open if order.side == "buy")
    action = MAKER.decide(random.Random(2), dropped)
    assert isinstance(action, Cancel)
    assert (action.order.side, action.order.price_ticks) == ("buy", best_bid)
