"""Background tasks that belong to a service's life: one that ends when it should not ends the service, loudly."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog

log = structlog.get_logger(__name__)


@asynccontextmanager
async def background(
    *work: Coroutine[Any, Any, None], may_end: Sequence[Coroutine[Any, Any, None]] = ()
) -> AsyncIterator[None]:
    """Run all of it while the block is open, then cancel what still runs and wait for its end.

    `work` goes on for ever: its end, by an error or not, stops the service, which is then started anew. Work
    that `may_end` stops the service only by an error: it is done at some time, or, as a consumer that met an
    event which it cannot apply, stays stopped until people have looked, and readiness tells why.
    """
    tasks = [asyncio.create_task(each) for each in (*work, *may_end)]
    for task in tasks[: len(work)]:
        task.add_done_callback(_ended)
    for task in tasks[len(work) :]:
        task.add_done_callback(_failed)
    try:
        yield
    finally:
        for task in tasks:
            task.remove_done_callback(_ended)
            task.remove_done_callback(_failed)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _ended(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is None:
        log.critical("a background task ended; the service stops", task=repr(task.get_coro()))
        os.kill(os.getpid(), signal.SIGTERM)
    _failed(task)


def _failed(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("a background task failed; the service stops", exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)
