"""One symbol's order book in memory, with what changed since any of its numbers. Pure.

The book is fed whole commands (`commands.py`). Where one is told in parts, since it is too long, or the database ended
within it when the streams began, a taker that crosses the spread is kept aside until its trades are over, and `whole`
says whether the events so far can end a command. Only shown lots are in it, and no order that waits for its trigger.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass

from market_data.journal import OrderReplaced, Side, shown_lots

Level = tuple[int, int, int]
"""Price in ticks, quantity in lots, number of orders. Quantity 0: there is no such level any more."""

At = tuple[int, int]
"""Sequence and time of an event."""

MAX_CHANGES = 2000
"""So many changed levels are remembered. Who is further behind gets the whole book, which is shorter then."""


@dataclass(slots=True)
class Resting:
    """What is left of an order."""

    side: Side
    price_ticks: int
    remaining_lots: int
    display_lots: int | None = None
    """Of an iceberg: the most that it shows."""
    taken_lots: int = 0
    """Traded since it came to rest."""

    @property
    def shown_lots(self) -> int:
        return shown_lots(self.remaining_lots, self.display_lots, self.taken_lots)


@dataclass(slots=True)
class _Taker:
    order_id: str
    order: Resting | None
    """None: it never rests, and leaves when it is used up or cancelled."""


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
        self._dormant: dict[str, Resting] = {}
        """Orders that will rest, or trade first, when they are triggered."""
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

    def load(self, order_id: str, order: Resting, *, dormant: bool = False) -> None:
        """Put in an order that rested, or waited to, already when this book began."""
        if dormant:
            self._dormant[order_id] = order
        else:
            self._rest(order_id, order)

    def accept(self, at: At, order_id: str, order: Resting | None) -> None:
        """An order came to trade, and to rest if it is given. `at` is the event's sequence and time, here as below."""
        self._expiring = False
        # The taker before this one rests already, unless the log broke off in the middle of its command.
        self._let_taker_rest(at)
        self._taker = _Taker(order_id, order)
        self._rest_unless_it_trades(at)

    def wait(self, order_id: str, order: Resting) -> None:
        """An order came that rests only after its trigger."""
        # The other leg of its pair may be in the middle of its trades.
        self._dormant[order_id] = order

    def trigger(self, at: At, order_id: str) -> None:
        """An order that waited is a taker now. One that will never rest is not known here."""
        self._expiring = False
        self._let_taker_rest(at)
        self._taker = _Taker(order_id, self._dormant.pop(order_id, None))
        self._rest_unless_it_trades(at)

    def trade(self, at: At, maker: tuple[str, int], taker: tuple[str, int], lots: int) -> None:
        """A trade of `lots`: both orders' ids and what is left of them."""
        self._reduce(at, *maker, taken_lots=lots)
        if self._taker is None or self._taker.order_id != taker[0]:
            self._reduce(at, *taker)  # the book began in the middle of its command
        elif taker[1] == 0:
            self._taker = None
        elif self._taker.order is not None:
            self._taker.order.remaining_lots = taker[1]
        self._rest_unless_it_trades(at)

    def reprice(self, at: At, order_id: str, price_ticks: int) -> None:
        """An order that would have traded is to rest at another price."""
        if self._taker is not None and self._taker.order_id == order_id:
            if self._taker.order is not None:
                self._taker.order.price_ticks = price_ticks
        elif (order := self._take_out(at, order_id)) is not None:
            # The book began in the middle of its command.
            order.price_ticks = price_ticks
            self._rest(order_id, order)
            self._remember(at, order)
        self._rest_unless_it_trades(at)

    def reduce(self, at: At, order_id: str, remaining_lots: int) -> None:
        """An order lost lots without a trade."""
        if self._taker is not None and self._taker.order_id == order_id:
            if self._taker.order is not None:
                self._taker.order.remaining_lots = remaining_lots
        elif order_id in self._dormant:
            self._dormant[order_id].remaining_lots = remaining_lots
        else:
            self._reduce(at, order_id, remaining_lots)
        self._rest_unless_it_trades(at)

    def replace(self, at: At, order: OrderReplaced) -> None:
        """An order has a new id and other values; without its place an active one is a taker again."""
        self._expiring = False
        self._let_taker_rest(at)
        new_id = order.new_order_id
        dormant = self._dormant.pop(order.order_id, None)
        if dormant is not None:
            dormant.price_ticks = order.limit_price_ticks
            dormant.remaining_lots = order.remaining_lots
            self._dormant[new_id] = dormant
        elif order.keeps_priority:
            self._reduce(at, order.order_id, order.remaining_lots)
            if (kept := self._orders.pop(order.order_id, None)) is not None:
                self._orders[new_id] = kept
        elif (active := self._take_out(at, order.order_id)) is not None:
            active.price_ticks = order.limit_price_ticks
            active.remaining_lots = order.remaining_lots
            active.taken_lots = 0
            self._taker = _Taker(new_id, active)
            self._rest_unless_it_trades(at)

    def end(self, at: At, order_id: str, *, more_may: bool = False) -> None:
        """An order was cancelled or expired. `more_may`: so may others by the same command, until `expired`."""
        self._expiring = self._expiring or more_may
        if self._taker is not None and self._taker.order_id == order_id:
            self._taker = None
        elif self._dormant.pop(order_id, None) is None:
            self._reduce(at, order_id, 0)
            self._rest_unless_it_trades(at)

    def expired(self) -> bool:
        """No more orders expire; whether some did."""
        some, self._expiring = self._expiring, False
        return some

    def _rest_unless_it_trades(self, at: At) -> None:
        taker = self._taker
        if taker is not None and taker.order is not None and not self._can_trade(taker.order):
            self._let_taker_rest(at)

    def _let_taker_rest(self, at: At) -> None:
        taker, self._taker = self._taker, None
        if taker is not None and taker.order is not None:
            self._rest(taker.order_id, taker.order)
            self._remember(at, taker.order)

    def _rest(self, order_id: str, order: Resting) -> None:
        self._orders[order_id] = order
        self._side(order.side).change(order.price_ticks, order.shown_lots, 1)

    def _take_out(self, at: At, order_id: str) -> Resting | None:
        """Leave the queue with all lots that are left; none if it never rested."""
        order = self._orders.pop(order_id, None)
        if order is not None:
            self._side(order.side).change(order.price_ticks, -order.shown_lots, -1)
            self._remember(at, order)
        return order

    def _reduce(self, at: At, order_id: str, remaining_lots: int, taken_lots: int = 0) -> None:
        if remaining_lots == 0:
            self._take_out(at, order_id)
            return
        order = self._orders.get(order_id)
        if order is None:
            return  # it never rested
        shown = order.shown_lots
        order.remaining_lots = remaining_lots
        order.taken_lots += taken_lots
        self._side(order.side).change(order.price_ticks, order.shown_lots - shown, 0)
        self._remember(at, order)

    def _remember(self, at: At, order: Resting) -> None:
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
