"""Commands to the matching engine, as they are stored and sent (`contracts/README.md`)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec

from trading.domain.asset import Asset
from trading.domain.order import Order, OrderType, TimeInForce
from trading.domain.trailing import basis_points
from trading.engine.terms import terms_of

_encode = msgspec.json.Encoder().encode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STOPS_AT_A_PRICE = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


def place(
    command_id: UUID,
    order: Order,
    asset: Asset,
    expires_at_ns: int,
    trace: str | None,
    exits: Sequence[Order] = (),
) -> bytes:
    """One order. `exits` are an entry's, in its terms: they are placed when it is filled."""
    body: dict[str, Any] = {
        "command_id": command_id,
        "kind": "place",
        "expires_at_ns": expires_at_ns,
        "order": _order(order, asset, exits),
    }
    return _encode(_traced(body, trace))


def place_pair(
    command_id: UUID,
    limit: Order,
    stop: Order,
    asset: Asset,
    expires_at_ns: int,
    trace: str | None,
) -> bytes:
    """Two exits, of which one cancels the other: the take profit and the stop loss."""
    body: dict[str, Any] = {
        "command_id": command_id,
        "kind": "place_pair",
        "expires_at_ns": expires_at_ns,
        "limit_order": _order(limit, asset),
        "stop_order": _order(stop, asset),
    }
    return _encode(_traced(body, trace))


def replace(
    command_id: UUID,
    old: Order,
    new: Order,
    asset: Asset,
    expires_at_ns: int,
    trace: str | None,
) -> bytes:
    """`new` in the place of `old`: what differs between the two is asked for, the rest stays."""
    body: dict[str, Any] = {
        "command_id": command_id,
        "kind": "replace",
        "expires_at_ns": expires_at_ns,
        "order_id": old.id,
        "account_id": old.account_id,
        "new_order_id": new.id,
        "client_order_id": new.client_order_id,
        "terms": terms_of(new),
    }
    if new.qty != old.qty:
        body["quantity_lots"] = asset.lots(new.qty)
    if new.engine_price != old.engine_price:
        body["limit_price_ticks"] = asset.ticks(new.engine_price)
    if new.stop_price != old.stop_price and new.order_type in _STOPS_AT_A_PRICE:
        assert new.stop_price is not None, "a stop without its price"
        body["stop_price_ticks"] = asset.ticks(new.stop_price)
    if (new.trail_price, new.trail_percent) != (old.trail_price, old.trail_percent):
        body |= _trail(new, asset)
    return _encode(_traced(body, trace))


def cancel(command_id: UUID, order_id: UUID, account_id: UUID, trace: str | None) -> bytes:
    body = {
        "command_id": command_id,
        "kind": "cancel",
        "order_id": order_id,
        "account_id": account_id,
    }
    return _encode(_traced(body, trace))


def cancel_all(
    command_id: UUID,
    *,
    account_id: UUID | None = None,
    symbol: str | None = None,
    trace: str | None = None,
) -> bytes:
    """Every open order of an account, of a symbol, or of an account in a symbol."""
    body: dict[str, Any] = {"command_id": command_id, "kind": "cancel_all"}
    if account_id is not None:
        body["account_id"] = account_id
    if symbol is not None:
        body["symbol"] = symbol
    assert len(body) > 2, "a cancel of all names an account or a symbol"
    return _encode(_traced(body, trace))


def list_symbol(command_id: UUID, symbol: str) -> bytes:
    return _encode({"command_id": command_id, "kind": "list_symbol", "symbol": symbol})


def halt_symbol(command_id: UUID, symbol: str) -> bytes:
    """Nothing of `symbol` trades, and no order of it is taken, until it is resumed."""
    return _encode({"command_id": command_id, "kind": "halt_symbol", "symbol": symbol})


def resume_symbol(command_id: UUID, symbol: str) -> bytes:
    return _encode({"command_id": command_id, "kind": "resume_symbol", "symbol": symbol})


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


def _order(order: Order, asset: Asset, exits: Sequence[Order] = ()) -> dict[str, Any]:
    """The order in ticks and lots, with terms from which settlement can recreate it."""
    body: dict[str, Any] = {
        "order_id": order.id,
        "account_id": order.account_id,
        "client_order_id": order.client_order_id,
        "symbol": order.symbol,
        "side": order.side.value,
        "order_type": order.order_type.value,
        "time_in_force": order.time_in_force.value,
        "limit_price_ticks": asset.ticks(order.engine_price),
        "quantity_lots": asset.lots(order.qty),
        "terms": terms_of(order, exits),
    }
    if order.order_type in _STOPS_AT_A_PRICE:
        assert order.stop_price is not None, "a stop without its price"
        body["stop_price_ticks"] = asset.ticks(order.stop_price)
    elif order.order_type is OrderType.TRAILING_STOP:
        body |= _trail(order, asset)
    if order.time_in_force is TimeInForce.GTD:
        assert order.expires_at is not None, "good till a date without the date"
        body["expire_at_ns"] = _ns(order.expires_at)
    if order.display_qty is not None:
        body["display_lots"] = asset.lots(order.display_qty)
    if order.minimum_qty is not None:
        body["minimum_lots"] = asset.lots(order.minimum_qty)
    if order.post_only is not None:
        body["post_only"] = order.post_only
    if order.self_trade_prevention is not None:
        body["self_trade_prevention"] = order.self_trade_prevention
    return body


def _trail(order: Order, asset: Asset) -> dict[str, int]:
    if order.trail_price is not None:
        return {"trail_ticks": asset.ticks(order.trail_price)}
    assert order.trail_percent is not None, "a trailing stop without a trail"
    return {"trail_basis_points": basis_points(order.trail_percent)}


def _ns(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def _traced(body: dict[str, Any], trace: str | None) -> dict[str, Any]:
    return body if trace is None else body | {"trace": trace}
