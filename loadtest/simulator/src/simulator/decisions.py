"""What an agent sees and what it may do; shared by all kinds of agents, and pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Side = Literal["buy", "sell"]
BOTH: tuple[Side, Side] = ("buy", "sell")


@dataclass(frozen=True, slots=True)
class Resting:
    """An own order that is open, as far as its owner knows."""

    order_id: str
    side: Side
    price_ticks: int


@dataclass(frozen=True, slots=True)
class View:
    """Everything a decision may depend on, besides the agent's own randomness."""

    reference_ticks: float
    wild: bool
    open: Sequence[Resting]
    inventory_lots: int
    """The position, less the endowment: 0 is where every agent wants to be."""
    tape: Sequence[float]
    """The last trade prices, oldest first, in ticks."""


@dataclass(frozen=True, slots=True)
class Place:
    """A new order; without a price a market order."""

    side: Side
    lots: int
    price_ticks: int | None
    immediate: bool = False
    """What does not trade at once is canceled."""


@dataclass(frozen=True, slots=True)
class Cancel:
    order: Resting


Action = Place | Cancel


class Agent(Protocol):
    """One trader in one symbol. `decide` depends on nothing but its arguments."""

    def decide(self, chance: random.Random, view: View) -> Action | None: ...


def without_self_trade(action: Action | None, view: View) -> Action | None:
    """The action; or, where it would trade with an own order, that order's cancel instead."""
    if not isinstance(action, Place):
        return action
    for order in view.open:
        if order.side != action.side and _reaches(action, order.price_ticks):
            return Cancel(order)
    return action


def _reaches(place: Place, price_ticks: int) -> bool:
    if place.price_ticks is None:
        return True
    if place.side == "buy":
        return place.price_ticks >= price_ticks
    return place.price_ticks <= price_ticks


def heavy_tailed(chance: random.Random, usual_lots: int, *, at_most: int = 25) -> int:
    """A quantity: mostly around half of the usual one, at times many times as much (Pareto 1.3)."""
    lots = usual_lots * 0.35 * min(chance.paretovariate(1.3), at_most)
    return max(1, round_lots(lots))


def round_lots(lots: float) -> int:
    """To two significant digits, as people choose quantities."""
    whole = max(1, round(lots))
    scale: int = 10 ** max(0, len(str(whole)) - 2)
    return round(whole / scale) * scale
