"""What the engine's events mean for orders, balances and positions: pure, in memory, one page at a time."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from chassis.clock import from_ns
from chassis.event_log.events import Event
from trading.domain.states import Status
from trading.settlement import lifecycle, phases, replacements, trades
from trading.settlement.batch import Batch, SettlementError
from trading.settlement.exits import entry_ended


def apply(batch: Batch, events: list[Event]) -> None:
    """Apply consecutive events. Raises `SettlementError`, `LedgerError` or `IllegalTransition`."""
    for event in events:
        handler = HANDLERS.get(event.kind)
        if handler is None:
            raise SettlementError(
                f"the engine's log has an event of kind {event.kind} at {event.sequence}, which settlement does"
                " not know: it comes of a command that this release never sends; deploy the one that does"
            )
        if "command_id" in event.data:
            batch.decided.add(UUID(event.data["command_id"]))
        handler(batch, event)


def expire(batch: Batch, journal_time_ns: int) -> None:
    """Reject the orders whose commands the log has passed without a word: they never happened."""
    at = from_ns(journal_time_ns)
    for command_id, order_id in batch.overdue.items():
        if command_id in batch.decided:
            continue
        batch.decided.add(command_id)
        # None: taken back, with its command, while this page waited for its lock.
        order = batch.orders.get(order_id)
        if order is None or order.status is not Status.PENDING_NEW:
            continue
        if order.replaces is not None:
            replacements.reject_replacement(batch, order.replaces, order.id, "expired", at)
            continue
        partner = batch.partner(order)
        batch.reject(order, "expired", at)
        if partner is not None and partner.status is Status.PENDING_NEW:
            batch.reject(partner, "expired", at)
        entry_ended(batch, order, at)


def _symbol_listed(batch: Batch, event: Event) -> None:
    batch.listed.add(event.data["symbol"])


def _session_ended(batch: Batch, event: Event) -> None:
    session = date.fromisoformat(event.data["session"])
    command_id = UUID(event.data["command_id"])
    batch.ended_sessions[session] = (command_id, from_ns(event.time_ns))


def _nothing(batch: Batch, event: Event) -> None:
    """Moves nobody's orders or money: what it does to orders, events of their own say."""


HANDLERS: dict[str, Callable[[Batch, Event], None]] = {
    "order_accepted": lifecycle.accepted,
    "order_rejected": lifecycle.refused,
    "order_repriced": lifecycle.repriced,
    "trade": trades.trade,
    "order_reduced": lifecycle.reduced,
    "order_triggered": lifecycle.triggered,
    "order_cancelled": lifecycle.canceled,
    "cancel_rejected": lifecycle.cancel_rejected,
    "order_replaced": replacements.replaced,
    "replace_rejected": replacements.replace_rejected,
    "order_expired": lifecycle.expired,
    "session_ended": _session_ended,
    "symbol_listed": _symbol_listed,
    "phase_changed": phases.phase_changed,
    # Listed before, or unknown; also the answer to a cancel of all orders of an unknown symbol.
    "symbol_rejected": _nothing,
    # Each of the orders was cancelled by an event of its own before this one.
    "all_cancelled": _nothing,
    # Of the engine itself: journal time went on; it was started with other limits.
    "tick": _nothing,
    "limits_changed": _nothing,
}
"""Every kind of event that the engine has. An unknown one stops settlement, and is not passed over."""
