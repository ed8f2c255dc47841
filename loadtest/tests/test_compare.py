"""The comparison sees every way in which the platform's trades could be wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replay.book import Side, Trade
from replay.compare import Comparison, Fill, Print, compare
from replay.figures import percentile_ms

EXPECTED = [Trade(100, 3, "m1", "t1", Side.BUY), Trade(101, 2, "m2", "t1", Side.BUY)]
FILLS = [
    Fill("T1", Side.BUY, 100, 3),
    Fill("M1", Side.SELL, 100, 3),
    Fill("T1", Side.BUY, 101, 2),
    Fill("M2", Side.SELL, 101, 2),
]
PRINTS = [(100, 3), (101, 2)]
IDS = {"T1": "t1", "M1": "m1", "M2": "m2"}


def judged(fills: list[Fill] = FILLS, prints: list[Print] = PRINTS) -> Comparison:
    return compare(EXPECTED, fills, prints, IDS)


def test_equal_trades_match() -> None:
    assert judged() == Comparison(2, 2, ())
    assert judged().same


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FILLS[1], order_id="M2"),
        replace(FILLS[1], price_ticks=99),
        replace(FILLS[1], quantity_lots=2),
        replace(FILLS[1], side=Side.BUY),
    ],
)
def test_a_wrong_fill_is_seen(wrong: Fill) -> None:
    verdict = judged([FILLS[0], wrong, *FILLS[2:]])
    assert verdict.matching == 1
    assert not verdict.same


def test_a_missing_and_a_doubled_fill_are_seen() -> None:
    assert judged(FILLS[1:]).matching == 1
    doubled = judged([*FILLS, FILLS[0]])
    assert doubled.matching == 2
    assert not doubled.same


@pytest.mark.parametrize("prints", [PRINTS[:1], [*PRINTS, (1, 1)], PRINTS[::-1], []])
def test_market_data_that_tells_another_story_is_seen(prints: list[Print]) -> None:
    assert not judged(prints=prints).same


def test_percentiles_are_values_of_the_sample() -> None:
    sample = [n / 1000 for n in range(1, 101)]
    assert (percentile_ms(sample, 50), percentile_ms(sample, 99)) == (50.0, 99.0)
    assert (percentile_ms([0.007], 99), percentile_ms([], 50)) == (7.0, 0.0)
