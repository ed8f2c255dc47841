"""What an order sets aside while it is open, alone, as one of a pair, and while another is to take its place.

Everything here is reckoned on running totals, so that what an order spent plus what it holds never exceeds its first
hold, and that a fill never needs more than is held (`docs/ledger.md` has the proofs).
"""

from decimal import Decimal

from trading.domain.money import CASH_STEP, ONE, ZERO, round_up
from trading.domain.order import Exit, Order, Side
from trading.domain.states import CLOSED, Status


def hold_needed(order: Order) -> Decimal:
    """What an open order that stands alone must hold from here on: enough for all its remaining quantity at its
    worst price. Cash for a buy, shares for a sell."""
    if order.side is Side.SELL:
        return order.remaining
    spent = order.filled_value + order.fee_value
    return round_up(spent + order.remaining * _worst_price(order)) - round_up(spent)


def pair_hold(limit: Order, stop: Order) -> Decimal:
    """What both exits of a pair hold together: of the quantity that they share, each share is bought or sold by one of
    them only. It stands in the `hold` of `limit`."""
    if limit.side is Side.SELL:
        return limit.remaining
    if limit.remaining == ZERO:
        return ZERO
    spent = limit.filled_value + limit.fee_value
    rest = limit.remaining * max(_worst_price(limit), _worst_price(stop))
    # One step more: what the limit order spent and what the stop will spend are rounded up each for itself.
    return round_up(spent + rest) - round_up(spent) + CASH_STEP


def hold_of(order: Order, partner: Order | None) -> Decimal:
    """What `order` must hold, given the other exit of its pair; none when there is no other, or it is gone."""
    if partner is None:
        return hold_needed(order)
    if order.exit is Exit.TAKE_PROFIT:
        return pair_hold(order, partner)
    return ZERO


def releases_nothing(order: Order, partner: Order | None) -> bool:
    """Whether what an order holds beyond its need must stay with it: while it, or the other exit of its pair, waits to
    be replaced. What the replacement holds was reckoned on all that was held when it was asked for."""
    if order.status in CLOSED:
        return False
    asked = partner is not None and partner.status is Status.PENDING_REPLACE
    return asked or order.status is Status.PENDING_REPLACE


def extra_hold(old: Order, new: Order, partner: Order | None = None) -> Decimal:
    """What must be set aside beside `old`'s hold, so that `new` can take its place, whatever `old` fills until then,
    if nothing but fills takes from `old`'s hold (`releases_nothing`).

    `new.qty` is the total, as its replacement request says; its own fills are not looked at. `partner` is the other
    exit of an open pair.
    """
    more = new.qty - old.qty
    if old.side is Side.SELL:
        return max(ZERO, more)
    left = old.remaining if partner is None else min(old.remaining, partner.remaining)
    before, after = _worst_price(old), _worst_price(new)
    if partner is not None:
        before, after = (max(each, _worst_price(partner)) for each in (before, after))
    # What `new` needs beyond `old` changes evenly with what `old` fills: it is largest now, or when all is filled.
    now, in_the_end = (left + more) * after - left * before, more * after
    return round_up(max(ZERO, now, in_the_end))


def _worst_price(order: Order) -> Decimal:
    """Of one share, fee included."""
    return order.engine_price * (ONE + order.highest_fee_rate)
