"""What one execution does to one of its orders."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trading.domain.holds import hold_of, releases_nothing
from trading.domain.money import ZERO, round_down, round_up
from trading.domain.order import Order, Side
from trading.domain.states import IllegalTransition, Status


@dataclass(frozen=True, slots=True)
class Fill:
    """The money of one side of one execution, in cash steps."""

    cash: Decimal
    """Paid by a buyer (fee included) or received by a seller (fee deducted); never negative."""
    fee: Decimal
    released: Decimal
    """Of the hold, beyond what the fill used up: price improvement."""


def fill(
    order: Order,
    price: Decimal,
    qty: Decimal,
    *,
    taker: bool,
    at: datetime,
    partner: Order | None = None,
) -> Fill:
    """Apply an execution to `order`: quantities, running totals, hold and state. `partner`: the other exit of its
    pair, while that is open."""
    if qty <= ZERO or qty > order.remaining:
        raise IllegalTransition(f"order {order.id} cannot fill {qty} of {order.remaining}")
    value = price * qty
    fee_exact = value * (order.taker_fee_rate if taker else order.maker_fee_rate)
    spent_before = round_up(order.filled_value + order.fee_value)
    gained_before = round_down(order.filled_value - order.fee_value)
    fee_before = round_down(order.fee_value)

    order.filled_qty += qty
    order.filled_value += value
    order.fee_value += fee_exact
    if order.remaining == ZERO:
        order.move(Status.FILLED, at)
    elif order.status not in (Status.PENDING_CANCEL, Status.PENDING_REPLACE):
        order.move(Status.PARTIALLY_FILLED, at)
    order.updated_at = at

    hold_before = order.hold
    needed = hold_of(order, partner)
    fee = round_down(order.fee_value) - fee_before
    if order.side is Side.SELL:
        cash = round_down(order.filled_value - order.fee_value) - gained_before
        used = qty
    else:
        cash = round_up(order.filled_value + order.fee_value) - spent_before
        used = cash
    # What it does not need any more may be what its replacement was reckoned on.
    order.hold = hold_before - used if releases_nothing(order, partner) else needed
    return Fill(cash, fee, hold_before - order.hold - used)
