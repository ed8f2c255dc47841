"""The scripts of back-up and restore, on real databases and a real engine; tests/cluster does it all in pods."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest

from devkit.testing_support.databases import Databases
from devkit.testing_support.engine import Engine

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
    " SELECT 'trading.events', gen_random_uuid(), $1, 1"
)

pytestmark = pytest.mark.skipif(
    shutil.which("pg_dump") is None, reason="needs PostgreSQL's client programs"
)


@pytest.fixture
def sources(migrated_database: Callable[[str], str]) -> dict[str, str]:
    """The databases of a platform, by the variable that names each."""
    return {name: migrated_database(package) for name, package in PACKAGES.items()}


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


def run(
    script: str, urls: dict[str, str], backups: Path, data: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    data.mkdir(exist_ok=True)
    folders = {"BACKUPS_DIR": str(backups), "DATA_DIR": str(data), "KEEP_BACKUPS": "7"}
    return subprocess.run(
        ["bash", str(SCRIPTS / script)],
        env={"PATH": os.environ["PATH"], **urls, **folders, **environment},
        capture_output=True,
        text=True,
    )


def execute(url: str, statement: str, *values: object) -> None:
    value(url, statement, *values)


def value(url: str, query: str, *values: object) -> object:
    """The first column of the first row, if there is one."""

    async def ask() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_what_was_saved_comes_back_and_the_engine_goes_on_with_its_log(
    sources: dict[str, str],
    targets: dict[str, str],
    engine: Engine,
    engine_binary: Path,
    backups: Path,
    tmp_path: Path,
) -> None:
    execute(sources["TRADING_DATABASE_URL"], EVENT, 1)
    execute(sources["AUDIT_DATABASE_URL"], CURSOR, 1)
    saved = run("backup.sh", sources, backups, engine.data)
    assert saved.returncode == 0, saved.stderr
    engine.kill()
    restored = run("restore.sh", targets, backups, tmp_path / "volume")
    assert restored.returncode == 0, restored.stderr
    assert value(targets["TRADING_DATABASE_URL"], "SELECT max(sequence) FROM outbox") == 1
    assert value(targets["AUDIT_DATABASE_URL"], "SELECT sequence FROM event_cursor") == 1
    assert (tmp_path / "volume/log_id").read_text() == (engine.data / "log_id").read_text()
    subprocess.run([engine_binary, "verify", str(tmp_path / "volume")], check=True)


def test_nothing_gets_in_that_happened_while_the_copying_went_on(
    sources: dict[str, str],
    targets: dict[str, str],
    engine: Engine,
    backups: Path,
    tmp_path: Path,
) -> None:
    execute(sources["TRADING_DATABASE_URL"], EVENT, 1)
    real = shutil.which("pg_dump")
    late = tmp_path / "bin" / "pg_dump"
    late.parent.mkdir()
    late.write_text(
        "#!/bin/sh\n"
        "psql -Xqc \"INSERT INTO outbox (time_ns, kind, data) VALUES (1, 'late', '{}')\""
        f' "$TRADING_DATABASE_URL" && exec {real} "$@"\n'
    )
    late.chmod(0o755)
    path = f"{late.parent}:{os.environ['PATH']}"
    saved = run("backup.sh", sources, backups, engine.data, PATH=path)
    assert saved.returncode == 0, saved.stderr
    assert value(sources["TRADING_DATABASE_URL"], "SELECT count(*) FROM outbox") == 5
    assert run("restore.sh", targets, backups, tmp_path / "volume").returncode == 0
    assert value(targets["TRADING_DATABASE_URL"], "SELECT count(*) FROM outbox") == 1


def test_a_journal_is_saved_as_long_as_it_was_at_the_moment_and_without_its_lock(
    sources: dict[str, str], engine: Engine, backups: Path
) -> None:
    (engine.data / "00000000000000009999.journal.tmp").write_text("never named")
    saved = run("backup.sh", sources, backups, engine.data)
    assert saved.returncode == 0, saved.stderr
    (folder,) = (backup / "journal" for backup in backups.iterdir())
    names = {file.name for file in folder.iterdir()} - {"publisher.position"}
    assert names == {"log_id", "00000000000000000001.journal"}
    copy = (folder / "00000000000000000001.journal").read_bytes()
    assert (engine.data / "00000000000000000001.journal").read_bytes().startswith(copy)
    assert len(copy) > 0


def test_only_the_newest_backups_are_kept_and_no_halves(
    sources: dict[str, str], engine: Engine, backups: Path
) -> None:
    for name in ("20200101T000000Z", "20210101T000000Z", "20220101T000000Z.partial"):
        (backups / name).mkdir()
    saved = run("backup.sh", sources, backups, engine.data, KEEP_BACKUPS="2")
    assert saved.returncode == 0, saved.stderr
    old, new = sorted(backup.name for backup in backups.iterdir())
    assert old == "20210101T000000Z"
    assert new > old


def test_a_database_that_is_away_leaves_no_backup_behind(
    sources: dict[str, str], engine: Engine, backups: Path
) -> None:
    broken = {**sources, "TRADING_DATABASE_URL": sources["TRADING_DATABASE_URL"] + "_gone"}
    saved = run("backup.sh", broken, backups, engine.data, DATABASE_WAIT_S="0")
    assert saved.returncode == 1
    assert "no back-up was made: the database trading does not answer" in saved.stderr
    assert list(backups.iterdir()) == []


def refused(targets: dict[str, str], backups: Path, volume: Path, *, tables: str) -> str:
    """Why a restore was refused, after a look that it changed no database."""
    result = run("restore.sh", targets, backups, volume)
    assert result.returncode == 1, result.stdout
    count = "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"
    assert value(targets["AUTH_DATABASE_URL"], count) == tables
    return result.stderr


def test_a_restore_refuses_what_is_not_empty_and_what_is_not_whole(
    sources: dict[str, str], targets: dict[str, str], engine: Engine, backups: Path, tmp_path: Path
) -> None:
    nothing = refused(targets, backups, tmp_path / "volume", tables="0")
    assert "there is no back-up" in nothing
    assert run("backup.sh", sources, backups, engine.data).returncode == 0

    occupied = refused(targets, backups, engine.data, tables="0")
    assert "the engine's volume is not empty" in occupied

    execute(targets["AUTH_DATABASE_URL"], "CREATE TABLE users ()")
    full = refused(targets, backups, tmp_path / "volume", tables="1")
    assert "the database auth is not empty: it has 1 tables" in full
    execute(targets["AUTH_DATABASE_URL"], "DROP TABLE users")

    (backup,) = backups.iterdir()
    with (backup / "auth.dump").open("ab") as dump:
        dump.write(b"x")
    damaged = refused(targets, backups, tmp_path / "volume", tables="0")
    assert f"{backup.name} is damaged" in damaged


def test_dumps_of_different_moments_are_told_apart_by_their_cursors(
    sources: dict[str, str], targets: dict[str, str], engine: Engine, backups: Path, tmp_path: Path
) -> None:
    execute(sources["MARKET_DATA_DATABASE_URL"], CURSOR, 5)
    assert run("backup.sh", sources, backups, engine.data).returncode == 0
    result = run("restore.sh", targets, backups, tmp_path / "volume")
    assert result.returncode == 1
    assert "market-data in trading.events stands at 5, but its log ends at 0" in result.stderr
    assert list((tmp_path / "volume").iterdir()) == [], "no engine may start on this"
