"""One client of `/v2/{feed}`, Alpaca's protocol: what it asks, and what it is answered."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from chassis.clock import Clock
from chassis.errors import Problem
from chassis.websockets import POLICY_VIOLATION, Frames
from market_data.streams.alpaca_messages import Codec, Error, Request, Subscription, Success
from market_data.streams.alpaca_view import (
    BARS,
    DAILY_BARS,
    QUOTES,
    TRADES,
    AlpacaPlace,
)
from market_data.streams.client import Watch
from market_data.streams.feed import Feed
from market_data.streams.hub import Hub
from market_data.streams.subscriber import ALL, Subscriber
from market_data.symbols import MAX_LENGTH

AUTH_TIMEOUT_S = 10.0
CHANNELS: dict[str, int] = {
    "trades": TRADES,
    "quotes": QUOTES,
    "bars": BARS,
    "dailyBars": DAILY_BARS,
    # Taken, and never sent: no trade is ever corrected, no price limited, no auction unbalanced.
    "updatedBars": 0,
    "statuses": 0,
    "lulds": 0,
    "imbalances": 0,
}

INVALID_SYNTAX = Error(400, "invalid syntax")
NOT_AUTHENTICATED = Error(401, "not authenticated")
AUTH_FAILED = Error(402, "auth failed")
ALREADY_AUTHENTICATED = Error(403, "already authenticated")
AUTH_TIMEOUT = Error(404, "auth timeout")
SYMBOL_LIMIT = Error(405, "symbol limit exceeded")
SLOW_CLIENT = Error(407, "slow client")
INTERNAL_ERROR = Error(500, "internal error")


class AlpacaClient(Subscriber):
    """`verify` raises a `Problem` for a token that proves no user."""

    protocol = "alpaca"

    def __init__(
        self,
        frames: Frames,
        clock: Clock,
        codec: Codec,
        *,
        feed: Feed,
        hub: Hub,
        symbols_limit: int,
        verify: Callable[[str], Awaitable[object]],
    ) -> None:
        super().__init__(frames, clock, feed=feed, hub=hub, symbols_limit=symbols_limit)
        self._codec = codec
        self._verify = verify
        self._authenticated = False
        self._asked: dict[str, set[str]] = {name: set() for name in CHANNELS}
        self._watches: dict[str, Watch[AlpacaPlace]] = {}
        self._deadline: asyncio.TimerHandle | None = None

    def welcome(self, *, authenticated: bool) -> None:
        """At once: some clients wait for it before they say anything."""
        self._say(Success("connected"))
        if authenticated:
            self._let_in()
        else:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(AUTH_TIMEOUT_S, self._refuse, AUTH_TIMEOUT)

    async def hear(self, text: str | None, data: bytes | None) -> None:
        """One frame, of either kind."""
        try:
            request = self._codec.decode(text, data)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            self._say(INVALID_SYNTAX)
            return
        match request.action:
            case "auth":
                await self._authenticate(request.token or "")
            case "subscribe" | "unsubscribe" if not self._authenticated:
                self._say(NOT_AUTHENTICATED)
            case "subscribe":
                await self._subscribe(request)
            case "unsubscribe":
                for name in CHANNELS:
                    self._asked[name] -= set(_symbols(request, name))
                self._changed()
            case _:
                self._say(INVALID_SYNTAX)

    def leave(self) -> None:
        """The connection is over."""
        if self._deadline is not None:
            self._deadline.cancel()
        for symbol, watch in self._watches.items():
            self._hub.forget(symbol, watch)
        self._watches.clear()

    def on_added(self, symbol: str) -> None:
        self._watch(symbol)

    def slow_words(self) -> bytes:
        return self.frame(SLOW_CLIENT)

    def frame(self, message: msgspec.Struct) -> bytes:
        # Each in an array of its own: Alpaca's Go client insists on that while it connects.
        return self._codec.frame([message])

    async def _authenticate(self, token: str) -> None:
        if self._authenticated:
            self._say(ALREADY_AUTHENTICATED)
            return
        try:
            await self._verify(token)
        except Problem as problem:
            self._refuse(INTERNAL_ERROR if problem.status >= 500 else AUTH_FAILED)
            return
        self._let_in()

    def _let_in(self) -> None:
        self._authenticated = True
        if self._deadline is not None:
            self._deadline.cancel()
        self._say(Success("authenticated"))

    def _refuse(self, error: Error) -> None:
        self.close(self.frame(error), POLICY_VIOLATION, error.msg)

    async def _subscribe(self, request: Request) -> None:
        asked = {name: self._asked[name] | set(_symbols(request, name)) for name in CHANNELS}
        named = set().union(*asked.values()) - {ALL}
        if any(not 0 < len(symbol) <= MAX_LENGTH for symbol in named):
            self._say(INVALID_SYNTAX)
            return
        if len(named) > self._symbols_limit:
            self._say(SYMBOL_LIMIT)
            return
        await self._find(named)  # one may have come only just now; others follow when they come
        self._asked = asked
        self._changed()

    def _changed(self) -> None:
        self._say(
            Subscription(
                **{name: sorted(symbols) for name, symbols in self._asked.items()},
                corrections=sorted(self._asked["trades"]),
                cancelErrors=sorted(self._asked["trades"]),
            )
        )
        for symbol in self._hub.symbols():
            self._watch(symbol)

    def _watch(self, symbol: str) -> None:
        """Listen to just what was asked of `symbol`; what is new begins now."""
        listeners = self._hub[symbol]
        # Clients read sizes as whole numbers, some refuse others: fractions come to those who name the symbol.
        names = {symbol, ALL} if listeners.is_whole else {symbol}
        channels = 0
        for name, channel in CHANNELS.items():
            if names & self._asked[name]:
                channels |= channel
        watch = self._watches.get(symbol)
        before = 0 if watch is None else watch.place.channels
        if channels == before:
            return
        view = listeners.alpaca[type(self._codec)]
        if watch is None:
            watch = self._watches[symbol] = Watch(self, view, view.now(channels))
            listeners.topic.add(watch)
        elif not channels:
            listeners.topic.remove(self._watches.pop(symbol))
        else:
            watch.place = _joined(watch.place, view.now(channels), channels & ~before)


def _symbols(request: Request, channel: str) -> list[str]:
    symbols: list[str] | None = getattr(request, channel)
    return symbols or []


def _joined(place: AlpacaPlace, now: AlpacaPlace, new: int) -> AlpacaPlace:
    """`place`, but where `new` channels begin."""
    return AlpacaPlace(
        now.channels,
        now.trades if new & TRADES else place.trades,
        # The two kinds of bars end together; one that joins the other goes on from where that is.
        place.ended if place.channels & (BARS | DAILY_BARS) else now.ended,
        now.quote if new & QUOTES else place.quote,
    )
