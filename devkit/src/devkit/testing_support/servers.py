"""Real PostgreSQL, Redis and RabbitMQ for tests: volatile, quick, started once, always ended.

`make test` starts them once and tells every test process of every language where they are
(`with_servers`); a pytest that is run alone starts only those that its tests ask for.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from devkit.processes import Process, ProcessError, Running, free_port
from devkit.servers import postgres, rabbitmq, redis

BROKER_STARTS = 3
"""RabbitMQ takes its ports one after the other, seconds after they were chosen: others may have come first."""
PASSWORD = "test"  # noqa: S105 - guards nothing: loopback, and thrown away with the tests


class TestServers:
    """Starts each server at the first use of its address; `TEST_*` names one that runs already."""

    __test__ = False

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._running: list[Running] = []
        self._broker: tuple[Running, Running] | None = None
        """Its name server, and itself, while it has not been waited for."""
        self._broker_starts = 0
        self._urls: dict[str, str] = {
            name: os.environ[name]
            for name in ("TEST_POSTGRES_URL", "TEST_REDIS_URL", "TEST_BROKER_URL")
            if os.environ.get(name)
        }
        if os.environ.get("TEST_BROKER_MANAGEMENT_URL"):
            self._urls["management"] = os.environ["TEST_BROKER_MANAGEMENT_URL"]

    def postgres_url(self) -> str:
        """An administrator's address."""
        if "TEST_POSTGRES_URL" not in self._urls:
            port = free_port()
            folder = self.folder() / "postgres"
            self._start(postgres.prepare(folder, port, PASSWORD, durable=False))
            self._urls["TEST_POSTGRES_URL"] = postgres.url(port, PASSWORD)
        return self._urls["TEST_POSTGRES_URL"]

    def redis_url(self) -> str:
        """The address of database 0; there are 64."""
        if "TEST_REDIS_URL" not in self._urls:
            port = free_port()
            self._start(redis.prepare(self.folder() / "redis", port, PASSWORD, durable=False))
            self._urls["TEST_REDIS_URL"] = redis.url(port, PASSWORD)
        return self._urls["TEST_REDIS_URL"]

    def broker_url(self) -> str:
        """The address of the default virtual host."""
        if "TEST_BROKER_URL" not in self._urls:
            self.begin_broker()
        self.wait_for_broker()
        return self._urls["TEST_BROKER_URL"]

    def broker_management_url(self) -> str:
        """RabbitMQ's management API, with which virtual hosts are made."""
        self.broker_url()
        if "management" not in self._urls:
            raise RuntimeError("TEST_BROKER_URL is set, so TEST_BROKER_MANAGEMENT_URL must be too")
        return self._urls["management"]

    def begin_broker(self) -> None:
        """Start RabbitMQ without waiting: it takes ten times as long as the others."""
        self._broker_starts += 1
        port, epmd_port, management_port = free_port(), free_port(), free_port()
        name_server = self._start(rabbitmq.name_server(epmd_port))
        broker = rabbitmq.prepare(
            self.folder() / "rabbitmq",
            port,
            epmd_port,
            free_port(),
            PASSWORD,
            management_port=management_port,
        )
        self._broker = (name_server, self._start(broker, wait=False))
        self._urls["TEST_BROKER_URL"] = rabbitmq.url(port, PASSWORD)
        credentials = f"{rabbitmq.USER}:{PASSWORD}"
        self._urls["management"] = f"http://{credentials}@127.0.0.1:{management_port}"

    def wait_for_broker(self) -> None:
        """Until it is ready, with other ports where it does not come up with these."""
        while (broker := self._broker) is not None:
            try:
                broker[1].wait_ready()
                self._broker = None
            except ProcessError:
                if self._broker_starts >= BROKER_STARTS:
                    raise
                for running in reversed(broker):
                    running.kill()
                    self._running.remove(running)
                shutil.rmtree(self.folder() / "rabbitmq", ignore_errors=True)
                self.begin_broker()

    def folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="day-trading-test-"))
            self._folder.chmod(0o755)  # PostgreSQL's user must pass through
        return self._folder

    def wait_ready(self) -> None:
        """Wait for all that were started."""
        self.wait_for_broker()
        for running in self._running:
            running.wait_ready()

    def stop(self) -> None:
        """End what was started, at once: nothing of it is kept."""
        for running in reversed(self._running):
            # PostgreSQL killed would leave its helpers behind for a moment; it stops fast anyway.
            if running.process.name == "postgres":
                running.stop()
            else:
                running.kill()
        self._running.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _start(self, process: Process, *, wait: bool = True) -> Running:
        running = Running(process, self.folder() / f"{process.name}.log")
        running.spawn()
        self._running.append(running)
        if wait:
            running.wait_ready()
        return running


@contextlib.contextmanager
def all_servers() -> Iterator[dict[str, str]]:
    """Start all three, and give the environment that tells tests where they are."""
    servers = TestServers()
    try:
        if not os.environ.get("TEST_BROKER_URL"):
            servers.begin_broker()
        environment = {
            "TEST_POSTGRES_URL": servers.postgres_url(),
            "TEST_REDIS_URL": servers.redis_url(),
        }
        servers.wait_ready()
        environment["TEST_BROKER_URL"] = servers.broker_url()
        environment["TEST_BROKER_MANAGEMENT_URL"] = servers.broker_management_url()
        yield environment
    finally:
        servers.stop()


def with_servers(command: Sequence[str]) -> int:
    """Run a command with the test servers' addresses in its environment; gives its exit code.

    An interruption is the command's to answer: the servers stay until it has ended.
    """
    with all_servers() as environment:
        child = subprocess.Popen(command, env={**os.environ, **environment})
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to the child too
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        return child.wait()


def unique_name(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(6)}"
