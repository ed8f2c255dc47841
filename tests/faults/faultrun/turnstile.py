"""Lets orders through by count: faults happen at numbers of orders, not at times."""

from __future__ import annotations

import asyncio
import time

from faultrun.kept import until


class Turnstile:
    """Clients `enter` before each order. Between two faults a set number goes through, then all wait for the next
    fault; while one acts, they trickle, so that there is something to disturb and something to recover."""

    TRICKLE_S = 0.15

    def __init__(self) -> None:
        self.entered = 0
        self.acknowledged = 0
        self._until = 0
        self._trickling = False
        self._hushed = False
        self._next = 0.0
        self._changed = asyncio.Event()
        self._over = False
        self._recovering: list[tuple[float, asyncio.Future[float]]] = []

    async def enter(self) -> bool:
        """Wait for one's turn. False: there are no more orders."""
        while not self._over:
            if not self._hushed and self.entered < self._until:
                self.entered += 1
                return True
            now = time.monotonic()
            if not self._hushed and self._trickling and now >= self._next:
                self._next = now + self.TRICKLE_S
                self.entered += 1
                return True
            self._changed.clear()
            wait_s = max(self._next - now, 0.001) if self._trickling else None
            try:
                await asyncio.wait_for(self._changed.wait(), wait_s)
            except TimeoutError:
                continue
        return False

    async def let_through(self, orders: int) -> None:
        """Let so many more orders through, and no more; returns when they have entered."""
        self._until = self.entered + orders
        self._trickling = False
        self._changed.set()
        await until(lambda: self.entered >= self._until)

    def trickle(self, at_once: int = 0) -> None:
        """Some at once, then one every now and then."""
        self._until = self.entered + at_once
        self._trickling = True
        self._changed.set()

    def hush(self, silent: bool) -> None:
        """Nobody sends anything for a while."""
        self._hushed = silent
        self._changed.set()

    def close(self) -> None:
        self._over = True
        self._changed.set()

    def answered(self, sent_at: float) -> None:
        """An order that was sent then (monotonic) was acknowledged as settled."""
        self.acknowledged += 1
        now = time.monotonic()
        for since, recovered in self._recovering:
            if sent_at > since and not recovered.done():
                recovered.set_result(now)
        self._recovering = [each for each in self._recovering if not each[1].done()]

    def takes_orders_again(self, since: float) -> asyncio.Future[float]:
        """When the first order that was sent after `since` is acknowledged (monotonic)."""
        recovered: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._recovering.append((since, recovered))
        return recovered
