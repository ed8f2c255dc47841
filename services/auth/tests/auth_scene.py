"""What the tests of the auth service share: a running one, and short ways to talk to it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from auth.main import make_app
from auth.settings import AuthSettings
from chassis.clock import ManualClock
from chassis.database import Database
from devkit.testing_support.keys import ServiceKeys

NO_BROKER = "amqp://127.0.0.1:1/"
PASSWORD = "correct horse battery"
ADMIN = "operator"
ADMIN_PASSWORD = "a password of the operator"


def cheap_settings(database_url: str, key_set: Path, **changes: Any) -> AuthSettings:
    """Settings for a test; `changes` replace any of them."""
    values: dict[str, Any] = {
        "port": 1,
        "database_url": database_url,
        "service_keys_file": key_set,
        "signing_key_secret": "a secret of this test, long enough",
        "argon2_time_cost": 1,
        "argon2_memory_kib": 8,
        "argon2_parallelism": 1,
        "bootstrap_admin_username": ADMIN,
        "bootstrap_admin_password": ADMIN_PASSWORD,
    }
    return AuthSettings(**(values | changes))


@dataclass(frozen=True)
class AuthScene:
    """A running auth service."""

    app: FastAPI
    http: httpx.AsyncClient
    clock: ManualClock
    service_keys: ServiceKeys

    @classmethod
    @asynccontextmanager
    async def running(
        cls, settings: AuthSettings, service_keys: ServiceKeys
    ) -> AsyncIterator["AuthScene"]:
        clock = ManualClock(time.time_ns())
        app = make_app(settings, clock)
        # An exception that nobody foresaw is answered as in production: a 500 is seen as a 500.
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://auth") as http,
        ):
            yield cls(app, http, clock, service_keys)

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    async def register(self, username: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = await self.http.post(
            "/v1/auth/register", json={"username": username, "password": password}
        )
        return body(answer, 201)

    async def log_in(self, username: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = await self.http.post(
            "/v1/auth/login", json={"username": username, "password": password}
        )
        return body(answer, 200)

    async def refresh(self, token: str) -> httpx.Response:
        return await self.http.post("/v1/auth/refresh", json={"refresh_token": token})

    async def bearer(self, username: str, password: str = PASSWORD) -> dict[str, str]:
        """The header of a fresh log-in."""
        tokens = await self.log_in(username, password)
        return {"Authorization": f"Bearer {tokens['access_token']}"}

    async def admin(self) -> dict[str, str]:
        return await self.bearer(ADMIN, ADMIN_PASSWORD)

    async def exchange(self, key_id: str, secret: str) -> httpx.Response:
        """As the gateway does for a caller with this key."""
        return await self.http.post(
            "/v1/auth/api-keys/exchange",
            json={"key_id": key_id, "secret": secret},
            headers=self.as_gateway(),
        )

    async def redeem(self, ticket: str) -> httpx.Response:
        """As the gateway does for a websocket with this ticket in its address."""
        return await self.http.post(
            "/v1/auth/stream-tickets/exchange", json={"ticket": ticket}, headers=self.as_gateway()
        )

    def as_gateway(self) -> dict[str, str]:
        now = self.clock.time_ns() // 1_000_000_000
        token = self.service_keys.token("gateway", "auth", iat=now, exp=now + 60)
        return {"Authorization": f"Bearer {token}"}

    async def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The data of everything told so far, oldest first; with `kind` of that kind alone."""
        async with self.database.read() as connection:
            rows = await connection.execute(text("SELECT kind, data FROM outbox ORDER BY id"))
            return [row.data for row in rows if kind is None or row.kind == kind]


def body(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The JSON of an answer that must have `status`."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


def problem(answer: httpx.Response, status: int, type_: str) -> dict[str, Any]:
    """The problem document of an answer that must be this refusal."""
    found = body(answer, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert found["type"] == type_
    assert found["message"] == found["detail"]
    assert found["request_id"] == answer.headers["x-request-id"]
    return found
