"""How fast time passes for the market: a rate that can be changed while everybody waits."""

from __future__ import annotations

import asyncio


class Pace:
    """Requests a second, over all symbols. 0 is a pause."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._changed = asyncio.Event()

    @property
    def rate(self) -> float:
        return self._rate

    def set(self, rate: float) -> None:
        """Takes effect at once, also for who waits already. Raises ValueError below 0."""
        if not 0 <= rate <= 10_000:
            raise ValueError("a rate is between 0 and 10,000 requests a second")
        self._rate = rate
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def wait(self, requests: float) -> None:
        """Until so many requests are due (a fraction, for one symbol's share of the rate)."""
        clock = asyncio.get_running_loop().time
        while requests > 0:
            rate, started = self._rate, clock()
            try:
                async with asyncio.timeout(requests / rate if rate else None):
                    await self._changed.wait()
            except TimeoutError:
                return
            requests -= (clock() - started) * rate
