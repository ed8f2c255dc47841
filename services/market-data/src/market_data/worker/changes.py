"""What a run of engine events comes to: pure, so that it can be tested against a plainer order book.

Only the net effect is kept, since it is written in a few set-based statements: an order that came and went
inside one run never reaches the database.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import msgspec

from chassis.event_log.events import Event
from market_data.journal import Position, Side

RESTING_TIMES_IN_FORCE = frozenset({"day", "gtc"})


class OrderAccepted(msgspec.Struct, frozen=True):
    """The fields of the event that matter here; so for all of these."""

    order_id: str
    symbol: str
    side: Side
    order_type: Literal["limit", "market"]
    time_in_force: Literal["day", "gtc", "ioc", "fok"]
    limit_price_ticks: int
    quantity_lots: int


class Trade(msgspec.Struct, frozen=True):
    symbol: str
    price_ticks: int
    quantity_lots: int
    taker_side: Side
    maker_order_id: str
    maker_remaining_lots: int
    taker_order_id: str
    taker_remaining_lots: int


class OrderEnded(msgspec.Struct, frozen=True):
    """`order_cancelled` and `order_expired`."""

    order_id: str
    symbol: str


class SymbolListed(msgspec.Struct, frozen=True):
    symbol: str


@dataclass(frozen=True, slots=True)
class RestingOrder:
    symbol: str
    side: Side
    price_ticks: int
    remaining_lots: int


@dataclass(slots=True)
class Changes:
    """The net effect of consecutive events. An order id stands in at most one of `placed` and `reduced`."""

    trades: list[tuple[Position, Trade]] = field(default_factory=list)
    placed: dict[str, RestingOrder] = field(default_factory=dict)
    """Orders that now rest and did not before."""
    reduced: dict[str, int] = field(default_factory=dict)
    """What is left of orders from earlier runs. May name takers that never rested; they match no row."""
    removed: set[str] = field(default_factory=set)
    """Orders of earlier runs that rest no more. To be carried out before `placed`."""
    touched: dict[str, Position] = field(default_factory=dict)
    """Every symbol whose book may have changed, with the last event that did it."""


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


def _order_accepted(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    order = _read(data, OrderAccepted)
    if order.order_type != "limit" or order.time_in_force not in RESTING_TIMES_IN_FORCE:
        return  # it trades or ends, but is never in the book
    changes.touched[order.symbol] = at
    changes.placed[order.order_id] = RestingOrder(
        order.symbol, order.side, order.limit_price_ticks, order.quantity_lots
    )


def _trade(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    trade = _read(data, Trade)
    changes.touched[trade.symbol] = at
    changes.trades.append((at, trade))
    _leave(changes, trade.maker_order_id, trade.maker_remaining_lots)
    _leave(changes, trade.taker_order_id, trade.taker_remaining_lots)


def _order_ended(changes: Changes, at: Position, data: dict[str, Any]) -> None:
    ended = _read(data, OrderEnded)
    changes.touched[ended.symbol] = at
    _leave(changes, ended.order_id, 0)


def _leave(changes: Changes, order_id: str, remaining_lots: int) -> None:
    placed = changes.placed.pop(order_id, None)
    if placed is not None:
        if remaining_lots > 0:
            changes.placed[order_id] = RestingOrder(
                placed.symbol, placed.side, placed.price_ticks, remaining_lots
            )
    elif remaining_lots > 0:
        changes.reduced[order_id] = remaining_lots
    else:
        changes.reduced.pop(order_id, None)
        changes.removed.add(order_id)


_Data = TypeVar("_Data", bound=msgspec.Struct)


def _read(data: dict[str, Any], kind: type[_Data]) -> _Data:
    return msgspec.convert(data, kind)


_FOLDS: dict[str, Callable[[Changes, Position, dict[str, Any]], None]] = {
    "symbol_listed": _symbol_listed,
    "order_accepted": _order_accepted,
    "trade": _trade,
    "order_cancelled": _order_ended,
    "order_expired": _order_ended,
}
