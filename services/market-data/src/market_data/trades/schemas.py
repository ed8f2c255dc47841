"""A trade in Alpaca's shape."""

from typing import Protocol

import msgspec

from chassis.clock import rfc3339_ns
from market_data.assets.catalog import Asset
from market_data.journal import Side
from market_data.numbers import Number, number

EXCHANGE = "V"
TAPE = "A"


class Trade(msgspec.Struct, frozen=True):
    """`i` is the trade's sequence in the engine's log, `tks` the taker's side (B or S).

    `x` and `z` are fixed: there is one exchange.
    """

    t: str
    p: Number
    s: Number
    i: int
    tks: str
    x: str = EXCHANGE
    z: str = TAPE
    c: tuple[str, ...] = ()


class NewestTrades(msgspec.Struct, frozen=True):
    """By symbol."""

    trades: dict[str, Trade]


class NewestTrade(msgspec.Struct, frozen=True):
    trade: Trade
    symbol: str


class Trades(msgspec.Struct, frozen=True):
    """A page, by symbol; the token leads to the next one."""

    trades: dict[str, list[Trade]]
    next_page_token: str | None


class TradesOfOne(msgspec.Struct, frozen=True):
    """A page of one symbol."""

    trades: list[Trade]
    symbol: str
    next_page_token: str | None


class Made(Protocol):
    """A trade in ticks and lots, from wherever it was read."""

    @property
    def sequence(self) -> int: ...
    @property
    def time_ns(self) -> int: ...
    @property
    def price_ticks(self) -> int: ...
    @property
    def quantity_lots(self) -> int: ...
    @property
    def taker_side(self) -> Side: ...


def trade_of(asset: Asset, trade: Made) -> Trade:
    """A trade for the wire."""
    return Trade(
        rfc3339_ns(trade.time_ns),
        number(asset.price(trade.price_ticks)),
        number(asset.size(trade.quantity_lots)),
        trade.sequence,
        "B" if trade.taker_side == "buy" else "S",
    )
