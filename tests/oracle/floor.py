"""A trading floor for the tests: short ways to send commands, and what happened in short words."""

from __future__ import annotations

from typing import Any

from oracle import Answer, Market
from oracle.orders import Json

SECOND_NS = 10**9
BUY, SELL = "buy", "sell"


def words(event: Json) -> str:
    """One event in a few words; what every test of a kind would repeat is left out."""
    kind, data = event["kind"], event["data"]
    order = data.get("order_id")
    match kind:
        case "trade":
            return (
                f"{data['taker_order_id']} takes {data['quantity_lots']} of "
                f"{data['maker_order_id']} at {data['price_ticks']}"
            )
        case "order_accepted" | "order_triggered":
            return f"{order} {kind.removeprefix('order_')}"
        case "order_rejected":
            return f"{order} rejected: {data['reason']}"
        case "order_repriced":
            return f"{order} repriced to {data['limit_price_ticks']}"
        case "order_cancelled":
            return f"{order} loses {data['remaining_lots']}: {data['reason']}"
        case "order_reduced":
            lots = f"{data['reduced_lots']}, keeps {data['remaining_lots']}"
            return f"{order} loses {lots}: {data['reason']}"
        case "order_expired":
            return f"{order} expires with {data['remaining_lots']}"
        case "order_replaced":
            place = "in its place" if data["keeps_priority"] else "anew"
            return f"{order} becomes {data['new_order_id']} {place}"
        case "cancel_rejected" | "replace_rejected":
            return f"{order} stays: {data['reason']}"
        case "all_cancelled":
            return f"{data['cancelled_orders']} cancelled"
        case "session_ended":
            return f"session ended, {data['expired_orders']} expired"
        case "phase_changed":
            return f"{data['symbol']} {data['phase']}"
        case "symbol_rejected":
            return f"{data['symbol']} rejected: {data['reason']}"
    return str(kind)


class Floor:
    """A market with the symbol X listed. Every order is another account's unless `by` names one.

    Commands come a second after each other. What they answer is everything that happened but the
    acceptance of their own order, which goes without saying.
    """

    def __init__(self, **limits: int) -> None:
        self.market = Market()
        self.stamp_ns = 0
        self.number = 0
        self.last = Answer()
        if limits:
            self.send("set_limits", **(self.market.limits | limits))
        self.send("list_symbol", symbol="X")

    # --- Commands ---------------------------------------------------------------------------------

    def limit(self, order_id: str, side: str, lots: int, price: int, **more: Any) -> list[str]:
        return self.place(order_id, "limit", side, lots, price, **more)

    def market_order(
        self, order_id: str, side: str, lots: int, collar: int, **more: Any
    ) -> list[str]:
        more = {"time_in_force": "ioc"} | more
        return self.place(order_id, "market", side, lots, collar, **more)

    def stop(
        self, order_id: str, side: str, lots: int, stop: int, collar: int, **more: Any
    ) -> list[str]:
        return self.place(order_id, "stop", side, lots, collar, stop_price_ticks=stop, **more)

    def stop_limit(
        self, order_id: str, side: str, lots: int, stop: int, limit: int, **more: Any
    ) -> list[str]:
        return self.place(order_id, "stop_limit", side, lots, limit, stop_price_ticks=stop, **more)

    def trailing(self, order_id: str, side: str, lots: int, collar: int, **more: Any) -> list[str]:
        return self.place(order_id, "trailing_stop", side, lots, collar, **more)

    def place(
        self, order_id: str, order_type: str, side: str, lots: int, price: int, **more: Any
    ) -> list[str]:
        order = self.order(order_id, order_type, side, lots, price, **more)
        happened = self.send("place", expires_at_ns=self._expiry(), order=order)
        return [text for text in happened if text != f"{order_id} accepted"]

    def pair(self, limit: Json, stop: Json) -> list[str]:
        """Two orders that `order` made. One account's, if nothing else is said."""
        for order in (limit, stop):
            order["account_id"] = order["account_id"].replace(order["order_id"], "pair")
        happened = self.send(
            "place_pair", expires_at_ns=self._expiry(), limit_order=limit, stop_order=stop
        )
        return [text for text in happened if not text.endswith(" accepted")]

    def order(
        self, order_id: str, order_type: str, side: str, lots: int, price: int, **more: Any
    ) -> Json:
        return {
            "order_id": order_id,
            "account_id": more.pop("by", f"of {order_id}"),
            "client_order_id": order_id,
            "symbol": more.pop("symbol", "X"),
            "side": side,
            "order_type": order_type,
            "time_in_force": more.pop("time_in_force", "gtc"),
            "limit_price_ticks": price,
            "quantity_lots": lots,
            **more,
            "terms": {},
        }

    def replace(self, order_id: str, new_order_id: str, **changes: Any) -> list[str]:
        by = changes.pop("by", None) or self.owner(order_id)
        return self.send(
            "replace",
            expires_at_ns=self._expiry(),
            order_id=order_id,
            account_id=by,
            new_order_id=new_order_id,
            **changes,
        )

    def cancel(self, order_id: str, by: str | None = None) -> list[str]:
        return self.send("cancel", order_id=order_id, account_id=by or self.owner(order_id))

    def trade(self, price: int) -> list[str]:
        """Let two others trade one lot at this price, which nobody betters; what came after it."""
        self.number += 1
        self.limit(f"maker {self.number}", SELL, 1, price)
        taker = f"taker {self.number + 1}"
        return self.limit(taker, BUY, 1, price, time_in_force="ioc")[1:]

    def send(self, kind: str, **members: Any) -> list[str]:
        self.number += 1
        self.stamp_ns += SECOND_NS
        command: Json = {"kind": kind, **members}
        if kind not in ("tick", "set_limits"):
            command = {"command_id": f"c{self.number}", **command}
        return self.submit(command)

    def submit(self, command: Json) -> list[str]:
        """A command as it stands, at the present stamp."""
        happened = []
        for answer in self.market.submit(command, self.stamp_ns):
            self.last = answer
            happened += [words(event) for event in answer.events]
        return happened

    def _expiry(self) -> int:
        return self.stamp_ns + 10 * SECOND_NS

    # --- State ------------------------------------------------------------------------------------

    def owner(self, order_id: str) -> str:
        book = self.market.books["X"]
        order = book.open_orders.get(order_id)
        return order.account_id if order else f"of {order_id}"

    def queue(self, side: str, symbol: str = "X") -> list[str]:
        """The active orders of a side in the order in which they would trade: `5@100 a`."""
        sides = self.market.books[symbol].sides
        return [
            f"{order.shown_lots}@{order.limit_price_ticks} {order.order_id}"
            for side_, orders in sides.items()
            if side_.value == side
            for order in orders
        ]

    def remaining(self, order_id: str) -> int:
        """Its remaining lots, shown and reserve; 0 when it is not open."""
        order = self.market.books["X"].open_orders.get(order_id)
        return order.remaining_lots if order else 0
