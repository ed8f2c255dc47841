"""A caller that catches httpx' errors has caught them all."""

import httpcore
import httpx
import pytest

from chassis.http import http_client


async def test_what_a_lower_layer_lets_through_is_an_httpx_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: object) -> None:
        raise AttributeError("'NoneType' object has no attribute 'getpeername'")

    monkeypatch.setattr(httpcore.AsyncConnectionPool, "handle_async_request", broken)
    async with http_client() as client:
        with pytest.raises(httpx.TransportError, match="getpeername"):
            await client.get("http://127.0.0.1:9")


async def test_a_refused_connection_stays_one(free_port: int) -> None:
    async with http_client() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{free_port}")
