"""One symbol's book without commands, accounts and events: for who wants the trades only.

The replay of recorded order flow takes its expected trades from here. Prices are integer ticks and
quantities integer lots. A market order is one without a price, or with the collar that it must not
trade through; either way its remainder never rests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from oracle.book import OrderBook
from oracle.orders import Json, OpenOrder, Side

NO_LIMIT = 10**15
ACCOUNT = "everybody"  # self-trade prevention is off: one account will do


class TimeInForce(StrEnum):
    GTC = "gtc"
    DAY = "day"
    IOC = "ioc"
    FOK = "fok"


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it arrives. `limit_price_ticks` None: at any price, and never resting."""

    order_id: str
    side: Side
    quantity_lots: int
    limit_price_ticks: int | None
    time_in_force: TimeInForce = TimeInForce.GTC
    is_market: bool = False

    def __post_init__(self) -> None:
        if self.quantity_lots <= 0:
            raise ValueError(f"order {self.order_id}: quantity must be positive")
        if self.limit_price_ticks is None and not self.is_market:
            raise ValueError(f"order {self.order_id}: a limit order needs a price")

    @property
    def may_rest(self) -> bool:
        return not self.is_market and self.time_in_force in (TimeInForce.GTC, TimeInForce.DAY)

    @property
    def collar_ticks(self) -> int:
        """Its limit, or the price that lets it trade with everybody."""
        if self.limit_price_ticks is not None:
            return self.limit_price_ticks
        return NO_LIMIT if self.side is Side.BUY else 0


@dataclass(frozen=True, slots=True)
class Trade:
    """One match, printed at the maker's price."""

    price_ticks: int
    quantity_lots: int
    maker_order_id: str
    taker_order_id: str
    taker_side: Side

    @property
    def buy_order_id(self) -> str:
        return self.taker_order_id if self.taker_side is Side.BUY else self.maker_order_id

    @property
    def sell_order_id(self) -> str:
        return self.maker_order_id if self.taker_side is Side.BUY else self.taker_order_id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an arriving order: quantity = traded + rested + cancelled, in lots."""

    trades: tuple[Trade, ...]
    rested_lots: int
    cancelled_lots: int


class Book:
    """The resting orders of one symbol."""

    def __init__(self) -> None:
        self._book = OrderBook("", self._emit)
        self._book.levels_per_side = NO_LIMIT
        self._trades: list[Trade] = []
        self._seen: set[str] = set()

    def place(self, order: Order) -> Outcome:
        """Match an arriving order and rest what remains of it, where it may rest.

        Raises ValueError for an order id that was used before.
        """
        if order.order_id in self._seen:
            raise ValueError(f"order {order.order_id} was placed before")
        self._seen.add(order.order_id)
        self._trades = []
        self._book.place(_taken_in(order, len(self._seen)))
        rested = self._book.open_orders.get(order.order_id)
        rested_lots = rested.remaining_lots if rested else 0
        traded_lots = sum(trade.quantity_lots for trade in self._trades)
        return Outcome(
            tuple(self._trades), rested_lots, order.quantity_lots - traded_lots - rested_lots
        )

    def cancel(self, order_id: str) -> int | None:
        """Take a resting order out; answers the lots it still had, None when it is not open."""
        resting = self._book.open_orders.get(order_id)
        if resting is None:
            return None
        self._book.cancel(resting, "requested")
        return resting.remaining_lots

    def end_session(self) -> dict[str, int]:
        """Expire every resting day order; answers their remaining lots by order id."""
        expired = [
            order for order in self._book.in_book_order() if order.time_in_force == TimeInForce.DAY
        ]
        for order in expired:
            self._book.expire(order)
        return {order.order_id: order.remaining_lots for order in expired}

    def is_marketable(self, order: Order) -> bool:
        """Whether the order would trade on arrival."""
        return self._book.would_trade(_taken_in(order, 0), order.collar_ticks)

    def best_price_ticks(self, side: Side) -> int | None:
        return self._book.sides[side].touch_ticks

    def open_orders(self, side: Side) -> list[tuple[str, int, int]]:
        """(order id, price in ticks, remaining lots) in the order in which they would trade."""
        return [
            (order.order_id, order.limit_price_ticks, order.remaining_lots)
            for order in self._book.sides[side]
        ]

    def _emit(self, kind: str, **data: Any) -> None:
        if kind == "trade":
            self._trades.append(
                Trade(
                    price_ticks=data["price_ticks"],
                    quantity_lots=data["quantity_lots"],
                    maker_order_id=data["maker_order_id"],
                    taker_order_id=data["taker_order_id"],
                    taker_side=Side(data["taker_side"]),
                )
            )


def _taken_in(order: Order, number: int) -> OpenOrder:
    sent: Json = {
        "order_id": order.order_id,
        "account_id": ACCOUNT,
        "symbol": "",
        "side": order.side,
        "order_type": "market" if order.is_market else "limit",
        "time_in_force": order.time_in_force,
        "limit_price_ticks": order.collar_ticks,
        "quantity_lots": order.quantity_lots,
    }
    return OpenOrder.of(sent, number)
