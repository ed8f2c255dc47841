"""Orders that only the log knows: the database was restored to a time before them, and the log has all they are."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.clock import from_ns
from chassis.event_log.events import Event
from trading.domain.money import ZERO
from trading.domain.order import Order, OrderType, Side, TimeInForce
from trading.domain.states import Status
from trading.domain.trailing import BASIS_POINT
from trading.engine.terms import exits_from, take_terms
from trading.settlement.batch import Batch, SettlementError


def recreate(batch: Batch, event: Event, at: datetime) -> Order:
    """An accepted order, with its hold, and with the exits that wait for it. Raises `SettlementError`."""
    data = event.data
    asset = batch.asset(data["symbol"], event)
    _require_known_order(event)
    price = asset.price(data["limit_price_ticks"])
    order = Order(
        id=UUID(data["order_id"]),
        account_id=UUID(data["account_id"]),
        client_order_id=data["client_order_id"],
        symbol=asset.symbol,
        side=Side(data["side"]),
        order_type=OrderType(data["order_type"]),
        time_in_force=TimeInForce(data["time_in_force"]),
        limit_price=None,
        engine_price=price,
        qty=asset.qty(data["quantity_lots"]),
        maker_fee_rate=ZERO,
        taker_fee_rate=ZERO,
        status=Status.PENDING_NEW,
        hold=ZERO,
        submitted_at=at,
        updated_at=at,
        post_only=data.get("post_only"),
        self_trade_prevention=data.get("self_trade_prevention"),
    )
    for name, member in (("display_qty", "display_lots"), ("minimum_qty", "minimum_lots")):
        if member in data:
            setattr(order, name, asset.qty(data[member]))
    if "stop_price_ticks" in data:
        order.stop_price = asset.price(data["stop_price_ticks"])
    if "expire_at_ns" in data:
        order.expires_at = from_ns(data["expire_at_ns"])
    if "oco_order_id" in data:
        order.partner_id = UUID(data["oco_order_id"])
    _take_trail(batch, event, order)
    take_terms(order, data["terms"])
    for each in (order, *exits_from(order, data["terms"])):
        batch.add(each)
    partner = batch.partner(order)
    batch.rehold(*((order,) if partner is None else (order, partner)))
    return order


def recreate_replacement(batch: Batch, event: Event, old: Order, at: datetime) -> Order:
    """A replacement: what the event does not say is as it was before. It holds nothing yet."""
    data = event.data
    new = replace(
        old,
        id=UUID(data["new_order_id"]),
        client_order_id=data["client_order_id"],
        replaces=old.id,
        status=Status.PENDING_NEW,
        hold=ZERO,
        submitted_at=at,
        updated_at=at,
    )
    _take_trail(batch, event, new)
    take_terms(new, data["terms"])
    # What it names was perhaps replaced itself since this replacement was asked for.
    new.parent_id = old.parent_id
    batch.add(new)
    return new


def _take_trail(batch: Batch, event: Event, order: Order) -> None:
    data = event.data
    if "trail_ticks" in data:
        order.trail_price = batch.asset(order.symbol, event).price(data["trail_ticks"])
    if "trail_basis_points" in data:
        order.trail_percent = data["trail_basis_points"] * BASIS_POINT


def _require_known_order(event: Event) -> None:
    for name, known in (("order_type", OrderType), ("time_in_force", TimeInForce)):
        if event.data[name] not in set(known):
            raise SettlementError(
                f"the engine's log has an order with the {name} {event.data[name]} at {event.sequence}, which this"
                " release does not place and cannot settle; deploy the one that does"
            )
