"""The order object of the public API (Alpaca's shape), as it is written and as it is documented."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from trading.answers import Answer
from trading.assets.schemas import AssetClass
from trading.domain.asset import Asset
from trading.domain.money import plain
from trading.domain.order import Order


def order_document(order: Order, asset: Asset) -> dict[str, Any]:
    """`order` as Alpaca's clients read it, of values that msgspec encodes so: times in RFC 3339, ids as text."""
    average = order.filled_value / order.filled_qty if order.filled_qty else None
    return {
        "id": order.id,
        "client_order_id": order.client_order_id,
        "created_at": order.submitted_at,
        "updated_at": order.updated_at,
        "submitted_at": order.submitted_at,
        "filled_at": order.filled_at,
        "expired_at": order.expired_at,
        "expires_at": None,
        "canceled_at": order.canceled_at,
        "failed_at": order.failed_at,
        "replaced_at": None,
        "replaced_by": None,
        "replaces": None,
        "asset_id": asset.id,
        "symbol": order.symbol,
        "asset_class": asset.asset_class,
        "notional": None,
        "qty": plain(order.qty),
        "filled_qty": plain(order.filled_qty),
        "filled_avg_price": None if average is None else plain(round(average, 12)),
        "order_class": "simple",
        "order_type": order.order_type,
        "type": order.order_type,
        "side": order.side,
        "position_intent": None,
        "time_in_force": order.time_in_force,
        "limit_price": None if order.limit_price is None else plain(order.limit_price),
        "stop_price": None,
        "trail_price": None,
        "trail_percent": None,
        "hwm": None,
        "status": order.status,
        "extended_hours": False,
        "legs": None,
        "reject_reason": order.reject_reason,
    }


OrderSide = Literal["buy", "sell"]
OrderKind = Literal["market", "limit"]
OrderTimeInForce = Literal["day", "gtc", "ioc", "fok"]
OrderStatus = Literal[
    "pending_new",
    "new",
    "partially_filled",
    "pending_cancel",
    "filled",
    "canceled",
    "expired",
    "rejected",
]
ClientOrderId = Annotated[str, Field(max_length=128)]


class OrderDocument(Answer):
    """An order, with Alpaca's field names. Amounts are decimal text, times RFC 3339.

    The fields that are always null belong to kinds of order that are not traded here.
    """

    id: UUID
    client_order_id: ClientOrderId
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime
    filled_at: datetime | None
    expired_at: datetime | None
    expires_at: None
    canceled_at: datetime | None
    failed_at: datetime | None
    replaced_at: None
    replaced_by: None
    replaces: None
    asset_id: UUID
    symbol: str
    asset_class: AssetClass
    notional: None
    qty: Annotated[str, Field(examples=["100"])]
    filled_qty: str
    filled_avg_price: str | None
    order_class: Literal["simple"]
    order_type: OrderKind
    type: OrderKind
    side: OrderSide
    position_intent: None
    time_in_force: OrderTimeInForce
    limit_price: Annotated[str | None, Field(examples=["101.25"])]
    stop_price: None
    trail_price: None
    trail_percent: None
    hwm: None
    status: OrderStatus
    extended_hours: bool
    legs: None
    reject_reason: str | None


class ProblemBody(Answer):
    """Why an order of several was not cancelled."""

    type: str
    title: str
    status: int
    detail: str
    code: int
    message: str


class CanceledOrder(BaseModel):
    """One order of those that were to be cancelled, with an HTTP status of its own."""

    id: UUID
    status: int
    body: Annotated[ProblemBody | None, Field(description="Only where the cancel failed.")] = None


ORDER_REQUEST_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["symbol", "qty", "side", "type", "time_in_force"],
    "properties": {
        "symbol": {"type": "string", "description": "Symbol or asset id."},
        "qty": {"type": ["string", "number"], "examples": ["100"]},
        "side": {"type": "string", "enum": ["buy", "sell"]},
        "type": {"type": "string", "enum": ["market", "limit"]},
        "time_in_force": {"type": "string", "enum": ["day", "gtc", "ioc", "fok"]},
        "limit_price": {
            "type": ["string", "number", "null"],
            "description": "Required for a limit order; none for a market order.",
            "examples": ["101.25"],
        },
        "client_order_id": {"type": ["string", "null"], "maxLength": 128},
    },
}
ORDER_OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": ORDER_REQUEST_SCHEMA}},
    }
}
ORDER_ID_OPENAPI: dict[str, Any] = {
    "parameters": [
        {
            "name": "order_id",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
    ]
}
