"""An exchange in the most obvious way, for tests that need many events and no engine."""

from dataclasses import dataclass, field
from typing import Any

from chassis.event_log.events import Event

SYMBOL = "ACME"
START_NS = 1_790_000_000_000_000_000


@dataclass
class PlainExchange:
    """Matches in price-time order, in the most obvious way, and writes the engine's events."""

    events: list[Event] = field(default_factory=list)
    resting: list[dict[str, Any]] = field(default_factory=list)
    time_ns: int = START_NS
    ends: list[int] = field(default_factory=list)
    """How many events there were at the end of each command."""

    def place(self, side: str, price: int, lots: int, order_type: str, tif: str) -> None:
        order = {
            "order_id": f"o{len(self.events)}",
            "symbol": SYMBOL,
            "side": side,
            "order_type": order_type,
            "time_in_force": tif,
            "limit_price_ticks": price,
            "quantity_lots": lots,
        }
        self._add("order_accepted", **order)
        sign = 1 if side == "buy" else -1
        makers = sorted(
            (each for each in self.resting if each["side"] != side),
            key=lambda each: sign * each["limit_price_ticks"],
        )
        makers = [m for m in makers if sign * (price - m["limit_price_ticks"]) >= 0]
        left = lots
        if tif == "fok" and sum(m["left"] for m in makers) < lots:
            makers = []
        for maker in makers:
            if left == 0:
                break
            traded = min(left, maker["left"])
            left -= traded
            maker["left"] -= traded
            self._add(
                "trade",
                symbol=SYMBOL,
                price_ticks=maker["limit_price_ticks"],
                quantity_lots=traded,
                taker_side=side,
                maker_order_id=maker["order_id"],
                maker_remaining_lots=maker["left"],
                taker_order_id=order["order_id"],
                taker_remaining_lots=left,
            )
        self.resting = [each for each in self.resting if each["left"]]
        if left and order_type == "limit" and tif in ("day", "gtc"):
            self.resting.append(order | {"left": left})
        elif left:
            self._add("order_cancelled", order_id=order["order_id"], symbol=SYMBOL)
        self.ends.append(len(self.events))

    def cancel(self, which: int) -> None:
        if self.resting:
            order = self.resting.pop(which % len(self.resting))
            self._add("order_cancelled", order_id=order["order_id"], symbol=SYMBOL)
            self.ends.append(len(self.events))

    def end_session(self) -> None:
        for order in [each for each in self.resting if each["time_in_force"] == "day"]:
            self.resting.remove(order)
            self._add("order_expired", order_id=order["order_id"], symbol=SYMBOL)
        self._add("session_ended")
        self.ends.append(len(self.events))

    def pass_time(self, seconds: int) -> None:
        self.time_ns += seconds * 1_000_000_000
        self._add("tick")
        self.ends.append(len(self.events))

    def _add(self, kind: str, **data: Any) -> None:
        self.events.append(Event(len(self.events) + 1, self.time_ns, kind, data))
