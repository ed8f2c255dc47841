"""One whole platform for all tests that need one, with data of its own and ports that were free."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from replay.platform import Platform, started_platform


@pytest.fixture(scope="session")
def span_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every service writes the spans of sampled traces, one JSON object a line."""
    return tmp_path_factory.mktemp("traces") / "spans.jsonl"


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, span_file: Path) -> Iterator[Platform]:
    """Every service and server, ready; gone after the last test.

    The gateway samples no trace by itself: a test that wants spans sends a sampled `traceparent`,
    as a browser that traces its users would.
    """
    options = (
        "--set", f"TRACE_FILE={span_file}",
        "--service-env", "gateway:TRACE_SAMPLE_RATIO=0",
    )  # fmt: skip
    with started_platform(tmp_path_factory.mktemp("platform"), *options) as started:
        yield started
