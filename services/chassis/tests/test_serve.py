"""A service that is told to end finishes what is under way, takes nothing new, and ends by itself."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx

from devkit.processes import free_port
from devkit.testing_support.keys import ServiceKeys

SERVICE = """
import asyncio, os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from chassis import cli
from chassis.app import create_app, serve
from chassis.settings import ServiceSettings, load_settings

@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    print("closed in order", flush=True)

def run() -> None:
    settings = load_settings(ServiceSettings)
    app = create_app("slow", settings, lifespan=lifespan)

    @app.get("/slow")
    async def slow() -> dict[str, str]:
        print("began", flush=True)
        while not Path(os.environ["GO_ON"]).exists():
            await asyncio.sleep(0.01)
        return {"status": "finished"}

    serve("slow", settings, app)

cli.run("slow", {"serve": run})
"""


async def test_what_is_under_way_is_finished_and_nobody_is_let_in_any_more(
    service_keys: ServiceKeys, tmp_path: Path
) -> None:
    port, go_on = free_port(), tmp_path / "go-on"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVICE, "serve"),
        env=os.environ
        | {
            "PORT": str(port),
            "SERVICE_KEYS_FILE": str(service_keys.key_set),
            "GO_ON": str(go_on),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with (
        asyncio.timeout(60),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        while not await _is_ready(client):  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.05)
        slow = asyncio.create_task(client.get("/slow"))
        assert await process.stdout.readline() == b"began\n"
        process.send_signal(signal.SIGTERM)
        while await _is_ready(client):  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.01)
        go_on.touch()
        assert (await slow).json() == {"status": "finished"}
        assert await process.stdout.readline() == b"closed in order\n"
        # Not by the signal, which does nothing to the first process of a container.
        assert await process.wait() == 0


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False
