"""A bar in Alpaca's shape."""

import msgspec

from chassis.clock import rfc3339_ns
from market_data.assets.catalog import Asset
from market_data.bars.queries import SECOND_NS, StoredBar
from market_data.numbers import Number, number


class Bar(msgspec.Struct, frozen=True):
    """`t` is when it starts, `n` how many trades it has, `vw` their volume-weighted average price."""

    t: str
    o: Number
    h: Number
    l: Number  # noqa: E741 - Alpaca's name
    c: Number
    v: Number
    n: int
    vw: Number


def bar_of(asset: Asset, bar: StoredBar) -> Bar:
    """A stored bar for the wire."""
    return Bar(
        rfc3339_ns(bar.start_s * SECOND_NS),
        number(asset.price(bar.open_ticks)),
        number(asset.price(bar.high_ticks)),
        number(asset.price(bar.low_ticks)),
        number(asset.price(bar.close_ticks)),
        number(asset.size(bar.volume_lots)),
        bar.trade_count,
        number(asset.vwap(bar.turnover, bar.volume_lots)),
    )
