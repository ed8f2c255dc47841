"""One order in the place of another: the new one goes on where the old one stands."""

from datetime import datetime
from uuid import UUID

from chassis.clock import from_ns
from chassis.event_log.events import Event
from trading.domain.order import Order, OrderType
from trading.domain.states import OPEN, Status
from trading.domain.trailing import stop_price_behind
from trading.engine.terms import has_own_limit
from trading.settlement.batch import Batch
from trading.settlement.recreate import recreate_replacement
from trading.settlement.updates import TradeEvent


def replaced(batch: Batch, event: Event) -> None:
    """The holds of both become the new one's; what it does not need is available again."""
    data, at = event.data, from_ns(event.time_ns)
    old = batch.order(data["order_id"], event)
    new = batch.orders.get(UUID(data["new_order_id"]))
    if new is None:
        new = recreate_replacement(batch, event, old, at)
    if (
        old.status is not Status.PENDING_REPLACE
    ):  # recreated: that it was asked for is only in the log
        old.move(Status.PENDING_REPLACE, at)
    old.move(Status.REPLACED, at)
    old.replaced_by = new.id
    _carry_over(batch, event, old, new)
    new.move(Status.NEW, at)
    if new.filled_qty:
        new.move(Status.PARTIALLY_FILLED, at)
    _relink(batch, old, new)
    partner = batch.partner(new)
    batch.rehold(*(each for each in (new, old, partner) if each is not None))
    batch.tell(old, TradeEvent.REPLACED, at)
    batch.tell(new, TradeEvent.NEW, at)


def replace_rejected(batch: Batch, event: Event) -> None:
    reject_replacement(
        batch,
        UUID(event.data["order_id"]),
        UUID(event.data["new_order_id"]),
        str(event.data["reason"]),
        from_ns(event.time_ns),
    )


def reject_replacement(batch: Batch, old_id: UUID, new_id: UUID, reason: str, at: datetime) -> None:
    """The new order never was, and the old one stands as before, if it is still open."""
    new = batch.orders.get(new_id)
    if new is not None and new.status is Status.PENDING_NEW:
        batch.reject(new, reason, at)
    old = batch.orders.get(old_id)
    if old is not None and old.status is Status.PENDING_REPLACE:
        old.move(batch.resting(old), at)
        partner = batch.partner(old)
        # What was kept for the new one.
        batch.rehold(*(each for each in (old, partner) if each is not None))
        batch.tell(old, TradeEvent.ORDER_REPLACE_REJECTED, at)


def _carry_over(batch: Batch, event: Event, old: Order, new: Order) -> None:
    """How it stands now, as the log says, with everything that was filled before."""
    data, asset = event.data, batch.asset(old.symbol, event)
    new.engine_price = asset.price(data["limit_price_ticks"])
    new.limit_price = new.engine_price if has_own_limit(new) else None
    new.qty = asset.qty(data["quantity_lots"])
    new.filled_qty = new.carried_qty = old.filled_qty
    new.filled_value = new.carried_value = old.filled_value
    new.fee_value = new.carried_fee = old.fee_value
    new.reduced_qty = old.reduced_qty
    new.triggered_at = old.triggered_at
    if "stop_price_ticks" in data:
        new.stop_price = asset.price(data["stop_price_ticks"])
    if new.order_type is OrderType.TRAILING_STOP:
        new.hwm = old.hwm
        if new.hwm is not None:
            new.stop_price = stop_price_behind(new.hwm, new, asset)
            batch.trailing.setdefault(new.symbol, {})[new.id] = new


def _relink(batch: Batch, old: Order, new: Order) -> None:
    """Whoever is open and names the old order names the new one. What has ended stays as it was: which of those are
    at hand depends on where pages are cut."""
    for each in batch.group(old):
        if each is new or each.status not in OPEN:
            continue
        if each.parent_id == old.id:
            each.parent_id = new.id
            batch.changed.add(each.id)
        if each.partner_id == old.id:
            each.partner_id = new.id
            batch.changed.add(each.id)
