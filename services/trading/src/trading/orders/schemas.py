"""The order object of the public API (Alpaca's shape), and its OpenAPI text."""

from datetime import datetime
from typing import Any

from trading.domain.asset import Asset
from trading.domain.money import plain
from trading.domain.order import Order


def order_document(order: Order, asset: Asset) -> dict[str, Any]:
    """`order` as Alpaca's clients read it: amounts as text, times in RFC 3339."""
    average = order.filled_value / order.filled_qty if order.filled_qty else None
    return {
        "id": str(order.id),
        "client_order_id": order.client_order_id,
        "created_at": _time(order.submitted_at),
        "updated_at": _time(order.updated_at),
        "submitted_at": _time(order.submitted_at),
        "filled_at": _time(order.filled_at),
        "expired_at": _time(order.expired_at),
        "expires_at": None,
        "canceled_at": _time(order.canceled_at),
        "failed_at": _time(order.failed_at),
        "replaced_at": None,
        "replaced_by": None,
        "replaces": None,
        "asset_id": str(asset.id),
        "symbol": order.symbol,
        "asset_class": asset.asset_class,
        "notional": None,
        "qty": plain(order.qty),
        "filled_qty": plain(order.filled_qty),
        "filled_avg_price": None if average is None else plain(round(average, 12)),
        "order_class": "simple",
        "order_type": order.order_type.value,
        "type": order.order_type.value,
        "side": order.side.value,
        "position_intent": None,
        "time_in_force": order.time_in_force.value,
        "limit_price": None if order.limit_price is None else plain(order.limit_price),
        "stop_price": None,
        "trail_price": None,
        "trail_percent": None,
        "hwm": None,
        "status": order.status.value,
        "extended_hours": False,
        "legs": None,
        "reject_reason": order.reject_reason,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


ORDER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "An order, with Alpaca's field names. Amounts are decimal text, times RFC 3339.",
    "required": ["id", "client_order_id", "symbol", "side", "type", "time_in_force", "status"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "client_order_id": {"type": "string", "maxLength": 128},
        "symbol": {"type": "string"},
        "side": {"type": "string", "enum": ["buy", "sell"]},
        "type": {"type": "string", "enum": ["market", "limit"]},
        "time_in_force": {"type": "string", "enum": ["day", "gtc", "ioc", "fok"]},
        "qty": {"type": "string", "examples": ["100"]},
        "limit_price": {"type": ["string", "null"], "examples": ["101.25"]},
        "filled_qty": {"type": "string"},
        "filled_avg_price": {"type": ["string", "null"]},
        "status": {
            "type": "string",
            "enum": [
                "pending_new",
                "new",
                "partially_filled",
                "pending_cancel",
                "filled",
                "canceled",
                "expired",
                "rejected",
            ],
        },
        "submitted_at": {"type": "string", "format": "date-time"},
        "reject_reason": {"type": ["string", "null"]},
    },
}
ORDER_REQUEST_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["symbol", "qty", "side", "type", "time_in_force"],
    "properties": {
        "symbol": {"type": "string", "description": "Symbol or asset id."},
        "qty": {"type": ["string", "number"], "examples": ["100"]},
        "side": {"type": "string", "enum": ["buy", "sell"]},
        "type": {"type": "string", "enum": ["market", "limit"]},
        "time_in_force": {"type": "string", "enum": ["day", "gtc", "ioc", "fok"]},
        "limit_price": {"type": ["string", "number", "null"], "examples": ["101.25"]},
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
