"""One client of `/v1/stream/market`: what it asks, and what it is answered."""

import msgspec

from chassis.clock import Clock
from chassis.websockets import Frames
from market_data.streams import messages
from market_data.streams.client import Watch
from market_data.streams.feed import Feed
from market_data.streams.hub import Hub
from market_data.streams.market_view import (
    BARS,
    CHANNELS,
    DEPTH,
    NEVER,
    TICKERS,
    TRADES,
    MarketPlace,
)
from market_data.streams.messages import ErrorCode, Request, encode, frame_of
from market_data.streams.subscriber import ALL, Subscriber
from market_data.symbols import MAX_LENGTH


class _Refused(Exception):
    """The message changes nothing."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ErrorCode = code


class MarketClient(Subscriber):
    """`hear` takes what the client says; everything else comes from the hub."""

    protocol = "market"

    def __init__(
        self, frames: Frames, clock: Clock, *, feed: Feed, hub: Hub, symbols_limit: int
    ) -> None:
        super().__init__(frames, clock, feed=feed, hub=hub, symbols_limit=symbols_limit)
        self._watches: dict[str, Watch[MarketPlace]] = {}
        self._all_tickers: Watch[int] | None = None

    def welcome(self, interval_ms: int) -> None:
        """Before anything else."""
        self._say(messages.Welcome(self._feed.log_id, interval_ms, self._symbols_limit))

    async def hear(self, text: str | None) -> None:
        """One frame; none: it was binary."""
        try:
            await self._act(_read(text))
        except _Refused as refusal:
            self._say(messages.Error(refusal.code, str(refusal)))

    def leave(self) -> None:
        """The connection is over."""
        for symbol in list(self._watches):
            self._unwatch(symbol)
        self._listen_to_all(False)

    def on_beat(self, heartbeat: bytes) -> None:
        self.say(heartbeat)

    def slow_words(self) -> bytes:
        return self.frame(
            messages.Error("slow_client", "you do not keep up; the connection closes")
        )

    def replaced_words(self) -> bytes:
        return self.frame(messages.Error("log_replaced", "what was told is void; connect again"))

    def frame(self, message: msgspec.Struct) -> bytes:
        return frame_of([encode(message)])

    async def _act(self, request: Request) -> None:
        match request.action:
            case "subscribe":
                await self._subscribe(_channels(request), _symbols(request))
            case "unsubscribe":
                self._unsubscribe(_channels(request), _symbols(request))
            case "resync":
                self._resync(request.symbol)
            case "ping":
                self._say(messages.Pong(request.id))
            case other:
                raise _Refused("invalid_message", f"there is no action {other[:32]!r}")

    async def _subscribe(self, channels: int, symbols: set[str]) -> None:
        named = symbols - {ALL}
        if ALL in symbols and channels != TICKERS:
            raise _Refused("unknown_symbol", '"*" is for the channel tickers alone')
        if len(named | self._watches.keys()) > self._symbols_limit:
            raise _Refused("symbol_limit", f"at most {self._symbols_limit} symbols a connection")
        await self._require_known(named)
        if self.frames.closed:
            return  # the market may have ended meanwhile, and with it all that could be listened to
        for symbol in sorted(named):
            watch = self._watches.get(symbol)
            if watch is None:
                view = self._hub[symbol].market
                watch = self._watches[symbol] = Watch(self, view, MarketPlace())
                self._hub[symbol].topic.add(watch)
            watch.place = _begin(watch.place, channels)
        if ALL in symbols:
            self._listen_to_all(False)
            self._listen_to_all(True)
        self._say_subscribed()
        for symbol in sorted(named):
            self._tell(self._watches[symbol])
        if ALL in symbols and self._all_tickers is not None:
            self._tell(self._all_tickers)

    def _unsubscribe(self, channels: int, symbols: set[str]) -> None:
        for symbol in symbols & self._watches.keys():
            watch = self._watches[symbol]
            watch.place = watch.place._replace(channels=watch.place.channels & ~channels)
            if not watch.place.channels:
                self._unwatch(symbol)
        if ALL in symbols and channels & TICKERS:
            self._listen_to_all(False)
        self._say_subscribed()

    def _resync(self, symbol: str) -> None:
        watch = self._watches.get(symbol)
        if watch is None or not watch.place.channels & DEPTH:
            raise _Refused("unknown_symbol", f"there is no depth subscribed of {symbol[:32]!r}")
        watch.place = watch.place._replace(depth=NEVER)
        self._tell(watch)

    async def _require_known(self, symbols: set[str]) -> None:
        known = await self._find(symbols)
        if known is None:
            raise _Refused("unknown_symbol", "new symbols cannot be looked up right now")
        if unknown := sorted(symbols - known.keys()):
            raise _Refused(
                "unknown_symbol", f"unknown: {', '.join(each[:32] for each in unknown[:5])}"
            )

    def _unwatch(self, symbol: str) -> None:
        watch = self._watches.pop(symbol)
        self._hub.forget(symbol, watch)

    def _listen_to_all(self, wanted: bool) -> None:
        topic = self._hub.all_tickers
        if self._all_tickers is not None:
            topic.remove(self._all_tickers)
            self._all_tickers = None
        if wanted:
            self._all_tickers = Watch(self, self._hub.tickers, 0)
            topic.add(self._all_tickers)

    def _tell(self, watch: Watch[MarketPlace] | Watch[int]) -> None:
        # What cannot be shown now, in the middle of a command, will be told to all when it can.
        if watch.view.presentable and self.tell(watch):
            self._sent.inc()

    def _say_subscribed(self) -> None:
        channels = {
            name: sorted(s for s, w in self._watches.items() if w.place.channels & channel)
            for name, channel in CHANNELS.items()
        }
        if self._all_tickers is not None:
            channels["tickers"].insert(0, ALL)
        self._say(messages.Subscribed(channels))


def _read(text: str | None) -> Request:
    if text is None:
        raise _Refused("invalid_message", "frames are text")
    try:
        return messages.decode_request(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _Refused("invalid_message", str(error)[:200]) from None


def _channels(request: Request) -> int:
    channels = 0
    for name in request.channels:
        if name not in CHANNELS:
            raise _Refused("unknown_channel", f"there is no channel {name[:32]!r}")
        channels |= CHANNELS[name]
    if not channels:
        raise _Refused("unknown_channel", f"name at least one of {', '.join(CHANNELS)}")
    return channels


def _symbols(request: Request) -> set[str]:
    if not request.symbols:
        raise _Refused("unknown_symbol", "name at least one symbol")
    if too_long := [each for each in request.symbols if len(each) > MAX_LENGTH]:
        raise _Refused("unknown_symbol", f"unknown: {too_long[0][:MAX_LENGTH]}...")
    return set(request.symbols)


def _begin(place: MarketPlace, channels: int) -> MarketPlace:
    """`place` with these channels too, and their first messages due, again if need be."""
    place = place._replace(channels=place.channels | channels)
    if channels & DEPTH:
        place = place._replace(depth=NEVER)
    if channels & TRADES:
        place = place._replace(trades=NEVER)
    if channels & BARS:
        place = place._replace(ended=NEVER, bar=NEVER)
    if channels & TICKERS:
        place = place._replace(ticker=NEVER)
    return place
