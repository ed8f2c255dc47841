"""The rate: kept, changed while somebody waits, paused, and steered from outside."""

from __future__ import annotations

import asyncio

import pytest

from simulator.control import HOST, NobodyThere, RateRefused, control, set_rate
from simulator.pace import Pace


async def test_requests_are_due_at_the_rate() -> None:
    clock = asyncio.get_running_loop().time
    pace, started = Pace(1_000.0), clock()
    await pace.wait(50)
    assert clock() - started >= 0.05


async def test_a_new_rate_reaches_those_who_wait_already() -> None:
    pace = Pace(0.0)
    waiting = asyncio.create_task(pace.wait(1))
    await asyncio.sleep(0)
    assert not waiting.done(), "at rate 0 nothing is ever due"
    pace.set(10_000.0)
    async with asyncio.timeout(10):
        await waiting


def test_impossible_rates_are_refused() -> None:
    for rate in (-1.0, 20_000.0, float("nan")):
        with pytest.raises(ValueError, match="between 0 and"):
            Pace(3.0).set(rate)


async def test_the_rate_is_steered_from_outside(free_port: int) -> None:
    pace, address = Pace(3.0), f"http://{HOST}:{free_port}"
    async with control(pace, free_port):
        assert await asyncio.to_thread(set_rate, 20.0, address) == {"rate": 20.0}
        assert pace.rate == 20.0
        with pytest.raises(RateRefused, match="between 0 and"):
            await asyncio.to_thread(set_rate, -1.0, address)
        assert pace.rate == 20.0
    with pytest.raises(NobodyThere):
        await asyncio.to_thread(set_rate, 1.0, address)
