"""The order object of the public API (Alpaca's shape), as it is written and as it is documented."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from trading.answers import Answer
from trading.assets.schemas import AssetClass
from trading.domain.asset import Asset
from trading.domain.money import plain
from trading.domain.order import Order, Side, TimeInForce

_INTENTS = {Side.BUY: "buy_to_open", Side.SELL: "sell_to_close"}
"""There are no short positions."""


def order_document(
    order: Order, asset: Asset, legs: Sequence[Order] | None = None
) -> dict[str, Any]:
    """`order` as Alpaca's clients read it, of values that msgspec encodes so: times in RFC 3339, ids as text."""
    average = order.filled_value / order.filled_qty if order.filled_qty else None
    gtd = order.time_in_force is TimeInForce.GTD
    return {
        "id": order.id,
        "client_order_id": order.client_order_id,
        "created_at": order.submitted_at,
        "updated_at": order.updated_at,
        "submitted_at": order.submitted_at,
        "filled_at": order.filled_at,
        "expired_at": order.expired_at,
        "expires_at": order.expires_at,
        "canceled_at": order.canceled_at,
        "failed_at": order.failed_at,
        "replaced_at": order.replaced_at,
        "replaced_by": order.replaced_by,
        "replaces": order.replaces,
        "asset_id": asset.id,
        "symbol": order.symbol,
        "asset_class": asset.asset_class,
        "notional": _text(order.notional),
        "qty": plain(order.qty) if order.notional is None else None,
        "filled_qty": plain(order.filled_qty),
        "filled_avg_price": None if average is None else plain(round(average, 12)),
        "order_class": order.order_class,
        "order_type": order.order_type,
        "type": order.order_type,
        "side": order.side,
        "position_intent": _INTENTS[order.side],
        # Alpaca's clients fail on a word that they do not know.
        "time_in_force": TimeInForce.GTC if gtd else order.time_in_force,
        "limit_price": _text(order.limit_price),
        "stop_price": _text(order.stop_price),
        "trail_price": _text(order.trail_price),
        "trail_percent": _text(order.trail_percent),
        "hwm": _text(order.hwm),
        "status": order.status,
        "extended_hours": order.extended_hours,
        "legs": None if legs is None else [order_document(leg, asset) for leg in legs],
        # Ours, which Alpaca's clients pass over.
        "reject_reason": order.reject_reason,
        "exit": order.exit,
        "parent_id": order.parent_id,
        "group_id": order.group_id,
        "reduced_qty": plain(order.reduced_qty),
        "triggered_at": order.triggered_at,
        "display_qty": _text(order.display_qty),
        "minimum_qty": _text(order.minimum_qty),
        "post_only": order.post_only,
        "self_trade_prevention": order.self_trade_prevention,
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


OrderSide = Literal["buy", "sell"]
OrderKind = Literal["market", "limit", "stop", "stop_limit", "trailing_stop"]
OrderTimeInForce = Literal["day", "gtc", "ioc", "fok"]
OrderStatus = Literal[
    "held",
    "pending_new",
    "new",
    "partially_filled",
    "suspended",
    "pending_cancel",
    "pending_replace",
    "filled",
    "canceled",
    "expired",
    "replaced",
    "rejected",
]
ClientOrderId = Annotated[str, Field(max_length=128)]


class OrderDocument(Answer):
    """An order, with Alpaca's field names. Amounts are decimal text, times RFC 3339."""

    id: UUID
    client_order_id: ClientOrderId
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime
    filled_at: datetime | None
    expired_at: datetime | None
    expires_at: Annotated[
        datetime | None,
        Field(description="Of an order until a date, whose time_in_force is told as gtc."),
    ]
    canceled_at: datetime | None
    failed_at: datetime | None
    replaced_at: datetime | None
    replaced_by: UUID | None
    replaces: UUID | None
    asset_id: UUID
    symbol: str
    asset_class: AssetClass
    notional: Annotated[str | None, Field(examples=["250.00"])]
    qty: Annotated[
        str | None, Field(examples=["100"], description="null where notional was given.")
    ]
    filled_qty: str
    filled_avg_price: str | None
    order_class: Literal["simple", "bracket", "oco", "oto"]
    order_type: OrderKind
    type: OrderKind
    side: OrderSide
    position_intent: Literal["buy_to_open", "sell_to_close"]
    time_in_force: OrderTimeInForce
    limit_price: Annotated[str | None, Field(examples=["101.25"])]
    stop_price: Annotated[
        str | None, Field(description="Of a trailing stop: where it stands right now.")
    ]
    trail_price: str | None
    trail_percent: str | None
    hwm: Annotated[
        str | None, Field(description="The best price since a trailing stop's acceptance.")
    ]
    status: OrderStatus
    extended_hours: bool
    legs: "list[OrderDocument] | None"
    reject_reason: str | None
    exit: Annotated[
        Literal["take_profit", "stop_loss"] | None,
        Field(description="Of ours, like all that follow: which of the exits it is."),
    ]
    parent_id: Annotated[
        UUID | None, Field(description="An exit's entry; the stop loss' take profit in an oco.")
    ]
    group_id: Annotated[UUID | None, Field(description="Shared by orders whose fates are linked.")]
    reduced_qty: Annotated[str, Field(description="Lost without a trade.")]
    triggered_at: datetime | None
    display_qty: str | None
    minimum_qty: str | None
    post_only: Literal["reject", "reprice"] | None
    self_trade_prevention: (
        Literal["none", "cancel_newest", "cancel_oldest", "cancel_both", "decrement"] | None
    )


class ProblemBody(BaseModel):
    """Why one of several orders was not cancelled, or one of several positions not closed."""

    type: str
    title: str
    status: int
    detail: str
    code: int
    message: str
    order_id: UUID | None = None
    symbol: str | None = None
    available: str | None = None
    existing_qty: str | None = None
    held_for_orders: str | None = None
    related_orders: list[UUID] | None = None


class CanceledOrder(BaseModel):
    """One order of those that were to be cancelled, with an HTTP status of its own."""

    id: UUID
    status: int
    body: Annotated[ProblemBody | None, Field(description="Only where the cancel failed.")] = None
