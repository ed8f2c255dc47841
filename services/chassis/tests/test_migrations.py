"""Migrations run to the newest version, once, wherever they are started from."""

import asyncio

import asyncpg

from chassis.migrations import upgrade
from chassis.settings import StoreSettings


async def test_migrations_started_in_several_places_run_once(database_url: str):
    await asyncio.gather(
        *(upgrade("log_follower", StoreSettings(database_url=database_url)) for _ in range(3))
    )
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == "0001"
    assert await connection.fetchval("SELECT count(*) FROM event_cursor") == 0
    await connection.close()


async def test_a_second_run_changes_nothing(database_url: str):
    await upgrade("log_owner", StoreSettings(database_url=database_url))
    connection = await asyncpg.connect(database_url)
    before = await connection.fetchval("SELECT log_id FROM event_log")
    await upgrade("log_owner", StoreSettings(database_url=database_url))
    assert await connection.fetchval("SELECT log_id FROM event_log") == before
    await connection.close()
