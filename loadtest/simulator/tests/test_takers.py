"""Noise and momentum: what they do, how much, and when they stop adding."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from simulator.decisions import Cancel, Place, Resting, View, heavy_tailed
from simulator.takers import Momentum, Noise

NOISE = Noise(usual_lots=40, inventory_limit_lots=2_400)
MOMENTUM = Momentum(usual_lots=40, inventory_limit_lots=2_400)
QUIET = View(1_000.0, False, (), 0, (1_000.0,) * 12)
RISING = replace(QUIET, tape=tuple(1_000.0 + n for n in range(12)))
FALLING = replace(QUIET, tape=tuple(1_000.0 - n for n in range(12)))


def places(agent: Noise | Momentum, view: View, times: int = 400) -> list[Place]:
    decided = [agent.decide(random.Random(seed), view) for seed in range(times)]
    return [action for action in decided if isinstance(action, Place)]


@given(st.integers(), st.sampled_from([QUIET, RISING, FALLING]))
def test_the_same_seed_makes_the_same_decision(seed: int, view: View) -> None:
    for agent in (NOISE, MOMENTUM):
        assert agent.decide(random.Random(seed), view) == agent.decide(random.Random(seed), view)


def test_noise_trades_both_ways_at_once_and_patiently_with_and_without_a_limit() -> None:
    kinds = {(p.side, p.price_ticks is None, p.immediate) for p in places(NOISE, QUIET)}
    assert kinds == {
        (side, *how)
        for side in ("buy", "sell")
        for how in ((True, False), (False, True), (False, False))
    }


def test_noise_needs_a_first_trade_for_a_market_order() -> None:
    assert all(p.price_ticks is not None for p in places(NOISE, replace(QUIET, tape=())))


def test_noise_buys_more_often_what_trades_below_its_worth() -> None:
    cheap = places(NOISE, replace(QUIET, tape=(980.0,)))
    dear = places(NOISE, replace(QUIET, tape=(1_020.0,)))
    assert sum(p.side == "buy" for p in cheap) > 1.5 * sum(p.side == "buy" for p in dear)


def test_nobody_adds_to_a_full_inventory() -> None:
    for view in (QUIET, RISING, FALLING):
        for agent in (NOISE, MOMENTUM):
            long, short = replace(view, inventory_lots=2_400), replace(view, inventory_lots=-2_400)
            assert all(p.side == "sell" for p in places(agent, long))
            assert all(p.side == "buy" for p in places(agent, short))


def test_noise_takes_back_its_oldest_order_when_too_many_wait() -> None:
    waiting = tuple(Resting(str(n), "buy", 990) for n in range(7))
    assert NOISE.decide(random.Random(1), replace(QUIET, open=waiting)) == Cancel(waiting[0])


def test_momentum_follows_the_price_and_never_rests() -> None:
    assert {p.side for p in places(MOMENTUM, RISING)} == {"buy"}
    assert {p.side for p in places(MOMENTUM, FALLING)} == {"sell"}
    assert all(p.immediate for p in places(MOMENTUM, RISING))


def test_momentum_waits_in_a_quiet_market_and_comes_home() -> None:
    assert places(MOMENTUM, QUIET) == []
    assert places(MOMENTUM, replace(QUIET, tape=(1_000.0,) * 3)) == []
    assert {p.side for p in places(MOMENTUM, replace(QUIET, inventory_lots=1_000))} == {"sell"}


def test_quantities_have_a_heavy_tail_and_a_bound() -> None:
    lots = sorted(heavy_tailed(random.Random(seed), 100) for seed in range(2_000))
    assert lots[0] >= 1
    assert lots[1_000] < 100
    assert lots[-1] > 10 * lots[1_000]
    assert lots[-1] <= 100 * 0.35 * 25 * 1.1
