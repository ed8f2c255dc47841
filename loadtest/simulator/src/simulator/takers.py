"""Those who trade with the makers' quotes: noise, and those who run after the price."""

from __future__ import annotations

import random
from dataclasses import dataclass

from simulator.decisions import Action, Cancel, Place, Side, View, heavy_tailed

_TAKES = 0.6
_MARKET_ORDERS = 0.5
_OPEN_ORDERS = 6
_PULL_TICKS = 8.0
_REACH_TICKS = 6
_FOLLOWED_PRINTS = 10
_WORTH_FOLLOWING_TICKS = 1.5


@dataclass(frozen=True, slots=True)
class Noise:
    """Trades for reasons of its own: at once, or by an order that waits in the book for a while."""

    usual_lots: int
    inventory_limit_lots: int

    def decide(self, chance: random.Random, view: View) -> Action | None:
        if len(view.open) > chance.randint(_OPEN_ORDERS // 2, _OPEN_ORDERS):
            return Cancel(view.open[0])
        side: Side = "buy" if chance.random() < self._inclination(view) else "sell"
        sign = 1 if side == "buy" else -1
        lots = heavy_tailed(chance, self.usual_lots)
        middle = round(view.reference_ticks)
        if chance.random() < _TAKES:
            if view.tape and chance.random() < _MARKET_ORDERS:
                return Place(side, lots, None)
            return Place(side, lots, max(1, middle + sign * _REACH_TICKS), immediate=True)
        away = min(40, round(chance.paretovariate(0.8)))
        return Place(side, lots, max(1, middle - sign * away))

    def _inclination(self, view: View) -> float:
        """The chance to buy: drawn to what the thing is worth, and back to an even position."""
        last = view.tape[-1] if view.tape else view.reference_ticks
        worth = max(-0.3, min(0.3, (view.reference_ticks - last) / _PULL_TICKS * 0.3))
        lean = view.inventory_lots / self.inventory_limit_lots
        if abs(lean) >= 1:
            return 0.0 if lean > 0 else 1.0
        return 0.5 + worth - 0.5 * lean * abs(lean)


@dataclass(frozen=True, slots=True)
class Momentum:
    """Buys what rises and sells what falls, and comes home when nothing moves."""

    usual_lots: int
    inventory_limit_lots: int

    def decide(self, chance: random.Random, view: View) -> Action | None:
        prints = view.tape[-_FOLLOWED_PRINTS:]
        if len(prints) < _FOLLOWED_PRINTS:
            return None
        moved = prints[-1] - sum(prints) / len(prints)
        lean = view.inventory_lots / self.inventory_limit_lots
        if moved > _WORTH_FOLLOWING_TICKS and lean < 1:
            side: Side = "buy"
        elif moved < -_WORTH_FOLLOWING_TICKS and lean > -1:
            side = "sell"
        elif abs(lean) > 0.2 and abs(moved) <= _WORTH_FOLLOWING_TICKS:
            side = "sell" if lean > 0 else "buy"
        else:
            return None
        sign = 1 if side == "buy" else -1
        price = round(prints[-1]) + sign * _REACH_TICKS // 2
        return Place(side, heavy_tailed(chance, self.usual_lots), max(1, price), immediate=True)
