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
from gateway_streams import StreamService, closed, stream
from websockets.exceptions import InvalidStatus

from devkit.testing_support.keys import ServiceKeys

Running = tuple[asyncio.subprocess.Process, httpx.AsyncClient]


@pytest.fixture
async def process(
    auth: FakeAuth,
    trading: FakeUpstream,
    market_data: StreamService,
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
        "MARKET_DATA_URL": market_data.url,
        "LOG_LEVEL": "DEBUG",
        "REDIS_URL": redis_url,
        "SERVICE_KEYS_FILE": str(service_keys.key_set),
        "SERVICE_KEY_FILE": str(service_keys.private_key("gateway")),
        "TRACE_FILE": str(tmp_path / "spans.jsonl"),
        "TRACE_SAMPLE_RATIO": "1",
    }
    with (tmp_path / "log.jsonl").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", "serve", env=environment, stderr=log
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
    assert await asyncio.wait_for(running.wait(), 10) == 0

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


async def test_a_stream_joins_the_trace_tells_no_ticket_and_ends_with_1001(
    process: Running, auth: FakeAuth, market_data: StreamService, tmp_path: Path
) -> None:
    running, client = process
    assert client.base_url.port is not None
    auth.tickets["secret-ticket"] = {}
    path = "/v1/stream/market?ticket=secret-ticket"
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace_id}-b7ad6b7169203331-01"}
    port = client.base_url.port
    async with stream(port, path, additional_headers=headers) as connection:
        await connection.send("hello")
        assert await connection.recv() == "hello"
        with pytest.raises(InvalidStatus):
            async with stream(port, path, additional_headers=headers):
                pass
        running.send_signal(signal.SIGTERM)
        assert (await closed(connection))[0] == 1001
    assert await asyncio.wait_for(running.wait(), 10) == 0

    written = (tmp_path / "spans.jsonl").read_text()
    spans = [json.loads(line) for line in written.splitlines()]
    opened, refused = (span for span in spans if span["kind"] == "SpanKind.SERVER")
    assert opened["name"] == refused["name"] == "GET /v1/stream/market"
    assert opened["parent_id"] == "0xb7ad6b7169203331"
    assert opened["attributes"]["http.response.status_code"] == 101
    assert refused["attributes"]["http.response.status_code"] == 401
    told = market_data.handshakes[0].headers["traceparent"].split("-")
    assert told[1:] == [trace_id, opened["context"]["span_id"][2:], "01"]
    log = (tmp_path / "log.jsonl").read_text()
    assert log
    assert "secret-ticket" not in written + log


async def test_a_wrong_setting_ends_the_start_with_a_sentence(service_keys: ServiceKeys) -> None:
    environment = os.environ | {
        "SERVICE_KEYS_FILE": str(service_keys.key_set),
        "SERVICE_KEY_FILE": str(service_keys.private_key("gateway")),
        "TRADING_URL": "trading:8102",
        "RATE_NORMAL_PER_MINUTE": "0",
        "STREAM_ORIGINS": "example.com",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "serve", env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"TRADING_URL" in errors
    assert b"RATE_NORMAL_PER_MINUTE" in errors
    assert b"STREAM_ORIGINS" in errors
