"""The backing servers by themselves: what they keep outlives their pods and their passwords.

Who may connect to them is `test_edges`' question; here everybody comes through the kubelet.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager

import asyncpg
import pika
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from devkit.cluster.deploy import BACKING, make_backing_secret, rendered, wait_ready
from devkit.cluster.deployment import decoded
from devkit.cluster.kube import POLL_S, Kube
from devkit.cluster.targets import Target
from devkit.servers import postgres, rabbitmq

SERVERS = ("postgresql", "redis", "rabbitmq")
BACK_S = 180
"""How long a server may take to come back."""
EXCHANGE, QUEUE = "engine.events", "test.engine.events"
Passwords = Mapping[str, str]


@pytest.fixture
def servers(
    target: Target,
    images: Mapping[str, str],
    own_namespace: Callable[[str], AbstractContextManager[Kube]],
) -> Iterator[Kube]:
    """The servers alone, made from nothing."""
    with own_namespace("backing") as kube:
        make_backing_secret(kube)
        kube.apply(rendered(kube, BACKING, images, closed=target.closed))
        wait_ready(kube, "app.kubernetes.io/component=backing")
        yield kube


def test_what_the_servers_keep_outlives_their_pods_and_their_passwords(
    servers: Kube, say: Callable[[str], None]
) -> None:
    first = passwords(servers)
    assert query(servers, first, "CREATE TABLE kept AS SELECT 'a row' AS what") is None
    publish(servers, first, b"a message")

    say("deleting the pods of the servers")
    pods = [f"{name}-0" for name in SERVERS]
    replaced(servers, lambda: servers.kubectl("delete", "pod", *pods, seconds=BACK_S))
    kept(servers, first)

    say("changing the passwords of the servers")
    secret = subprocess.run(
        [sys.executable, str(BACKING / "secret.py")], capture_output=True, text=True, check=True
    )
    servers.kubectl("replace", "--filename", "-", stdin=secret.stdout)
    sets = [f"statefulset/{name}" for name in SERVERS]
    replaced(servers, lambda: servers.kubectl("rollout", "restart", *sets))
    kept(servers, passwords(servers))
    refuses(servers, first)


def passwords(kube: Kube) -> Passwords:
    found = decoded(kube.get("secret", "day-trading-backing"))
    return {key: value.decode() for key, value in found.items() if key.endswith("-password")}


def kept(kube: Kube, given: Passwords) -> None:
    """With these passwords one comes in, and row and message are there."""
    assert query(kube, given, "SELECT what FROM kept") == "a row"
    with broker(kube, given) as connection:
        _, _, body = connection.channel().basic_get(QUEUE)  # not acknowledged, so it stays
        assert body == b"a message"
    with cache(kube, given) as client:
        assert client.set("key", "value")


def refuses(kube: Kube, given: Passwords) -> None:
    """With these passwords nobody comes in anywhere."""
    with pytest.raises(asyncpg.InvalidPasswordError):
        query(kube, given, "SELECT 1")
    with pytest.raises(pika.exceptions.ProbableAuthenticationError), broker(kube, given):
        pass
    with cache(kube, given) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def query(kube: Kube, given: Passwords, statement: str) -> object:
    """The first value of the answer, asked of trading's database as its owner."""

    async def ask(port: int) -> object:
        url = postgres.url(port, given["trading-database-password"], "trading", "trading")
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    with kube.forwarded("pod/postgresql-0", 5432) as port:
        return asyncio.run(ask(port))


def publish(kube: Kube, given: Passwords, body: bytes) -> None:
    """Into a new durable queue, which is a quorum queue though nobody says so."""
    with broker(kube, given) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(QUEUE, durable=True)
        channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_bind(QUEUE, EXCHANGE)
        channel.basic_publish(EXCHANGE, "", body, pika.BasicProperties(delivery_mode=2))


@contextmanager
def broker(kube: Kube, given: Passwords) -> Iterator[pika.BlockingConnection]:
    with kube.forwarded("pod/rabbitmq-0", 5672) as port:
        url = rabbitmq.url(port, given["rabbitmq-password"])
        with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
            yield connection


@contextmanager
def cache(kube: Kube, given: Passwords) -> Iterator[redis.Redis]:
    password, once = given["redis-password"], Retry(NoBackoff(), 0)
    with kube.forwarded("pod/redis-0", 6379) as port:
        with redis.Redis(port=port, password=password, retry=once) as client:
            yield client


def replaced(kube: Kube, act: Callable[[], object]) -> None:
    """Do it, and wait until every server runs in another pod than before, and is ready."""
    before = ready_pods(kube)
    assert len(before) == len(SERVERS)
    act()
    until = time.monotonic() + BACK_S
    while len(ready_pods(kube) - before) < len(SERVERS):
        assert time.monotonic() < until, "a server did not come back"
        time.sleep(POLL_S)


def ready_pods(kube: Kube) -> set[str]:
    return {
        pod["metadata"]["uid"]
        for pod in kube.items("pod", "app.kubernetes.io/component=backing")
        for condition in pod["status"].get("conditions", [])
        if (condition["type"], condition["status"]) == ("Ready", "True")
    }
