"""PostgreSQL's scripts and the files of its ConfigMap, and Redis' own, with the real servers."""

from __future__ import annotations

import os
import runpy
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from devkit import blocking
from devkit.processes import as_user
from devkit.servers import postgres

BACKING = Path(__file__).parents[1] / "backing"
DATABASES = {"auth": "auth", "trading": "trading", "market-data": "market_data", "audit": "audit"}
WAIT_S = 30.0


class Pod:
    """A folder in the place of the pod's volumes, and the programs of the image run with it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.user = postgres.system_user()
        self.files = folder / "configuration"
        shutil.copytree(BACKING / "postgresql", self.files)
        for name in ("data", "secrets", "sockets"):
            (folder / name).mkdir()
        self.pgdata = folder / "data" / "pgdata"
        self.own(folder)

    def give(self, passwords: Mapping[str, str]) -> None:
        """Mount a Secret with these passwords."""
        for key, value in passwords.items():
            file = self.folder / "secrets" / f"{key}-password"
            file.write_text(value)
        self.own(self.folder / "secrets")

    def command(self, *words: str) -> list[str]:
        become = [] if self.user is None else ["setpriv", *as_user(self.user), "--"]
        return [*become, *words]

    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{postgres.programs()}:{os.environ['PATH']}",
            "PGDATA": str(self.pgdata),
            "PGHOST": str(self.folder / "sockets"),
            "PGPORT": str(self.port),
            "SECRETS": str(self.folder / "secrets"),
        }

    def run(self, script: str) -> None:
        done = subprocess.run(
            self.command("bash", str(self.files / script)), env=self.environment(), cwd="/",
            capture_output=True, text=True, timeout=WAIT_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> subprocess.Popen[bytes]:
        """The server as the manifest starts it, but for the places and this machine's limits."""
        options = {
            "config_file": self.files / "postgresql.conf",
            "hba_file": self.files / "pg_hba.conf",
            "unix_socket_directories": self.folder / "sockets",
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "shared_buffers": "16MB",
            "fsync": "off",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return subprocess.Popen(
            self.command("postgres", *words), env=self.environment(), cwd="/",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def own(self, folder: Path) -> None:
        if self.user is not None:
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, self.user, self.user)


@pytest.fixture
def pod(free_port: int) -> Iterator[Pod]:
    # Not below pytest's own folder, which no other user may enter; in memory, as `initdb` waits for
    # the disk.
    memory = Path("/dev/shm")
    where = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="backing-", dir=where) as folder:
        yield Pod(Path(folder), free_port)


def passwords(mark: str) -> dict[str, str]:
    return {key: f"{mark}-{key}" for key in ("postgres", *(f"{key}-database" for key in DATABASES))}


def connect(pod: Pod, user: str, password: str, database: str) -> str:
    """Whom the server takes us for, over the network."""

    async def ask() -> str:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=pod.port, user=user, password=password, database=database
        )
        try:
            return str(await connection.fetchval("SELECT current_user"))
        finally:
            await connection.close()

    return blocking.run(ask())


def test_each_role_enters_its_own_database_with_the_secrets_password_of_the_last_start(
    pod: Pod,
) -> None:
    pod.give(passwords("first"))
    half = pod.pgdata.with_name("pgdata.half")
    half.mkdir()
    (half / "PG_VERSION").write_text("a start that was interrupted")
    pod.own(half)
    pod.run("initialise.sh")
    assert not half.exists()
    made = (pod.pgdata / "global/pg_control").stat().st_mtime_ns
    pod.run("initialise.sh")
    assert (pod.pgdata / "global/pg_control").stat().st_mtime_ns == made
    server = pod.start()
    try:
        pod.run("roles.sh")
        for key, name in DATABASES.items():
            assert connect(pod, name, f"first-{key}-database", name) == name
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            connect(pod, "auth", "first-auth-database", "trading")
        pod.give(passwords("second"))
        pod.run("roles.sh")
        with pytest.raises(asyncpg.InvalidPasswordError):
            connect(pod, "auth", "first-auth-database", "auth")
        assert connect(pod, "auth", "second-auth-database", "auth") == "auth"
        assert connect(pod, "postgres", "second-postgres", "auth") == "postgres"
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(WAIT_S) == 0


@pytest.fixture
def redis_port(free_port: int, tmp_path: Path) -> Iterator[int]:
    """A Redis with the ConfigMap's file, and of the Secret the password "right"."""
    users = tmp_path / "redis-users.acl"
    users.write_text(runpy.run_path(str(BACKING / "secret.py"))["redis_users"]("right"))
    server = subprocess.Popen(
        ["redis-server", BACKING / "redis" / "redis.conf", "--port", str(free_port),
         "--bind", "127.0.0.1", "--aclfile", str(users), "--logfile", str(tmp_path / "log")],
        cwd=tmp_path,
    )  # fmt: skip
    try:
        with redis.Redis(port=free_port, username="probe", password="none") as probe:
            until_answered(probe, server)
        yield free_port
    finally:
        server.terminate()
        server.wait(WAIT_S)


def until_answered(client: redis.Redis, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            client.ping()
        except redis.ConnectionError:
            assert server.poll() is None, "Redis ended at its start"
            assert time.monotonic() < deadline, "Redis does not answer"
            time.sleep(0.02)
        else:
            return


def test_redis_serves_those_with_the_password_but_is_neither_emptied_nor_reconfigured_by_them(
    redis_port: int,
) -> None:
    with redis.Redis(port=redis_port, password="right", db=3) as client:
        client.set("key", "value")
        assert client.get("key") == b"value"
        assert client.register_script("return redis.call('get', KEYS[1])")(["key"]) == b"value"
        assert client.info("memory")["maxmemory"] == 256 * 1024 * 1024
        for forbidden in ("FLUSHALL", "CONFIG GET dir", "KEYS *", "SHUTDOWN NOSAVE", "ACL LIST"):
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*forbidden.split())


def test_redis_lets_nobody_in_without_the_password_but_the_probe_which_may_say_ping(
    redis_port: int,
) -> None:
    # No retries: to this client a refusal is a broken connection.
    with redis.Redis(port=redis_port, retry=Retry(NoBackoff(), 0)) as nobody:
        with pytest.raises(redis.AuthenticationError):
            nobody.ping()
    with redis.Redis(port=redis_port, username="probe", password="any") as probe:
        assert probe.ping()
        with pytest.raises(redis.exceptions.NoPermissionError):
            probe.get("key")
