"""How `/v1/stream/market` shows one symbol, and the tickers of all symbols. Pure."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from market_data.numbers import plain
from market_data.streams import messages
from market_data.streams.bars import LiveBar
from market_data.streams.book import Level
from market_data.streams.instrument import Instrument
from market_data.streams.messages import BarRow, TradeRow, encode, frame_of
from market_data.streams.tape import RECENT_TRADES, Trade
from market_data.streams.view import View

DEPTH, TRADES, BARS, TICKERS = 1, 2, 4, 8
CHANNELS: dict[str, int] = {"depth": DEPTH, "trades": TRADES, "bars": BARS, "tickers": TICKERS}
TRADES_A_MESSAGE = 1000
NEVER = -1


class MarketPlace(NamedTuple):
    """How far a listener has been told, a number a channel; `NEVER`: the first messages are due."""

    channels: int = 0
    depth: int = NEVER
    """The book's sequence."""
    trades: int = NEVER
    """The end of the tape."""
    ended: int = NEVER
    """How many minutes had ended."""
    bar: int = NEVER
    """The last trade in the forming bar."""
    ticker: int = NEVER
    """The ticker's version."""


class MarketView(View[MarketPlace]):
    """One symbol. Its asset is known."""

    def __init__(self, instrument: Instrument, on_ticker: Callable[["MarketView"], None]) -> None:
        super().__init__()
        self._instrument = instrument
        self._on_ticker = on_ticker
        self._made: dict[tuple[str, int], list[bytes]] = {}
        self.ticker_version = 0
        self._ticker: messages.Ticker | None = None

    @property
    def version(self) -> int:
        return self._instrument.changes

    @property
    def presentable(self) -> bool:
        return self._instrument.book.whole

    def begin(self) -> None:
        self._made.clear()
        self.refresh_ticker()

    def holds(self, place: MarketPlace) -> bool:
        instrument = self._instrument
        return (
            not place.channels & TRADES
            or place.trades == NEVER
            or instrument.tape.holds(place.trades)
        ) and (
            not place.channels & BARS or place.ended == NEVER or instrument.bars.holds(place.ended)
        )

    def make(self, place: MarketPlace) -> tuple[bytes | None, MarketPlace]:
        instrument = self._instrument
        parts: list[bytes] = []
        channels, depth, trades, ended, bar, ticker = place
        if channels & TRADES:
            if trades != instrument.tape.end:
                parts += self._once("trades", trades, self._trades)
            trades = instrument.tape.end
        if channels & BARS:
            forming = instrument.bars.minute
            if NEVER < ended < instrument.bars.ended:
                parts += self._once("final", ended, self._final_bars)
            ended = instrument.bars.ended
            if forming is not None and bar != forming.sequence:
                parts += self._once("bar", 0, lambda _: [self._bar(forming, final=False)])
                bar = forming.sequence
        if channels & DEPTH:
            if depth != instrument.book.sequence:
                parts += self._once("depth", depth, lambda place: [self._depth(place)])
            depth = instrument.book.sequence
        if channels & TICKERS:
            if ticker != self.ticker_version:
                parts += self._once("ticker", 0, lambda _: [self.ticker])
            ticker = self.ticker_version
        after = MarketPlace(channels, depth, trades, ended, bar, ticker)
        return (frame_of(parts) if parts else None), after

    @property
    def ticker(self) -> bytes:
        """The current ticker's message."""
        return encode(self._ticker)

    def refresh_ticker(self) -> None:
        """Look whether the ticker says something else than before; if so, its version moves and it is told."""
        instrument, asset = self._instrument, self._instrument.asset
        assert asset is not None, "only symbols of known assets are shown"
        bid, ask, day = instrument.book.bid, instrument.book.ask, instrument.bars.day
        told = self._ticker
        shown = (
            None if bid is None else (bid[0], bid[1]),
            None if ask is None else (ask[0], ask[1]),
            instrument.last_ticks,
            None if day is None else day.open_ticks,
            None if day is None else day.high_ticks,
            None if day is None else day.low_ticks,
            None if day is None else day.volume_lots,
        )
        if told is not None and shown == (
            told.bid,
            told.ask,
            told.last_ticks,
            told.open_ticks,
            told.high_ticks,
            told.low_ticks,
            told.volume_lots,
        ):
            return
        self.ticker_version += 1
        self._ticker = messages.Ticker(
            instrument.symbol,
            plain(asset.tick_size),
            plain(asset.lot_size),
            instrument.sequence,
            instrument.time_ns // 1000,
            *shown,
        )
        self._on_ticker(self)

    def _once(self, kind: str, place: int, make: Callable[[int], list[bytes]]) -> list[bytes]:
        """Messages, made once for all listeners that are there in this channel, whatever else they listen to."""
        made = self._made.get((kind, place))
        if made is None:
            made = self._made[kind, place] = make(place)
        return made

    def _trades(self, place: int) -> list[bytes]:
        symbol, tape = self._instrument.symbol, self._instrument.tape
        if place == NEVER:
            return [encode(messages.RecentTrades(symbol, _rows(tape.recent(RECENT_TRADES))))]
        rows = _rows(tape.since(place))
        return [
            encode(messages.Trades(symbol, rows[i : i + TRADES_A_MESSAGE]))
            for i in range(0, len(rows), TRADES_A_MESSAGE)
        ]

    def _final_bars(self, place: int) -> list[bytes]:
        final = self._instrument.bars.final_since(place)
        return [self._bar(each.minute, final=True) for each in final]

    def _bar(self, bar: LiveBar, *, final: bool) -> bytes:
        return encode(messages.Bar(self._instrument.symbol, _bar_row(bar), final))

    def _depth(self, place: int) -> bytes:
        book = self._instrument.book
        changes = None if place == NEVER else book.changes_since(place)
        if changes is None or len(changes[0]) + len(changes[1]) > book.size:
            return self._snapshot(*book.levels())
        return encode(
            messages.Delta(
                self._instrument.symbol, place, book.sequence, book.time_ns // 1000, *changes
            )
        )

    def _snapshot(self, bids: list[Level], asks: list[Level]) -> bytes:
        instrument, asset = self._instrument, self._instrument.asset
        assert asset is not None, "only symbols of known assets are shown"
        return encode(
            messages.Snapshot(
                instrument.symbol,
                plain(asset.tick_size),
                plain(asset.lot_size),
                instrument.book.sequence,
                instrument.book.time_ns // 1000,
                bids,
                asks,
            )
        )


class TickersView(View[int]):
    """The tickers of all symbols; a place is the number of changes that were told."""

    def __init__(self) -> None:
        super().__init__()
        self._changes = 0
        self._changed: dict[MarketView, int] = {}
        """The number of each ticker's last change, oldest first."""

    def changed(self, view: MarketView) -> None:
        self._changes += 1
        self._changed.pop(view, None)
        self._changed[view] = self._changes

    @property
    def version(self) -> int:
        return self._changes

    @property
    def presentable(self) -> bool:
        return True

    def begin(self) -> None:
        pass

    def holds(self, place: int) -> bool:
        return True

    def make(self, place: int) -> tuple[bytes | None, int]:
        parts: list[bytes] = []
        for view, changed in reversed(self._changed.items()):
            if changed <= place:
                break
            parts.append(view.ticker)
        return (frame_of(parts) if parts else None), self._changes


def _rows(trades: Iterable[Trade]) -> list[TradeRow]:
    return [
        (
            each.sequence,
            each.price_ticks,
            each.quantity_lots,
            each.taker_side,
            each.time_ns // 1000,
        )
        for each in trades
    ]


def _bar_row(bar: LiveBar) -> BarRow:
    return (
        bar.start_s,
        bar.open_ticks,
        bar.high_ticks,
        bar.low_ticks,
        bar.close_ticks,
        bar.volume_lots,
        bar.trade_count,
    )
