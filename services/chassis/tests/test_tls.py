"""Addresses that ask for TLS, in the words of the servers themselves, get it, and only from the right server."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from chassis.broker import BrokerError, open_channel
from chassis.command_database import command_database
from chassis.database import Database
from chassis.migrations import upgrade
from chassis.settings import StoreSettings
from devkit.processes import Running, free_port
from devkit.servers import postgres
from devkit.testing_support.tls import Certificates, tls_in_front_of

ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.made_in(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Of an authority that signed nothing of ours."""
    return Certificates.made_in(tmp_path_factory.mktemp("strangers"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, certificates: Certificates) -> Iterator[str]:
    """The address of a PostgreSQL that lets nobody in without TLS."""
    folder, port = tmp_path_factory.mktemp("postgres") / "server", free_port()
    for parent in list(folder.parents)[:3]:  # the server's own user must come by
        parent.chmod(0o755)
    process = postgres.prepare(folder, port, "test", durable=False)
    data = Path(process.command[process.command.index("-D") + 1])
    (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    options = ["ssl=on"]
    for name, file in (("cert", certificates.server), ("key", certificates.server_key)):
        own = data / f"server.{name}"
        shutil.copyfile(file, own)
        own.chmod(0o600)
        if user := postgres.system_user():
            shutil.chown(own, user, user)
        options.append(f"ssl_{name}_file={own}")
    settings = tuple(part for option in options for part in ("-c", option))
    running = Running(
        replace(process, command=(*process.command, *settings)), folder.parent / "log"
    )
    running.start()
    yield postgres.url(port, "test")
    running.stop()


@pytest.fixture
async def trusting(server: str, certificates: Certificates) -> AsyncIterator[Database]:
    database = Database(f"{server}?sslmode=verify-full&sslrootcert={certificates.authority}")
    yield database
    await database.close()


async def test_pools_and_dedicated_connections_are_encrypted(trusting: Database) -> None:
    async with trusting.read() as connection:
        assert (await connection.exec_driver_sql(ENCRYPTED)).scalar_one() is True
    async with trusting.write() as connection:
        assert (await connection.exec_driver_sql(ENCRYPTED)).scalar_one() is True
    async with trusting.raw() as driver:
        assert await driver.fetchval(ENCRYPTED) is True
    dedicated = await trusting.dedicated()
    assert await dedicated.fetchval(ENCRYPTED) is True
    await dedicated.close()


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
async def test_migrations_run_over_it(server: str, certificates: Certificates, mode: str) -> None:
    name = f"migrated_{mode.replace('-', '_')}"
    admin = await asyncpg.connect(f"{server}?sslmode=require")
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    url = urlsplit(f"{server}?sslmode={mode}&sslrootcert={certificates.authority}")
    await upgrade("log_owner", StoreSettings(database_url=url._replace(path=f"/{name}").geturl()))


async def test_without_tls_nobody_is_let_in(server: str) -> None:
    settings = StoreSettings(database_url=f"{server}?sslmode=disable", database_wait_s=0)
    with pytest.raises(SystemExit, match="no encryption"):
        async with command_database(settings, "test"):
            pytest.fail("it was let in")


async def test_another_authority_is_refused_at_once_and_not_waited_for(
    server: str, strangers: Certificates
) -> None:
    url = f"{server}?sslmode=verify-full&sslrootcert={strangers.authority}"
    settings = StoreSettings(database_url=url, database_wait_s=3600)
    with pytest.raises(SystemExit, match="certificate verify failed"):
        async with command_database(settings, "test"):
            pytest.fail("it was let in")


async def test_another_name_is_refused(server: str, certificates: Certificates) -> None:
    url = server.replace("127.0.0.1", "localhost")
    settings = StoreSettings(
        database_url=f"{url}?sslmode=verify-full&sslrootcert={certificates.authority}",
        database_wait_s=3600,
    )
    with pytest.raises(SystemExit, match="localhost"):
        async with command_database(settings, "test"):
            pytest.fail("it was let in")


async def test_the_broker_is_spoken_to_over_tls(
    broker_url: str, certificates: Certificates, strangers: Certificates
) -> None:
    parts = urlsplit(broker_url)
    assert parts.port is not None
    async with tls_in_front_of(parts.port, certificates) as port:
        secure = broker_url.replace("amqp:", "amqps:").replace(f":{parts.port}/", f":{port}/")
        async with open_channel(f"{secure}?cacertfile={certificates.authority}") as channel:
            await channel.declare_fanout("over.tls")
        with pytest.raises(BrokerError, match="CERTIFICATE_VERIFY_FAILED"):
            async with open_channel(f"{secure}?cacertfile={strangers.authority}"):
                pytest.fail("it was let in")


@pytest.mark.parametrize("content", [None, "", "no certificate"])
async def test_an_authority_that_goes_away_under_a_running_service_is_the_brokers_error(
    tmp_path: Path, content: str | None
) -> None:
    authority = tmp_path / "ca.pem"
    if content is not None:
        authority.write_text(content)
    with pytest.raises(BrokerError, match=r"ca\.pem cannot be used"):
        async with open_channel(f"amqps://127.0.0.1:1/?cacertfile={authority}"):
            pytest.fail("it was let in")
