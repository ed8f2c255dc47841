"""A service that keeps a log and one that follows it, both on real PostgreSQL and RabbitMQ."""

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from chassis.database import Database
from devkit.testing_support.keys import ServiceKeys

sys.path.insert(0, str(Path(__file__).parent / "packages"))
sys.path.insert(0, str(Path(__file__).parent))

from event_log_scene import Follower, LogOwner, Wire


@pytest.fixture
async def owner(
    migrated_database: Callable[[str], str], service_keys: ServiceKeys
) -> AsyncIterator[LogOwner]:
    """A service with an empty log that it serves; no relay runs until the test says so."""
    database = Database(migrated_database("log_owner"), application_name="log_owner")
    async with LogOwner.serving(database, service_keys) as owner:
        yield owner
    await database.close()


@pytest.fixture
async def follower(
    owner: LogOwner, migrated_database: Callable[[str], str], broker_url: str
) -> AsyncIterator[Follower]:
    """A service that follows the owner's log; no consumer runs until the test says so."""
    database = Database(migrated_database("log_follower"), application_name="log_follower")
    yield Follower(owner, database, broker_url)
    await database.close()


@pytest.fixture
async def wire(broker_url: str) -> AsyncIterator[Wire]:
    """A wire to the broker that a test can cut."""
    async with Wire.to(broker_url) as wire:
        yield wire
