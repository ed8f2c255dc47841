"""The real things together: PostgreSQL, Redis, RabbitMQ, the matching engine, and trading's log."""

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from chassis.database import Database
from devkit.testing_support.engine import Engine
from devkit.testing_support.keys import ServiceKeys

sys.path.insert(0, str(Path(__file__).parent / "packages"))
sys.path.insert(0, str(Path(__file__).parent))

from market_data_scene import Exchange, Listings, Scene, Stage, UserKeys


@pytest.fixture
async def database(migrated_database: Callable[[str], str]) -> AsyncIterator[Database]:
    """This service's database, empty."""
    database = Database(migrated_database("market_data"), application_name="test")
    yield database
    await database.close()


@pytest.fixture
async def stage(
    migrated_database: Callable[[str], str], redis_url: str, service_keys: ServiceKeys
) -> AsyncIterator[Stage]:
    """An empty database and an empty Redis."""
    url = migrated_database("market_data")
    database = Database(url, application_name="test")
    async with Redis.from_url(redis_url) as redis:
        yield Stage(url, database, redis_url, redis, service_keys, UserKeys())
    await database.close()


@pytest.fixture
async def scene(
    stage: Stage,
    migrated_database: Callable[[str], str],
    broker_url: str,
    service_keys: ServiceKeys,
    engine: Engine,
) -> AsyncIterator[Scene]:
    """An engine without symbols, a log of listings without any, and no worker until the test says so."""
    listings = Listings.serving(migrated_database("listings_log"), broker_url, service_keys)
    async with httpx.AsyncClient() as client, listings as listings_log:
        yield Scene(stage, Exchange(engine, client), listings_log, broker_url)


@pytest.fixture
async def market(scene: Scene) -> Scene:
    """ACME listed, with an asset, and a book of three levels."""
    await scene.listings.create("ACME")
    await scene.exchange.list_symbols("ACME")
    place = scene.exchange.place
    await scene.exchange.send(
        place("ACME", "buy", 9_990, 10),
        place("ACME", "buy", 9_990, 5),
        place("ACME", "sell", 10_010, 7),
    )
    return scene
