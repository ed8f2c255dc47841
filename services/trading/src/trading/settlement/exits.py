"""The exits of an entry: they wait while it fills, are placed when it is filled, and go with it when it ends otherwise.

What an entry buys is set aside for its exits at once, with every fill: so it is still there when they are placed.
"""

from datetime import datetime
from decimal import Decimal
from uuid import uuid5

from chassis.event_log.events import Event
from trading.domain.ledger import Leg
from trading.domain.order import Exit, Order
from trading.domain.states import Status
from trading.engine import commands
from trading.settlement.batch import Batch, NewCommand
from trading.settlement.updates import TradeEvent

TTL_NS = 30 * 60 * 10**9
"""How long after the entry's last fill its exits may still be placed: long, for until then nothing protects what was
bought. The engine takes an expiry at most an hour ahead."""


def waiting_exits(batch: Batch, entry: Order) -> list[Order]:
    """The take profit first."""
    if entry.exit is not None:
        return []
    held = [each for each in batch.group(entry) if each.status is Status.HELD]
    return sorted(held, key=lambda each: each.exit is not Exit.TAKE_PROFIT)


def bought(batch: Batch, event: Event, entry: Order, qty: Decimal, at: datetime) -> None:
    """An order that may be an entry bought `qty`."""
    waiting = waiting_exits(batch, entry)
    if not waiting:
        return
    carrier = waiting[0]
    leg = Leg(carrier.account_id, carrier.hold_asset, -qty, qty)
    batch.ledger.post("hold", carrier.id, [leg])
    carrier.hold += qty
    batch.changed.add(carrier.id)
    if entry.status is Status.FILLED:
        _activate(batch, event, entry, waiting, at)


def entry_ended(batch: Batch, entry: Order, at: datetime) -> None:
    """An order that may be an entry was cancelled, rejected, or expired: there is nothing to get out of."""
    for order in waiting_exits(batch, entry):
        batch.close(order, Status.CANCELED, at)
        batch.tell(order, TradeEvent.CANCELED, at)


def _activate(batch: Batch, event: Event, entry: Order, waiting: list[Order], at: datetime) -> None:
    """Everything here follows from the log alone: a page that is settled twice gives the same command."""
    for order in waiting:
        order.qty = entry.filled_qty
        order.move(Status.PENDING_NEW, at)
    batch.rehold(*waiting)
    asset = batch.assets[entry.symbol]
    command_id = uuid5(batch.log_id, f"{event.sequence}:exits")
    expires_at_ns = event.time_ns + TTL_NS
    first, *second = waiting
    if second:
        kind, payload = (
            "place_pair",
            commands.place_pair(command_id, first, second[0], asset, expires_at_ns, event.trace),
        )
    else:
        kind, payload = (
            "place",
            commands.place(command_id, first, asset, expires_at_ns, event.trace),
        )
    batch.commands.append(NewCommand(command_id, kind, first.id, payload.decode(), expires_at_ns))
