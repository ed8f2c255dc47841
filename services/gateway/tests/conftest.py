"""A running gateway with real Redis; what it is made of is in `gateway_scene.py`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from devkit.testing_support.keys import ServiceKeys
from gateway.main import build_app
from gateway.settings import GatewaySettings

sys.path.insert(0, str(Path(__file__).parent))

from gateway_scene import (
    AnswerWith,
    FakeAuth,
    FakeUpstream,
    Gateway,
    OpenGateway,
    Until,
    says,
    serving,
)
from gateway_streams import StreamService


@pytest.fixture
async def auth() -> AsyncIterator[FakeAuth]:
    fake = FakeAuth()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def trading() -> AsyncIterator[FakeUpstream]:
    fake = FakeUpstream()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def open_gateway(
    auth: FakeAuth, trading: FakeUpstream, redis_url: str, service_keys: ServiceKeys
) -> AsyncIterator[OpenGateway]:
    """Opens a gateway; keyword arguments are settings, `app_*` go to `build_app`."""
    async with AsyncExitStack() as stack:

        async def start(**given: Any) -> Gateway:
            for_app = {k[4:]: given.pop(k) for k in list(given) if k.startswith("app_")}
            settings = GatewaySettings(
                **{
                    "service_keys_file": service_keys.key_set,
                    "service_key_file": service_keys.private_key("gateway"),
                    "auth_url": auth.url,
                    "trading_url": trading.url,
                    "market_data_url": trading.url,
                    "audit_log_url": trading.url,
                    "redis_url": redis_url,
                    "trace_sample_ratio": 0,
                }
                | given
            )
            app = build_app(settings, **for_app)
            return await stack.enter_async_context(serving(app))

        yield start


@pytest.fixture
async def gateway(open_gateway: OpenGateway) -> Gateway:
    return await open_gateway()


@pytest.fixture
async def market_data() -> AsyncIterator[StreamService]:
    service = StreamService()
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
async def trading_streams() -> AsyncIterator[StreamService]:
    service = StreamService()
    await service.start()
    yield service
    await service.stop()


@pytest.fixture
def stream_upstreams(market_data: StreamService, trading_streams: StreamService) -> dict[str, str]:
    """Settings that send a gateway's streams to the two services."""
    return {"market_data_url": market_data.url, "trading_url": trading_streams.url}


@pytest.fixture
async def streaming(open_gateway: OpenGateway, stream_upstreams: dict[str, str]) -> Gateway:
    """A gateway in front of the two services that speak websocket."""
    return await open_gateway(**stream_upstreams)


@pytest.fixture
def trader(auth: FakeAuth) -> dict[str, str]:
    """The credentials of a signed-in trader."""
    return auth.headers()


@pytest.fixture
def answer_with() -> AnswerWith:
    """`answer_with(503, body, headers)`: a script that always says so."""
    return says


@pytest.fixture
def until() -> Until:
    """Waits for a condition, ten seconds at most."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - conditions are of all kinds
                await asyncio.sleep(0.005)

    return wait
