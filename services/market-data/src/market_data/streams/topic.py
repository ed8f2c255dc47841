"""What listeners can listen to, and when they are told: at once when idle, else once an interval."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from chassis.clock import Clock
from market_data.streams import figures
from market_data.streams.client import Watch
from market_data.streams.view import View


class Topic:
    """Some views of one thing, and who watches them. What changes within `interval_s` is told together.

    `on_told` is called whenever all were told who could be.
    """

    def __init__(
        self,
        views: Sequence[View[Any]],
        interval_s: float,
        clock: Clock,
        on_told: Callable[[], None] = lambda: None,
    ) -> None:
        self.watches: dict[View[Any], set[Watch[Any]]] = {view: set() for view in views}
        self._interval_s = interval_s
        self._clock = clock
        self._on_told = on_told
        self._loop = asyncio.get_running_loop()
        self._told_at = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._waiting_since_ns: int | None = None

    def add(self, watch: Watch[Any]) -> None:
        self.watches[watch.view].add(watch)

    def remove(self, watch: Watch[Any]) -> None:
        if watch.view in self.watches:
            self.watches[watch.view].discard(watch)

    def changed(self, time_ns: int) -> None:
        """Something that is shown here changed, by an event stamped `time_ns`."""
        if self._waiting_since_ns is None:
            self._waiting_since_ns = time_ns
        if self._timer is None:
            wait_s = self._told_at + self._interval_s - self._loop.time()
            if wait_s <= 0:
                self._tell()
            else:
                self._timer = self._loop.call_later(wait_s, self._tell)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        self._timer = None
        if not all(view.presentable for view in self.watches):
            return  # in the middle of a command: the rest of its events is under way
        self._told_at = self._loop.time()
        told = False
        for watches in self.watches.values():
            written = 0
            for watch in tuple(watches):
                written += watch.client.tell(watch)
            if written:
                told = True
                figures.FRAMES.labels(next(iter(watches)).client.protocol).inc(written)
        if told and self._waiting_since_ns is not None:
            lag_ns = self._clock.time_ns() - self._waiting_since_ns
            figures.LAG.observe(max(0, lag_ns) / 1e9)
        self._on_told()
        self._waiting_since_ns = None
