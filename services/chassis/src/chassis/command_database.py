"""The database of a command such as `migrate` or `verify`: one connection, and patience until it can be made.

In a new cluster a command may start before PostgreSQL does, before its role and database were made, or before the
network lets it out. So any reason is waited for that may pass, wrong passwords too; the last one is told in the end.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLCertVerificationError
from urllib.parse import urlsplit

import asyncpg

from chassis.database import Database
from chassis.settings import StoreSettings

RETRY_S = 0.5
_MAY_PASS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


@asynccontextmanager
async def command_database(settings: StoreSettings, name: str) -> AsyncIterator[Database]:
    """Open it once it lets us in; `name` is what PostgreSQL shows. A statement may take as long as it needs.

    Ends the process with a sentence when the database did not come within `database_wait_s`.
    """
    database = Database(
        settings.database_url, pool_size=1, application_name=name, statement_timeout_s=None
    )
    try:
        await _wait(database, settings)
        yield database
    finally:
        await database.close()


async def _wait(database: Database, settings: StoreSettings) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + settings.database_wait_s
    place = where(settings.database_url)
    told = False
    while True:
        try:
            connection = await database.dedicated()
        except _MAY_PASS as error:
            reason = f"{type(error).__name__}: {error}"
            # A certificate that does not fit will not fit in a minute.
            if loop.time() >= until or isinstance(error, SSLCertVerificationError):
                sys.exit(f"The database {place} cannot be used: {reason}")
            if not told:
                print(
                    f"waiting up to {settings.database_wait_s:g} s for the database {place}: {reason}",
                    file=sys.stderr,
                    flush=True,
                )
                told = True
            await asyncio.sleep(min(RETRY_S, max(0.0, until - loop.time())))
        else:
            await connection.close()
            return


def where(url: str) -> str:
    """A database's address for people: without its password."""
    parts = urlsplit(url)
    return f"{parts.path.lstrip('/')} at {parts.netloc.rpartition('@')[2]}"
