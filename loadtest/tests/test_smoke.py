"""The walk waits for a gateway that is just coming up, and says which step was not as it should be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from devkit.processes import free_port
from smoke.__main__ import main, smoke


@asynccontextmanager
async def lame_gateway(port: int) -> AsyncIterator[list[str]]:
    """Answers where it is, signs anybody in, and can list no asset. Gives what it was asked."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        match request.path:
            case "/v1/jwks":
                return web.json_response({"keys": []})
            case "/v1/auth/login":
                tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 900}
                return web.json_response(tokens)
        problem = {"type": "unavailable", "message": "the engine is away"}
        return web.json_response(problem, status=503)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield asked
    finally:
        await runner.cleanup()


async def test_a_gateway_that_is_not_there_yet_is_waited_for_and_a_refusal_is_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    port = free_port()
    walking = asyncio.create_task(smoke(f"http://127.0.0.1:{port}", "admin", "secret"))
    with suppress(TimeoutError):  # it is still trying
        await asyncio.wait_for(asyncio.shield(walking), 0.3)
    assert not walking.done()
    async with lame_gateway(port) as asked:
        assert await asyncio.wait_for(walking, 30) == 1
    assert asked == ["GET /v1/jwks", "POST /v1/auth/login", "POST /v1/admin/assets"]
    said = capsys.readouterr()
    assert "admin logs in" in said.out
    assert said.err == "FAILED: POST /v1/admin/assets is answered 503: the engine is away\n", (
        said.err
    )


def test_missing_variables_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({"GATEWAY_URL": "http://127.0.0.1:1", "ADMIN_USERNAME": ""}) == 1
    assert capsys.readouterr().err == "FAILED: set ADMIN_USERNAME, ADMIN_PASSWORD\n"
