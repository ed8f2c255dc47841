"""Connections and transactions on a real PostgreSQL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest
from event_log_scene import end_sessions, until
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from chassis.database import FLUSH_BY_COMMIT, Database, is_transient


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, pool_size=2, application_name="test_database")
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE things (id int PRIMARY KEY)"))
    yield database
    await database.close()


async def count(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM things"))).scalar_one())


async def test_a_reading_connection_cannot_write(database: Database):
    with pytest.raises(DBAPIError, match="read-only"):
        async with database.read() as connection:
            await connection.execute(text("INSERT INTO things VALUES (1)"))
    assert await count(database) == 0


async def test_a_reading_connection_sees_one_moment(database: Database):
    async with database.read() as connection:
        before = await connection.execute(text("SELECT count(*) FROM things"))
        async with database.write() as writer:
            await writer.execute(text("INSERT INTO things VALUES (1)"))
        after = await connection.execute(text("SELECT count(*) FROM things"))
        assert before.scalar_one() == after.scalar_one() == 0
    assert await count(database) == 1


async def test_a_pool_forgets_that_a_connection_was_read_only(database: Database):
    for number in range(5):
        await count(database)
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO things VALUES (:id)"), {"id": number})
    assert await count(database) == 5


async def test_a_writing_block_that_raises_leaves_nothing(database: Database):
    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO things VALUES (1)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await count(database) == 0


async def test_a_cancelled_raw_statement_never_spoils_the_next_user(database: Database):
    async def sleep() -> None:
        async with database.raw() as connection:
            await connection.execute("SELECT pg_sleep(60)")

    async def sleeps() -> bool:
        async with database.raw() as connection:
            return bool(
                await connection.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'"
                    " AND state = 'active'"
                )
            )

    task = asyncio.create_task(sleep())
    await until(sleeps)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.raw() as first, database.raw() as second:
        assert [await c.fetchval("SELECT 7") for c in (first, second)] == [7, 7]


async def test_a_cancellation_wins_over_a_connection_that_is_dead(database: Database):
    ended = asyncio.Event()

    async def work() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO things VALUES (1)"))
            await end_sessions(database)
            with contextlib.suppress(DBAPIError):
                await connection.execute(text("SELECT 1"))
            ended.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await ended.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_lost_connection_is_transient_and_a_wrong_statement_is_not(database: Database):
    with pytest.raises(DBAPIError) as lost:
        async with database.write() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert is_transient(lost.value)
    with pytest.raises(IntegrityError) as twice:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO things VALUES (1), (1)"))
    assert not is_transient(twice.value)
    with pytest.raises(DBAPIError) as wrong:
        async with database.read() as connection:
            await connection.execute(text("SELECT nothing FROM nowhere"))
    assert not is_transient(wrong.value)


async def test_a_database_that_is_not_there_is_transient(free_port: int):
    nowhere = Database(f"postgresql://nobody@127.0.0.1:{free_port}/none")
    with pytest.raises(OSError) as away:
        async with nowhere.write():
            pass
    assert is_transient(away.value)
    await nowhere.close()


async def test_an_exhausted_pool_is_transient(database_url: str):
    small = Database(database_url, pool_size=1)
    small.engine.sync_engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    async with small.read():
        with pytest.raises(Exception, match="QueuePool") as full:
            async with small.read():
                pass
    assert is_transient(full.value)
    await small.close()


def test_a_group_is_transient_when_all_of_it_is():
    away = asyncpg.CannotConnectNowError("starting")
    assert is_transient(ExceptionGroup("both", [away, TimeoutError()]))
    assert not is_transient(ExceptionGroup("one", [away, ValueError()]))


async def test_a_commit_that_flushes_takes_those_before_it_to_the_disk(database_url: str):
    hasty = Database(database_url, pool_size=1, waits_for_disk=False)
    try:
        async with hasty.raw() as connection:
            assert await connection.fetchval("SHOW synchronous_commit") == "off"
            await connection.execute("CREATE TABLE hasty AS SELECT 1")
            written = await connection.fetchval("SELECT pg_current_wal_insert_lsn()")
            async with connection.transaction():
                await connection.execute(FLUSH_BY_COMMIT)
            assert await connection.fetchval("SELECT pg_current_wal_flush_lsn() >= $1", written)
            assert await connection.fetchval("SHOW synchronous_commit") == "off"
    finally:
        await hasty.close()
