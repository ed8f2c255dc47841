"""The scripts of back-up and restore, on real databases and a real engine; tests/cluster does it all in pods."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest

from devkit.servers import postgres
from devkit.testing_support.databases import Databases
from devkit.testing_support.engine import Engine
from devkit.testing_support.keys import ServiceKeys

SCRIPTS = Path(__file__).parents[1] / "backup"
PACKAGES = {
    "AUDIT_DATABASE_URL": "audit_log",
    "MARKET_DATA_DATABASE_URL": "market_data",
    "TRADING_DATABASE_URL": "trading",
    "AUTH_DATABASE_URL": "auth",
}
EVENT = "INSERT INTO outbox (sequence, time_ns, kind, data) VALUES ($1, 1, 'tested', '{}')"
CURSOR = (
    "INSERT INTO event_cursor (log, log_id, sequence, time_ns)"
    " VALUES ($1, gen_random_uuid(), $2, 1)"
)
BEFORE = 2
"""What an engine's log begins with, and all that the early back-up has: its limits, and the tick of its start."""
STANDS = "SELECT sequence FROM event_cursor WHERE log = $1"
ENGINE_EVENTS = BEFORE + 2
"""And then a symbol was listed by each of two commands."""
LATE_DUMP = """#!/bin/sh
psql -Xqc "INSERT INTO outbox (time_ns, kind, data) VALUES (1, 'late', '{{}}')" "$TRADING_DATABASE_URL" &&
    exec {programs}/pg_dump "$@"
"""
SEGMENT = "00000000000000000001.journal"
BLOCK = 4096


def programs() -> str:
    """A PATH on which the clients of the server under test come first."""
    return f"{postgres.programs()}:{os.environ['PATH']}"


def command(script: str) -> list[str]:
    return ["bash", str(SCRIPTS / script)]


def environment(
    urls: Mapping[str, str], backups: Path, data: Path, more: Mapping[str, str]
) -> dict[str, str]:
    data.mkdir(exist_ok=True)
    folders = {"BACKUPS_DIR": str(backups), "DATA_DIR": str(data), "KEEP_BACKUPS": "7"}
    return {"PATH": programs(), **urls, **folders, **more}


def run(
    script: str, urls: Mapping[str, str], backups: Path, data: Path, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(script), env=environment(urls, backups, data, more), capture_output=True, text=True
    )


def saved(urls: Mapping[str, str], backups: Path, data: Path, **more: str) -> Path:
    """The back-up that the script makes in a folder without one."""
    backups.mkdir()
    done = run("backup.sh", urls, backups, data, **more)
    assert done.returncode == 0, done.stderr
    (made,) = backups.glob("*Z")
    return made


def value(url: str, query: str, *values: object) -> object:
    """The first column of the first row, if there is one."""

    async def ask() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    return asyncio.run(ask())


execute = value


@dataclass(frozen=True)
class Platform:
    """Two back-ups of a platform: when nothing had happened, and when each log had been read to its end."""

    urls: Mapping[str, str]
    engine: Engine
    early: Path
    late: Path


@pytest.fixture(scope="module")
def platform(
    databases: Databases, engine_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("platform")
    engine = Engine(engine_binary, folder, ServiceKeys.generate(folder / "keys"), None)
    with ExitStack() as stack:
        urls = {
            name: stack.enter_context(databases.fresh(package))
            for name, package in PACKAGES.items()
        }
        stack.callback(engine.stop)
        engine.start(FAILPOINTS="idle_tick=error")
        early = saved(urls, folder / "early", engine.data)
        trade(urls, engine)
        # What happens while the late one is copied must not get in.
        slow = folder / "bin" / "pg_dump"
        slow.parent.mkdir()
        slow.write_text(LATE_DUMP.format(programs=postgres.programs()))
        slow.chmod(0o755)
        path = f"{slow.parent}:{programs()}"
        late = saved(urls, folder / "late", engine.data, PATH=path)
        yield Platform(urls, engine, early, late)


def trade(urls: Mapping[str, str], engine: Engine) -> None:
    """Something in each log, and every reader at its end."""
    commands = [
        {"command_id": str(uuid4()), "kind": "list_symbol", "symbol": f"S{number}"}
        for number in range(ENGINE_EVENTS - BEFORE)
    ]
    answer = httpx.post(
        f"{engine.url}/v1/commands", json={"commands": commands}, headers=engine.headers()
    )
    assert answer.json()["last_sequence"] == ENGINE_EVENTS, answer.text
    (engine.data / "00000000000000009999.journal.tmp").write_text("never named")
    execute(urls["TRADING_DATABASE_URL"], EVENT, 1)
    execute(urls["TRADING_DATABASE_URL"], "UPDATE settlement SET sequence = $1", ENGINE_EVENTS)
    for reader in ("AUDIT_DATABASE_URL", "MARKET_DATA_DATABASE_URL"):
        execute(urls[reader], CURSOR, "engine.events", ENGINE_EVENTS)
        execute(urls[reader], CURSOR, "trading.events", 1)


@pytest.fixture
def targets(databases: Databases) -> Iterator[dict[str, str]]:
    """Empty databases under the same names."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(databases.fresh()) for name in PACKAGES}


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def test_what_was_saved_comes_back_as_it_was_at_the_moment_and_the_engine_takes_its_journal(
    platform: Platform, targets: dict[str, str], engine_binary: Path, tmp_path: Path
) -> None:
    lately = "SELECT count(*) FROM outbox WHERE kind = 'late'"
    assert value(platform.urls["TRADING_DATABASE_URL"], lately) == len(PACKAGES)
    volume = tmp_path / "volume"
    restored = run("restore.sh", targets, platform.late.parent, volume)
    assert restored.returncode == 0, restored.stderr
    assert value(targets["TRADING_DATABASE_URL"], "SELECT max(sequence) FROM outbox") == 1
    assert value(targets["AUDIT_DATABASE_URL"], STANDS, "engine.events") == ENGINE_EVENTS
    assert (volume / "log_id").read_text() == (platform.engine.data / "log_id").read_text()
    told = subprocess.run([engine_binary, "verify", volume], capture_output=True, text=True)
    assert f": {ENGINE_EVENTS} events, every one the same again" in told.stdout, told.stderr


def test_a_journal_is_saved_as_long_as_it_was_at_the_moment_and_without_its_lock(
    platform: Platform,
) -> None:
    folder = platform.late / "journal"
    names = {file.name for file in folder.iterdir()} - {"readers"}
    assert names == {"log_id", SEGMENT}
    copy = (folder / SEGMENT).read_bytes()
    whole = (platform.engine.data / SEGMENT).read_bytes()
    assert whole.startswith(copy)
    assert 0 < len(copy) < len(whole), "the room that is taken in advance is no part of it"
    written = len(whole.rstrip(b"\0"))
    assert written <= len(copy) < written + BLOCK


def test_an_engine_that_takes_snapshots_and_fills_its_archive_meanwhile_is_saved_whole(
    platform: Platform, targets: dict[str, str], engine_binary: Path, tmp_path: Path
) -> None:
    keys = platform.engine.keys
    engine = Engine(engine_binary, tmp_path / "busy", keys, None)
    restored = Engine(engine_binary, tmp_path / "restored", keys, None)
    small = {"SEGMENT_BYTES": "16384", "SNAPSHOT_EVERY_COMMANDS": "200"}
    with ExitStack() as stack:
        stack.callback(engine.stop)
        stack.callback(restored.stop)
        engine.start(**small)
        stop = threading.Event()
        traffic = threading.Thread(target=keep_busy, args=(engine, stop))
        traffic.start()
        stack.callback(traffic.join)
        stack.callback(stop.set)
        confirm_something(engine)
        for kept in ("readers", "*.snapshot", "archive/**/*.journal"):
            until_some(engine.data, kept)
        backup = saved(platform.urls, tmp_path / "backups", engine.data)
        for kept in ("archive/**/*.journal", "*.journal", "*.snapshot", "readers", "log_id"):
            assert list((backup / "journal").glob(kept)), f"no {kept} was saved"
        # The readers of this platform stand in the log of another engine, a shorter one.
        result = run("restore.sh", targets, backup.parent, restored.data)
        assert result.returncode == 0, result.stderr
        told = subprocess.run(
            [engine_binary, "verify", restored.data], capture_output=True, text=True
        )
        assert "every one the same again" in told.stdout, told.stderr
        assert "hold the same state" in told.stdout
        restored.start(**small)
        page = httpx.get(f"{restored.url}/v1/events?limit=1", headers=restored.headers()).json()
        assert page["first_sequence"] == page["events"][0]["sequence"] == 1


def keep_busy(engine: Engine, stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        commands = []
        for _ in range(20):
            number += 1
            commands.append(
                {"command_id": str(uuid4()), "kind": "list_symbol", "symbol": f"S{number % 50}"}
            )
        answer = httpx.post(
            f"{engine.url}/v1/commands", json={"commands": commands}, headers=engine.headers()
        )
        assert answer.status_code == 200, answer.text


def confirm_something(engine: Engine) -> None:
    position = {"log_id": (engine.data / "log_id").read_text().strip(), "sequence": 1}
    url = f"{engine.url}/v1/readers/trading"
    assert httpx.put(url, json=position, headers=engine.headers()).json()["sequence"] == 1


def until_some(folder: Path, pattern: str) -> None:
    deadline = time.monotonic() + 60
    while not list(folder.glob(pattern)):
        assert time.monotonic() < deadline, f"there never was a {pattern} in {folder}"
        time.sleep(0.05)


def segment(*records: bytes, first: int = 1) -> bytes:
    header = b"DTJOURN3" + b"i" * 36 + struct.pack("<QI", first, 2)
    return header.ljust(64, b"\0") + b"".join(records)


def record(first: int, events: int, body: bytes) -> bytes:
    head = struct.pack("<4IqQII", 0x33524A44, 0, 40 + len(body), 0, 1, first, events, len(body))
    return head + body


def ask(what: str, file: Path, content: bytes) -> str:
    file.write_bytes(content)
    asked = ["perl", str(SCRIPTS / "journal.pl"), what, str(file)]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("content", "last"),
    [
        (segment(first=8), "7"),
        (segment(record(8, 2, b"xx"), record(10, 1, b"\0"), first=8), "10"),
        (segment(record(8, 2, b"xx"), record(10, 1, b"long")[:-1], first=8), "9"),
        (segment(record(8, 2, b"xx"), bytes(5000), first=8), "9"),
    ],
)
def test_a_segments_last_sequence_is_that_of_its_last_whole_record(
    tmp_path: Path, content: bytes, last: str
) -> None:
    assert ask("last", tmp_path / "segment", content) == last


@pytest.mark.parametrize("written", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 7 * BLOCK, 8 * BLOCK])
def test_a_segment_is_written_up_to_the_end_of_its_last_block_that_is_not_zero(
    tmp_path: Path, written: int
) -> None:
    content = (b"x" * written).ljust(8 * BLOCK, b"\0")
    end = ask("end", tmp_path / "segment", content)
    assert int(end) == -(-written // BLOCK) * BLOCK


def test_a_second_job_waits_for_the_first_whose_half_it_would_remove_and_only_the_newest_are_kept(
    platform: Platform, backups: Path
) -> None:
    for name in ("20200101T000000Z", "20210101T000000Z", "20220101T000000Z.partial"):
        (backups / name).mkdir()
    with (backups / ".lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = subprocess.Popen(
            command("backup.sh"),
            env=environment(platform.urls, backups, platform.engine.data, {"KEEP_BACKUPS": "2"}),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert second.stdout is not None
        assert "waiting for the back-up that is being made" in second.stdout.readline()
        assert (backups / "20220101T000000Z.partial").is_dir()
    told, _ = second.communicate()
    assert second.returncode == 0, told
    old, new = sorted(backup.name for backup in backups.glob("2*"))
    assert old == "20210101T000000Z"
    assert new > old
    assert not new.endswith(".partial")


def test_a_try_that_fails_removes_the_half_of_the_one_before_it_and_leaves_no_backup(
    platform: Platform, backups: Path
) -> None:
    (backups / "20220101T000000Z.partial").mkdir()
    away = platform.urls["TRADING_DATABASE_URL"] + "_gone"
    broken = {**platform.urls, "TRADING_DATABASE_URL": away}
    failed = run("backup.sh", broken, backups, platform.engine.data, DATABASE_WAIT_S="0")
    assert failed.returncode == 1
    assert "no back-up was made: the database trading does not answer" in failed.stderr
    assert list(backups.glob("2*")) == []


def refused(targets: dict[str, str], backups: Path, volume: Path, *, tables: str) -> str:
    """Why a restore was refused, after a look that it changed no database."""
    result = run("restore.sh", targets, backups, volume)
    assert result.returncode == 1, result.stdout
    count = "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"
    assert value(targets["AUTH_DATABASE_URL"], count) == tables
    return result.stderr


def test_a_restore_refuses_what_is_not_empty_and_what_is_not_whole(
    platform: Platform, targets: dict[str, str], backups: Path, tmp_path: Path
) -> None:
    nothing = refused(targets, backups, tmp_path / "volume", tables="0")
    assert "there is no back-up" in nothing
    backup = Path(shutil.copytree(platform.early, backups / platform.early.name))

    occupied = refused(targets, backups, platform.engine.data, tables="0")
    assert "the engine's volume is not empty" in occupied

    execute(targets["AUTH_DATABASE_URL"], "CREATE TABLE users ()")
    full = refused(targets, backups, tmp_path / "volume", tables="1")
    assert "the database auth is not empty: it has 1 tables" in full
    execute(targets["AUTH_DATABASE_URL"], "DROP TABLE users")

    with (backup / "auth.dump").open("ab") as dump:
        dump.write(b"x")
    damaged = refused(targets, backups, tmp_path / "volume", tables="0")
    assert f"{backup.name} is damaged" in damaged


@pytest.mark.parametrize(
    ("early", "sentence"),
    [
        (["trading.dump"], "market-data in trading.events stands at 1, but its log ends at 0"),
        (["journal", "market-data.dump"], "audit in engine.events stands at 4, but its log ends at 2"),
        (
            ["journal", "market-data.dump", "audit.dump"],
            "settlement in engine.events stands at 4, but its log ends at 2",
        ),
    ],
)  # fmt: skip
def test_what_was_put_together_from_two_backups_is_told_by_its_cursors(
    platform: Platform,
    targets: dict[str, str],
    backups: Path,
    tmp_path: Path,
    early: list[str],
    sentence: str,
) -> None:
    mixed = Path(shutil.copytree(platform.late, backups / platform.late.name))
    for name in early:
        of_early = platform.early / name
        if of_early.is_dir():
            shutil.copytree(of_early, mixed / name, dirs_exist_ok=True)
        else:
            shutil.copyfile(of_early, mixed / name)
    (mixed / "SHA256SUMS").unlink()
    files = [file for file in mixed.rglob("*") if file.is_file()]
    sums = (f"{sha256(file.read_bytes()).hexdigest()}  {file.relative_to(mixed)}" for file in files)
    (mixed / "SHA256SUMS").write_text("".join(f"{line}\n" for line in sums))
    result = run("restore.sh", targets, backups, tmp_path / "volume")
    assert result.returncode == 1
    assert sentence in result.stderr
    assert list((tmp_path / "volume").iterdir()) == [], "no engine may start on this"
