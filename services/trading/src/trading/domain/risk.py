"""What an order may be, before anything is written: the checks that need no lock. `docs/risk.md` lists them all."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trading.domain.asset import MAX_UNITS, Asset
from trading.domain.money import ONE, ZERO, is_multiple, plain
from trading.domain.order import Order, OrderType, Side
from trading.domain.trailing import BASIS_POINT


class Rule(StrEnum):
    """Why an order is refused, where that has a code of its own."""

    NOT_POSSIBLE = "not_possible"
    ORDER_QTY_TOO_LARGE = "order_qty_too_large"
    ORDER_VALUE_TOO_LARGE = "order_value_too_large"
    PRICE_OUTSIDE_BAND = "price_outside_band"
    NO_REFERENCE_PRICE = "no_reference_price"


class Refused(Exception):
    """The order is well formed, but cannot be. The message is for the trader."""

    def __init__(self, message: str, rule: Rule = Rule.NOT_POSSIBLE) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """What one account may do; none: no limit of the house's."""

    max_order_qty: Decimal | None
    max_order_value: Decimal | None
    """Quantity times the worst price at which it may trade."""
    max_open_orders: int
    max_orders_per_second: int
    max_identical_orders: int
    """Orders alike in all their terms and without a client order id, within a moment."""
    market_collar: Decimal
    """How far from its reference price an order without a limit may trade, a fraction."""


def check_quantity(asset: Asset, qty: Decimal) -> None:
    """Raises `Refused`."""
    if not is_multiple(qty, asset.lot_size):
        if asset.fractionable:
            raise Refused(f"qty must be a multiple of {plain(asset.lot_size)} for {asset.symbol}")
        raise Refused(f"asset {asset.symbol} is not fractionable: qty must be a whole number")
    if qty > asset.largest_qty:
        raise Refused(f"qty must not exceed {plain(asset.largest_qty)}", Rule.ORDER_QTY_TOO_LARGE)


def check_limit_price(asset: Asset, price: Decimal, name: str = "limit_price") -> None:
    """A limit, a stop or a trail on the asset's grid. Raises `Refused`."""
    if not is_multiple(price, asset.tick_size):
        raise Refused(
            f"invalid {name} {plain(price)}: it must be a multiple of the price increment"
            f" {plain(asset.tick_size)} (no sub-penny increment beyond it)"
        )
    if price / asset.tick_size > MAX_UNITS:
        raise Refused(f"{name} must not exceed {plain(MAX_UNITS * asset.tick_size)}")


def check_trail_percent(percent: Decimal) -> None:
    """Raises `Refused`."""
    if not is_multiple(percent, BASIS_POINT) or not ZERO < percent < 100:
        raise Refused("trail_percent must be a multiple of 0.01, above 0 and below 100")


def check_stop_side(side: Side, stop_price: Decimal, last_price: Decimal | None) -> None:
    """A stop must not be reached already, or it would be a market order in disguise. Raises `Refused`."""
    if last_price is None:
        return
    if side is Side.SELL and stop_price >= last_price:
        raise Refused("stop price must be less than current price")
    if side is Side.BUY and stop_price <= last_price:
        raise Refused("stop price must be greater than current price")


def check_exits(
    exit_side: Side,
    asset: Asset,
    base: Decimal | None,
    take_profit: Decimal | None,
    stop_price: Decimal | None,
) -> None:
    """The exits lie on their sides of each other, and of `base`, the price at which the entry is to trade.

    Raises `Refused`, in Alpaca's words.
    """
    sign = 1 if exit_side is Side.SELL else -1
    beyond = (">=", "<=") if exit_side is Side.SELL else ("<=", ">=")
    step = asset.tick_size
    if (
        take_profit is not None
        and stop_price is not None
        and sign * (take_profit - stop_price) <= ZERO
    ):
        side_of = "greater" if exit_side is Side.SELL else "less"
        raise Refused(f"take_profit.limit_price must be {side_of} than stop_loss.stop_price")
    if base is None:
        return
    if take_profit is not None and sign * (take_profit - base) < step:
        raise Refused(
            f"take_profit.limit_price must be {beyond[0]} base_price"
            f" {'+' if sign > 0 else '-'} {plain(step)} (base_price: {plain(base)})"
        )
    if stop_price is not None and sign * (base - stop_price) < step:
        raise Refused(
            f"stop_loss.stop_price must be {beyond[1]} base_price"
            f" {'-' if sign > 0 else '+'} {plain(step)} (base_price: {plain(base)})"
        )


def check_band(name: str, price: Decimal, last_price: Decimal | None, band: Decimal | None) -> None:
    """A limit lies within the asset's band round its last price. Raises `Refused`."""
    if band is None or last_price is None:
        return
    if abs(price - last_price) > last_price * band:
        raise Refused(
            f"{name} {plain(price)} is outside the band of {plain(band * 100)} % round the last price"
            f" {plain(last_price)}",
            Rule.PRICE_OUTSIDE_BAND,
        )


def check_size(order: Order, limits: RiskLimits) -> None:
    """Quantity and value of one order. Raises `Refused`."""
    if limits.max_order_qty is not None and order.qty > limits.max_order_qty:
        raise Refused(
            f"qty {plain(order.qty)} is above the largest allowed, {plain(limits.max_order_qty)}",
            Rule.ORDER_QTY_TOO_LARGE,
        )
    value = order.qty * order.engine_price
    if limits.max_order_value is not None and value > limits.max_order_value:
        raise Refused(
            f"an order of up to {plain(value)} is above the largest value allowed,"
            f" {plain(limits.max_order_value)}",
            Rule.ORDER_VALUE_TOO_LARGE,
        )


def reference_price(symbol: str, last_price: Decimal | None, what: str) -> Decimal:
    """The last price, for an order that means nothing without one. Raises `Refused`."""
    if last_price is None:
        raise Refused(
            f"{symbol} has not traded yet, so {what} has no price to be bounded by; use a limit order",
            Rule.NO_REFERENCE_PRICE,
        )
    return last_price


def collar_price(asset: Asset, side: Side, reference: Decimal, width: Decimal) -> Decimal:
    """The worst price, on the grid, at which an order without a limit may trade: `width` (a fraction) away."""
    if side is Side.BUY:
        highest = asset.price(MAX_UNITS)
        return min(max(asset.price_down(reference * (ONE + width)), asset.tick_size), highest)
    return max(asset.price_up(reference * max(ONE - width, ZERO)), asset.tick_size)


def engine_price(
    asset: Asset, order: Order, last_price: Decimal | None, collar: Decimal
) -> Decimal:
    """The limit that the engine is given: the order's own, or the collar of what has none. Raises `Refused`."""
    if order.limit_price is not None:
        return order.limit_price
    if order.order_type is OrderType.MARKET:
        reference = reference_price(asset.symbol, last_price, "a market order")
    else:
        assert order.stop_price is not None, "a stop without its price"
        reference = order.stop_price
    return collar_price(asset, order.side, reference, collar)
