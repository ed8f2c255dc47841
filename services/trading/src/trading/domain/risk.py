"""What an order may be, before anything is written: the checks that need no lock."""

from decimal import Decimal

from trading.domain.asset import MAX_UNITS, Asset
from trading.domain.money import ONE, ZERO, is_multiple, plain
from trading.domain.order import Side


class Refused(Exception):
    """The order is well formed, but cannot be. The message is for the trader."""


def check_quantity(asset: Asset, qty: Decimal) -> None:
    """Raises `Refused`."""
    if not is_multiple(qty, asset.lot_size):
        if asset.fractionable:
            raise Refused(f"qty must be a multiple of {plain(asset.lot_size)} for {asset.symbol}")
        raise Refused(f"asset {asset.symbol} is not fractionable: qty must be a whole number")
    if qty > asset.largest_qty:
        raise Refused(f"qty must not exceed {plain(asset.largest_qty)}")


def check_limit_price(asset: Asset, price: Decimal) -> None:
    """Raises `Refused`."""
    if not is_multiple(price, asset.tick_size):
        raise Refused(
            f"invalid limit_price {plain(price)}: it must be a multiple of the price increment"
            f" {plain(asset.tick_size)} (no sub-penny increment beyond it)"
        )
    if price / asset.tick_size > MAX_UNITS:
        raise Refused(f"limit_price must not exceed {plain(MAX_UNITS * asset.tick_size)}")


def collar_price(asset: Asset, side: Side, last_price: Decimal, width: Decimal) -> Decimal:
    """The worst price at which a market order may trade: `width` (a fraction) from the last one, on the grid."""
    if side is Side.BUY:
        highest = asset.price(MAX_UNITS)
        return min(max(asset.price_down(last_price * (ONE + width)), asset.tick_size), highest)
    return max(asset.price_up(last_price * max(ONE - width, ZERO)), asset.tick_size)
