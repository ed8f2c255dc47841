"""Servers of tests whose ports are taken between their choice and the server's start."""

import functools
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devkit.processes import (
    Process,
    ProcessError,
    accepts_connections,
    base_environment,
    free_port,
)
from devkit.servers import rabbitmq
from devkit.testing_support import servers
from devkit.testing_support.servers import BROKER_STARTS, TestServers

# As RabbitMQ does: it ends when one of its ports is taken, and answers on the other one last.
STAND_IN = """
import socket, sys
management, amqp = (socket.create_server(("127.0.0.1", int(port))) for port in sys.argv[1:])
while True:
    amqp.accept()
"""


def listening(name: str, port: int, management_port: int) -> Process:
    return Process(
        name=name,
        command=(sys.executable, "-c", STAND_IN, str(management_port), str(port)),
        environment=base_environment(),
        is_ready=functools.partial(accepts_connections, port),
    )


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch, taken: int) -> Iterator[Callable[[int], TestServers]]:
    """Begin a broker whose management port is `taken` in so many of its starts."""
    monkeypatch.delenv("TEST_BROKER_URL", raising=False)
    started = TestServers()

    def prepare(_folder: Path, port: int, *_: object, management_port: int) -> Process:
        return listening("rabbitmq", port, management_port)

    def begin(conflicts: int) -> TestServers:
        # The third of four ports that a start asks for.
        ports = iter([number for _ in range(conflicts) for number in (0, 0, taken, 0)])
        monkeypatch.setattr(servers, "free_port", lambda: next(ports, 0) or free_port())
        started.begin_broker()
        return started

    monkeypatch.setattr(rabbitmq, "prepare", prepare)
    monkeypatch.setattr(rabbitmq, "name_server", lambda port: listening("epmd", port, free_port()))
    yield begin
    started.stop()


def test_a_broker_whose_port_was_taken_comes_up_on_others(
    begin: Callable[[int], TestServers], taken: int
) -> None:
    started = begin(BROKER_STARTS - 1)
    started.wait_ready()
    address = started.broker_url()
    assert accepts_connections(int(address.rpartition(":")[2].partition("/")[0]))
    assert str(taken) not in address + started.broker_management_url()


def test_a_broker_that_never_comes_up_is_given_up(begin: Callable[[int], TestServers]) -> None:
    with pytest.raises(ProcessError, match="Address already in use"):
        begin(BROKER_STARTS).wait_ready()
