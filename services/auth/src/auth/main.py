"""The auth service: wiring, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

import auth.api_keys.endpoints
import auth.sessions.endpoints
import auth.signing_keys.endpoints
import auth.stream_tickets.endpoints
import auth.users.admin
import auth.users.endpoints
from auth.sessions.prune import prune_for_ever
from auth.settings import AuthSettings
from auth.signing_keys.encryption import KeyCipher
from auth.signing_keys.keyring import KeyRing
from auth.tokens import TokenIssuer
from auth.users.bootstrap import ensure_admin
from auth.users.passwords import Passwords
from chassis.app import create_app
from chassis.clock import Clock, SystemClock
from chassis.database import Database
from chassis.event_log import feed
from chassis.event_log.relay import Relay
from chassis.tasks import background

NAME = "auth"
MAX_BODY_BYTES = 64 * 1024


def make_app(settings: AuthSettings, clock: Clock | None = None) -> FastAPI:
    """The service; its database must have been migrated. Fails to start with a wrong signing secret."""
    chosen_clock = clock or SystemClock()
    keys = KeyRing()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(
            settings.database_url, pool_size=settings.database_pool_size, application_name=NAME
        )
        passwords = Passwords(
            settings.password_cost,
            at_once=settings.password_hashes_at_once,
            waiting=settings.password_hashes_waiting,
        )
        try:
            cipher = KeyCipher(settings.signing_key_secret.get_secret_value())
            await keys.load(database, cipher, chosen_clock)
            await ensure_admin(database, passwords, settings, chosen_clock)
            app.state.database = database
            app.state.passwords = passwords
            app.state.readiness.add("database", database.check)
            relay = Relay(database, exchange=f"{NAME}.events", broker_url=settings.broker_url)
            async with background(relay.run(), prune_for_ever(database, chosen_clock)):
                yield
        finally:
            await database.close()

    app = create_app(
        NAME,
        settings,
        lifespan=lifespan,
        clock=chosen_clock,
        user_keys=lambda _client: keys,
        max_body_bytes=MAX_BODY_BYTES,
    )
    app.state.keys = keys
    app.state.issuer = TokenIssuer(keys, chosen_clock, settings.access_token_lifetime_s)
    for part in (
        auth.users.endpoints,
        auth.sessions.endpoints,
        auth.api_keys.endpoints,
        auth.stream_tickets.endpoints,
        auth.signing_keys.endpoints,
        auth.users.admin,
        feed,
    ):
        app.include_router(part.router)
    return app
