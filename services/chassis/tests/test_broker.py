"""Publishing and consuming on a real RabbitMQ."""

import asyncio
import time
from urllib.parse import urlsplit

import pytest
from event_log_scene import Wire

from chassis import broker
from chassis.broker import BrokerError, open_channel


async def test_a_confirmed_message_reaches_every_queue_with_its_headers(broker_url: str):
    async with open_channel(broker_url) as channel:
        await channel.declare_fanout("things")
        await channel.confirm()
        queues = [
            await channel.consume(name, "things", max_length=10, prefetch=10)
            for name in ("one", "two")
        ]
        await asyncio.gather(
            *(channel.publish("things", b"%d" % n, {"traceparent": str(n)}) for n in range(5))
        )
        for queue in queues:
            async with asyncio.timeout(10):
                found = [await queue.get() for _ in range(5)]
            assert [d.body for d in found] == [b"0", b"1", b"2", b"3", b"4"]
            assert found[3].headers == {"traceparent": "3"}


async def test_what_was_not_acknowledged_comes_again(broker_url: str):
    async with open_channel(broker_url) as channel:
        await channel.declare_fanout("things")
        await channel.confirm()
        queue = await channel.consume("one", "things", max_length=10, prefetch=10)
        for body in (b"a", b"b", b"c"):
            await channel.publish("things", body, {})
        async with asyncio.timeout(10):
            first, second, _third = [await queue.get() for _ in range(3)]
        channel.acknowledge(second.tag)
        assert first.tag < second.tag
    async with open_channel(broker_url) as channel:
        queue = await channel.consume("one", "things", max_length=10, prefetch=10)
        async with asyncio.timeout(10):
            assert (await queue.get()).body == b"c"


async def test_a_full_queue_drops_its_oldest(broker_url: str):
    async with open_channel(broker_url) as channel:
        await channel.declare_fanout("things")
        await channel.confirm()
        await channel.consume("one", "things", max_length=3, prefetch=1)
        for number in range(20):
            await channel.publish("things", b"%d" % number, {})
    async with open_channel(broker_url) as channel:
        queue = await channel.consume("one", "things", max_length=3, prefetch=10)
        async with asyncio.timeout(10):
            kept = [int((await queue.get()).body)]
            while kept[-1] != 19:
                kept.append(int((await queue.get()).body))
        assert len(kept) <= 4


async def test_nobody_there_is_a_broker_error():
    with pytest.raises(BrokerError, match="cannot connect"):
        async with open_channel("amqp://guest:guest@127.0.0.1:1/"):
            pass


async def test_a_wrong_password_is_a_broker_error(broker_url: str):
    parts = urlsplit(broker_url)
    wrong = parts._replace(netloc=f"platform:wrong@127.0.0.1:{parts.port}").geturl()
    with pytest.raises(BrokerError):
        async with open_channel(wrong):
            pass


async def test_somebody_who_listens_and_never_speaks_is_a_broker_error(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(broker, "CONNECT_TIMEOUT_S", 0.3)
    server = await asyncio.start_server(lambda _r, _w: asyncio.Event().wait(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    started = time.monotonic()
    with pytest.raises(BrokerError, match="in time"):
        async with open_channel(f"amqp://guest:guest@127.0.0.1:{port}/"):
            pass
    assert time.monotonic() - started < 5
    server.close()


async def test_an_exchange_that_does_not_exist_fails_the_publisher_and_not_the_process(
    broker_url: str,
):
    async with open_channel(broker_url) as channel:
        await channel.confirm()
        with pytest.raises(BrokerError):
            await channel.publish("nowhere", b"x", {})
        with pytest.raises(BrokerError):
            await channel.publish("nowhere", b"x", {})
        with pytest.raises(BrokerError):
            await channel.declare_fanout("things")


async def test_a_queue_declared_otherwise_is_a_broker_error(broker_url: str):
    async with open_channel(broker_url) as channel:
        await channel.declare_fanout("things")
        await channel.consume("one", "things", max_length=10, prefetch=10)
    async with open_channel(broker_url) as channel:
        with pytest.raises(BrokerError, match="PRECONDITION_FAILED"):
            await channel.consume("one", "things", max_length=11, prefetch=10)


async def test_a_queue_deleted_under_its_consumer_ends_the_channel(broker_url: str):
    async with open_channel(broker_url) as channel, open_channel(broker_url) as other:
        await channel.declare_fanout("things")
        await channel.consume("one", "things", max_length=10, prefetch=10)
        other._channel.queue_delete("one")
        async with asyncio.timeout(10):
            assert "ended the delivery" in str(await channel.closed)


async def test_a_cut_wire_fails_what_waits_for_its_confirmation(wire: Wire):
    async with open_channel(wire.url) as channel:
        await channel.declare_fanout("things")
        await channel.confirm()
        await wire.cut()
        with pytest.raises(BrokerError):
            await asyncio.gather(*(channel.publish("things", b"x", {}) for _ in range(3)))
        channel.acknowledge(1)  # nothing to say it to, and no reason to fail
