"""An order request's body, from JSON text to exact values, with a sentence for everything that is wrong with it.

By hand, since Alpaca's clients send numbers as numbers or as text, `null` and `""` for what they do not give, and
fields that are documented nowhere; and since this is the hottest door of the service.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from chassis.errors import InvalidInput, MalformedRequest, NotPossible
from trading.amounts import parse_amount
from trading.domain.order import OrderType, Side, TimeInForce

MAX_BODY_BYTES = 16_384
MAX_CLIENT_ORDER_ID = 128
_UNSUPPORTED = (
    "stop_price",
    "trail_price",
    "trail_percent",
    "take_profit",
    "stop_loss",
    "legs",
)
"""Known to Alpaca's clients: an order without them would be another order than the one that was meant."""


class _Number(str):
    """The text of a JSON number: converted exactly, never through a binary float."""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A well-formed request; whether the order can be is for the asset and the account to say."""

    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    qty: Decimal
    limit_price: Decimal | None
    client_order_id: str | None


def parse_order(body: bytes) -> OrderRequest:
    """Raises `MalformedRequest`, `InvalidInput` or `NotPossible`."""
    fields = _object(body)
    order_type = _choice(fields, "type", OrderType)
    _refuse_unsupported(fields)
    qty = _decimal(fields, "qty")
    if qty is None:
        raise InvalidInput("qty is required")
    limit_price = _decimal(fields, "limit_price")
    if order_type is OrderType.LIMIT and limit_price is None:
        raise InvalidInput("limit orders require a limit_price")
    if order_type is OrderType.MARKET and limit_price is not None:
        raise InvalidInput("market orders require no limit_price")
    symbol = _text(fields, "symbol", 64)
    if symbol is None:
        raise InvalidInput("symbol is required")
    return OrderRequest(
        symbol=symbol,
        side=_choice(fields, "side", Side),
        order_type=order_type,
        time_in_force=_choice(fields, "time_in_force", TimeInForce),
        qty=qty,
        limit_price=limit_price,
        client_order_id=_text(fields, "client_order_id", MAX_CLIENT_ORDER_ID),
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(
            body.decode(), parse_float=_Number, parse_int=_Number, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError):
        raise MalformedRequest("the body is not valid JSON") from None
    if not isinstance(fields, dict):
        raise InvalidInput("the body must be a JSON object")
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _refuse_unsupported(fields: dict[str, Any]) -> None:
    if fields.get("order_class", "simple") != "simple":
        raise NotPossible("order_class must be simple: other classes are not supported yet")
    if "notional" in fields:
        raise NotPossible("notional orders are not supported yet: give qty")
    for name in _UNSUPPORTED:
        if fields.get(name) not in (None, []):
            raise NotPossible(f"{name} is not supported yet: give it no value")
    if fields.get("extended_hours", False) not in (False, True):
        raise InvalidInput("extended_hours must be true or false")


def _text(fields: dict[str, Any], name: str, longest: int) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or isinstance(value, _Number):
        raise InvalidInput(f"{name} must be text")
    if len(value) > longest:
        raise InvalidInput(f"{name} must have at most {longest} characters")
    if not value.isprintable():  # control characters, NUL and lone surrogates
        raise InvalidInput(f"{name} must have printable characters only")
    return value


def _choice(fields: dict[str, Any], name: str, choices: Any) -> Any:
    value = fields.get(name)
    if value is None:
        raise InvalidInput(f"{name} is required")
    try:
        return choices(value)
    except ValueError:
        offered = ", ".join(choices)
        raise InvalidInput(f"invalid {name}: it must be one of {offered}") from None


def _decimal(fields: dict[str, Any], name: str) -> Decimal | None:
    value = fields.get(name)
    if value is None:
        return None
    return parse_amount(name, value)
