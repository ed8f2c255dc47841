"""The pytest plugin of the whole repository: real servers, the real engine, real keys.

Fixtures: `database_url`, `migrated_database`, `redis_url`, `broker_url`, `service_keys`, `engine`,
`free_port`. Each test gets its own database, Redis database, virtual host, key set and engine;
the servers behind them are started once a run, and only when a test asks for one.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import redis

from devkit import bootstrap, processes
from devkit.testing_support.databases import Databases
from devkit.testing_support.engine import Engine
from devkit.testing_support.keys import ServiceKeys
from devkit.testing_support.servers import TestServers, unique_name

SERVERS = pytest.StashKey[TestServers]()
MARKERS = (
    "slow: takes minutes; run by `make test-slow` only",
    "cluster: needs a Kubernetes cluster; run by no default door",
)
SLOW_SECONDS = 3600
REDIS_DATABASES = 64


def _share_of_redis() -> Iterator[int]:
    """The Redis databases of this process, when pytest-xdist runs several beside each other."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return itertools.cycle(range(worker, REDIS_DATABASES, workers))


_redis_databases = _share_of_redis()


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    config.stash[SERVERS] = TestServers()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests may take longer than the limit that all others have, unless they say how long."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whatever happened in between, nothing that this run started stays behind."""
    servers = config.stash.get(SERVERS, None)
    if servers is not None:
        servers.stop()


@pytest.fixture(scope="session")
def test_servers(pytestconfig: pytest.Config) -> TestServers:
    """The servers behind all fixtures; for tests that need an administrator's address."""
    return pytestconfig.stash[SERVERS]


@pytest.fixture(scope="session")
def databases(test_servers: TestServers) -> Iterator[Databases]:
    """Makes fresh databases; for tests that need more than one."""
    maker = Databases(test_servers.postgres_url)
    yield maker
    maker.drop_templates()


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A new, empty database."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def migrated_database(databases: Databases, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """`migrated_database("trading")`: a new database at that package's newest version.

    The migrations run once a session, into a template; each test's database is a copy of it.
    """

    def make(package: str) -> str:
        fresh = databases.fresh(package)
        url = fresh.__enter__()
        request.addfinalizer(lambda: fresh.__exit__(None, None, None))
        return url

    return make


@pytest.fixture
def redis_url(test_servers: TestServers) -> str:
    """An empty Redis database of the test's own: of this worker's share of them, in turn."""
    server = urlsplit(test_servers.redis_url())
    url = server._replace(path=f"/{next(_redis_databases)}").geturl()
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def broker_url(test_servers: TestServers) -> Iterator[str]:
    """A RabbitMQ virtual host of the test's own: exchanges and queues keep their real names."""
    name = unique_name("test")
    server = urlsplit(test_servers.broker_url())
    with httpx.Client(base_url=test_servers.broker_management_url(), timeout=30) as management:
        management.put(f"/api/vhosts/{name}").raise_for_status()
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        permissions = f"/api/permissions/{name}/{server.username}"
        management.put(permissions, json=everything).raise_for_status()
        yield server._replace(path=f"/{name}").geturl()
        management.delete(f"/api/vhosts/{name}").raise_for_status()


@pytest.fixture
def service_keys(tmp_path: Path) -> ServiceKeys:
    """A private key for each service, the public set, and a maker of tokens good and bad."""
    return ServiceKeys.generate(tmp_path / "service-keys")


@pytest.fixture
def free_port() -> int:
    """A loopback port that nobody listens on."""
    return processes.free_port()


@pytest.fixture(scope="session")
def engine_binary() -> Path:
    """The matching engine, built from the sources as they are now."""
    with bootstrap.only_one_at_a_time():
        bootstrap.matching_engine()
    return bootstrap.ENGINE_BINARY


@pytest.fixture
def engine(
    request: pytest.FixtureRequest,
    engine_binary: Path,
    service_keys: ServiceKeys,
    tmp_path: Path,
) -> Iterator[Engine]:
    """A running matching engine with an empty journal.

    It publishes to RabbitMQ when the test asks for `broker_url` too.
    """
    broker = request.getfixturevalue("broker_url") if "broker_url" in request.fixturenames else None
    engine = Engine(engine_binary, tmp_path / "engine", service_keys, broker)
    engine.start()
    yield engine
    engine.stop()
