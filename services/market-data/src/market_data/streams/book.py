"""One symbol's order book in memory, with what changed since any of its numbers. Pure.

The book is never seen in the middle of a command. A taker that crosses the spread is kept aside until its trades
are over, and `whole` says whether the events so far end where a command does.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass

from market_data.journal import Side

Level = tuple[int, int, int]
"""Price in ticks, quantity in lots, number of orders. Quantity 0: there is no such level any more."""

MAX_CHANGES = 2000
"""So many changed levels are remembered. Who is further behind gets the whole book, which is shorter then."""


@dataclass(slots=True)
class Resting:
    """What is left of an order."""

    side: Side
    price_ticks: int
    remaining_lots: int


@dataclass(slots=True)
class _Taker:
    order_id: str
    order: Resting
    rests: bool
    """Whether its remainder will rest when nothing is left to trade with."""


class _BookSide:
    """Levels of one side, prices ascending."""

    __slots__ = ("levels", "prices")

    def __init__(self) -> None:
        self.prices: list[int] = []
        self.levels: dict[int, tuple[int, int]] = {}

    def change(self, price: int, lots: int, orders: int) -> None:
        found = self.levels.get(price)
        if found is None:
            insort(self.prices, price)
            self.levels[price] = (lots, orders)
            return
        orders += found[1]
        if orders > 0:
            self.levels[price] = (found[0] + lots, orders)
        else:
            del self.levels[price]
            del self.prices[bisect_left(self.prices, price)]

    def at(self, price: int) -> Level:
        lots, orders = self.levels.get(price, (0, 0))
        return price, lots, orders


class Book:
    """Fed with the events of its symbol, in order. `sequence` and `time_ns` are those of its last change."""

    def __init__(self, sequence: int = 0, time_ns: int = 0) -> None:
        self.sequence = sequence
        self.time_ns = time_ns
        self._bids = _BookSide()
        self._asks = _BookSide()
        self._orders: dict[str, Resting] = {}
        self._taker: _Taker | None = None
        self._expiring = False
        self._changes: dict[tuple[Side, int], int] = {}
        """The sequence of each level's last change, oldest first."""
        self._forgotten = sequence
        """Changes up to here are not remembered."""

    @property
    def whole(self) -> bool:
        """Whether this is a book between two commands."""
        return self._taker is None and not self._expiring and not self._is_crossed()

    @property
    def bid(self) -> Level | None:
        """The best one."""
        return self._bids.at(self._bids.prices[-1]) if self._bids.prices else None

    @property
    def ask(self) -> Level | None:
        """The best one."""
        return self._asks.at(self._asks.prices[0]) if self._asks.prices else None

    @property
    def size(self) -> int:
        """The number of levels."""
        return len(self._bids.prices) + len(self._asks.prices)

    def levels(self) -> tuple[list[Level], list[Level]]:
        """All bids and all asks, best first."""
        bids, asks = self._bids, self._asks
        return (
            [bids.at(price) for price in reversed(bids.prices)],
            [asks.at(price) for price in asks.prices],
        )

    def changes_since(self, sequence: int) -> tuple[list[Level], list[Level]] | None:
        """Bids and asks that changed after `sequence`, in their newest state; none when that is too long ago."""
        if sequence < self._forgotten:
            return None
        bids: list[Level] = []
        asks: list[Level] = []
        for (side, price), changed in reversed(self._changes.items()):
            if changed <= sequence:
                break
            if side == "buy":
                bids.append(self._bids.at(price))
            else:
                asks.append(self._asks.at(price))
        return bids, asks

    def load(self, order_id: str, order: Resting) -> None:
        """Put in an order that rested already when this book began."""
        self._orders[order_id] = order
        self._side(order.side).change(order.price_ticks, order.remaining_lots, 1)

    def accept(self, at: tuple[int, int], order_id: str, order: Resting, *, rests: bool) -> None:
        """An order came: it rests, or trades first. `at` is the event's sequence and time, here as below."""
        self._expiring = False
        # The taker before this one rests already, unless the log broke off in the middle of its command.
        self._let_taker_rest(at)
        self._taker = _Taker(order_id, order, rests)
        if rests and not self._can_trade(order):
            self._let_taker_rest(at)

    def trade(self, at: tuple[int, int], maker: tuple[str, int], taker: tuple[str, int]) -> None:
        """A trade: both orders' ids and what is left of them."""
        self._reduce(at, *maker)
        taking = self._taker
        if taking is None or taking.order_id != taker[0]:
            self._reduce(at, *taker)  # the book began in the middle of its command
            return
        taking.order.remaining_lots = taker[1]
        if taker[1] == 0:
            self._taker = None
        elif taking.rests and not self._can_trade(taking.order):
            self._let_taker_rest(at)

    def end(self, at: tuple[int, int], order_id: str, *, expired: bool = False) -> None:
        """An order was cancelled or expired. More may expire by the same command, until `session_ended`."""
        self._expiring = expired
        if self._taker is not None and self._taker.order_id == order_id:
            self._taker = None
        else:
            self._reduce(at, order_id, 0)

    def session_ended(self) -> None:
        """No more orders expire."""
        self._expiring = False

    def _let_taker_rest(self, at: tuple[int, int]) -> None:
        taker, self._taker = self._taker, None
        if taker is not None and taker.rests:
            self.load(taker.order_id, taker.order)
            self._remember(at, taker.order)

    def _reduce(self, at: tuple[int, int], order_id: str, remaining_lots: int) -> None:
        order = self._orders.get(order_id)
        if order is None:
            return  # it never rested
        if remaining_lots == 0:
            del self._orders[order_id]
        fewer = remaining_lots - order.remaining_lots
        self._side(order.side).change(order.price_ticks, fewer, -1 if remaining_lots == 0 else 0)
        order.remaining_lots = remaining_lots
        self._remember(at, order)

    def _remember(self, at: tuple[int, int], order: Resting) -> None:
        self.sequence, self.time_ns = at
        level = (order.side, order.price_ticks)
        self._changes.pop(level, None)
        self._changes[level] = self.sequence
        if len(self._changes) > MAX_CHANGES:
            oldest = next(iter(self._changes))
            self._forgotten = self._changes.pop(oldest)

    def _side(self, side: Side) -> _BookSide:
        return self._bids if side == "buy" else self._asks

    def _can_trade(self, order: Resting) -> bool:
        if order.side == "buy":
            return bool(self._asks.prices) and self._asks.prices[0] <= order.price_ticks
        return bool(self._bids.prices) and self._bids.prices[-1] >= order.price_ticks

    def _is_crossed(self) -> bool:
        bids, asks = self._bids.prices, self._asks.prices
        return bool(bids and asks) and bids[-1] >= asks[0]
