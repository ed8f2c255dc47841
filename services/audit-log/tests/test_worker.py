"""The worker as it runs: a real engine, real brokers, and two Python services that keep logs."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from audit_log.verify.proof import prove
from devkit.processes import free_port

ENGINE, AUTH, TRADING = "engine.events", "auth.events", "trading.events"

PACKAGES = Path(__file__).parent / "packages"


@contextmanager
def process(log: Path, *command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, *command],
            env={"PATH": os.environ["PATH"], "HOST": "127.0.0.1", **environment},
            stdout=output,
            stderr=output,
        )
        try:
            yield child
        finally:
            child.terminate()
            child.wait(20)


LIMITS = 1
"""What every log of the engine begins with."""


async def until(condition: Callable[[], Awaitable[Any]], log: Path) -> None:
    deadline = time.monotonic() + 60
    while not await condition():
        assert time.monotonic() < deadline, _end_of(log)
        await asyncio.sleep(0.05)


def _end_of(log: Path) -> str:
    return log.read_text()[-4000:]


@pytest.fixture
def ports() -> list[int]:
    return [free_port() for _ in range(3)]


async def test_three_logs_reach_the_chain_and_a_killed_worker_goes_on(
    engine, broker_url, service_keys, database, tmp_path, ports, migrated_database
):
    log = tmp_path / "worker.log"
    auth_port, trading_port, worker_port = ports
    common = {"SERVICE_KEYS_FILE": str(service_keys.key_set)}
    worker_environment = {
        **common,
        "PORT": str(worker_port),
        "SERVICE_KEY_FILE": str(service_keys.private_key("audit-log")),
        "DATABASE_URL": database.engine.url.set(drivername="postgresql").render_as_string(False),
        "BROKER_URL": broker_url,
        "ENGINE_URL": engine.url,
        "AUTH_URL": f"http://127.0.0.1:{auth_port}",
        "TRADING_URL": f"http://127.0.0.1:{trading_port}",
    }

    def keeper(name: str, port: int):
        return process(
            tmp_path / f"{name}.log", "-m", "log_keeper", name, broker_url,
            PORT=str(port), DATABASE_URL=migrated_database("log_keeper"),
            PYTHONPATH=str(PACKAGES), **common,
        )  # fmt: skip

    async with httpx.AsyncClient() as client:

        async def ready() -> bool:
            try:
                answer = await client.get(f"http://127.0.0.1:{worker_port}/readyz")
            except httpx.TransportError:
                return False
            return answer.status_code == 200

        async def tell(port: int, kind: str, **data: Any) -> None:
            url = f"http://127.0.0.1:{port}/tell"
            (await client.post(url, params={"kind": kind}, json=data)).raise_for_status()

        async def list_symbols(count: int) -> None:
            commands = [
                {
                    "command_id": str(uuid4()),
                    "kind": "list_symbol",
                    "symbol": f"S{uuid4().hex[:8]}".upper(),
                }
                for _ in range(count)
            ]
            url = f"{engine.url}/v1/commands"
            answer = await client.post(url, json={"commands": commands}, headers=engine.headers())
            answer.raise_for_status()

        def recorded(count: int) -> Callable[[], Awaitable[bool]]:
            async def all_of_them() -> bool:
                return (await prove(database)).entries == LIMITS + count

            return all_of_them

        with keeper("auth", auth_port), keeper("trading", trading_port):
            with process(log, "-m", "audit_log", "worker", **worker_environment) as worker:
                await until(ready, log)
                await tell(auth_port, "user_registered", user_id="u-1")
                await tell(trading_port, "account_opened", account_id="a-1", user_id="u-1")
                await list_symbols(50)
                await until(recorded(52), log)
                await list_symbols(200)
                worker.kill()  # somewhere between the first of them and the last
            await list_symbols(50)
            await tell(auth_port, "user_logged_in", user_id="u-1")
            with process(log, "-m", "audit_log", "worker", **worker_environment):
                await until(ready, log)
                await until(recorded(303), log)
        proof = await prove(database)
        assert proof.verified, proof.reason
        assert proof.source_positions[AUTH] == 2
        assert proof.source_positions[TRADING] == 1
        assert proof.source_positions[ENGINE] >= 300
    verified = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "audit_log", "verify"),
        env={"PATH": os.environ["PATH"], "DATABASE_URL": worker_environment["DATABASE_URL"]},
        stdout=subprocess.PIPE,
    )
    printed, _ = await verified.communicate()
    assert verified.returncode == 0
    assert proof.head.hex() in printed.decode()
