"""A quote in Alpaca's shape."""

from decimal import Decimal

import msgspec

from chassis.clock import rfc3339_ns
from market_data.assets.catalog import Asset
from market_data.latest.state import Level
from market_data.latest.state import Quote as LatestQuote
from market_data.numbers import Number, number

EXCHANGE = "V"
TAPE = "A"
MOST_WHOLE = Decimal(2**32 - 1)
"""Clients read whole sizes as unsigned 32-bit integers: a larger one is shown as this, and exactly in the book."""


class Quote(msgspec.Struct, frozen=True, rename={"as_": "as"}):
    """An empty side has price and size 0."""

    t: str
    bp: Number
    bs: Number
    ap: Number
    as_: Number
    bx: str = EXCHANGE
    ax: str = EXCHANGE
    c: tuple[str, ...] = ("R",)
    z: str = TAPE


class NewestQuotes(msgspec.Struct, frozen=True):
    """By symbol."""

    quotes: dict[str, Quote]


class NewestQuote(msgspec.Struct, frozen=True):
    quote: Quote
    symbol: str


class Quotes(msgspec.Struct, frozen=True):
    """A page, by symbol; the token leads to the next one."""

    quotes: dict[str, list[Quote]]
    next_page_token: str | None


class QuotesOfOne(msgspec.Struct, frozen=True):
    """A page of one symbol."""

    quotes: list[Quote]
    symbol: str
    next_page_token: str | None


def quote_of(asset: Asset, quote: LatestQuote) -> Quote:
    """The latest quote for the wire."""
    bid_price, bid_size = _side(asset, quote.bid)
    ask_price, ask_size = _side(asset, quote.ask)
    return Quote(rfc3339_ns(quote.time_ns), bid_price, bid_size, ask_price, ask_size)


def _side(asset: Asset, level: Level | None) -> tuple[Number, Number]:
    if level is None:
        return number(Decimal(0)), number(Decimal(0))
    size = asset.size(level.quantity_lots)
    return number(asset.price(level.price_ticks)), number(
        min(size, MOST_WHOLE) if asset.is_whole else size
    )
