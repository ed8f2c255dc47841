"""All that a stream may say of one symbol, built from its events. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chassis.event_log.events import Event
from market_data.assets.catalog import Asset
from market_data.streams.bars import Bars
from market_data.streams.book import Book, Resting
from market_data.streams.tape import Tape, Trade
from market_data.worker import changes
from market_data.worker.changes import RESTING_TIMES_IN_FORCE, OrderAccepted, OrderEnded


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

    def session_ended(self) -> None:
        """What expired with the session has all been told."""
        self.book.session_ended()


def _accepted(to: Instrument, event: Event) -> None:
    order = msgspec.convert(event.data, OrderAccepted)
    resting = Resting(order.side, order.limit_price_ticks, order.quantity_lots)
    rests = order.order_type == "limit" and order.time_in_force in RESTING_TIMES_IN_FORCE
    to.book.accept((event.sequence, event.time_ns), order.order_id, resting, rests=rests)


def _trade(to: Instrument, event: Event) -> None:
    trade = msgspec.convert(event.data, changes.Trade)
    to.book.trade(
        (event.sequence, event.time_ns),
        (trade.maker_order_id, trade.maker_remaining_lots),
        (trade.taker_order_id, trade.taker_remaining_lots),
    )
    told = Trade(
        event.sequence, event.time_ns, trade.price_ticks, trade.quantity_lots, trade.taker_side
    )
    to.tape.add(told)
    to.bars.add(told)
    to.last_ticks = told.price_ticks


def _cancelled(to: Instrument, event: Event) -> None:
    ended = msgspec.convert(event.data, OrderEnded)
    to.book.end((event.sequence, event.time_ns), ended.order_id)


def _expired(to: Instrument, event: Event) -> None:
    ended = msgspec.convert(event.data, OrderEnded)
    to.book.end((event.sequence, event.time_ns), ended.order_id, expired=True)


def _listed(_to: Instrument, _event: Event) -> None:
    """An empty book is news too."""


_STEPS: dict[str, Callable[[Instrument, Event], Any]] = {
    "symbol_listed": _listed,
    "order_accepted": _accepted,
    "trade": _trade,
    "order_cancelled": _cancelled,
    "order_expired": _expired,
}

KINDS = frozenset(_STEPS)
"""The kinds of events that are about one symbol."""
