"""What clients of both protocols do alike: name symbols, some of which nobody here has heard of yet."""

import msgspec

from chassis.clock import Clock
from chassis.database import is_transient
from chassis.websockets import Frames
from market_data.streams.client import Client
from market_data.streams.feed import Feed
from market_data.streams.hub import Hub
from market_data.streams.instrument import Instrument

ALL = "*"


class Subscriber(Client):
    """A client that asks for symbols, at most `symbols_limit`, and is answered in messages."""

    def __init__(
        self, frames: Frames, clock: Clock, *, feed: Feed, hub: Hub, symbols_limit: int
    ) -> None:
        super().__init__(frames, clock)
        self._feed = feed
        self._hub = hub
        self._symbols_limit = symbols_limit

    def frame(self, message: msgspec.Struct) -> bytes:
        """A frame with one message."""
        raise NotImplementedError

    def _say(self, message: msgspec.Struct) -> None:
        self.say(self.frame(message))

    async def _find(self, symbols: set[str]) -> dict[str, Instrument] | None:
        """Those of `symbols` that can be listened to; none when that cannot be told right now."""
        try:
            return await self._feed.find(symbols)
        except Exception as error:
            if not is_transient(error):
                raise
            return None
