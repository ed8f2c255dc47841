"""A whole platform of real processes, each kept running: replicas of trading, engine, database, broker, consumers.

Between each replica and the engine, and between everybody and RabbitMQ, stands a proxy that can misbehave.
"""

from __future__ import annotations

import asyncio
import functools
import http.client
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from chassis.migrations import migrate
from devkit.bootstrap import ENGINE_BINARY, REPOSITORY
from devkit.plan import LOG_READERS
from devkit.processes import Process, base_environment, free_port
from devkit.servers import postgres, rabbitmq, redis
from devkit.testing_support.keys import ServiceKeys
from faultrun.kept import Kept
from faultrun.proxy import Proxy

SETTLER_LOCK = 7_203_116
DATABASES = {
    "auth": "auth",
    "trading": "trading",
    "market_data": "market_data",
    "audit": "audit_log",
}
"""Name to package."""
ADMIN = "admin"
DATABASE_STARTS = 30
"""A killed server's sessions outlive it for a moment, and keep the next from starting."""


def get(url: str, path: str) -> tuple[int, bytes]:
    """Status and body of an answer; (0, b"") when there is none. Cheap, since it is asked again and again."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def is_ready(url: str) -> bool:
    """Whether a service says that it does all of its work."""
    status, body = get(url, "/readyz")
    return status == 200 and b"degraded" not in body


@dataclass(frozen=True)
class Servers:
    """Those that are there already; what is not named is started, and may then be stopped by a fault."""

    broker: str | None = None
    redis: str | None = None


@dataclass
class Replica:
    """One process of trading, and the way that it has to the engine."""

    kept: Kept
    url: str
    way: Proxy

    async def leads(self) -> bool:
        """Whether it is the settler, as it says itself."""
        _, metrics = await asyncio.to_thread(get, self.url, "/metrics")
        return b'leader_elected{lock="settler"} 1.0' in metrics


@dataclass
class Stage:
    """Everything that runs. `start` returns when all of it is ready."""

    folder: Path
    replicas_wanted: int
    servers: Servers
    binary: Path = ENGINE_BINARY
    engine_settings: Mapping[str, str] = field(default_factory=dict)
    """Beyond those of every stage."""
    keys: ServiceKeys = field(init=False)
    replicas: list[Replica] = field(init=False, default_factory=list)
    postgres: Kept = field(init=False)
    engine: Kept = field(init=False)
    auth: Kept = field(init=False)
    watchers: list[Kept] = field(init=False, default_factory=list)
    """The consumers of the engine's log: audit log and market data."""
    broker: Kept | None = field(init=False, default=None)
    broker_way: Proxy = field(init=False)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _ports: dict[str, int] = field(default_factory=dict)

    @property
    def engine_url(self) -> str:
        return f"http://127.0.0.1:{self._ports['engine']}"

    @property
    def engine_data(self) -> Path:
        return self.folder / "engine"

    @property
    def auth_url(self) -> str:
        return f"http://127.0.0.1:{self._ports['auth']}"

    @property
    def everything(self) -> list[Kept]:
        own = [self.broker] if self.broker else []
        return [
            self.postgres, self.engine, self.auth, *own, *self.watchers,
            *(replica.kept for replica in self.replicas),
        ]  # fmt: skip

    def admin_database(self) -> str:
        return postgres.url(self._ports["postgres"], self.password)

    def database(self, name: str) -> str:
        return postgres.url(self._ports["postgres"], self.password, name)

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.keys = ServiceKeys.generate(self.folder / "keys")
        broker_url, redis_url = await self._servers()
        await self._database()
        # Chosen late: a port that waits is soon somebody's end of a connection.
        self._ports |= {"engine": free_port(), "auth": free_port()}
        self.engine = self._kept(self._engine(broker_url))
        self.auth = self._kept(self._auth(broker_url))
        await self._start(self.engine, self.auth)
        for number in range(self.replicas_wanted):
            way = Proxy(self._ports["engine"])
            await way.start()
            process = self._trading(f"trading-{number}", broker_url, redis_url, way)
            url = f"http://127.0.0.1:{process.environment['PORT']}"
            self.replicas.append(Replica(self._kept(process), url, way))
        self.watchers = [
            self._kept(self._worker(name, package, database, broker_url, redis_url))
            for name, package, database in (
                ("audit-log", "audit_log", "audit"),
                ("market-data", "market_data", "market_data"),
            )
        ]
        await self._start(*(replica.kept for replica in self.replicas), *self.watchers)

    async def stop(self) -> None:
        """End everything, users of a thing before the thing."""
        for task in reversed(self._tasks):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        for replica in self.replicas:
            await replica.way.stop()
        await self.broker_way.stop()

    async def leader(self) -> Replica:
        """The replica that settles; waits for the election where there is none."""
        while True:
            for replica in self.replicas:
                if replica.kept.ready.is_set() and await replica.leads():
                    return replica
            await asyncio.sleep(0.05)

    async def cut(self, which: str) -> int:
        """End the connections to the trading database that `which` selects (SQL); how many there were."""
        connection = await asyncpg.connect(self.admin_database())
        try:
            ended = await connection.fetch(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {which}"
            )
            return len(ended)
        finally:
            await connection.close()

    async def cut_lock(self) -> int:
        """End the connection that carries the settler's lock."""
        return await self.cut(
            "pid IN (SELECT pid FROM pg_locks"
            f" WHERE locktype = 'advisory' AND objid = {SETTLER_LOCK} AND granted)"
        )

    async def forget_sessions(self) -> None:
        """Whoever is elected next ends the last session again: a day passes in no other way while a test runs."""
        connection = await asyncpg.connect(self.database("trading"))
        try:
            await connection.execute(
                "DELETE FROM commands WHERE kind = 'end_session'; DELETE FROM sessions"
            )
        finally:
            await connection.close()

    # --- What runs --------------------------------------------------------------------------------

    def _kept(self, process: Process) -> Kept:
        return Kept(process, self.folder)

    async def _start(self, *kept: Kept) -> None:
        self._tasks += [asyncio.create_task(each.keep(), name=each.name) for each in kept]
        for each in kept:
            await self._unless_broken(each.ready.wait())

    async def _unless_broken(self, what: Awaitable[object]) -> None:
        waiting = asyncio.ensure_future(what)
        await asyncio.wait([waiting, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        self.check()
        await waiting

    def check(self) -> None:
        """Raises what keeps a process from running."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def _servers(self) -> tuple[str, str]:
        """Broker and Redis: their addresses, the broker's behind a proxy."""
        redis_url = self.servers.redis
        if redis_url is None:
            port = free_port()
            process = redis.prepare(self.folder / "redis", port, self.password, durable=False)
            await self._start(self._kept(process))
            redis_url = redis.url(port, self.password)
        broker_url = self.servers.broker
        if broker_url is None:
            port, names = free_port(), free_port()
            await self._start(self._kept(rabbitmq.name_server(names)))
            self.broker = self._kept(
                rabbitmq.prepare(self.folder / "rabbitmq", port, names, free_port(), self.password)
            )
            await self._start(self.broker)
            broker_url = rabbitmq.url(port, self.password)
        parts = urlsplit(broker_url)
        assert parts.port is not None
        self.broker_way = Proxy(parts.port)
        await self.broker_way.start()
        host = parts.netloc.rpartition(":")[0]
        return parts._replace(netloc=f"{host}:{self.broker_way.port}").geturl(), redis_url

    async def _database(self) -> None:
        self._ports["postgres"] = free_port()
        self.postgres = Kept(
            postgres.prepare(self.folder / "postgres", self._ports["postgres"], self.password),
            self.folder,
            starts=DATABASE_STARTS,
        )
        await self._start(self.postgres)
        for name, package in DATABASES.items():
            connection = await asyncpg.connect(self.admin_database())
            await connection.execute(f'CREATE DATABASE "{name}"')
            await connection.close()
            await asyncio.to_thread(migrate, package, self.database(name))

    def _engine(self, broker_url: str) -> Process:
        environment = {
            **base_environment(),
            "LISTEN_ADDRESS": f"127.0.0.1:{self._ports['engine']}",
            "DATA_DIR": str(self.engine_data),
            "SERVICE_KEYS_FILE": str(self.keys.key_set),
            "BROKER_URL": broker_url,
            "READERS": LOG_READERS,
            # Small, so that segments are sealed and snapshots made in a short run.
            "SEGMENT_BYTES": str(1024 * 1024),
            "SNAPSHOT_EVERY_COMMANDS": "2000",
            **self.engine_settings,
        }
        ready = functools.partial(is_ready, self.engine_url)
        return Process("matching-engine", (str(self.binary),), ready, environment)

    def _python(self, name: str, package: str, role: str, port: int, **more: str) -> Process:
        environment = {
            **base_environment(),
            "PYTHONUNBUFFERED": "1",
            # What this process runs is what its children run.
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "SERVICE_KEYS_FILE": str(self.keys.key_set),
            "AUTH_URL": self.auth_url,
            "ENGINE_URL": self.engine_url,
            **more,
        }
        ready = functools.partial(is_ready, f"http://127.0.0.1:{port}")
        return Process(name, (sys.executable, "-m", package, role), ready, environment)

    def _auth(self, broker_url: str) -> Process:
        return self._python(
            "auth",
            "auth",
            "serve",
            self._ports["auth"],
            DATABASE_URL=self.database("auth"),
            BROKER_URL=broker_url,
            SIGNING_KEY_SECRET=secrets.token_urlsafe(24),
            BOOTSTRAP_ADMIN_USERNAME=ADMIN,
            BOOTSTRAP_ADMIN_PASSWORD=self.password,
            ACCESS_TOKEN_LIFETIME_S=str(24 * 3600),
        )

    def _trading(self, name: str, broker_url: str, redis_url: str, way: Proxy) -> Process:
        return self._python(
            name,
            "trading",
            "serve",
            free_port(),
            DATABASE_URL=self.database("trading"),
            BROKER_URL=broker_url,
            REDIS_URL=redis_url,
            SERVICE_KEY_FILE=str(self.keys.private_key("trading")),
            ENGINE_URL=f"http://127.0.0.1:{way.port}",
        )

    def _worker(
        self, name: str, package: str, database: str, broker_url: str, redis_url: str
    ) -> Process:
        return self._python(
            name,
            package,
            "worker",
            free_port(),
            DATABASE_URL=self.database(database),
            BROKER_URL=broker_url,
            REDIS_URL=redis_url,
            SERVICE_KEY_FILE=str(self.keys.private_key(name)),
            TRADING_URL=self.replicas[0].url,
        )

    def verify_environment(self) -> dict[str, str]:
        """For the commands that check invariants."""
        return {
            **base_environment(),
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH", "")))
            ),
            "ENGINE_URL": self.engine_url,
            "SERVICE_KEY_FILE": str(self.keys.private_key("verify")),
            **{f"{name.upper()}_DATABASE_URL": self.database(name) for name in DATABASES},
        }


@asynccontextmanager
async def staged(
    folder: Path,
    replicas: int,
    servers: Servers | None = None,
    engine_settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Stage]:
    """A stage for as long as the block lasts."""
    stage = Stage(folder, replicas, servers or Servers(), engine_settings=engine_settings or {})
    try:
        await stage.start()
        yield stage
    finally:
        await stage.stop()
