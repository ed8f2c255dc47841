"""What becomes of an order between its acceptance and its end, apart from its trades."""

from uuid import UUID

from chassis.clock import from_ns
from chassis.event_log.events import Event
from trading.domain.order import OrderType
from trading.domain.states import Status
from trading.settlement import trailing
from trading.settlement.batch import Batch
from trading.settlement.exits import entry_ended
from trading.settlement.recreate import recreate
from trading.settlement.updates import TradeEvent


def accepted(batch: Batch, event: Event) -> None:
    at = from_ns(event.time_ns)
    order = batch.orders.get(UUID(event.data["order_id"]))
    if order is None:
        order = recreate(batch, event, at)
    order.move(Status.NEW, at)
    if order.order_type is OrderType.TRAILING_STOP:
        trailing.begin(batch, order, batch.asset(order.symbol, event))
    batch.changed.add(order.id)
    batch.tell(order, TradeEvent.NEW, at)


def refused(batch: Batch, event: Event) -> None:
    order, at = batch.orders.get(UUID(event.data["order_id"])), from_ns(event.time_ns)
    if order is not None and order.status is Status.PENDING_NEW:
        batch.reject(order, str(event.data["reason"]), at)
        entry_ended(batch, order, at)


def canceled(batch: Batch, event: Event) -> None:
    _end(batch, event, Status.CANCELED, TradeEvent.CANCELED)


def expired(batch: Batch, event: Event) -> None:
    _end(batch, event, Status.EXPIRED, TradeEvent.EXPIRED)


def _end(batch: Batch, event: Event, status: Status, happened: TradeEvent) -> None:
    order, at = batch.order(event.data["order_id"], event), from_ns(event.time_ns)
    batch.close(order, status, at)
    batch.tell(order, happened, at)
    entry_ended(batch, order, at)


def cancel_rejected(batch: Batch, event: Event) -> None:
    """It came too late, or the order is not there: most of the time the order has ended already."""
    order, at = batch.orders.get(UUID(event.data["order_id"])), from_ns(event.time_ns)
    if order is not None and order.status is Status.PENDING_CANCEL:
        order.move(batch.resting(order), at)
        batch.changed.add(order.id)
        batch.tell(order, TradeEvent.ORDER_CANCEL_REJECTED, at)


def triggered(batch: Batch, event: Event) -> None:
    """A stop begins to act. In a pair its partner leaves by an event of its own."""
    order, at = batch.order(event.data["order_id"], event), from_ns(event.time_ns)
    order.triggered_at = order.updated_at = at
    if order.order_type is OrderType.TRAILING_STOP:
        asset = batch.asset(order.symbol, event)
        order.stop_price = asset.price(event.data["stop_price_ticks"])
    batch.changed.add(order.id)
    batch.tell(order, TradeEvent.RESTATED, at)


def reduced(batch: Batch, event: Event) -> None:
    """Lots lost without a trade: to self-trade prevention, or to the other exit's fills."""
    order, at = batch.order(event.data["order_id"], event), from_ns(event.time_ns)
    order.reduced_qty += batch.asset(order.symbol, event).qty(event.data["reduced_lots"])
    order.updated_at = at
    batch.rehold(order)
    batch.tell(order, TradeEvent.RESTATED, at)


def repriced(batch: Batch, event: Event) -> None:
    """A post-only order rests one tick behind the touch instead of trading."""
    order, at = batch.order(event.data["order_id"], event), from_ns(event.time_ns)
    price = batch.asset(order.symbol, event).price(event.data["limit_price_ticks"])
    order.limit_price = order.engine_price = price
    order.updated_at = at
    batch.rehold(order)
    batch.tell(order, TradeEvent.RESTATED, at)
