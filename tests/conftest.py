"""One whole platform for all tests that need one, with data of its own and ports that were free."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from people import Exchange

from replay.platform import Platform, started_platform

SPANS = "spans.jsonl"


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Every service and server, ready; gone after the last test.

    The gateway samples no trace by itself: a test that wants spans sends a sampled `traceparent`,
    as a browser that traces its users would. A refresh token is good once, without the seconds of
    grace in which a client whose answer was lost may send it again.
    """
    root = tmp_path_factory.mktemp("platform")
    options = (
        "--set", f"TRACE_FILE={root / SPANS}",
        "--service-env", "gateway:TRACE_SAMPLE_RATIO=0",
        "--service-env", "auth:REFRESH_GRACE_S=0",
    )  # fmt: skip
    with started_platform(root, *options) as started:
        yield started


@pytest.fixture(scope="session")
def span_file(platform: Platform) -> Path:
    """Where every service writes the spans of sampled traces, one JSON object a line."""
    assert platform.root is not None
    return platform.root / SPANS


@pytest.fixture(scope="session")
def exchange(platform: Platform) -> Iterator[Exchange]:
    """The platform with its admin signed in: for whoever needs assets, people and money."""
    exchange = Exchange.of(platform)
    yield exchange
    exchange.admin.close()
