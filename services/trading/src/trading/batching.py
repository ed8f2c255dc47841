"""Natural batching: what arrives while a batch is worked on is the next one, and a little company is waited for."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Pace:
    """Keeps what begins again and again `every_s` apart."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._due = float("-inf")

    def begin(self) -> None:
        self._due = asyncio.get_running_loop().time() + self._every_s

    async def rest(self) -> None:
        """Until the next may begin."""
        left_s = self._due - asyncio.get_running_loop().time()
        if left_s > 0:
            await asyncio.sleep(left_s)


class Batcher(Generic[Item]):
    """Gives waiting items to `work`, at most `limit` at once, one batch at a time and in order of arrival.

    A batch begins at least `every_s` after the one before, since it costs nearly the same however many are in it; what
    arrives after a silence waits for nothing. `work` answers its items itself (futures); an exception of its own ends
    `run`.
    """

    def __init__(
        self,
        work: Callable[[list[Item]], Awaitable[None]],
        limit: int,
        every_s: float = 0.0,
    ) -> None:
        self._work = work
        self._limit = limit
        self._pace = Pace(every_s)
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
            if len(self._waiting) < self._limit:
                await self._pace.rest()
            self._pace.begin()
            count = min(self._limit, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(count)]
            if not self._waiting:
                self._wake.clear()
            if batch:
                await self._work(batch)
