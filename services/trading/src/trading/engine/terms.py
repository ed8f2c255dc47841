"""What an order is beyond what the engine knows of it: it travels as the order's `terms` through the engine's log,
so that settlement can recreate every order from the log alone.

Written and read here. A member that is not said has its default; decimals are text.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from trading.domain.money import ZERO, plain
from trading.domain.order import Exit, Order, OrderClass, OrderType, TimeInForce
from trading.domain.states import Status

Terms = dict[str, Any]


def has_own_limit(order: Order) -> bool:
    """Whether what the engine knows as its limit is one, and not a collar."""
    return order.order_type in (OrderType.LIMIT, OrderType.STOP_LIMIT)


def terms_of(order: Order, exits: Sequence[Order] = ()) -> Terms:
    """`exits`: of an entry, which stand in its terms until they are placed themselves."""
    terms: Terms = {
        "maker_fee_rate": plain(order.maker_fee_rate),
        "taker_fee_rate": plain(order.taker_fee_rate),
        "limit_price": None if order.limit_price is None else plain(order.limit_price),
    }
    if order.notional is not None:
        terms["notional"] = plain(order.notional)
    if order.extended_hours:
        terms["extended_hours"] = True
    if order.order_class is not OrderClass.SIMPLE:
        terms["order_class"] = order.order_class.value
    if order.exit is not None:
        terms["exit"] = order.exit.value
    if order.parent_id is not None:
        terms["parent_id"] = str(order.parent_id)
    if order.group_id is not None:
        terms["group_id"] = str(order.group_id)
    if exits:
        terms["exits"] = [_exit_terms(each) for each in exits]
    return terms


def take_terms(order: Order, terms: Terms) -> None:
    """Give `order` what `terms` say, the other direction of `terms_of`."""
    order.maker_fee_rate = Decimal(terms["maker_fee_rate"])
    order.taker_fee_rate = Decimal(terms["taker_fee_rate"])
    order.limit_price = order.engine_price if has_own_limit(order) else None
    order.notional = _decimal(terms.get("notional"))
    order.extended_hours = bool(terms.get("extended_hours"))
    order.order_class = OrderClass(terms.get("order_class", OrderClass.SIMPLE))
    order.exit = Exit(terms["exit"]) if "exit" in terms else None
    order.parent_id = _uuid(terms.get("parent_id"))
    order.group_id = _uuid(terms.get("group_id"))


def exits_from(entry: Order, terms: Terms) -> list[Order]:
    """The exits that stand in an entry's terms, waiting for it."""
    found = [_exit_from(entry, each) for each in terms.get("exits", ())]
    if len(found) == 2:
        found[0].partner_id, found[1].partner_id = found[1].id, found[0].id
    return found


def _exit_terms(order: Order) -> Terms:
    assert order.exit is not None, "an exit says which one it is"
    terms: Terms = {
        "order_id": str(order.id),
        "client_order_id": order.client_order_id,
        "exit": order.exit.value,
        "order_type": order.order_type.value,
        "time_in_force": order.time_in_force.value,
        "engine_price": plain(order.engine_price),
    }
    for name in ("limit_price", "stop_price", "trail_price", "trail_percent"):
        value = getattr(order, name)
        if value is not None:
            terms[name] = plain(value)
    if order.self_trade_prevention is not None:
        terms["self_trade_prevention"] = order.self_trade_prevention
    return terms


def _exit_from(entry: Order, terms: Terms) -> Order:
    return replace(
        entry,
        id=UUID(terms["order_id"]),
        client_order_id=terms["client_order_id"],
        side=entry.side.opposite,
        order_type=OrderType(terms["order_type"]),
        time_in_force=TimeInForce(terms["time_in_force"]),
        engine_price=Decimal(terms["engine_price"]),
        limit_price=_decimal(terms.get("limit_price")),
        stop_price=_decimal(terms.get("stop_price")),
        trail_price=_decimal(terms.get("trail_price")),
        trail_percent=_decimal(terms.get("trail_percent")),
        self_trade_prevention=terms.get("self_trade_prevention"),
        exit=Exit(terms["exit"]),
        parent_id=entry.id,
        status=Status.HELD,
        hold=ZERO,
        notional=None,
        display_qty=None,
        minimum_qty=None,
        post_only=None,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
