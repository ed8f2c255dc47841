"""One symbol's order book, matched by plain price-time priority: which trades a recording must lead to.

Prices are integer ticks and quantities integer lots, as in the engine's contract. A market order
is one without a price, or with the collar that it must not trade through; either way its
remainder never rests.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from enum import StrEnum

# A place in the queue of one side: (rank of the price, arrival number, order id). The rank is the
# price for asks and its negative for bids, so that on both sides the first entry trades first.
Place = tuple[int, int, str]


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> Side:
        return Side.SELL if self is Side.BUY else Side.BUY


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
        return not self.is_market and self.time_in_force in (
            TimeInForce.GTC,
            TimeInForce.DAY,
        )


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


@dataclass(slots=True)
class _Resting:
    order: Order
    place: Place
    remaining_lots: int


@dataclass(slots=True)
class Book:
    """The resting orders of one symbol."""

    _queues: dict[Side, list[Place]] = field(
        default_factory=lambda: {Side.BUY: [], Side.SELL: []}, init=False
    )
    _resting: dict[str, _Resting] = field(default_factory=dict, init=False)
    _seen: set[str] = field(default_factory=set, init=False)

    def place(self, order: Order) -> Outcome:
        """Match an arriving order and rest what remains of it, where it may rest.

        Raises ValueError for an order id that was used before.
        """
        if order.order_id in self._seen:
            raise ValueError(f"order {order.order_id} was placed before")
        self._seen.add(order.order_id)
        if order.time_in_force is TimeInForce.FOK and not self._can_fill(order):
            return Outcome((), 0, order.quantity_lots)
        trades = tuple(self._match(order))
        remaining_lots = order.quantity_lots - sum(trade.quantity_lots for trade in trades)
        if remaining_lots and order.may_rest:
            self._rest(order, remaining_lots)
            return Outcome(trades, remaining_lots, 0)
        return Outcome(trades, 0, remaining_lots)

    def cancel(self, order_id: str) -> int | None:
        """Take a resting order out; answers the lots it still had, None when it is not open."""
        resting = self._resting.get(order_id)
        if resting is None:
            return None
        self._remove(resting)
        return resting.remaining_lots

    def end_session(self) -> dict[str, int]:
        """Expire every resting day order; answers their remaining lots by order id."""
        expired = [
            resting
            for resting in self._resting.values()
            if resting.order.time_in_force is TimeInForce.DAY
        ]
        for resting in expired:
            self._remove(resting)
        return {resting.order.order_id: resting.remaining_lots for resting in expired}

    def is_marketable(self, order: Order) -> bool:
        """Whether the order would trade on arrival."""
        queue = self._queues[order.side.opposite]
        return bool(queue) and self._trades_at(order, self._resting[queue[0][2]])

    def best_price_ticks(self, side: Side) -> int | None:
        queue = self._queues[side]
        return abs(queue[0][0]) if queue else None

    def open_orders(self, side: Side) -> list[tuple[str, int, int]]:
        """(order id, price in ticks, remaining lots) in the order in which they would trade."""
        return [
            (order_id, abs(rank), self._resting[order_id].remaining_lots)
            for rank, _, order_id in self._queues[side]
        ]

    def _match(self, order: Order) -> list[Trade]:
        trades: list[Trade] = []
        queue = self._queues[order.side.opposite]
        remaining_lots = order.quantity_lots
        while remaining_lots and queue:
            maker = self._resting[queue[0][2]]
            if not self._trades_at(order, maker):
                break
            lots = min(remaining_lots, maker.remaining_lots)
            trades.append(
                Trade(
                    price_ticks=_price(maker),
                    quantity_lots=lots,
                    maker_order_id=maker.order.order_id,
                    taker_order_id=order.order_id,
                    taker_side=order.side,
                )
            )
            remaining_lots -= lots
            maker.remaining_lots -= lots
            if not maker.remaining_lots:
                self._remove(maker)
        return trades

    def _can_fill(self, order: Order) -> bool:
        available_lots = 0
        for _, _, order_id in self._queues[order.side.opposite]:
            maker = self._resting[order_id]
            if available_lots >= order.quantity_lots or not self._trades_at(order, maker):
                break
            available_lots += maker.remaining_lots
        return available_lots >= order.quantity_lots

    def _trades_at(self, order: Order, maker: _Resting) -> bool:
        if order.limit_price_ticks is None:
            return True
        if order.side is Side.BUY:
            return order.limit_price_ticks >= _price(maker)
        return order.limit_price_ticks <= _price(maker)

    def _rest(self, order: Order, remaining_lots: int) -> None:
        assert order.limit_price_ticks is not None
        price_ticks = order.limit_price_ticks
        rank = price_ticks if order.side is Side.SELL else -price_ticks
        place = (rank, len(self._seen), order.order_id)
        insort(self._queues[order.side], place)
        self._resting[order.order_id] = _Resting(order, place, remaining_lots)

    def _remove(self, resting: _Resting) -> None:
        queue = self._queues[resting.order.side]
        del queue[bisect_left(queue, resting.place)]
        del self._resting[resting.order.order_id]


def _price(resting: _Resting) -> int:
    return abs(resting.place[0])
