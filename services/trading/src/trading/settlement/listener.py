"""How replicas that do not settle learn how far settlement has come: one NOTIFY a batch, and nothing but the cursor."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import structlog

from chassis.database import Database, is_transient
from trading.settlement.store import CHANNEL, read_cursor
from trading.settlement.waiters import SettledCursor

log = structlog.get_logger(__name__)

PROBE_S = 1.0
ANSWER_S = 5.0
"""A server that vanished without a word would be waited for without end: nobody here asks for more than one row."""


class SettledListener:
    """Moves `cursor` on every notification; after a lost connection it reads where settlement stands.

    `on_state` is told every second why settlement stands still, or none.
    """

    def __init__(
        self,
        database: Database,
        cursor: SettledCursor,
        on_state: Callable[[str | None], None],
    ) -> None:
        self._database = database
        self._cursor = cursor
        self._on_state = on_state

    async def run(self) -> None:
        while True:
            try:
                connection = await self._database.dedicated()
                try:
                    await self._listen(connection)
                finally:
                    connection.terminate()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("not listening for settlement", error=repr(error))
                await asyncio.sleep(PROBE_S)

    async def _listen(self, connection: asyncpg.Connection) -> None:
        def on_settled(_connection: Any, _pid: int, _channel: str, payload: object) -> None:
            self._cursor.advance(int(str(payload)))

        async with asyncio.timeout(ANSWER_S):
            await connection.add_listener(CHANNEL, on_settled)
        while True:
            # Also the probe that finds a dead connection, and the remedy for anything missed.
            async with asyncio.timeout(ANSWER_S):
                settled = await read_cursor(connection)
            self._cursor.advance(settled.sequence)
            self._on_state(settled.stopped)
            await asyncio.sleep(PROBE_S)
