"""After a commit: into Redis, which may be away, flushed, or written by a worker that should be gone."""

from chassis.database import Database
from market_data.journal import Position
from market_data.latest import stored
from market_data.latest.cache import Cache, CacheAway, Update


class Publisher:
    """Keeps the cache equal to the database.

    The cache says how far it is. Only when that is exactly where this worker left it, the change alone is
    written; else (first write, flushed, an outage, another writer) everything is, from the database. The engine's
    journal ticks every second, so a flushed Redis is full again within one.
    """

    def __init__(self, cache: Cache, database: Database) -> None:
        self._cache = cache
        self._database = database
        self._left_at: Position | None = None

    async def publish(self, update: Update) -> None:
        """Show a committed update. Never fails on account of Redis."""
        try:
            if self._left_at is None or await self._cache.position() != self._left_at:
                async with self._database.read() as connection:
                    update = await stored.everything(connection)
            await self._cache.write(update)
            self._left_at = update.position
        except CacheAway:
            self._left_at = None
