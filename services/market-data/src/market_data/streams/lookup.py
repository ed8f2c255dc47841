"""Finds assets that are not known in memory, so that strangers who name symbols cannot keep the database busy.

However many ask, there is one transaction at a time, at most ten a second, and what was not there is not looked for
again for a second.
"""

import asyncio
from collections.abc import Iterable

from chassis.clock import Clock
from chassis.database import Database
from market_data.assets.catalog import Asset
from market_data.streams.load import load_assets

EVERY_S = 0.1
MISSED_FOR_S = 1.0
MAX_MISSED = 10_000
"""So many misses are remembered."""


class AssetLookUp:
    """`find` raises what the database does, to everybody who waited for it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._missed_until: dict[str, float] = {}
        self._wanted: set[str] = set()
        self._next: asyncio.Task[dict[str, Asset]] | None = None
        self._turn = asyncio.Lock()
        self._looked_at = float("-inf")

    async def find(self, symbols: Iterable[str]) -> dict[str, Asset]:
        """Those of `symbols` that have an asset, and perhaps others that somebody else asked for."""
        now = self._clock.monotonic()
        wanted = {each for each in symbols if self._missed_until.get(each, now) <= now}
        if not wanted:
            return {}
        self._wanted |= wanted
        if self._next is None:
            self._next = asyncio.create_task(self._look())
        # Others wait for it too, and go on when one of them leaves.
        return await asyncio.shield(self._next)

    async def _look(self) -> dict[str, Asset]:
        async with self._turn:
            wait_s = self._looked_at + EVERY_S - self._clock.monotonic()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            wanted, self._wanted, self._next = self._wanted, set(), None
            try:
                async with self._database.read() as connection:
                    found = await load_assets(connection, sorted(wanted))
            finally:
                self._looked_at = self._clock.monotonic()
            self._remember(wanted - found.keys())
            return found

    def _remember(self, missed: set[str]) -> None:
        now = self._clock.monotonic()
        self._missed_until = {s: until for s, until in self._missed_until.items() if until > now}
        if len(self._missed_until) + len(missed) <= MAX_MISSED:
            self._missed_until |= dict.fromkeys(missed, now + MISSED_FOR_S)
