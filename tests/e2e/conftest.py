"""The exchange, with its admin signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from people import Exchange

from replay.platform import Platform


@pytest.fixture(scope="session")
def exchange(platform: Platform) -> Iterator[Exchange]:
    """For whoever needs assets, people and money."""
    exchange = Exchange.of(platform)
    yield exchange
    exchange.admin.close()
