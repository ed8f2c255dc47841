"""Election by advisory lock."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from event_log_scene import running, until
from sqlalchemy import text

from chassis.database import Database
from chassis.leader import Leadership

KEY = 4711


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, application_name="candidates")
    yield database
    await database.close()


async def forever() -> None:
    await asyncio.Event().wait()


def leaders(candidates: list[Leadership]) -> list[int]:
    return [index for index, each in enumerate(candidates) if each.leading]


async def unseat(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND granted AND objid = :key"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            {"key": KEY},
        )


async def test_one_leads_and_another_follows_when_it_stops(database: Database):
    candidates = [Leadership(database, "test", KEY) for _ in range(3)]
    async with running(*(each.run(forever) for each in candidates)) as tasks:
        await until(lambda: leaders(candidates))
        [first] = leaders(candidates)
        tasks[first].cancel()
        await until(lambda: leaders(candidates) and leaders(candidates) != [first])
        assert len(leaders(candidates)) == 1


async def test_a_leader_whose_connection_dies_stops_its_work_before_it_may_lead_again(
    database: Database,
):
    at_work = 0
    most = 0

    async def work() -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        try:
            await forever()
        finally:
            at_work -= 1

    candidate = Leadership(database, "test", KEY)
    async with running(candidate.run(work)):
        for _ in range(3):
            await until(lambda: candidate.leading)
            await unseat(database)
            await until(lambda: not candidate.leading)
        await until(lambda: candidate.leading)
    assert most == 1
    assert at_work == 0


async def test_work_that_lost_its_database_is_taken_up_again(database: Database):
    attempts = 0

    async def work() -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise ConnectionResetError
        if attempts == 2:
            raise ExceptionGroup("tasks", [ConnectionResetError(), TimeoutError()])
        await forever()

    candidate = Leadership(database, "test", KEY)
    async with running(candidate.run(work)):
        await until(lambda: attempts == 3)


async def test_work_that_is_broken_ends_the_candidate(database: Database):
    async def work() -> None:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await Leadership(database, "test", KEY).run(work)


async def test_a_candidate_waits_for_a_database_that_is_not_there_yet(
    database: Database, free_port: int
):
    nowhere = Database(f"postgresql://nobody@127.0.0.1:{free_port}/none")
    async with running(Leadership(nowhere, "test", KEY).run(forever)) as [task]:
        done, _ = await asyncio.wait([task], timeout=0.3)
        assert not done
    await nowhere.close()
