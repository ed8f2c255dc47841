"""The reference price: reproducible, moving, coming home, never gone."""

from __future__ import annotations

import random
import statistics
from itertools import pairwise

from simulator.reference import Reference


def walk(seed: int, *, seconds: int = 3_600, start: float = 10_000.0) -> list[float]:
    reference = Reference(random.Random(seed), 10_000, 0.6, start)
    path = []
    for _ in range(seconds):
        reference.advance(1.0)
        path.append(reference.ticks)
    return path


def test_one_seed_is_one_walk() -> None:
    assert walk(1) == walk(1) != walk(2)


def test_it_moves_some_ticks_a_minute() -> None:
    moves = [path[m + 60] - path[m] for path in map(walk, range(10)) for m in range(0, 3_500, 60)]
    assert 3 < statistics.pstdev(moves) < 20


def test_it_comes_home_within_hours() -> None:
    far = [walk(seed, seconds=4 * 3_600, start=10_500.0)[-1] for seed in range(10)]
    assert abs(statistics.mean(far) - 10_000) < 100


def test_calm_and_wild_times_alternate() -> None:
    reference = Reference(random.Random(3), 10_000, 0.6, 10_000)
    states = []
    for _ in range(7_200):
        reference.advance(1.0)
        states.append(reference.wild)
    changes = sum(a != b for a, b in pairwise(states))
    assert changes > 10
    assert 0.05 < sum(states) / len(states) < 0.5


def test_a_price_never_vanishes() -> None:
    reference = Reference(random.Random(1), 100, 50.0, 100)
    for _ in range(1_000):
        reference.advance(1.0)
        assert reference.ticks >= 10
