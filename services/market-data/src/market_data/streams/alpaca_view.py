"""How `/v2/{feed}` shows one symbol. Pure."""

from typing import NamedTuple

import msgspec

from market_data.streams.alpaca_messages import (
    Best,
    Codec,
    DailyBar,
    MinuteBar,
    bar_message,
    quote_message,
    trade_message,
)
from market_data.streams.instrument import Instrument
from market_data.streams.view import View

TRADES, QUOTES, BARS, DAILY_BARS = 1, 2, 4, 8

Quote = tuple[Best | None, Best | None]


class AlpacaPlace(NamedTuple):
    """How far a listener has been told. The quote is what it was told: the same one is not told again."""

    channels: int
    trades: int
    ended: int
    quote: Quote


class AlpacaView(View[AlpacaPlace]):
    """One symbol in one codec. Its asset is known."""

    def __init__(self, instrument: Instrument, codec: Codec) -> None:
        super().__init__()
        self._instrument = instrument
        self._codec = codec

    @property
    def version(self) -> int:
        return self._instrument.changes

    @property
    def presentable(self) -> bool:
        return self._instrument.book.whole

    def now(self, channels: int) -> AlpacaPlace:
        """Where a listener begins: it is told what comes, not what was."""
        instrument = self._instrument
        return AlpacaPlace(channels, instrument.tape.end, instrument.bars.ended, self._quote)

    def begin(self) -> None:
        pass

    def holds(self, place: AlpacaPlace) -> bool:
        instrument = self._instrument
        bars = place.channels & (BARS | DAILY_BARS)
        return (not place.channels & TRADES or instrument.tape.holds(place.trades)) and (
            not bars or instrument.bars.holds(place.ended)
        )

    def make(self, place: AlpacaPlace) -> tuple[bytes | None, AlpacaPlace]:
        instrument, asset, codec = self._instrument, self._instrument.asset, self._codec
        assert asset is not None, "only symbols of known assets are shown"
        told: list[msgspec.Struct] = []
        if place.channels & TRADES:
            trades = instrument.tape.since(place.trades)
            told += (trade_message(codec, asset, trade) for trade in trades)
        if place.channels & (BARS | DAILY_BARS):
            for final in instrument.bars.final_since(place.ended):
                if place.channels & BARS:
                    told.append(bar_message(codec, MinuteBar, asset, final.minute))
                if place.channels & DAILY_BARS:
                    told.append(bar_message(codec, DailyBar, asset, final.day))
        if place.channels & QUOTES and place.quote != self._quote:
            told.append(quote_message(codec, asset, *self._quote, instrument.book.time_ns))
        return (codec.frames(told) if told else None), self.now(place.channels)

    @property
    def _quote(self) -> Quote:
        # Without the number of orders: a change of that alone is no news here.
        bid, ask = self._instrument.book.bid, self._instrument.book.ask
        return (None if bid is None else bid[:2]), (None if ask is None else ask[:2])
