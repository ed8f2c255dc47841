"""The gateway, wired: settings in, app out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random

import httpx
import redis.asyncio
from fastapi import FastAPI

from chassis.app import create_app
from chassis.clock import Clock, SystemClock
from chassis.identity.jwks import KeysUnavailable, RemoteKeys
from chassis.identity.service_tokens import ServiceAuth, ServiceTokenSigner
from gateway.api_keys import KeyExchange
from gateway.door import Door, DoorMiddleware, OpenDoor
from gateway.policies.body import Bodies
from gateway.policies.breaker import Breakers
from gateway.policies.deadline import Deadlines
from gateway.policies.identity import Identity
from gateway.policies.limits import Limits
from gateway.policies.outcome import Outcomes
from gateway.policies.retry import Retries
from gateway.proxy.transport import Transport
from gateway.rate.leases import REDIS_TIMEOUT_S, LeasedBuckets, RedisBuckets
from gateway.request_context import Handler, Policy, compose
from gateway.routes import STREAMS, TABLE, Route
from gateway.settings import GatewaySettings
from gateway.streams.authentication import Credentials
from gateway.streams.connections import Connections
from gateway.streams.handshake import StreamDoor
from gateway.streams.tickets import Tickets
from gateway.ui import Ui


def build_app(
    settings: GatewaySettings,
    *,
    clock: Clock | None = None,
    random: Random | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    table: tuple[Route, ...] = TABLE,
) -> FastAPI:
    """The gateway's app. What is given besides the settings is so for tests: they decide time, chance and the table."""
    chosen_clock = clock or SystemClock()
    opening = OpenDoor()
    sign_in_keys: list[SignInKeys] = []

    def user_keys(client: httpx.AsyncClient) -> RemoteKeys:
        keys = RemoteKeys(client, settings.auth_url, chosen_clock)
        sign_in_keys.append(SignInKeys(keys))
        return keys

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        client = redis.asyncio.Redis.from_url(
            settings.redis_url,
            socket_timeout=REDIS_TIMEOUT_S,
            socket_connect_timeout=REDIS_TIMEOUT_S,
        )
        limits = Limits(
            LeasedBuckets(RedisBuckets(client), chosen_clock), settings.tiers(), chosen_clock
        )
        signer = ServiceTokenSigner("gateway", settings.service_key_file, chosen_clock)
        as_gateway = ServiceAuth(signer, "auth", "keys:exchange")
        exchange = KeyExchange(app.state.http, settings.auth_url, as_gateway, chosen_clock)
        # The order in which a request meets them. Nothing before the body has an effect, so a 429 never has;
        # the breaker is inside the retries, so that every attempt counts.
        order: tuple[Policy, ...] = (
            Deadlines(chosen_clock),
            Identity(app.state.token_verifier, exchange, limits),
            limits,
            Bodies(chosen_clock),
            Outcomes(),
            # Jitter need not be unpredictable.
            Retries(chosen_clock, random or Random(), settings.retry_budget, sleep),  # noqa: S311
            Breakers(settings.breaker_rules(), chosen_clock),
        )
        transport = Transport(
            settings.bases(),
            settings.upstream_connections,
            chosen_clock,
            plain=settings.upstream_transport == "httpx",
        )
        handlers: dict[Route, Handler] = {
            route: compose(route, order, transport.handler(route)) for route in table
        }
        app.state.readiness.add("sign_in_keys", sign_in_keys[-1].check)
        await sign_in_keys[-1].check()
        door = Door(table, handlers, limits, settings.trusted_proxies)
        streams = StreamDoor(
            STREAMS,
            order[:3],
            bases=settings.bases(),
            limits=limits,
            connections=Connections(settings.connection_limits()),
            tickets=Tickets(app.state.http, settings.auth_url, as_gateway, limits),
            credentials=Credentials(app.state.token_verifier, exchange, limits),
            rules=settings.stream_rules(),
            trusted=settings.trusted_proxies,
            clock=chosen_clock,
        )
        opening.open(door, streams, Ui(settings.ui_rules(), limits))
        try:
            yield
        finally:
            streams.close()
            await transport.close()
            await client.aclose()

    app = create_app(
        "gateway",
        settings,
        lifespan=lifespan,
        clock=chosen_clock,
        user_keys=user_keys,
        begin_traces=True,
    )
    app.stand_in_front(lambda inner: DoorMiddleware(inner, opening))
    return app


class SignInKeys:
    """Ready once the sign-in keys were read: before that no user can be told from another. Then for ever."""

    def __init__(self, keys: RemoteKeys) -> None:
        self._keys = keys
        self._were_read = False

    async def check(self) -> str | None:
        if not self._were_read:
            try:
                await self._keys.key("")
            except KeysUnavailable:
                return "the sign-in keys have not been read from auth yet"
            self._were_read = True
        return None
