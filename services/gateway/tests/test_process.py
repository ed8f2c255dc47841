"""The gateway as a process: it starts from the environment, traces, and ends in order."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from gateway_scene import AnswerWith, FakeAuth, FakeUpstream, Received, Until

from devkit.testing_support.keys import ServiceKeys

Running = tuple[asyncio.subprocess.Process, httpx.AsyncClient]


@pytest.fixture
async def process(
    auth: FakeAuth,
    trading: FakeUpstream,
    redis_url: str,
    service_keys: ServiceKeys,
    free_port: int,
    tmp_path: Path,
    until: Until,
) -> AsyncIterator[Running]:
    environment = os.environ | {
        "PORT": str(free_port),
        "AUTH_URL": auth.url,
        "TRADING_URL": trading.url,
        "REDIS_URL": redis_url,
        "SERVICE_KEYS_FILE": str(service_keys.key_set),
        "SERVICE_KEY_FILE": str(service_keys.private_key("gateway")),
        "TRACE_FILE": str(tmp_path / "spans.jsonl"),
        "TRACE_SAMPLE_RATIO": "1",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "serve", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port}", timeout=10) as client:
        try:
            async with asyncio.timeout(30):
                while True:
                    try:
                        if (await client.get("/readyz")).status_code == 200:
                            break
                    except httpx.TransportError:
                        await asyncio.sleep(0.05)
            yield process, client
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_one_trace_runs_through_every_attempt(
    process: Running,
    trading: FakeUpstream,
    trader: dict[str, str],
    tmp_path: Path,
    answer_with: AnswerWith,
) -> None:
    running, client = process

    async def first_fails(request: Received, writer: asyncio.StreamWriter) -> bool:
        trading.script = answer_with(200)
        return False

    trading.script = first_fails
    # A client on this very machine does not choose its address either.
    sent = trader | {"X-Forwarded-For": "1.2.3.4"}
    assert (await client.get("/v2/orders/7", headers=sent)).status_code == 200
    assert trading.received[0].header("X-Forwarded-For") == "127.0.0.1"
    running.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(running.wait(), 10) in (0, -signal.SIGTERM)

    spans = [json.loads(line) for line in (tmp_path / "spans.jsonl").read_text().splitlines()]
    (server,) = [span for span in spans if span["kind"] == "SpanKind.SERVER"]
    attempts = [span for span in spans if span["kind"] == "SpanKind.CLIENT"]
    assert server["name"] == "GET /v2/orders/{id}"
    assert len(attempts) == 2
    assert {each["parent_id"] for each in attempts} == {server["context"]["span_id"]}
    told = [received.header("traceparent").split("-") for received in trading.received]
    assert ["0x" + parts[2] for parts in told] == [each["context"]["span_id"] for each in attempts]
    assert {"0x" + parts[1] for parts in told} == {server["context"]["trace_id"]}
    assert attempts[0]["attributes"]["error.type"] == "broken"
    assert attempts[1]["attributes"]["http.response.status_code"] == 200


async def test_a_wrong_setting_ends_the_start_with_a_sentence(service_keys: ServiceKeys) -> None:
    environment = os.environ | {
        "SERVICE_KEYS_FILE": str(service_keys.key_set),
        "SERVICE_KEY_FILE": str(service_keys.private_key("gateway")),
        "TRADING_URL": "trading:8102",
        "RATE_NORMAL_PER_MINUTE": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "serve", env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"TRADING_URL" in errors
    assert b"RATE_NORMAL_PER_MINUTE" in errors
