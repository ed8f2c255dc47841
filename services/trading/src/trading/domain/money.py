"""Exact decimal arithmetic for cash and quantities.

Cash has eight decimals. What a buyer pays rounds up, what a seller gets rounds down, each on the order's running
total, so that an order's fills together are rounded once and a hold of the rounded total always suffices.
"""

import decimal
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

CASH_STEP = Decimal("0.00000001")
ZERO = Decimal(0)
ONE = Decimal(1)

# A price or quantity has at most 16 digits of ticks or lots times 18 digits of step: their product has 68, and a
# fee rate adds its own. Nothing is ever rounded by accident.
PRECISION = 120
decimal.DefaultContext.prec = PRECISION
decimal.getcontext().prec = PRECISION


def round_up(amount: Decimal) -> Decimal:
    """`amount` in cash steps, towards positive infinity."""
    return amount.quantize(CASH_STEP, ROUND_CEILING)


def round_down(amount: Decimal) -> Decimal:
    """`amount` in cash steps, towards negative infinity."""
    return amount.quantize(CASH_STEP, ROUND_FLOOR)


def plain(amount: Decimal) -> str:
    """Decimal text without exponent and without trailing zeros."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def is_multiple(amount: Decimal, step: Decimal) -> bool:
    """Whether `amount` is a whole number of `step`s."""
    return amount % step == 0
