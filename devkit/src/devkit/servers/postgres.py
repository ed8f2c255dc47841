"""A PostgreSQL of our own: its cluster, its process, and the few statements that prepare it."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import asyncpg

from devkit import blocking
from devkit.processes import Process, ProcessError, as_user, base_environment

ADMIN = "postgres"
# For data that a test throws away: nothing waits for the disk.
VOLATILE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
            "max_wal_senders=0", "autovacuum=off")  # fmt: skip
DURABLE = ("max_wal_size=2GB",)
BEYOND_OUR_FOLDERS = Path("/var/lib/day-trading")


def programs() -> Path:
    """The folder of the newest installed PostgreSQL's programs."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    if found:
        return found[-1]
    postgres = shutil.which("postgres")
    if postgres is None:
        raise ProcessError("PostgreSQL is not installed: run `make setup`")
    return Path(postgres).parent


def system_user() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as its package's own user."""
    return ADMIN if os.geteuid() == 0 else None


def prepare(folder: Path, port: int, password: str, *, durable: bool = True) -> Process:
    """Make the cluster below `folder` when there is none; returns its server process."""
    data = reachable(folder) / "data"
    if not (data / "PG_VERSION").is_file():
        initialise(data, password)
    options = (
        "listen_addresses=127.0.0.1",
        f"port={port}",
        "unix_socket_directories=",
        "max_connections=300",
        "shared_buffers=256MB",
        "log_min_messages=warning",
        *(DURABLE if durable else VOLATILE),
    )
    settings = tuple(part for option in options for part in ("-c", option))
    return Process(
        name="postgres",
        command=(str(programs() / "postgres"), "-D", str(data), *settings),
        environment=base_environment(),
        user=system_user(),
        is_ready=functools.partial(answers, url(port, password)),
        stop_signal=signal.SIGINT,  # PostgreSQL's "fast": ends sessions, writes a checkpoint
    )


def url(port: int, password: str, database: str = "postgres", user: str = ADMIN) -> str:
    return f"postgresql://{user}:{password}@127.0.0.1:{port}/{database}"


def initialise(data: Path, password: str) -> None:
    password_file = data.parent / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    user = system_user()
    if user is not None:
        shutil.chown(password_file, user, user)
    # A cluster that was interrupted half-way through its making is made again.
    shutil.rmtree(data, ignore_errors=True)
    become = [] if user is None else ["setpriv", *as_user(user), "--"]
    initdb = [
        *become, str(programs() / "initdb"), "--pgdata", str(data), "--username", ADMIN,
        "--pwfile", str(password_file), "--auth", "scram-sha-256", "--encoding", "UTF8",
        "--locale", "C.UTF-8", "--no-sync", "--no-instructions",
    ]  # fmt: skip
    try:
        done = subprocess.run(initdb, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode != 0:
            shutil.rmtree(data, ignore_errors=True)
            raise ProcessError(f"PostgreSQL could not make its data folder: {done.stderr.strip()}")
    finally:
        password_file.unlink()


def reachable(folder: Path) -> Path:
    """`folder`, or where it cannot be reached by the server's user, a place that can.

    A checkout may lie in a home folder that only its owner may enter. Then the data is kept in
    `/var/lib/day-trading`, and `folder` is a link to it, so that it is still found (and cleaned)
    from the checkout.
    """
    user = system_user()
    if user is None:
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    if folder.is_symlink():
        folder.resolve().mkdir(parents=True, exist_ok=True)
        shutil.chown(folder.resolve(), user, user)
        return folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.chown(folder, user, user)
    if may_enter(user, folder):
        return folder
    elsewhere = BEYOND_OUR_FOLDERS / hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    elsewhere.mkdir(parents=True, exist_ok=True)
    shutil.chown(elsewhere, user, user)
    folder.rmdir()
    folder.symlink_to(elsewhere)
    return elsewhere


def may_enter(user: str, folder: Path) -> bool:
    test = ["setpriv", *as_user(user), "--", "test", "-w", f"{folder}/."]
    return subprocess.run(test, cwd="/", check=False).returncode == 0


def answers(admin_url: str) -> bool:
    """Whether the server lets us in."""

    async def ask() -> None:
        connection = await asyncpg.connect(admin_url, timeout=2)
        await connection.close()

    try:
        blocking.run(ask())
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    return True


def ensure_database(admin_url: str, database: str, role: str, password: str) -> None:
    """A role that owns exactly one database; made when missing, its password set every time."""

    async def ensure() -> None:
        connection = await asyncpg.connect(admin_url, timeout=10)
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f'CREATE ROLE "{role}" LOGIN')
            # Role passwords take no parameters; ours are URL-safe base64 without quotes.
            assert "'" not in password
            await connection.execute(f"ALTER ROLE \"{role}\" PASSWORD '{password}'")
            await connection.execute(f'GRANT "{role}" TO CURRENT_USER')
            if not await connection.fetchval(
                "SELECT 1 FROM pg_database WHERE datname = $1", database
            ):
                await connection.execute(f'CREATE DATABASE "{database}" OWNER "{role}"')
            await connection.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
        finally:
            await connection.close()

    blocking.run(ensure())
