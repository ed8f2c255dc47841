"""Replacements in the gate's transaction: whether the old order can be replaced now, and what the new one holds."""

from collections.abc import Iterable
from uuid import UUID

import asyncpg

from trading.domain.asset import Asset
from trading.domain.holds import extra_hold
from trading.domain.order import Exit, Order, OrderType
from trading.domain.risk import Refused, check_exits
from trading.domain.states import CLOSED, OPEN, Status
from trading.orders.cancels import Found
from trading.orders.decisions import (
    Decision,
    Misplaced,
    NothingLeft,
    NotNow,
    Outdated,
    ReplaceDecision,
    UnknownOrder,
)
from trading.orders.waiting import Replacement
from trading.records import read_orders

REPLACEABLE = frozenset({Status.NEW, Status.PARTIALLY_FILLED})

_MARK_OLD = """
UPDATE orders SET status = 'pending_replace', updated_at = now() WHERE id = ANY($1::uuid[])
"""


async def decide(
    connection: asyncpg.Connection,
    replaces: list[Replacement],
    found: dict[UUID, Found],
    decisions: dict[UUID, Decision],
) -> None:
    """Refuse those that cannot be; give the others what the old order is right now. The old ones are locked."""
    orders = await read_orders(connection, found)
    for each in replaces:
        decision = _refusal(each, found, orders)
        if decision is not None:
            decisions[each.command_id] = decision
            continue
        old = orders[each.old.id]
        # Until settlement says so, nothing else may be asked of it.
        found[old.id].status = Status.PENDING_REPLACE
        partner = orders.get(old.partner_id) if old.partner_id is not None else None
        if partner is not None and partner.status not in OPEN:
            partner = None
        each.order.hold = extra_hold(old, each.order, partner)


def _refusal(
    replacement: Replacement, locked: dict[UUID, Found], orders: dict[UUID, Order]
) -> ReplaceDecision | None:
    found, old = locked.get(replacement.old.id), orders.get(replacement.old.id)
    if found is None or old is None or found.account_id != replacement.order.account_id:
        return UnknownOrder()
    if found.status in CLOSED or found.status not in REPLACEABLE or found.canceling:
        return NotNow(found.status, found.canceling)
    if _terms(old) != _terms(replacement.old):
        return Outdated()
    partner = None if old.partner_id is None else locked.get(old.partner_id)
    if partner is not None and partner.status is Status.PENDING_REPLACE:
        # What one of a pair needs depends on the price of the other.
        return NotNow("linked to an order that is being replaced")
    if replacement.order.qty <= old.filled_qty + old.reduced_qty:
        return NothingLeft()
    try:
        _check_linked(replacement.order, old, orders.values(), replacement.asset)
    except Refused as error:
        return Misplaced(str(error))
    return None


def _check_linked(new: Order, old: Order, linked: Iterable[Order], asset: Asset) -> None:
    """An entry's new price lies between those of its exits, an exit's on its side of the other's, as when they were
    placed. Raises `Refused`."""
    if (new.limit_price, new.stop_price) == (old.limit_price, old.stop_price):
        return
    if old.exit is None:
        exits = [each for each in linked if each.exit is not None and each.parent_id == old.id]
        base = new.limit_price or new.stop_price
    else:
        exits = [new, *(each for each in linked if each.id == old.partner_id)]
        base = None
    exits = [each for each in exits if each.status in OPEN]
    prices = {each.exit: (each.limit_price, each.stop_price) for each in exits}
    take_profit, _ = prices.get(Exit.TAKE_PROFIT, (None, None))
    _, stop = prices.get(Exit.STOP_LOSS, (None, None))
    for each in exits[:1]:
        check_exits(each.side, asset, base, take_profit, stop)


def _terms(order: Order) -> tuple[object, ...]:
    """What the command was drawn up from: it names only what differs."""
    at = None if order.order_type is OrderType.TRAILING_STOP else order.stop_price
    trail = (order.trail_price, order.trail_percent)
    return order.qty, order.engine_price, at, *trail, order.parent_id, order.partner_id


async def mark_old(connection: asyncpg.Connection, replaces: list[Replacement]) -> None:
    """The old orders wait for what the log says of their replacements."""
    await connection.execute(_MARK_OLD, [each.old.id for each in replaces])
