"""Commands to the matching engine, as they are stored and sent (`contracts/README.md`)."""

from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec

from trading.domain.asset import Asset
from trading.domain.money import plain
from trading.domain.order import Order

_encode = msgspec.json.Encoder().encode


def place(
    command_id: UUID, order: Order, asset: Asset, expires_at_ns: int, trace: str | None
) -> bytes:
    """The order in ticks and lots. `terms` hold what settlement needs to recreate it from the log alone."""
    body: dict[str, Any] = {
        "command_id": command_id,
        "kind": "place",
        "expires_at_ns": expires_at_ns,
        "order": {
            "order_id": order.id,
            "account_id": order.account_id,
            "client_order_id": order.client_order_id,
            "symbol": order.symbol,
            "side": order.side.value,
            "order_type": order.order_type.value,
            "time_in_force": order.time_in_force.value,
            "limit_price_ticks": asset.ticks(order.engine_price),
            "quantity_lots": asset.lots(order.qty),
            "terms": {
                "maker_fee_rate": plain(order.maker_fee_rate),
                "taker_fee_rate": plain(order.taker_fee_rate),
                "limit_price": None if order.limit_price is None else plain(order.limit_price),
            },
        },
    }
    return _encode(_traced(body, trace))


def cancel(command_id: UUID, order_id: UUID, account_id: UUID, trace: str | None) -> bytes:
    body = {
        "command_id": command_id,
        "kind": "cancel",
        "order_id": order_id,
        "account_id": account_id,
    }
    return _encode(_traced(body, trace))


def list_symbol(command_id: UUID, symbol: str) -> bytes:
    return _encode({"command_id": command_id, "kind": "list_symbol", "symbol": symbol})


def end_session(session: date, ends_at_ns: int) -> tuple[UUID, bytes]:
    """The command that ends `session`: day orders accepted before `ends_at_ns` expire, whenever it is sent.
    Its id follows from the day, so that a day ends once."""
    command_id = uuid5(NAMESPACE_OID, f"end_session:{session}")
    body = {
        "command_id": command_id,
        "kind": "end_session",
        "session": session.isoformat(),
        "ends_at_ns": ends_at_ns,
    }
    return command_id, _encode(body)


def _traced(body: dict[str, Any], trace: str | None) -> dict[str, Any]:
    return body if trace is None else body | {"trace": trace}
