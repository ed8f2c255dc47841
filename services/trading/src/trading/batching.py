"""Natural batching: whatever arrives while a batch is worked on is the next batch. No timers, no tuning."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Batcher(Generic[Item]):
    """Gives waiting items to `work`, at most `limit` at once, one batch at a time and in order of arrival.

    `work` answers its items itself (futures); an exception of its own ends `run`.
    """

    def __init__(self, work: Callable[[list[Item]], Awaitable[None]], limit: int) -> None:
        self._work = work
        self._limit = limit
        self._waiting: deque[Item] = deque()
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, item: Item) -> None:
        self._waiting.append(item)
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._wake.wait()
            count = min(self._limit, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(count)]
            if not self._waiting:
                self._wake.clear()
            if batch:
                await self._work(batch)
