"""The comparison says which of its variables is missing, and whom it could not reach."""

import asyncio
import os
import sys
from pathlib import Path

from devkit.bootstrap import REPOSITORY
from devkit.processes import free_port
from devkit.testing_support.keys import ServiceKeys


async def comparison(**environment: str) -> tuple[int | None, str]:
    """Exit code and last words of the program, run with these variables alone."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.verify"),
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode()


async def test_every_missing_variable_is_named() -> None:
    code, said = await comparison()
    assert code == 1
    names = ("ENGINE_URL", "SERVICE_KEY_FILE", "AUTH_DATABASE_URL", "TRADING_DATABASE_URL",
             "MARKET_DATA_DATABASE_URL", "AUDIT_DATABASE_URL")  # fmt: skip
    assert all(f"\n  {name}: " in said for name in names), said


async def test_a_database_that_does_not_come_is_named(service_keys: ServiceKeys) -> None:
    key: Path = service_keys.private_key("verify")
    nowhere = f"postgresql://somebody:very-secret@127.0.0.1:{free_port()}"
    code, said = await comparison(
        ENGINE_URL="http://127.0.0.1:1",
        SERVICE_KEY_FILE=str(key),
        DATABASE_WAIT_S="0",
        AUTH_DATABASE_URL=f"{nowhere}/auth",
        TRADING_DATABASE_URL=f"{nowhere}/trading",
        MARKET_DATA_DATABASE_URL=f"{nowhere}/market_data",
        AUDIT_DATABASE_URL=f"{nowhere}/audit",
    )
    assert code == 1
    assert said.startswith("The database auth at 127.0.0.1:"), said
    assert "very-secret" not in said
