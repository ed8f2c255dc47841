"""A command waits for a database that is not there yet, says so once, and says what was wrong in the end."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from chassis.command_database import command_database
from chassis.settings import StoreSettings
from devkit.processes import free_port

COMMAND = """
from chassis import cli
from chassis.migrations import upgrade
from chassis.settings import StoreSettings, load_settings

async def migrate() -> None:
    await upgrade("log_owner", load_settings(StoreSettings))

cli.run("service", {"migrate": migrate})
"""


def at(url: str, **parts: str) -> str:
    """`url` with a part changed: netloc or path."""
    return urlsplit(url)._replace(**parts).geturl()


async def command(url: str, wait_s: float) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, "migrate"),
        env={
            "DATABASE_URL": url,
            "DATABASE_WAIT_S": str(wait_s),
            "PYTHONPATH": str(Path(__file__).parent / "packages"),
        },
        stderr=asyncio.subprocess.PIPE,
    )


async def until_waiting(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    line = (await asyncio.wait_for(process.stderr.readline(), 30)).decode()
    assert line.startswith("waiting up to"), line
    return line


async def test_a_database_that_is_made_later_is_waited_for(database_url: str) -> None:
    name = urlsplit(database_url).path.lstrip("/") + "_later"
    connection = await asyncpg.connect(database_url)
    process = await command(at(database_url, path=f"/{name}"), 60)
    try:
        assert "does not exist" in await until_waiting(process)
        await connection.execute(f'CREATE DATABASE "{name}"')
        assert await asyncio.wait_for(process.wait(), 30) == 0
        assert process.stderr is not None
        assert await process.stderr.read() == b"", "it says once that it waits"
    finally:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.close()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda url: at(url, netloc=f"somebody:very-secret@127.0.0.1:{free_port()}"), "ConnectionRefusedError"),
        (lambda url: at(url, netloc=f"somebody:very-secret@{urlsplit(url).netloc.rpartition('@')[2]}"),
         "somebody"),
        (lambda url: at(url, path="/nowhere"), 'database "nowhere" does not exist'),
    ],
)  # fmt: skip
async def test_one_that_never_comes_ends_the_command_with_the_last_reason(
    database_url: str, wrong: Callable[[str], str], reason: str
) -> None:
    settings = StoreSettings(database_url=wrong(database_url), database_wait_s=0)
    with pytest.raises(SystemExit) as stopped:
        async with command_database(settings, "test"):
            pytest.fail("it was let in")
    sentence = str(stopped.value.code)
    assert "cannot be used: " in sentence
    assert reason in sentence
    assert "very-secret" not in sentence


async def test_sigterm_ends_a_command_that_waits_also_where_the_signal_has_no_default() -> None:
    process = await command(f"postgresql://somebody@127.0.0.1:{free_port()}/nowhere", 600)
    await until_waiting(process)
    process.send_signal(signal.SIGTERM)
    # By an exit of its own, and not by the signal, which the first process of a container would not get.
    assert await asyncio.wait_for(process.wait(), 30) == 128 + signal.SIGTERM
