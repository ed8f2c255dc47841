"""One trade update: what happened to an order, caught at that moment and encoded once, as it is stored and sent."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from trading.domain.asset import Asset
from trading.domain.money import plain
from trading.domain.order import Order
from trading.orders.schemas import order_document

_STEP = timedelta(microseconds=1)

_encode = msgspec.json.Encoder().encode


class TradeEvent(StrEnum):
    """The events of a trade update, in Alpaca's words."""

    NEW = "new"
    PARTIAL_FILL = "partial_fill"
    FILL = "fill"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    REPLACED = "replaced"
    """Told of the old order; the new one's `new` follows."""
    ORDER_REPLACE_REJECTED = "order_replace_rejected"
    """Told of the old order, which stands as before."""
    ORDER_CANCEL_REJECTED = "order_cancel_rejected"
    SUSPENDED = "suspended"
    """Its symbol was halted."""
    RESTATED = "restated"
    """It changed in the engine without a trade: a stop was triggered, it was re-priced or lost quantity, or its symbol
    goes on."""


@dataclass(frozen=True, slots=True)
class TradeUpdate:
    """An order right after an event, not yet numbered."""

    account_id: UUID
    event: TradeEvent
    timestamp: datetime
    """Of the event, in journal time."""
    order: dict[str, Any]
    execution: dict[str, Any] = field(default_factory=dict)
    """Of fills: the execution's id, price and quantity, and the position after it."""


def update_of(order: Order, asset: Asset, event: TradeEvent, timestamp: datetime) -> TradeUpdate:
    """The order goes on changing: all that is told of it is taken now."""
    return TradeUpdate(order.account_id, event, timestamp, order_document(order, asset))


def fill_update_of(
    order: Order,
    asset: Asset,
    timestamp: datetime,
    *,
    execution_id: UUID,
    price: Decimal,
    qty: Decimal,
    position_qty: Decimal,
) -> TradeUpdate:
    """An execution; it is called a `fill` when it leaves nothing of the order."""
    return TradeUpdate(
        order.account_id,
        TradeEvent.PARTIAL_FILL if order.remaining else TradeEvent.FILL,
        timestamp,
        order_document(order, asset),
        {
            "execution_id": execution_id,
            "price": plain(price),
            "qty": plain(qty),
            "position_qty": plain(position_qty),
        },
    )


@dataclass(frozen=True, slots=True)
class NumberedUpdate:
    """An update in its account's sequence. `at` is strictly later than that of the one before."""

    account_id: UUID
    number: int
    at: datetime
    event: TradeEvent
    data: str
    """JSON."""


LastUpdate = tuple[int, datetime]
"""Number and `at` of an account's newest update."""


def numbered(updates: list[TradeUpdate], last: dict[UUID, LastUpdate]) -> list[NumberedUpdate]:
    """Each update with its place in its account's sequence, which goes on after `last`; moves `last` along."""
    found = []
    for update in updates:
        number, at = 1, update.timestamp
        before = last.get(update.account_id)
        if before is not None:
            number = before[0] + 1
            at = max(at, before[1] + _STEP)
        last[update.account_id] = (number, at)
        found.append(
            NumberedUpdate(update.account_id, number, at, update.event, _json(update, number, at))
        )
    return found


def _json(update: TradeUpdate, number: int, at: datetime) -> str:
    document = {
        "event": update.event,
        "event_id": str(number),
        "at": at,
        "timestamp": update.timestamp,
        "order": update.order,
        **update.execution,
    }
    return _encode(document).decode()
