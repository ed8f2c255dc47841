"""The stream benchmark notices what it says it notices: a trade that is missing, repeated or invented, and a gap."""

from __future__ import annotations

import asyncio
import json
import random
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from bench.listeners import Listener, Record, StreamBroken, listen
from bench.stream import Changer, delivered, lag_figures
from bench.workload import MID_PRICE_TICKS, TICKS_PER_UNIT

Frame = list[dict[str, Any]]


def first(*trades: int) -> Frame:
    return [
        {"type": "recent_trades", "symbol": "A", "trades": [_row(trade) for trade in trades]},
        {"type": "snapshot", "symbol": "A", "sequence": 5, "time_us": 1, "bids": [], "asks": []},
    ]


def then(*trades: int, previous: int = 5, sequence: int = 9) -> Frame:
    return [
        {"type": "trades", "symbol": "A", "trades": [_row(trade) for trade in trades]},
        {"type": "delta", "previous": previous, "sequence": sequence, "time_us": 1},
    ]


def _row(trade: int) -> list[Any]:
    return [trade, 100, 1, "buy", 1_000]


@asynccontextmanager
async def telling(frames: Sequence[Frame], record: Record) -> AsyncIterator[list[Listener]]:
    """Two clients of a server that says just this, after a ping; they have heard it all, or broke."""
    done = asyncio.Event()

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        asked = await socket.receive_json()
        assert asked["symbols"] == ["A"]
        await socket.ping(b"still there?")
        assert (await socket.receive()).type is WSMsgType.PONG
        for frame in frames:
            await socket.send_str(json.dumps(frame))
        await done.wait()
        return socket

    app = web.Application()
    app.router.add_get("/v1/stream/market", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listeners: list[Listener] = []
    try:
        listeners += await listen(
            f"http://127.0.0.1:{runner.addresses[0][1]}", "A", 2, record, None
        )
        expected = sum(len(m["trades"]) for frame in frames for m in frame if "trades" in m)
        await _until(lambda: all(each.broken or len(each.trades) >= expected for each in listeners))
        yield listeners
    finally:
        done.set()
        for listener in listeners:
            listener.close()
        await runner.cleanup()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what changes is a list
            await asyncio.sleep(0.005)


async def test_what_was_told_is_counted_and_timed() -> None:
    record = Record(counting=True)
    frames = [first(2, 3), then(7), then(11, 12, previous=9, sequence=12)]
    async with telling(frames, record) as two:
        # They are asked for what followed after their beginning.
        assert delivered(two, {1, 2, 3, 7, 11, 12}) == (6, 0)
        assert record.frames == 6
        assert len(record.trade_lags_us) == 2 * 3
        assert len(record.book_lags_us) == 2 * 2


@pytest.mark.parametrize("frames", [[first(2), then(7)], [first(2), then(7, 11)]])
async def test_a_trade_that_one_did_not_hear_is_missing(frames: list[Frame]) -> None:
    async with telling(frames, Record()) as two:
        assert delivered(two, {2, 3, 7, 11})[1] == 2 * (3 - len(frames[1][0]["trades"]))


@pytest.mark.parametrize(
    ("frames", "sentence"),
    [
        ([first(2), then(7, 7)], "twice"),
        ([first(2), then(9, 8)], "out of order"),
        ([first(2), then(4)], "never were"),
        ([first(2), then(3, previous=6)], "after 5 came a delta from 6"),
        ([first(2), [{"type": "error", "code": "slow_client"}]], "slow_client"),
    ],
)
async def test_what_must_not_be_ends_the_measurement(frames: list[Frame], sentence: str) -> None:
    async with telling(frames, Record()) as two:
        if "delta" in sentence or "slow" in sentence:
            await _until(lambda: all(each.broken for each in two))
        with pytest.raises(StreamBroken, match=sentence):
            delivered(two, {2, 3, 7, 8, 9})


def test_every_request_changes_the_book_on_either_side() -> None:
    changer = Changer("run", ["A"], random.Random(1))
    orders = [json.loads(changer.next_request()[1].body) for _ in range(2_000)]
    middle = MID_PRICE_TICKS / TICKS_PER_UNIT
    crossing = [o for o in orders if (float(o["limit_price"]) > middle) == (o["side"] == "buy")]
    assert 0.36 < len(crossing) / len(orders) < 0.44


def test_percentiles_of_lags() -> None:
    lag = lag_figures(array("d", [float(each) for each in range(1_000, 101_000, 1_000)]))
    assert lag == {"samples": 100, "p50_ms": 50.0, "p99_ms": 99.0, "max_ms": 100.0}
