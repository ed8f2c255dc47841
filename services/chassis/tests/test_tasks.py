"""A background task that ends when it should not takes the service with it."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from chassis.tasks import background


@pytest.fixture
async def stopped() -> AsyncIterator[asyncio.Event]:
    """Set when this process is told to stop."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, event.set)
    yield event
    loop.remove_signal_handler(signal.SIGTERM)


async def _return() -> None:
    pass


async def _fail() -> None:
    raise RuntimeError("a bug")


async def test_work_that_fails_stops_the_service(stopped: asyncio.Event) -> None:
    async with background(_fail()):
        await asyncio.wait_for(stopped.wait(), 5)


async def test_work_that_just_returns_stops_the_service_too(stopped: asyncio.Event) -> None:
    async with background(_return()):
        await asyncio.wait_for(stopped.wait(), 5)


async def test_work_that_may_end_stops_it_only_by_an_error(stopped: asyncio.Event) -> None:
    returned = asyncio.Event()

    async def finish() -> None:
        returned.set()

    async with background(may_end=[finish()]):
        await returned.wait()
        for _ in range(3):  # the task's end, its callback, and the signal's
            await asyncio.sleep(0)
        assert not stopped.is_set()
    async with background(may_end=[_fail()]):
        await asyncio.wait_for(stopped.wait(), 5)


async def test_the_end_of_the_block_stops_nothing_but_the_work(stopped: asyncio.Event) -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with background(work(), may_end=[asyncio.sleep(3600)]):
        await asyncio.sleep(0)
    assert cancelled.is_set()
    assert not stopped.is_set()
