"""The platform with the settings that one begins with: what the tuned ones are worth, `--naive`.

Each request has its transaction, its call to the engine and its page of settlement; each pool has one connection;
nothing is remembered of tokens; the gateway uses httpx as it comes. All of it are settings of the services.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from replay.paths import LOCAL
from replay.platform import Platform, started_platform

SETTINGS = {
    "GATE_BATCH": "1",
    "SETTLE_PAGE": "1",
    "BATCH_EVERY_MS": "0",
    "BATCH_EVERY_S": "0",
    "DATABASE_POOL_SIZE": "1",
    "VERIFIED_TOKENS": "0",
    "UPSTREAM_TRANSPORT": "httpx",
}


@contextmanager
def platform() -> Iterator[Platform]:
    """A platform of its own with these settings, beside the one that is measured; its data stays below `bench/`."""
    options = [part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}")]
    with started_platform(LOCAL / "bench" / "naive", *options) as started:
        yield started
