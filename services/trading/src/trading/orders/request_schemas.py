"""What the endpoints of orders take, as it is documented: they read their bodies by hand."""

from typing import Any, get_args

from trading.orders.schemas import OrderKind, OrderTimeInForce


def _amount(description: str, example: str = "101.25") -> dict[str, Any]:
    return {
        "type": ["string", "number", "null"],
        "description": description,
        "examples": [example],
    }


_ORDER_FIELDS: dict[str, Any] = {
    "symbol": {"type": "string", "description": "Symbol or asset id.", "examples": ["ACME"]},
    "qty": _amount("Either this or `notional`.", "100"),
    "notional": _amount(
        "Cash to spend or to raise: market orders of the day, of assets that are traded in parts.",
        "250.00",
    ),
    "side": {"type": "string", "enum": ["buy", "sell"]},
    "type": {"type": "string", "enum": list(get_args(OrderKind))},
    "time_in_force": {"type": "string", "enum": list(get_args(OrderTimeInForce))},
    "limit_price": _amount("Of limit and stop_limit orders."),
    "stop_price": _amount("Of stop and stop_limit orders; on its side of the last price."),
    "trail_price": _amount("Of trailing stops: this or `trail_percent`.", "1.50"),
    "trail_percent": _amount("Of trailing stops, in steps of 0.01.", "2.5"),
    "extended_hours": {"type": ["boolean", "null"], "description": "Limit orders, day or gtc."},
    "client_order_id": {"type": ["string", "null"], "maxLength": 128},
    "order_class": {
        "type": ["string", "null"],
        "enum": ["simple", "bracket", "oco", "oto", "", None],
    },
    "take_profit": {
        "type": ["object", "null"],
        "description": "Required for bracket and oco; oto has this or `stop_loss`.",
        "properties": {"limit_price": _amount("")},
    },
    "stop_loss": {
        "type": ["object", "null"],
        "properties": {
            "stop_price": _amount(""),
            "limit_price": _amount("Makes it a stop_limit."),
        },
    },
    "position_intent": {
        "type": ["string", "null"],
        "enum": ["buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close", None],
    },
}
_OWN_FIELDS: dict[str, Any] = {
    "time_in_force": {
        "type": "string",
        "enum": [*get_args(OrderTimeInForce), "gtd"],
    },
    "expires_at": {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "Of time_in_force gtd.",
    },
    "display_qty": _amount("An iceberg: what it shows at a time.", "10"),
    "minimum_qty": _amount("Trades so much at once, or not at all.", "10"),
    "post_only": {
        "type": ["string", "null"],
        "enum": ["reject", "reprice", None],
        "description": "What becomes of an order that would trade on arrival.",
    },
    "self_trade_prevention": {
        "type": ["string", "null"],
        "enum": ["none", "cancel_newest", "cancel_oldest", "cancel_both", "decrement", None],
    },
}
_REQUIRED = ["symbol", "side", "type", "time_in_force"]
ORDER_REQUEST_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": _REQUIRED,
    "properties": _ORDER_FIELDS,
}
OWN_ORDER_REQUEST_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": _REQUIRED,
    "properties": _ORDER_FIELDS | _OWN_FIELDS,
    "additionalProperties": False,
}
_REPLACE_FIELDS: dict[str, Any] = {
    "qty": _amount("The total, with what was filled already.", "120"),
    "time_in_force": {
        "type": ["string", "null"],
        "description": "May be given, and must be the order's own.",
    },
    "limit_price": _amount(""),
    "stop_price": _amount(""),
    "trail": _amount("Of a trailing stop: price or per cent, as it has now.", "2"),
    "client_order_id": {
        "type": ["string", "null"],
        "maxLength": 128,
        "description": "The new order's.",
    },
}
_EXAMPLES: dict[str, Any] = {
    "limit": {
        "value": {
            "symbol": "ACME", "qty": "100", "side": "buy", "type": "limit",
            "time_in_force": "day", "limit_price": "101.25",
        }
    },
    "trailing_stop": {
        "value": {
            "symbol": "ACME", "qty": "100", "side": "sell", "type": "trailing_stop",
            "time_in_force": "gtc", "trail_percent": "2.5",
        }
    },
    "bracket": {
        "value": {
            "symbol": "ACME", "qty": "100", "side": "buy", "type": "limit",
            "time_in_force": "gtc", "limit_price": "101.25", "order_class": "bracket",
            "take_profit": {"limit_price": "110"}, "stop_loss": {"stop_price": "95"},
        }
    },
    "notional": {
        "value": {
            "symbol": "BTCUSD", "notional": "250", "side": "buy", "type": "market",
            "time_in_force": "day",
        }
    },
}  # fmt: skip


def _body(schema: dict[str, Any], examples: dict[str, Any] | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if examples:
        content["examples"] = examples
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


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
NESTED_OPENAPI: dict[str, Any] = {
    "parameters": [
        *ORDER_ID_OPENAPI["parameters"],
        {
            "name": "nested",
            "in": "query",
            "description": "With its exits in `legs`.",
            "schema": {"type": "string", "enum": ["true", "false", "True", "False"]},
        },
    ]
}
ORDER_OPENAPI = _body(ORDER_REQUEST_SCHEMA, _EXAMPLES)
OWN_ORDER_OPENAPI = _body(OWN_ORDER_REQUEST_SCHEMA, _EXAMPLES)
REPLACE_OPENAPI = ORDER_ID_OPENAPI | _body({"type": "object", "properties": _REPLACE_FIELDS})
OWN_REPLACE_OPENAPI = ORDER_ID_OPENAPI | _body(
    {"type": "object", "properties": _REPLACE_FIELDS, "additionalProperties": False}
)
