"""The capture, fetched once into the local cache and parsed once per run."""

from __future__ import annotations

import pytest

from replay.capture import Capture, load
from replay.download import capture_folder
from replay.plan import Plan, whole


@pytest.fixture(scope="session")
def capture() -> Capture:
    return load(capture_folder())


@pytest.fixture(scope="session")
def plan(capture: Capture) -> Plan:
    return whole(capture)
