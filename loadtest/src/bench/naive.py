"""The platform with the settings that one begins with: what the tuned ones are worth, `--naive`.

Each request has its transaction, its call to the engine and its page of settlement; a service's pool has one
connection, the one of trading's gate and settlement two, for each of these keeps one busy; nothing is remembered of
verified tokens; the gateway uses httpx as it comes. All of it are settings of the services. What no setting turns off
is as tuned here as there: trading remembers assets, accounts, fees, limits and what was settled last, and calls the
engine with the client that the gateway uses otherwise.
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
    "CORE_POOL_SIZE": "2",
    "VERIFIED_TOKENS": "0",
    "UPSTREAM_TRANSPORT": "httpx",
}


@contextmanager
def platform() -> Iterator[Platform]:
    """A platform of its own with these settings, beside the one that is measured; its data stays below `bench/`."""
    options = [part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}")]
    with started_platform(LOCAL / "bench" / "naive", *options) as started:
        yield started
