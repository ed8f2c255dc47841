"""Market makers: a ladder of quotes on both sides of the reference price, leaning against inventory.

A turn is one request. Whatever is most wrong with the ladder is mended first: a quote that became
too generous is canceled, then the gap nearest to the touch is filled, then what is too far away is
taken back. So a ladder follows the price with few requests.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from simulator.decisions import BOTH, Action, Cancel, Place, Resting, Side, View, round_lots

LEVELS = 8
SPACING_TICKS = 3
_COVERS_TICKS = SPACING_TICKS // 2
_SKEW_TICKS = 5.0
_CALM_HALF_SPREAD_TICKS = 0.7
_WILD_HALF_SPREAD_TICKS = 1.7


@dataclass(frozen=True, slots=True)
class Maker:
    """`offset_ticks` staggers several makers, so that together they fill every tick."""

    offset_ticks: int
    usual_lots: int
    inventory_limit_lots: int

    def decide(self, chance: random.Random, view: View) -> Action | None:
        """Mend the ladder; when nothing is wrong, take a quote back, to be replaced by another."""
        return self.mend(chance, view) or self._renew(chance, view)

    def mend(self, chance: random.Random, view: View) -> Action | None:
        """The most urgent correction, or None where the ladder is as it should be."""
        slots = {side: self.slots(side, view) for side in BOTH}
        for side in BOTH:
            generous = [order for order in _on(view, side) if _too_generous(order, slots[side])]
            if generous:
                return Cancel(max(generous, key=lambda order: _generosity(order)))
        gaps = [
            (distance, chance.random(), side, price)
            for side in BOTH
            for distance, price in enumerate(slots[side])
            if not any(_covers(order, price) for order in _on(view, side))
        ]
        superfluous = [order for side in BOTH for order in _superfluous(view, side, slots[side])]
        if gaps:
            _, _, side, price = min(gaps)
            full = sum(order.side == side for order in view.open) >= LEVELS
            if full and (own := [order for order in superfluous if order.side == side]):
                return Cancel(own[0])
            return Place(side, self._lots(chance, min(gaps)[0]), price)
        return Cancel(superfluous[0]) if superfluous else None

    def slots(self, side: Side, view: View) -> list[int]:
        """The prices to quote at, best first; none on a side that would add to a full inventory."""
        lean = view.inventory_lots / self.inventory_limit_lots
        if (lean >= 1 and side == "buy") or (lean <= -1 and side == "sell"):
            return []
        half = _WILD_HALF_SPREAD_TICKS if view.wild else _CALM_HALF_SPREAD_TICKS
        center = view.reference_ticks - max(-1.0, min(1.0, lean)) * _SKEW_TICKS
        if side == "buy":
            best = math.floor(center - half) - self.offset_ticks
            return [p for i in range(LEVELS) if (p := best - i * SPACING_TICKS) > 0]
        best = math.ceil(center + half) + self.offset_ticks
        return [best + i * SPACING_TICKS for i in range(LEVELS)]

    def _renew(self, chance: random.Random, view: View) -> Action | None:
        """Away from the touch only: the best quotes do not flicker without a reason."""
        outer = [order for side in BOTH for order in _best_first(view, side)[2:]]
        return Cancel(chance.choice(outer)) if outer else None

    def _lots(self, chance: random.Random, distance: int) -> int:
        return round_lots(self.usual_lots * (0.5 + 0.25 * distance) * chance.lognormvariate(0, 0.5))


def _on(view: View, side: Side) -> list[Resting]:
    return [order for order in view.open if order.side == side]


def _best_first(view: View, side: Side) -> list[Resting]:
    return sorted(_on(view, side), key=_generosity, reverse=True)


def _generosity(order: Resting) -> int:
    """Higher is better for whoever trades with it."""
    return order.price_ticks if order.side == "buy" else -order.price_ticks


def _covers(order: Resting, price_ticks: int) -> bool:
    return abs(order.price_ticks - price_ticks) <= _COVERS_TICKS


def _too_generous(order: Resting, slots: list[int]) -> bool:
    if not slots:
        return True
    best = slots[0] if order.side == "buy" else -slots[0]
    return _generosity(order) > best + _COVERS_TICKS


def _superfluous(view: View, side: Side, slots: list[int]) -> list[Resting]:
    """Orders that fill no gap, the farthest first: beyond the ladder, or second in a slot."""
    taken: set[int] = set()
    found = []
    for order in _best_first(view, side):
        slot = next((price for price in slots if _covers(order, price)), None)
        if slot is None or slot in taken:
            found.append(order)
        else:
            taken.add(slot)
    return found[::-1]
