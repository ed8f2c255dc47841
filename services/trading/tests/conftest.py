"""The trading service with a real engine, database and broker, driven in-process through its ASGI door."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
import structlog
from documented import document_of, held_to
from fastapi import FastAPI
from stream_client import serving
from trading_platform import Platform, until

from chassis.clock import Clock
from devkit.testing_support.engine import Engine
from devkit.testing_support.keys import ServiceKeys
from devkit.testing_support.users import UserTokens
from trading.main import create_trading_app
from trading.settings import TradingSettings


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Tracebacks as plain text: drawn with boxes and locals, one costs seconds."""
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.stdlib.add_log_level, plain])


@pytest.fixture
def user_tokens() -> UserTokens:
    return UserTokens()


@pytest.fixture
def settings(
    migrated_database: Callable[[str], str],
    broker_url: str,
    engine: Engine,
    service_keys: ServiceKeys,
) -> TradingSettings:
    return TradingSettings(
        port=1,
        database_url=migrated_database("trading"),
        broker_url=broker_url,
        engine_url=engine.url,
        service_keys_file=service_keys.key_set,
        service_key_file=service_keys.private_key("trading"),
    )


@pytest.fixture
def start(settings: TradingSettings, user_tokens: UserTokens) -> Callable[..., Any]:
    """`async with start(failpoints=...) as platform:` runs one replica."""

    @asynccontextmanager
    async def run(
        ready: bool = True, clock: Clock | None = None, **changes: Any
    ) -> AsyncIterator[Platform]:
        app = create_trading_app(settings.model_copy(update=changes), clock)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            app.state.token_verifier._user_keys = user_tokens
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=transport,
                    base_url="http://trading",
                    timeout=30,
                    event_hooks=held_to(document_of(app)),
                )
            )
            platform = Platform(app, client, user_tokens)
            if ready:
                await until(lambda: app.state.desk.gate.closed is None)
            yield platform

    return run


@pytest.fixture
def platform_app(settings: TradingSettings) -> FastAPI:
    """The app, made and not started: for what it says of itself."""
    return create_trading_app(settings)


@pytest.fixture
async def platform(start: Callable[..., Any]) -> AsyncIterator[Platform]:
    """A running replica with the asset ACME (tick 0.01, lot 1)."""
    async with start() as running:
        await running.list_asset()
        yield running


@pytest.fixture
async def host(platform: Platform) -> AsyncIterator[str]:
    """Host and port at which the platform's app is served, websockets and all."""
    async with serving(platform.app) as address:
        yield address
