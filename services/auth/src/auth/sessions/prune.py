"""Housekeeping: expired tokens, sessions and stream tickets are deleted, a little at a time."""

import asyncio

import structlog

from auth.sessions import queries as sessions
from auth.stream_tickets import queries as stream_tickets
from chassis.clock import Clock, utc_now
from chassis.database import Database, is_transient

log = structlog.get_logger(__name__)

INTERVAL_S = 3600.0


async def prune_for_ever(database: Database, clock: Clock) -> None:
    """Run in every replica: two that delete the same rows do no harm."""
    while True:
        try:
            gone = await prune_all(database, clock)
            if gone:
                log.info("expired sessions deleted", rows=gone)
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("expired sessions could not be deleted", error=repr(error))
        await asyncio.sleep(INTERVAL_S)


async def prune_all(database: Database, clock: Clock) -> int:
    """Delete all that has expired, a batch a transaction; returns how many rows went."""
    total = 0
    while True:
        async with database.write() as connection:
            now = utc_now(clock)
            gone = await stream_tickets.prune(connection, now)
            gone += await sessions.prune(connection, now)
        total += gone
        if gone == 0:
            return total
