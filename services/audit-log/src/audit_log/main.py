"""The two processes of this service, wired: `serve` answers readers, `worker` writes the record."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from audit_log.entries import endpoints as entries
from audit_log.settings import ApiSettings, WorkerSettings
from audit_log.verify import endpoints as verify
from audit_log.verify.standing import StandingProof
from audit_log.worker.append import Appender
from chassis.app import create_app
from chassis.clock import Clock
from chassis.database import Database
from chassis.event_log.consumer import LogConsumer
from chassis.event_log.source import LogSource
from chassis.health import HOLD_BACK_S
from chassis.identity.jwks import KeySource
from chassis.identity.service_tokens import ServiceTokenSigner
from chassis.tasks import background

API = "audit-log"
WORKER = "audit-log-worker"


def create_api(
    settings: ApiSettings,
    *,
    clock: Clock | None = None,
    user_keys: Callable[[httpx.AsyncClient], KeySource] | None = None,
) -> FastAPI:
    """The role that reads, in any number of replicas."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(
            settings.database_url, pool_size=settings.database_pool_size, application_name=API
        )
        app.state.database = database
        app.state.walking = asyncio.Lock()
        app.state.standing_proof = standing = StandingProof(database, app.state.clock)
        app.state.readiness.add("database", database.check)
        try:
            async with background(standing.run()):
                yield
        finally:
            await database.close()

    app = create_app(API, settings, lifespan=lifespan, clock=clock, user_keys=user_keys)
    app.include_router(entries.router)
    app.include_router(verify.router)
    return app


def create_worker(settings: WorkerSettings, *, clock: Clock | None = None) -> FastAPI:
    """The role that writes. A second replica is harmless: a batch that the other one wrote is read past."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(
            settings.database_url, pool_size=settings.database_pool_size, application_name=WORKER
        )
        signer = ServiceTokenSigner(API, settings.service_key_file, app.state.clock)

        def follow(
            log: str, url: str, audience: str, scope: str, reader: str | None = None
        ) -> LogConsumer:
            consumer = LogConsumer(
                log,
                service=API,
                database=database,
                source=LogSource(
                    app.state.http, url, signer, audience=audience, scope=scope, reader=reader
                ),
                broker_url=settings.broker_url,
                apply=Appender(log, app.state.clock).apply,
                clock=app.state.clock,
                batch_every_s=settings.batch_every_s,
            )
            app.state.readiness.add(log, consumer.check)
            # A log may be away for long: that is not this process's fault, and a rollout goes on.
            app.state.readiness.add(
                f"{log}_caught_up", consumer.check_caught_up, degrades_after_s=HOLD_BACK_S
            )
            return consumer

        consumers = [
            follow("engine.events", settings.engine_url, "matching-engine", "engine:read", API),
            follow("auth.events", settings.auth_url, "auth", "events:read"),
            follow("trading.events", settings.trading_url, "trading", "events:read"),
        ]
        try:
            async with background(may_end=[consumer.run() for consumer in consumers]):
                yield
        finally:
            await database.close()

    return create_app(WORKER, settings, lifespan=lifespan, clock=clock)
