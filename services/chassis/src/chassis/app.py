"""The application factory: every Python service is this, plus its routers."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from chassis import websockets
from chassis.cli import TERMINATED
from chassis.clock import Clock, SystemClock
from chassis.errors import install_error_handlers
from chassis.front import ServiceApp
from chassis.health import Readiness, health_router
from chassis.http import http_client
from chassis.identity.jwks import KeySource, RemoteKeys
from chassis.identity.tokens import ServiceKeySet, TokenVerifier
from chassis.settings import ServiceSettings
from chassis.telemetry import metrics
from chassis.telemetry.logs import configure_logs
from chassis.telemetry.middleware import TelemetryMiddleware
from chassis.telemetry.tracing import configure_tracing

DRAIN_S = 10
GC_ALLOCATIONS = 10_000
"""New objects between two looks of the cyclic collector at the youngest ones."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    name: str,
    settings: ServiceSettings,
    *,
    lifespan: Lifespan,
    clock: Clock | None = None,
    user_keys: Callable[[httpx.AsyncClient], KeySource] | None = None,
    begin_traces: bool = False,
    max_body_bytes: int | None = None,
) -> ServiceApp:
    """A FastAPI app with errors, identity, telemetry and health in place; `lifespan` opens what the service needs.

    In `app.state`: `settings`, `clock`, `readiness`, `http` (an httpx client for few calls in flight),
    `token_verifier`. `user_keys` replaces the fetching of sign-in keys (the auth service has its own).
    Bodies past `max_body_bytes` are answered 413; none: this app bounds them itself.
    """
    chosen_clock = clock or SystemClock()

    @asynccontextmanager
    async def around(app: FastAPI) -> AsyncIterator[None]:
        async with http_client() as client:
            app.state.http = client
            keys = (user_keys or _remote_keys(settings, chosen_clock))(client)
            app.state.token_verifier = TokenVerifier(
                service_name=name,
                service_keys=ServiceKeySet(settings.service_keys_file),
                user_keys=keys,
                clock=chosen_clock,
                cache_size=settings.verified_tokens,
            )
            async with lifespan(app):
                if getattr(app.state, "serving", False):
                    _collect_less()
                yield

    app = ServiceApp(
        title=f"day-trading {name}",
        lifespan=around,
        redirect_slashes=False,
        # FastAPI would make server spans of its own around ours, for requests that nobody sampled too.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.clock = chosen_clock
    app.state.readiness = Readiness(chosen_clock)
    install_error_handlers(app)
    app.open_front(
        lambda inner: TelemetryMiddleware(
            inner,
            # Spans that nobody is told of cost as much as others.
            begin_share=settings.trace_sample_ratio
            if begin_traces and settings.exports_spans
            else 0.0,
            clock=chosen_clock,
        ),
        max_body_bytes,
    )
    app.include_router(health_router(app.state.readiness))
    app.include_router(metrics.router)
    return app


def serve(name: str, settings: ServiceSettings, app: FastAPI) -> None:
    """Run `app` until SIGTERM or SIGINT; requests under way are finished first, for `DRAIN_S` at most.

    Meanwhile nobody can connect, and readiness fails with that.
    """
    configure_logs(name, settings.log_level)
    configure_tracing(name, settings)
    app.state.serving = True
    try:
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http="httptools",
            log_config=None,
            access_log=False,
            server_header=False,
            # uvicorn would believe any local client's X-Forwarded-For; the gateway has its own rule for that.
            proxy_headers=False,
            timeout_graceful_shutdown=DRAIN_S,
            **websockets.SERVER_OPTIONS,
        )
    except SystemExit as stopped:
        # Served to its end, uvicorn raises the signal again that ended it.
        if stopped.code != TERMINATED:
            raise


def _collect_less() -> None:
    """Let the cyclic collector pass over all that a start leaves behind, and look at the rest less often.

    Requests make few cycles; the default looks after every 700 new objects, which is a few of them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS, 20, 20)


def _remote_keys(
    settings: ServiceSettings, clock: Clock
) -> Callable[[httpx.AsyncClient], KeySource]:
    return lambda client: RemoteKeys(client, settings.auth_url, clock)
