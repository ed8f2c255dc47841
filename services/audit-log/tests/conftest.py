"""An audit database, events of the three logs, and readers with tokens."""

import itertools
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit_log.main import create_api
from audit_log.settings import ApiSettings
from audit_log.worker.append import Appender
from chassis.clock import ManualClock, SystemClock
from chassis.database import Database
from chassis.event_log import cursor as cursors
from chassis.event_log.events import Event
from devkit.testing_support.keys import ServiceKeys

# For the packages that tests run: `migrated_database("log_keeper")` looks there.
sys.path.insert(0, str(Path(__file__).parent / "packages"))

ENGINE, AUTH, TRADING = "engine.events", "auth.events", "trading.events"


class Record:
    """Writes to the chain as the worker's consumers do: cursor and entries in one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock()
        self.log_ids = {log: str(uuid4()) for log in (ENGINE, AUTH, TRADING)}
        self._sequences = {log: itertools.count(1) for log in self.log_ids}

    def event(self, log: str, kind: str, **data: Any) -> Event:
        return Event(next(self._sequences[log]), self.clock.time_ns(), kind, data)

    async def write(self, log: str, *events: Event) -> None:
        async with self.database.write() as connection:
            cursor = await cursors.load(connection, log)
            await cursors.advance(
                connection,
                cursor,
                log_id=self.log_ids[log],
                sequence=events[-1].sequence,
                time_ns=events[-1].time_ns,
            )
            await Appender(log, self.clock).apply(connection, list(events))

    async def tell(self, log: str, kind: str, **data: Any) -> None:
        await self.write(log, self.event(log, kind, **data))


class Keys:
    """The auth service's sign-in key, without the auth service."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()

    async def key(self, kid: str) -> jwt.PyJWK | None:
        public = jwt.algorithms.OKPAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        return jwt.PyJWK(public, algorithm="EdDSA") if kid == "user-1" else None

    def headers(self, user_id: str, *scopes: str) -> dict[str, str]:
        now = SystemClock().time_ns() // 10**9
        claims = {"iss": "auth", "aud": "day-trading", "sub": user_id, "scope": " ".join(scopes)}
        token = jwt.encode(
            claims | {"iat": now, "exp": now + 60},
            self._private,
            algorithm="EdDSA",
            headers={"kid": "user-1"},
        )
        return {"Authorization": f"Bearer {token}"}


class Reading:
    """The api, asked by different people."""

    def __init__(self, client: httpx.AsyncClient, keys: Keys) -> None:
        self.client = client
        self.keys = keys

    async def get(self, path: str, user_id: str, *scopes: str, **query: Any) -> httpx.Response:
        headers = self.keys.headers(user_id, *scopes)
        return await self.client.get(path, params=query, headers=headers)

    async def audit(self, path: str = "/v1/audit/entries", **query: Any) -> Any:
        answer = await self.get(path, "auditor", "audit", **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def trader(self, user_id: str, **query: Any) -> list[Any]:
        answer = await self.get("/v1/audit/entries", user_id, "trading:read", **query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["entries"])


@pytest.fixture
async def database(migrated_database: Callable[[str], str]) -> AsyncIterator[Database]:
    database = Database(migrated_database("audit_log"), pool_size=4)
    yield database
    await database.close()


@pytest.fixture
def record(database: Database) -> Record:
    return Record(database)


@pytest.fixture
async def reading(database: Database, service_keys: ServiceKeys) -> AsyncIterator[Reading]:
    async with _api(database, service_keys) as reading:
        yield reading


@asynccontextmanager
async def _api(database: Database, service_keys: ServiceKeys) -> AsyncIterator[Reading]:
    keys = Keys()
    settings = ApiSettings(
        port=1,
        service_keys_file=service_keys.key_set,
        database_url=database.engine.url.set(drivername="postgresql").render_as_string(False),
    )
    app = create_api(settings, user_keys=lambda _: keys)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://audit-log") as client,
    ):
        yield Reading(client, keys)
