"""One symbol's book: priority, order types, triggers, self-trade prevention, linked orders.

The rules are docs/matching-rules.md; their letters stand where they are kept. Everything is a list
or a dictionary, and is looked through from its start: clear before fast.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator

from oracle.orders import OpenOrder, Side, State

# Writes an event: its kind, then its data's members in their order.
Emit = Callable[..., None]

# Stands for the id of the command under decision, which the book need not know.
THE_COMMANDS = "the command's"

HIGHEST_TICKS = 10**15


class BookSide:
    """The active orders of one side: a queue for each price."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.prices: list[int] = []  # ascending
        self.queues: dict[int, list[OpenOrder]] = {}

    def __iter__(self) -> Iterator[OpenOrder]:
        """In the order in which they would trade (P1, P2)."""
        for price_ticks in reversed(self.prices) if self.side is Side.BUY else self.prices:
            yield from self.queues[price_ticks]

    @property
    def touch_ticks(self) -> int | None:
        if not self.prices:
            return None
        return self.prices[-1] if self.side is Side.BUY else self.prices[0]

    @property
    def first(self) -> OpenOrder | None:
        touch_ticks = self.touch_ticks
        return None if touch_ticks is None else self.queues[touch_ticks][0]

    def join(self, order: OpenOrder) -> None:
        """To the back of the queue of its price."""
        if order.limit_price_ticks not in self.queues:
            insort(self.prices, order.limit_price_ticks)
            self.queues[order.limit_price_ticks] = []
        self.queues[order.limit_price_ticks].append(order)

    def leave(self, order: OpenOrder) -> None:
        queue = self.queues[order.limit_price_ticks]
        queue.remove(order)
        if not queue:
            self.prices.remove(order.limit_price_ticks)
            del self.queues[order.limit_price_ticks]


class OrderBook:
    """One symbol. The market decides what may come in, and reads `open_orders` for it."""

    def __init__(self, symbol: str, emit: Emit) -> None:
        self.symbol = symbol
        self.emit = emit
        self.is_halted = False
        self.levels_per_side = 0  # the market's limits, kept up to date by it
        self.trades_per_order = 0
        self.last_trade_ticks: int | None = None
        self.sides = {side: BookSide(side) for side in Side}
        self.dormant: list[OpenOrder] = []  # in the order in which they became so
        self.triggered: list[OpenOrder] = []  # the line of G3
        self.open_orders: dict[str, OpenOrder] = {}

    # --- What the market asks ---------------------------------------------------------------------

    def would_trade(self, order: OpenOrder, limit_price_ticks: int) -> bool:
        """Whether the other side's touch is at this limit or better (O7), whoever owns it."""
        touch_ticks = self.sides[order.side.opposite].touch_ticks
        return touch_ticks is not None and order.side.reaches(limit_price_ticks, touch_ticks)

    def post_only_price_ticks(self, order: OpenOrder, limit_price_ticks: int) -> int | None:
        """Where a post-only order with this limit would rest (O7). None: it is to be rejected."""
        if not self.would_trade(order, limit_price_ticks):
            return limit_price_ticks
        touch_ticks = self.sides[order.side.opposite].touch_ticks
        assert touch_ticks is not None
        behind_ticks = touch_ticks - 1 if order.side is Side.BUY else touch_ticks + 1
        may_move = order.post_only == "reprice" and 1 <= behind_ticks <= HIGHEST_TICKS
        return behind_ticks if may_move else None

    def shown_levels(self, side: Side) -> list[tuple[int, int, int]]:
        """(price in ticks, shown lots, orders) of each price of a side, best first."""
        queues = self.sides[side].queues
        return [
            (
                price_ticks,
                sum(order.shown_lots for order in queues[price_ticks]),
                len(queues[price_ticks]),
            )
            for price_ticks in sorted(queues, reverse=side is Side.BUY)
        ]

    @property
    def trailing_stops(self) -> int:
        return sum(order.is_trailing for order in self.dormant)

    def in_book_order(self) -> list[OpenOrder]:
        """Every open order in the order of C2."""
        active = [order for side in (Side.BUY, Side.SELL) for order in self.sides[side]]
        return active + self._by_trigger(self.dormant)

    # --- What the market does ---------------------------------------------------------------------

    def place(self, *orders: OpenOrder) -> None:
        """Take in what was accepted: an order, or the limit leg and the stop leg of a pair (L2)."""
        for order in orders:
            self.open_orders[order.order_id] = order
        if len(orders) == 2:
            limit, stop = orders
            limit.partner, stop.partner = stop, limit
        for order in reversed(orders):  # the stop is dormant before the limit order takes
            if order.is_stop:
                if order.is_trailing:
                    assert self.last_trade_ticks is not None
                    order.mark_ticks = self.last_trade_ticks
                self._sleep(order)
            else:
                self.arrive(order)
        for order in orders:
            self._wake_if_due(order)
        self._act()

    def cancel(self, order: OpenOrder, reason: str) -> None:
        """Take it out, and its partner after it (L4)."""
        self._leave(order)
        self._emit_cancelled(order, order.remaining_lots, reason)
        self._cancel_partner(order)

    def expire(self, order: OpenOrder) -> None:
        self._leave(order)
        self.emit(
            "order_expired",
            order_id=order.order_id,
            account_id=order.account_id,
            symbol=self.symbol,
            remaining_lots=order.remaining_lots,
            command_id=THE_COMMANDS,
        )
        self._cancel_partner(order)

    def rename(self, order: OpenOrder, new_order_id: str) -> None:
        del self.open_orders[order.order_id]
        order.order_id = new_order_id
        self.open_orders[new_order_id] = order

    def requeue(self, order: OpenOrder, change: Callable[[], None]) -> None:
        """C5: change an order that loses its place; `change` writes the event."""
        if order.state is State.DORMANT:
            self.dormant.remove(order)
            change()
            self._sleep(order)
            self._wake_if_due(order)
        else:
            self.sides[order.side].leave(order)
            order.state = State.TAKING
            change()
            self.arrive(order)
        self._act()

    def arrive(self, order: OpenOrder) -> None:
        """An order that is no stop comes to the book."""
        if order.post_only is not None:
            price_ticks = self.post_only_price_ticks(order, order.limit_price_ticks)
            assert price_ticks is not None  # else the market has rejected it
            if price_ticks != order.limit_price_ticks:
                order.limit_price_ticks = price_ticks
                self.emit(
                    "order_repriced",
                    order_id=order.order_id,
                    account_id=order.account_id,
                    symbol=self.symbol,
                    limit_price_ticks=price_ticks,
                )
        self._take(order)

    # --- Taking -----------------------------------------------------------------------------------

    def _take(self, taker: OpenOrder) -> None:
        """P3 and P5: trade, then do with the remainder what its type and time in force say."""
        minimum_lots, taker.minimum_lots = taker.minimum_lots, None
        if taker.time_in_force == "fok" and not self._could_trade(taker, taker.remaining_lots):
            self.cancel(taker, "fill_or_kill")
            return
        if minimum_lots is not None and not self._could_trade(taker, minimum_lots):
            self.cancel(taker, "minimum_quantity")
            return
        trades = 0
        while taker.is_open and (maker := self._next_maker(taker)) is not None:
            if trades >= self.trades_per_order:
                self.cancel(taker, "too_many_trades")  # P8
                return
            trades += self._meet(maker, taker)
        if not taker.is_open:
            return
        if taker.order_type not in ("limit", "stop_limit"):
            self.cancel(taker, "collar")
        elif not taker.may_rest:
            self.cancel(taker, "immediate_or_cancel")
        else:
            self._rest(taker)

    def _rest(self, order: OpenOrder) -> None:
        side = self.sides[order.side]
        if order.limit_price_ticks not in side.queues and len(side.prices) >= self.levels_per_side:
            self.cancel(order, "too_many_levels")  # P7
            return
        order.state = State.ACTIVE
        order.show()
        side.join(order)

    def _next_maker(self, taker: OpenOrder) -> OpenOrder | None:
        if not self.would_trade(taker, taker.limit_price_ticks):
            return None
        return self.sides[taker.side.opposite].first

    def _meet(self, maker: OpenOrder, taker: OpenOrder) -> bool:
        """One step of a match: a trade, or what self-trade prevention makes of it (S)."""
        mode = taker.self_trade_prevention
        if maker.account_id != taker.account_id or mode == "none":
            self._trade(maker, taker)
            return True
        if mode == "decrement":
            lots = min(maker.remaining_lots, taker.remaining_lots)
            self._decrement(maker, lots)
            self._decrement(taker, lots)
        else:
            if mode in ("cancel_oldest", "cancel_both"):
                self.cancel(maker, "self_trade")
            if mode in ("cancel_newest", "cancel_both"):
                self.cancel(taker, "self_trade")
        return False

    def _trade(self, maker: OpenOrder, taker: OpenOrder) -> None:
        lots = min(maker.shown_lots, taker.remaining_lots)
        price_ticks = maker.limit_price_ticks
        maker.shown_lots -= lots
        maker.remaining_lots -= lots
        taker.remaining_lots -= lots
        if maker.remaining_lots == 0:
            self._leave(maker)
        elif maker.shown_lots == 0:  # O6: an iceberg shows anew, at the back
            self.sides[maker.side].leave(maker)
            maker.show()
            self.sides[maker.side].join(maker)
        if taker.remaining_lots == 0:
            self._leave(taker)
        self.emit(
            "trade",
            symbol=self.symbol,
            price_ticks=price_ticks,
            quantity_lots=lots,
            taker_side=taker.side.value,
            maker_order_id=maker.order_id,
            maker_account_id=maker.account_id,
            maker_remaining_lots=maker.remaining_lots,
            taker_order_id=taker.order_id,
            taker_account_id=taker.account_id,
            taker_remaining_lots=taker.remaining_lots,
        )
        self._trigger(price_ticks)
        self._reduce_partner(maker, lots)  # L6: the maker's first
        self._reduce_partner(taker, lots)

    def _decrement(self, order: OpenOrder, lots: int) -> None:
        """S3: lose lots without a trade."""
        if order.remaining_lots == lots:
            self.cancel(order, "self_trade")
            return
        order.lose(lots)
        self._emit_reduced(order, lots, "self_trade")
        self._reduce_partner(order, lots)

    def _could_trade(self, taker: OpenOrder, wanted_lots: int) -> bool:
        """T5: whether the taker would trade so many lots now, found by going through the match."""
        counted, left, trades = 0, taker.remaining_lots, 0
        own_mode = taker.self_trade_prevention
        makers = self.sides[taker.side.opposite]
        for price_ticks in makers.prices if taker.side is Side.BUY else reversed(makers.prices):
            if not taker.side.reaches(taker.limit_price_ticks, price_ticks):
                break
            trades += sum(self._showings(maker) for maker in makers.queues[price_ticks])
            if trades > self.trades_per_order:
                return False
            # What each maker of this price shows, and its reserve, in the order of the queue.
            queue = [
                (maker, maker.shown_lots, maker.remaining_lots - maker.shown_lots)
                for maker in makers.queues[price_ticks]
            ]
            while queue and left:
                maker, shown, reserve = queue.pop(0)
                if maker.account_id == taker.account_id and own_mode != "none":
                    if own_mode in ("cancel_newest", "cancel_both"):
                        return counted >= wanted_lots
                    if own_mode == "decrement":
                        left -= min(left, shown + reserve)
                    continue
                lots = min(left, shown)
                counted += lots
                left -= lots
                if lots == shown and reserve:
                    shown_anew = min(maker.display_lots or reserve, reserve)
                    queue.append((maker, shown_anew, reserve - shown_anew))
            if counted >= wanted_lots or not left:
                return counted >= wanted_lots
        return False

    @staticmethod
    def _showings(maker: OpenOrder) -> int:
        """How often it would be shown until nothing is left of it, now included (T5)."""
        reserve = maker.remaining_lots - maker.shown_lots
        return 1 + -(-reserve // (maker.display_lots or 1))

    # --- Triggers ---------------------------------------------------------------------------------

    def _sleep(self, order: OpenOrder) -> None:
        order.state = State.DORMANT
        self.dormant.append(order)

    def _wake_if_due(self, order: OpenOrder) -> None:
        """G2: the last trade triggers it."""
        if (
            order.state is State.DORMANT
            and self.last_trade_ticks is not None
            and order.is_triggered_by(self.last_trade_ticks)
        ):
            self._line_up(order)

    def _trigger(self, price_ticks: int) -> None:
        """G1, G4, G5: what a trade at this price does to the dormant."""
        self.last_trade_ticks = price_ticks
        for order in self.dormant:
            if order.is_trailing:
                better = min if order.side is Side.BUY else max
                order.mark_ticks = better(order.mark_ticks, price_ticks)
        for order in self._by_trigger(self.dormant):
            if order.is_triggered_by(price_ticks):
                self._line_up(order)

    def _by_trigger(self, dormant: list[OpenOrder]) -> list[OpenOrder]:
        """The order of G4. Sorting keeps the order in which equals became dormant."""
        fixed = [order for order in dormant if not order.is_trailing]
        trailing = [order for order in dormant if order.is_trailing]
        buys = [order for order in fixed if order.side is Side.BUY]
        sells = [order for order in fixed if order.side is Side.SELL]
        return [
            *sorted(buys, key=lambda order: order.trigger_ticks),
            *sorted(sells, key=lambda order: -order.trigger_ticks),
            *(order for order in trailing if order.side is Side.BUY),
            *(order for order in trailing if order.side is Side.SELL),
        ]

    def _line_up(self, order: OpenOrder) -> None:
        self.dormant.remove(order)
        order.stop_price_ticks = order.trigger_ticks
        order.state = State.TRIGGERED
        self.triggered.append(order)

    def _act(self) -> None:
        """G3: triggered orders act one after the other; what they trigger joins the line."""
        while self.triggered:
            order = self.triggered.pop(0)
            order.state = State.TAKING
            self.emit(
                "order_triggered",
                order_id=order.order_id,
                account_id=order.account_id,
                symbol=self.symbol,
                stop_price_ticks=order.stop_price_ticks,
            )
            order.stop_price_ticks = None
            self._cancel_partner(order)  # L4
            self._take(order)

    # --- Leaving ----------------------------------------------------------------------------------

    def _leave(self, order: OpenOrder) -> None:
        del self.open_orders[order.order_id]
        if order.state is State.ACTIVE:
            self.sides[order.side].leave(order)
        elif order.state is State.DORMANT:
            self.dormant.remove(order)
        elif order.state is State.TRIGGERED:
            self.triggered.remove(order)
        order.state = State.GONE

    def _cancel_partner(self, order: OpenOrder) -> None:
        partner = self._unlink(order)
        if partner is not None:
            self.cancel(partner, "oco")

    def _reduce_partner(self, order: OpenOrder, lots: int) -> None:
        """L3, after an order lost lots to a trade or a reduction."""
        if order.partner is None:
            return
        if order.remaining_lots == 0:
            self._cancel_partner(order)
            return
        order.partner.lose(lots)
        self._emit_reduced(order.partner, lots, "oco")

    @staticmethod
    def _unlink(order: OpenOrder) -> OpenOrder | None:
        partner = order.partner
        if partner is not None:
            order.partner = partner.partner = None
        return partner

    def _emit_cancelled(self, order: OpenOrder, lots: int, reason: str) -> None:
        self.emit(
            "order_cancelled",
            order_id=order.order_id,
            account_id=order.account_id,
            symbol=self.symbol,
            remaining_lots=lots,
            command_id=THE_COMMANDS,
            reason=reason,
        )

    def _emit_reduced(self, order: OpenOrder, lots: int, reason: str) -> None:
        self.emit(
            "order_reduced",
            order_id=order.order_id,
            account_id=order.account_id,
            symbol=self.symbol,
            reduced_lots=lots,
            remaining_lots=order.remaining_lots,
            reason=reason,
        )
