"""What a run of engine events comes to: pure, so that it can be tested against a plainer order book.

Only the net effect is kept, since it is written in a few set-based statements: an order that came and went
inside one run never reaches the database.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from chassis.event_log.events import Event
from market_data.journal import (
    OrderAccepted,
    OrderEnded,
    OrderReduced,
    OrderReplaced,
    OrderRepriced,
    OrderTriggered,
    Phase,
    PhaseChanged,
    Position,
    Side,
    SymbolListed,
    Trade,
)


@dataclass(slots=True)
class RestingOrder:
    """An order that rests, or that will when it is triggered. What it shows follows from these."""

    symbol: str
    side: Side
    price_ticks: int
    remaining_lots: int
    display_lots: int | None = None
    """Of an iceberg: the most that it shows."""
    taken_lots: int = 0
    """Traded since it came to rest."""
    dormant: bool = False


@dataclass(slots=True)
class Patch:
    """What becomes of an order from an earlier run. None: as it was."""

    stored_id: str
    """Its id in the database; it may have another one by now."""
    price_ticks: int | None = None
    remaining_lots: int | None = None
    taken_lots: int = 0
    """To be added, to nothing when it arrived anew."""
    anew: bool = False
    triggered: bool = False


@dataclass(slots=True)
class Changes:
    """The net effect of consecutive events. An order stands in at most one of `placed` and `patched`, by its id now."""

    trades: list[tuple[Position, Trade]] = field(default_factory=list)
    placed: dict[str, RestingOrder] = field(default_factory=dict)
    """Orders that now rest, or wait to, and did not before."""
    patched: dict[str, Patch] = field(default_factory=dict)
    """Orders from earlier runs. May name some that never rest: takers, stops. They match no row."""
    removed: set[str] = field(default_factory=set)
    """Orders of earlier runs that rest no more. To be carried out first: a new order may have the same id."""
    touched: dict[str, Position] = field(default_factory=dict)
    """Every symbol whose book may have changed, with the last event that did it."""
    phases: dict[str, Phase] = field(default_factory=dict)
    """Symbols that were halted or resumed."""


def changes_of(events: Iterable[Event]) -> Changes:
    """Fold `events`. Raises `msgspec.ValidationError` for one that does not keep to the contract."""
    changes = Changes()
    for event in events:
        fold = _FOLDS.get(event.kind)
        if fold is not None:
            fold(changes, Position(event.sequence, event.time_ns), event.data)
    return changes


def _symbol_listed(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    changes.touched[_read(data, SymbolListed).symbol] = at


def _phase_changed(changes: Changes, _at: Position, data: dict[str, Any]) -> None:
    changed = _read(data, PhaseChanged)
    changes.phases[changed.symbol] = changed.phase


def _order_accepted(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    order = _read(data, OrderAccepted)
    if not order.may_rest:
        return  # it trades or ends, but is never in the book
    changes.touched[order.symbol] = at
    changes.placed[order.order_id] = RestingOrder(
        order.symbol,
        order.side,
        order.limit_price_ticks,
        order.quantity_lots,
        order.display_lots,
        dormant=order.dormant,
    )


def _order_repriced(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    order = _read(data, OrderRepriced)
    changes.touched[order.symbol] = at
    _of(changes, order.order_id).price_ticks = order.limit_price_ticks


def _trade(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    trade = _read(data, Trade)
    changes.touched[trade.symbol] = at
    changes.trades.append((at, trade))
    _leave(changes, trade.maker_order_id, trade.maker_remaining_lots, taken=trade.quantity_lots)
    _leave(changes, trade.taker_order_id, trade.taker_remaining_lots)


def _order_reduced(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    order = _read(data, OrderReduced)
    changes.touched[order.symbol] = at
    _leave(changes, order.order_id, order.remaining_lots)


def _order_triggered(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    order = _read(data, OrderTriggered)
    changes.touched[order.symbol] = at
    found = _of(changes, order.order_id)
    if isinstance(found, RestingOrder):
        found.dormant = False
    else:
        found.triggered = True


def _order_replaced(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    order = _read(data, OrderReplaced)
    changes.touched[order.symbol] = at
    found = _of(changes, order.order_id)
    found.price_ticks = order.limit_price_ticks
    found.remaining_lots = order.remaining_lots
    if not order.keeps_priority:
        found.taken_lots = 0
    if isinstance(found, RestingOrder):
        changes.placed[order.new_order_id] = changes.placed.pop(order.order_id)
    else:
        found.anew = found.anew or not order.keeps_priority
        changes.patched[order.new_order_id] = changes.patched.pop(order.order_id)


def _order_ended(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    ended = _read(data, OrderEnded)
    changes.touched[ended.symbol] = at
    _leave(changes, ended.order_id, 0)


def _of(changes: Changes, order_id: str) -> RestingOrder | Patch:
    """What is known of an order, to be changed."""
    placed = changes.placed.get(order_id)
    if placed is not None:
        return placed
    return changes.patched.setdefault(order_id, Patch(order_id))


def _leave(changes: Changes, order_id: str, remaining_lots: int, taken: int = 0) -> None:
    if remaining_lots > 0:
        found = _of(changes, order_id)
        found.remaining_lots = remaining_lots
        found.taken_lots += taken
    elif changes.placed.pop(order_id, None) is None:
        patch = changes.patched.pop(order_id, None)
        changes.removed.add(order_id if patch is None else patch.stored_id)


_Data = TypeVar("_Data", bound=msgspec.Struct)


def _read(data: dict[str, Any], kind: type[_Data]) -> _Data:
    return msgspec.convert(data, kind)


_FOLDS: dict[str, Callable[[Changes, Position, dict[str, Any]], None]] = {
    "symbol_listed": _symbol_listed,
    "phase_changed": _phase_changed,
    "order_accepted": _order_accepted,
    "order_repriced": _order_repriced,
    "trade": _trade,
    "order_reduced": _order_reduced,
    "order_triggered": _order_triggered,
    "order_replaced": _order_replaced,
    "order_cancelled": _order_ended,
    "order_expired": _order_ended,
}
"""The other kinds say nothing about trades, books or phases."""
