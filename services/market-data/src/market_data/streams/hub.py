"""Between the feed and the clients: a topic a symbol, the tickers of all, and a beat every second."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.clock import Clock
from market_data.streams import figures
from market_data.streams.alpaca_messages import Codec, MessagePackCodec
from market_data.streams.alpaca_view import AlpacaView
from market_data.streams.client import Client, Watch
from market_data.streams.instrument import Instrument
from market_data.streams.market_view import MarketView, TickersView
from market_data.streams.topic import Topic
from market_data.streams.view import View

BEAT_S = 1.0
CODECS = (Codec(), MessagePackCodec())
ALL_TICKERS_SLOWER = 10
"""A list of all symbols is looked at, not traded from: it is told a tenth as often as a symbol."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who listens to one symbol, and how each protocol shows it."""

    instrument: Instrument
    market: MarketView
    alpaca: Mapping[type[Codec], AlpacaView]
    topic: Topic

    @property
    def is_whole(self) -> bool:
        """Whether its quantities are whole numbers."""
        return self.instrument.asset is not None and self.instrument.asset.is_whole


class Hub:
    """The feed's audience. Clients come and go by `join` and `leave`."""

    def __init__(self, interval_s: float, clock: Clock) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self.clients: set[Client] = set()
        self._listeners: dict[str, Listeners] = {}
        self.tickers = TickersView()
        self.all_tickers = self._tickers_topic()
        self._since_ns = 0

    def __getitem__(self, symbol: str) -> Listeners:
        return self._listeners[symbol]

    def symbols(self) -> Iterable[str]:
        """All that can be listened to."""
        return tuple(self._listeners)

    def join(self, client: Client) -> None:
        self.clients.add(client)
        figures.CLIENTS.labels(client.protocol).inc()

    def leave(self, client: Client) -> None:
        if client in self.clients:
            self.clients.remove(client)
            figures.CLIENTS.labels(client.protocol).dec()

    def forget(self, symbol: str, watch: Watch[Any]) -> None:
        """Nobody need tell `watch` any more."""
        if (listeners := self._listeners.get(symbol)) is not None:
            listeners.topic.remove(watch)

    async def beat(self, heartbeat: Callable[[], bytes]) -> None:
        """Every second, until cancelled."""
        while True:
            await asyncio.sleep(BEAT_S)
            frame = heartbeat()
            for client in tuple(self.clients):
                client.beat(frame)

    def begun(self, instruments: Iterable[Instrument]) -> None:
        for instrument in instruments:
            self.added(instrument)

    def added(self, instrument: Instrument) -> None:
        view = MarketView(instrument, self._on_ticker)
        alpaca = {type(codec): AlpacaView(instrument, codec) for codec in CODECS}
        views: tuple[View[Any], ...] = (view, *alpaca.values())
        topic = Topic(views, self._interval_s, self._clock, instrument.told)
        self._listeners[instrument.symbol] = Listeners(instrument, view, alpaca, topic)
        view.refresh_ticker()
        for client in tuple(self.clients):
            client.on_added(instrument.symbol)

    def changed(self, instruments: Iterable[Instrument], since_ns: int) -> None:
        self._since_ns = since_ns
        for instrument in instruments:
            listeners = self._listeners[instrument.symbol]
            if instrument.book.whole:
                listeners.market.refresh_ticker()
            listeners.topic.changed(since_ns)

    def ended(self, *, replaced: bool) -> None:
        for client in tuple(self.clients):
            client.give_up(replaced=replaced)
        for listeners in self._listeners.values():
            listeners.topic.close()
        self._listeners.clear()
        self.all_tickers.close()
        self.tickers = TickersView()
        self.all_tickers = self._tickers_topic()

    def _on_ticker(self, view: MarketView) -> None:
        self.tickers.changed(view)
        self.all_tickers.changed(self._since_ns)

    def _tickers_topic(self) -> Topic:
        return Topic((self.tickers,), self._interval_s * ALL_TICKERS_SLOWER, self._clock)
