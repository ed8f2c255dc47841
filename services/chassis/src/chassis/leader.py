"""Election by a PostgreSQL advisory lock: the one replica that holds it does the work, until its connection dies."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import structlog
from prometheus_client import Gauge

from chassis.database import Database, is_transient

log = structlog.get_logger(__name__)

LEADING = Gauge("leader_elected", "1 while this process holds the named lock.", ["lock"])
RETRY_S = 0.5
PROBE_S = 1.0


class Leadership:
    """Runs `work` while this process is the leader, again after every change of fortune, until cancelled.

    The lock alone is no proof: a process that was paused may believe in a lock that it lost. Work that must
    happen once is fenced in its own transactions as well.
    """

    def __init__(self, database: Database, name: str, key: int) -> None:
        self._database = database
        self._name = name
        self._key = key
        self.leading = False

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                connection = await self._database.dedicated()
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(RETRY_S)
                continue
            try:
                await self._campaign(connection, work)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("leadership lost", lock=self._name, error=repr(error))
                await asyncio.sleep(RETRY_S)
            finally:
                connection.terminate()

    async def _campaign(
        self, connection: asyncpg.Connection, work: Callable[[], Awaitable[None]]
    ) -> None:
        while not await connection.fetchval(  # noqa: ASYNC110 - the lock is PostgreSQL's
            "SELECT pg_try_advisory_lock($1)", self._key, timeout=5
        ):
            await asyncio.sleep(RETRY_S)
        log.info("elected", lock=self._name)
        self.leading = True
        LEADING.labels(self._name).set(1)
        tasks = [asyncio.ensure_future(work()), asyncio.create_task(_hold(connection))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self.leading = False
            LEADING.labels(self._name).set(0)
            for task in tasks:
                task.cancel()
            # Not by awaiting each: a cancellation of this task must not be taken for one of theirs.
            await asyncio.gather(*tasks, return_exceptions=True)


async def _hold(connection: asyncpg.Connection) -> None:
    """Ends with an error as soon as the connection that carries the lock does."""
    while True:
        await connection.fetchval("SELECT 1", timeout=5)
        await asyncio.sleep(PROBE_S)
