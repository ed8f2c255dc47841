"""Run a coroutine from plain code, also from a fixture that pytest calls inside a running loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """`asyncio.run`, in a thread of its own."""
    return in_thread(lambda: asyncio.run(coroutine))


def in_thread(function: Callable[[], Result]) -> Result:
    """Call a function that may run an event loop, away from the one that may run here."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(function).result()
