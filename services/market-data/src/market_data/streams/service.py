"""The streams of one process, put together: the feed, the hub, and what runs in the background for them."""

from collections.abc import Coroutine
from typing import Any

from chassis.clock import Clock
from chassis.database import Database
from chassis.event_log.source import LogSource
from market_data.streams import messages
from market_data.streams.feed import Feed
from market_data.streams.hub import Hub
from market_data.streams.messages import encode, frame_of


class Streams:
    """`work` is to be run as long as the service."""

    def __init__(
        self,
        database: Database,
        source: LogSource,
        *,
        broker_url: str,
        clock: Clock,
        interval_ms: int,
        symbols_limit: int,
    ) -> None:
        self.interval_ms = interval_ms
        self.symbols_limit = symbols_limit
        self.clock = clock
        self.hub = Hub(interval_ms / 1000, clock)
        self.feed = Feed(database, source, broker_url=broker_url, clock=clock, audience=self.hub)

    def work(self) -> tuple[Coroutine[Any, Any, None], ...]:
        return self.feed.run(), self.hub.beat(self._heartbeat)

    def _heartbeat(self) -> bytes:
        feed = self.feed
        beat = messages.Heartbeat(feed.sequence, feed.time_ns // 1000, feed.live)
        return frame_of([encode(beat)])
