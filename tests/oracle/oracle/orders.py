"""An order as the book keeps it: what its sender said, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# A command or an order as JSON has it. The engine's contract says which members there are.
Json = dict[str, Any]


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> Side:
        return Side.SELL if self is Side.BUY else Side.BUY

    def reaches(self, limit_ticks: int, price_ticks: int) -> bool:
        """Whether an order of this side with this limit may trade at this price."""
        return price_ticks <= limit_ticks if self is Side.BUY else price_ticks >= limit_ticks


class State(StrEnum):
    """Where an order is. It is open in all but the last."""

    TAKING = "taking"  # it trades right now, or is about to
    ACTIVE = "active"  # it rests in the book
    DORMANT = "dormant"  # a stop that waits for its trigger
    TRIGGERED = "triggered"  # a stop that waits for its turn (G3)
    GONE = "gone"


@dataclass(eq=False, slots=True)
class OpenOrder:
    """One order. Two orders are the same only if they are the same object."""

    order_id: str
    account_id: str
    symbol: str
    side: Side
    order_type: str
    time_in_force: str
    limit_price_ticks: int
    quantity_lots: int  # the total: what has traded or was lost by a reduction, and what remains
    remaining_lots: int  # shown and reserve
    accepted: tuple[int, int]  # stamp of the first acceptance; 1 for the stop leg of a pair, else 0
    stop_price_ticks: int | None = None  # None once it was triggered, and for trailing stops
    trail_ticks: int | None = None
    trail_basis_points: int | None = None
    mark_ticks: int = 0  # the best trade price that a trailing stop has seen (G5)
    display_lots: int | None = None
    shown_lots: int = 0  # of an active order
    minimum_lots: int | None = None  # None once it has counted (O8)
    post_only: str | None = None
    expire_at_ns: int | None = None
    self_trade_prevention: str = "none"
    state: State = State.TAKING
    partner: OpenOrder | None = field(default=None, repr=False)  # the other leg of its pair

    @classmethod
    def of(cls, sent: Json, stamp_ns: int, leg: int = 0) -> OpenOrder:
        """The order that a place command carries."""
        return cls(
            order_id=sent["order_id"],
            account_id=sent["account_id"],
            symbol=sent["symbol"],
            side=Side(sent["side"]),
            order_type=sent["order_type"],
            time_in_force=sent["time_in_force"],
            limit_price_ticks=sent["limit_price_ticks"],
            quantity_lots=sent["quantity_lots"],
            remaining_lots=sent["quantity_lots"],
            accepted=(stamp_ns, leg),
            stop_price_ticks=sent.get("stop_price_ticks"),
            trail_ticks=sent.get("trail_ticks"),
            trail_basis_points=sent.get("trail_basis_points"),
            display_lots=sent.get("display_lots"),
            minimum_lots=sent.get("minimum_lots"),
            post_only=sent.get("post_only"),
            expire_at_ns=sent.get("expire_at_ns"),
            self_trade_prevention=sent.get("self_trade_prevention", "none"),
        )

    @property
    def is_open(self) -> bool:
        return self.state is not State.GONE

    @property
    def is_trailing(self) -> bool:
        return self.order_type == "trailing_stop"

    @property
    def is_stop(self) -> bool:
        """Whether it waits for a trigger before it acts."""
        return self.order_type in ("stop", "stop_limit", "trailing_stop")

    @property
    def may_rest(self) -> bool:
        return self.order_type in ("limit", "stop_limit") and self.time_in_force in (
            "day",
            "gtc",
            "gtd",
        )

    @property
    def used_lots(self) -> int:
        """What has traded, or was lost by a reduction (S3, L3)."""
        return self.quantity_lots - self.remaining_lots

    @property
    def trigger_ticks(self) -> int:
        """Where it is triggered; of a trailing stop, where that stands now (G5)."""
        if not self.is_trailing:
            assert self.stop_price_ticks is not None
            return self.stop_price_ticks
        return self.trailed_ticks(self.mark_ticks, self.trail_ticks, self.trail_basis_points)

    def trailed_ticks(
        self, mark_ticks: int, trail_ticks: int | None, trail_basis_points: int | None
    ) -> int:
        """Where it would stand behind a mark with a trail (G5)."""
        distance = trail_ticks
        if distance is None:
            assert trail_basis_points is not None
            distance = max(1, mark_ticks * trail_basis_points // 10_000)
        return mark_ticks + (distance if self.side is Side.BUY else -distance)

    def is_triggered_by(self, price_ticks: int) -> bool:
        """G1, for a trade at this price."""
        if self.side is Side.BUY:
            return price_ticks >= self.trigger_ticks
        return price_ticks <= self.trigger_ticks

    def show(self) -> None:
        """Show what an order shows that joins a queue (O6)."""
        self.shown_lots = min(self.display_lots or self.remaining_lots, self.remaining_lots)

    def lose(self, lots: int) -> None:
        """Lose lots without a trade: the reserve first (C4, S3, L3)."""
        self.remaining_lots -= lots
        self.shown_lots = min(self.shown_lots, self.remaining_lots)
