"""Words of the engine's log that every part of this service uses: of each event, the fields that matter here.

The rules behind them are in `docs/matching-rules.md`.
"""

from typing import Literal

import msgspec

Side = Literal["buy", "sell"]
Phase = Literal["continuous", "halted"]

RESTING_TYPES = frozenset({"limit", "stop_limit"})
RESTING_TIMES_IN_FORCE = frozenset({"day", "gtc", "gtd"})
DORMANT_TYPES = frozenset({"stop", "stop_limit", "trailing_stop"})


class Position(msgspec.Struct, frozen=True):
    """A place in the engine's log, with its journal time."""

    sequence: int
    time_ns: int


class SymbolListed(msgspec.Struct, frozen=True):
    symbol: str


class PhaseChanged(msgspec.Struct, frozen=True):
    symbol: str
    phase: Phase


class OrderAccepted(msgspec.Struct, frozen=True):
    order_id: str
    symbol: str
    side: Side
    order_type: Literal["limit", "market", "stop", "stop_limit", "trailing_stop"]
    time_in_force: Literal["day", "gtc", "gtd", "ioc", "fok"]
    limit_price_ticks: int
    quantity_lots: int
    display_lots: int | None = None

    @property
    def may_rest(self) -> bool:
        """Whether it can ever stand in the book."""
        return self.order_type in RESTING_TYPES and self.time_in_force in RESTING_TIMES_IN_FORCE

    @property
    def dormant(self) -> bool:
        """Whether it waits for its trigger, in no book, before it does anything."""
        return self.order_type in DORMANT_TYPES


class OrderRepriced(msgspec.Struct, frozen=True):
    """A post-only order that would have traded stands at another limit than it asked for."""

    order_id: str
    symbol: str
    limit_price_ticks: int


class Trade(msgspec.Struct, frozen=True):
    symbol: str
    price_ticks: int
    quantity_lots: int
    taker_side: Side
    maker_order_id: str
    maker_remaining_lots: int
    taker_order_id: str
    taker_remaining_lots: int


class OrderReduced(msgspec.Struct, frozen=True):
    order_id: str
    symbol: str
    remaining_lots: int


class OrderTriggered(msgspec.Struct, frozen=True):
    order_id: str
    symbol: str


class OrderReplaced(msgspec.Struct, frozen=True):
    """The order goes on under its new id. Without its place, an active one arrives again."""

    order_id: str
    new_order_id: str
    symbol: str
    limit_price_ticks: int
    remaining_lots: int
    keeps_priority: bool


class OrderEnded(msgspec.Struct, frozen=True):
    """`order_cancelled` and `order_expired`."""

    order_id: str
    symbol: str


def shown_lots(remaining_lots: int, display_lots: int | None, taken_lots: int) -> int:
    """What an order in the book shows of its lots, `taken_lots` of which were traded since it came to rest.

    An iceberg shows its lots slice by slice, the next when one is used up; what is taken from it without a trade is
    taken from the reserve first (O6, S3, C4). All others show everything.
    """
    if display_lots is None:
        return remaining_lots
    return min(display_lots - taken_lots % display_lots, remaining_lots)
