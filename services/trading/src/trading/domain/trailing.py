"""Where a trailing stop stands: behind the best price since its acceptance (rule G5 of the matching rules)."""

from decimal import ROUND_FLOOR, Decimal

from trading.domain.asset import Asset
from trading.domain.order import Order, Side

BASIS_POINT = Decimal("0.01")
"""In percent: the step of `trail_percent`."""


def basis_points(trail_percent: Decimal) -> int:
    """A percentage that is a whole number of basis points, as that number."""
    return int(trail_percent / BASIS_POINT)


def stop_price_behind(mark: Decimal, order: Order, asset: Asset) -> Decimal:
    """The stop price of a trailing stop whose best price so far is `mark`. A percentage of it is rounded down to a
    tick, and is one tick at least."""
    distance = order.trail_price
    if distance is None:
        assert order.trail_percent is not None, "a trailing stop without a trail"
        ticks = (mark / asset.tick_size * order.trail_percent / 100).to_integral_value(ROUND_FLOOR)
        distance = max(ticks * asset.tick_size, asset.tick_size)
    return mark + distance if order.side is Side.BUY else mark - distance


def follow(order: Order, price: Decimal, asset: Asset) -> bool:
    """A trade at `price`, as a waiting trailing stop sees it: the mark moves first. Whether it reached the stop."""
    best = min if order.side is Side.BUY else max
    order.hwm = price if order.hwm is None else best(order.hwm, price)
    order.stop_price = stop_price_behind(order.hwm, order, asset)
    return price >= order.stop_price if order.side is Side.BUY else price <= order.stop_price
