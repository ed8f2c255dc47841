"""A price-time matching engine in the plainest form, which speaks the engine's events. The one that knows every rule
is in tests/oracle.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from chassis.event_log.events import Event

SPACE = UUID(int=0xE)
CASH = "USD"


@dataclass
class Resting:
    order_id: str
    account_id: str
    side: str
    ticks: int
    lots: int
    day: bool
    accepted_at_ns: int


@dataclass
class PlainExchange:
    """One symbol; `events` is its log."""

    symbol: str
    now_ns: int = 1_790_000_000_000_000_000
    resting: list[Resting] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def place(self, command_id: UUID, order: dict[str, Any]) -> None:
        """Match an order of a place command."""
        self._say("order_accepted", command_id=str(command_id), **order)
        taker = Resting(
            order["order_id"],
            order["account_id"],
            order["side"],
            order["limit_price_ticks"],
            order["quantity_lots"],
            order["time_in_force"] == "day",
            self.now_ns,
        )
        makers = self._against(taker)
        kill = order["time_in_force"] == "fok" and sum(m.lots for m in makers) < taker.lots
        for maker in () if kill else makers:
            if taker.lots:
                self._trade(maker, taker)
        self.resting = [each for each in self.resting if each.lots]
        if taker.lots and order["order_type"] == "limit" and order["time_in_force"] in "day gtc":
            self.resting.append(taker)
        elif taker.lots:
            self._gone("order_cancelled", taker, command_id, reason="immediate_or_cancel")

    def reject(self, command_id: UUID, order: dict[str, Any]) -> None:
        names = ("order_id", "account_id", "symbol")
        self._say(
            "order_rejected",
            command_id=str(command_id),
            reason="unknown_symbol",
            **{name: order[name] for name in names},
        )

    def cancel(self, command_id: UUID, order_id: str, account_id: str) -> None:
        for each in self.resting:
            if each.order_id == order_id and each.account_id == account_id:
                self.resting.remove(each)
                self._gone("order_cancelled", each, command_id, reason="requested")
                return
        self._say(
            "cancel_rejected",
            command_id=str(command_id),
            order_id=order_id,
            account_id=account_id,
            reason="order_not_open",
        )

    def end_session(self, command_id: UUID, ends_at_ns: int) -> None:
        ended = [each for each in self.resting if each.day and each.accepted_at_ns < ends_at_ns]
        self.resting = [each for each in self.resting if each not in ended]
        for each in ended:
            self._gone("order_expired", each, command_id)
        self._say(
            "session_ended",
            command_id=str(command_id),
            session="2026-01-01",
            expired_orders=len(ended),
        )

    def tick(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)
        self._say("tick")

    def _against(self, taker: Resting) -> list[Resting]:
        """Who trades with `taker`: best price first, and the earlier first at one price."""
        if taker.side == "buy":
            crossing = [e for e in self.resting if e.side == "sell" and e.ticks <= taker.ticks]
            return sorted(crossing, key=lambda each: each.ticks)
        crossing = [e for e in self.resting if e.side == "buy" and e.ticks >= taker.ticks]
        return sorted(crossing, key=lambda each: -each.ticks)

    def _trade(self, maker: Resting, taker: Resting) -> None:
        lots = min(maker.lots, taker.lots)
        maker.lots -= lots
        taker.lots -= lots
        self._say(
            "trade",
            symbol=self.symbol,
            price_ticks=maker.ticks,
            quantity_lots=lots,
            taker_side=taker.side,
            maker_order_id=maker.order_id,
            maker_account_id=maker.account_id,
            maker_remaining_lots=maker.lots,
            taker_order_id=taker.order_id,
            taker_account_id=taker.account_id,
            taker_remaining_lots=taker.lots,
        )

    def _gone(self, kind: str, order: Resting, command_id: UUID, **more: str) -> None:
        self._say(
            kind,
            order_id=order.order_id,
            account_id=order.account_id,
            symbol=self.symbol,
            remaining_lots=order.lots,
            command_id=str(command_id),
            **more,
        )

    def _say(self, kind: str, **data: Any) -> None:
        self.events.append(Event(len(self.events) + 1, self.now_ns, kind, data))


def numbered(kind: str, number: int) -> UUID:
    """The same id for the same number, in every run."""
    return uuid5(SPACE, f"{kind}:{number}")
