"""An auth service on a real PostgreSQL, with a clock that the test moves."""

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from auth.settings import AuthSettings
from devkit.testing_support.keys import ServiceKeys

sys.path.insert(0, str(Path(__file__).parent))

from auth_scene import NO_BROKER, AuthScene, cheap_settings


@pytest.fixture
def settings(migrated_database: Callable[[str], str], service_keys: ServiceKeys) -> AuthSettings:
    """Settings with a database of the test's own, passwords that cost nothing, and no broker."""
    return cheap_settings(migrated_database("auth"), service_keys.key_set, broker_url=NO_BROKER)


@pytest.fixture
async def scene(settings: AuthSettings, service_keys: ServiceKeys) -> AsyncIterator[AuthScene]:
    """The running service."""
    async with AuthScene.running(settings, service_keys) as scene:
        yield scene
