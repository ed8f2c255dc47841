"""All that a stream may say of one symbol, built from its events. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chassis.event_log.events import Event
from market_data import journal
from market_data.assets.catalog import Asset
from market_data.journal import (
    OrderAccepted,
    OrderEnded,
    OrderReduced,
    OrderReplaced,
    OrderRepriced,
    OrderTriggered,
)
from market_data.streams.bars import Bars
from market_data.streams.book import At, Book, Resting
from market_data.streams.tape import Tape, Trade


@dataclass(slots=True)
class Instrument:
    """`asset` is none until trading has told of it. `changes` grows with everything that a listener may see."""

    symbol: str
    asset: Asset | None = None
    book: Book = field(default_factory=Book)
    tape: Tape = field(default_factory=Tape)
    bars: Bars = field(default_factory=Bars)
    last_ticks: int | None = None
    """The price of the last trade, however long ago."""
    changes: int = 0
    sequence: int = 0
    """Of the last event that was about this symbol, and its time."""
    time_ns: int = 0

    def apply(self, event: Event) -> None:
        """Take one event that is about this symbol, in order. Raises `msgspec.ValidationError`."""
        step = _STEPS.get(event.kind)
        if step is not None:
            step(self, event)
            self.changes += 1
            self.sequence, self.time_ns = event.sequence, event.time_ns

    def reach(self, time_ns: int) -> None:
        """The log has come to this moment."""
        if self.bars.reach(time_ns):
            self.changes += 1

    def told(self) -> None:
        """Everybody was told who could be."""
        self.tape.trim()

    def expired(self) -> bool:
        """What expired, with the session or by a tick, has all been told; whether anything did."""
        return self.book.expired()


def _at(event: Event) -> At:
    return event.sequence, event.time_ns


def _accepted(to: Instrument, event: Event) -> None:
    order = msgspec.convert(event.data, OrderAccepted)
    resting = None
    if order.may_rest:
        resting = Resting(
            order.side, order.limit_price_ticks, order.quantity_lots, order.display_lots
        )
    if not order.dormant:
        to.book.accept(_at(event), order.order_id, resting)
    elif resting is not None:
        to.book.wait(order.order_id, resting)


def _trade(to: Instrument, event: Event) -> None:
    trade = msgspec.convert(event.data, journal.Trade)
    to.book.trade(
        _at(event),
        (trade.maker_order_id, trade.maker_remaining_lots),
        (trade.taker_order_id, trade.taker_remaining_lots),
        trade.quantity_lots,
    )
    told = Trade(
        event.sequence, event.time_ns, trade.price_ticks, trade.quantity_lots, trade.taker_side
    )
    to.tape.add(told)
    to.bars.add(told)
    to.last_ticks = told.price_ticks


def _repriced(to: Instrument, event: Event) -> None:
    order = msgspec.convert(event.data, OrderRepriced)
    to.book.reprice(_at(event), order.order_id, order.limit_price_ticks)


def _reduced(to: Instrument, event: Event) -> None:
    order = msgspec.convert(event.data, OrderReduced)
    to.book.reduce(_at(event), order.order_id, order.remaining_lots)


def _triggered(to: Instrument, event: Event) -> None:
    to.book.trigger(_at(event), msgspec.convert(event.data, OrderTriggered).order_id)


def _replaced(to: Instrument, event: Event) -> None:
    to.book.replace(_at(event), msgspec.convert(event.data, OrderReplaced))


def _cancelled(to: Instrument, event: Event) -> None:
    to.book.end(_at(event), msgspec.convert(event.data, OrderEnded).order_id)


def _expired(to: Instrument, event: Event) -> None:
    to.book.end(_at(event), msgspec.convert(event.data, OrderEnded).order_id, more_may=True)


def _listed(_to: Instrument, _event: Event) -> None:
    """An empty book is news too."""


_STEPS: dict[str, Callable[[Instrument, Event], Any]] = {
    "symbol_listed": _listed,
    "order_accepted": _accepted,
    "order_repriced": _repriced,
    "trade": _trade,
    "order_reduced": _reduced,
    "order_triggered": _triggered,
    "order_replaced": _replaced,
    "order_cancelled": _cancelled,
    "order_expired": _expired,
}

KINDS = frozenset(_STEPS)
"""The kinds of events that are about one symbol's book or trades."""
EXPIRIES_ARE_OVER = frozenset({"session_ended", "tick"})
"""The kinds that end a command by which orders of many symbols may expire."""
