"""PostgreSQL: reading and writing connections as different types, one transaction a request, raw asyncpg if hot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, NewType

import asyncpg
import structlog
from fastapi import Depends, Request
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from chassis.errors import OutcomeUnknown, Unavailable

log = structlog.get_logger(__name__)

ReadConnection = NewType("ReadConnection", AsyncConnection)
"""Inside a read-only transaction: PostgreSQL refuses writes."""
WriteConnection = NewType("WriteConnection", AsyncConnection)
"""Inside a transaction that its opener commits; nobody else does."""

TRANSIENT_ERRORS = (
    OperationalError,
    PoolTimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What asyncpg says of an idle connection whose server is just saying good-bye.
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    # A primary of a moment ago; a transaction that the server gave up; a plan that a migration outdated.
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidCachedStatementError,
    ConnectionError,
    TimeoutError,
)


def is_transient(error: BaseException) -> bool:
    """Whether trying again on a new connection may help: the database was away, or a lock was lost."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_transient(each) for each in error.exceptions)
    if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
        return False  # asyncpg's word for a value that does not fit its column
    if isinstance(error, TRANSIENT_ERRORS):
        return True
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or isinstance(cause, TRANSIENT_ERRORS)
    return isinstance(error, OSError)


FLUSH_BY_COMMIT = """
SELECT set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'flush', '')
"""
"""In a transaction: makes its commit wait until all that was committed before it is on the disk, too."""


class CommitUnknown(ConnectionError):
    """The connection broke during a commit: its changes are there, or they are not."""


class Database:
    """A pool of connections to one service's own database."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        application_name: str = "",
        statement_timeout_s: float | None = 30.0,
        waits_for_disk: bool = True,
    ) -> None:
        """`waits_for_disk` off: the last commits may be lost when the server falls over, for what a log brings back."""
        # As it was given: the driver knows libpq's words in it (`sslmode`, `sslrootcert`), SQLAlchemy does not.
        self._url = url
        self._statement_timeout_s = statement_timeout_s
        # A peer that vanishes without a word must be noticed by both sides, or its locks stay for hours.
        self._server_settings = {
            "application_name": application_name,
            "idle_in_transaction_session_timeout": "30s",
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
            "tcp_user_timeout": "10s",
        }
        if not waits_for_disk:
            self._server_settings["synchronous_commit"] = "off"
        self.engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            async_creator=self._connect,
            pool_size=pool_size,
            # An overflow connection is closed after one use: under load that is a log-in a request.
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=False,
        )

    async def close(self) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadConnection]:
        """A read-only transaction with one snapshot for all of its statements."""
        async with _cancellation_wins(), self.engine.connect() as connection:
            await connection.execute(
                text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            )
            yield ReadConnection(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteConnection]:
        """A transaction, committed at the end of the block unless that raises.

        Raises `CommitUnknown` when the connection broke while it was being committed.
        """
        committing = False
        try:
            async with _cancellation_wins(), self.engine.begin() as connection:
                yield WriteConnection(connection)
                committing = True
        except Exception as error:
            if committing and is_transient(error):
                raise CommitUnknown(repr(error)) from error
            raise

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[asyncpg.Connection]:
        """The driver's own connection, from the same pool, for set-based statements on hot paths.

        The caller opens transactions with `connection.transaction()`.
        """
        async with _cancellation_wins(), self.engine.connect() as connection:
            held = await connection.get_raw_connection()
            driver = held.driver_connection
            assert driver is not None
            try:
                yield driver
            except BaseException as error:
                # A cancelled or broken exchange leaves the wire in an unknown state: never reuse it.
                if not isinstance(error, Exception) or is_transient(error):
                    lost = driver.is_closed()
                    await connection.invalidate()
                    if lost:  # and so, most likely, are its idle neighbours: not one request each to find that out
                        await self.engine.dispose()
                raise

    async def dedicated(self) -> asyncpg.Connection:
        """A connection outside the pool (LISTEN, advisory locks). The caller closes it."""
        return await asyncpg.connect(self._url, timeout=5, server_settings=self._server_settings)

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._url,
            timeout=5,
            command_timeout=self._statement_timeout_s,
            server_settings=self._server_settings,
        )

    async def check(self) -> str | None:
        """For readiness: none when a statement can be run."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return None


@asynccontextmanager
async def _cancellation_wins() -> AsyncIterator[None]:
    """Keeps a cancellation from being replaced by what the clean-up of a dead connection says.

    Whoever then took that for a passing fault and tried again could never be stopped.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    try:
        yield
    except Exception as error:
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError from error
        raise


def database_of(request: Request) -> Database:
    """The app's database (`app.state.database`)."""
    database: Database = request.app.state.database
    return database


async def _reading(request: Request) -> AsyncIterator[ReadConnection]:
    async with unavailable_when_away(), database_of(request).read() as connection:
        yield connection


async def _writing(request: Request) -> AsyncIterator[WriteConnection]:
    async with unavailable_when_away(), database_of(request).write() as connection:
        # For whoever wraps the endpoint and has something to store with its effect.
        request.state.write_connection = connection
        yield connection


@asynccontextmanager
async def unavailable_when_away() -> AsyncIterator[None]:
    """For requests: a database that is away is a 503 of the one shape, and not an internal error."""
    try:
        yield
    except CommitUnknown as error:
        raise OutcomeUnknown(
            "the database went away while this was being stored; look whether it was"
        ) from error
    except Exception as error:
        if not is_transient(error):
            raise
        log.warning("the database is away", error=repr(error))
        raise Unavailable(
            "the database cannot be reached; nothing was changed", headers={"Retry-After": "1"}
        ) from error


# "function" scope: the transaction is committed before the answer leaves, so that an answer never lies.
Reading = Annotated[ReadConnection, Depends(_reading, scope="function")]
Writing = Annotated[WriteConnection, Depends(_writing, scope="function")]
