"""One read for all who want the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class SharedReads(Generic[Key, Value]):
    def __init__(self) -> None:
        self._running: dict[Key, asyncio.Task[Value]] = {}

    async def get(self, key: Key, read: Callable[[Key], Awaitable[Value]]) -> Value:
        """What `read(key)` says, asked once however many wait. Raises what it raises, for each of them."""
        running = self._running.get(key)
        if running is None:
            running = asyncio.ensure_future(_call(read, key))
            self._running[key] = running
            running.add_done_callback(lambda done: self._forget(key, done))
        # One of them may be cancelled: the others still wait.
        return await asyncio.shield(running)

    def _forget(self, key: Key, done: "asyncio.Task[Value]") -> None:
        del self._running[key]
        if not done.cancelled():
            done.exception()  # everybody may be gone


async def _call(read: Callable[[Key], Awaitable[Value]], key: Key) -> Value:
    return await read(key)
