"""A symbol is halted, and goes on: its orders rest meanwhile."""

from chassis.clock import from_ns
from chassis.event_log.events import Event
from trading.domain.states import Status
from trading.settlement.batch import Batch
from trading.settlement.updates import TradeEvent

HALTED = "halted"


def phase_changed(batch: Batch, event: Event) -> None:
    """Orders of which nothing is asked are suspended, or rest again. What is asked of others goes on, and shows how
    they rest when it was refused."""
    symbol, phase = event.data["symbol"], event.data["phase"]
    if symbol not in batch.assets:  # listed by an operator, and of nobody's orders
        return
    halted = phase == HALTED
    batch.phases[symbol] = halted
    (batch.halted.add if halted else batch.halted.discard)(symbol)
    moved = (Status.NEW, Status.PARTIALLY_FILLED) if halted else (Status.SUSPENDED,)
    at = from_ns(event.time_ns)
    for order in batch.orders.values():
        if order.symbol == symbol and order.status in moved:
            order.move(batch.resting(order), at)
            batch.changed.add(order.id)
            batch.tell(order, TradeEvent.SUSPENDED if halted else TradeEvent.RESTATED, at)
