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


class NewestBars(msgspec.Struct, frozen=True):
    """By symbol."""

    bars: dict[str, Bar]


class NewestBar(msgspec.Struct, frozen=True):
    bar: Bar
    symbol: str


class Bars(msgspec.Struct, frozen=True):
    """A page, by symbol; the token leads to the next one."""

    bars: dict[str, list[Bar]]
    next_page_token: str | None


class BarsOfOne(msgspec.Struct, frozen=True):
    """A page of one symbol."""

    bars: list[Bar]
    symbol: str
    next_page_token: str | None


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
