"""The price that everybody has in mind: a seeded walk that returns home, calm at times and wild at others.

It is never traded at by itself; agents quote around it, and so it becomes a price.
"""

from __future__ import annotations

import math
import random

_RETURN_SECONDS = 3600.0
_WILDER = 2.5
_CALM_SECONDS = 240.0
_WILD_SECONDS = 45.0


class Reference:
    """An Ornstein-Uhlenbeck walk whose volatility switches between two states (both in ticks)."""

    def __init__(
        self, chance: random.Random, home_ticks: float, volatility: float, now_ticks: float
    ) -> None:
        self.ticks = now_ticks
        self.wild = False
        self._chance = chance
        self._home = home_ticks
        self._volatility = volatility

    def advance(self, seconds: float) -> None:
        """Let simulated time pass. A price stays well above zero: it is held at a tenth of home."""
        lasting = _WILD_SECONDS if self.wild else _CALM_SECONDS
        if self._chance.random() < 1 - math.exp(-seconds / lasting):
            self.wild = not self.wild
        volatility = self._volatility * (_WILDER if self.wild else 1.0)
        pull = (self._home - self.ticks) * min(1.0, seconds / _RETURN_SECONDS)
        step = pull + self._chance.gauss(0.0, volatility * math.sqrt(seconds))
        self.ticks = max(self.ticks + step, self._home / 10)
