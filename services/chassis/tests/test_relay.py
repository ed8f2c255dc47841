"""The outbox and its relay: gap-free places, whoever gives them, and a broker that is told everything."""

import asyncio

import pytest
from event_log_scene import LOG, Follower, LogOwner, Wire, end_sessions, insist, running, until
from sqlalchemy import text

from chassis.broker import open_channel
from chassis.event_log import outbox, relay
from chassis.event_log.events import decode_page


async def test_events_of_an_undone_transaction_never_happened(owner: LogOwner):
    async def fail() -> None:
        async with owner.database.write() as connection:
            await outbox.append(connection, time_ns=1, kind="undone", data={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await owner.tell(2)
    await owner.place()
    page = await owner.page()
    assert [(e.sequence, e.kind) for e in page.events] == [(1, "thing"), (2, "thing")]


async def test_a_late_commit_gets_a_later_place_and_no_place_changes(owner: LogOwner):
    async with owner.database.write() as late:
        await late.execute(
            text("INSERT INTO outbox (time_ns, kind, data) VALUES (1, 'late', '{}')")
        )
        await owner.tell(2)
        await owner.place()
        before = await owner.page()
    await owner.place()
    after = await owner.page()
    assert after.events[:2] == before.events
    assert [(e.sequence, e.kind) for e in after.events[2:]] == [(3, "late")]


async def test_relays_that_place_at_once_leave_no_gap_and_no_double(owner: LogOwner):
    async def place_all() -> None:
        for _ in range(20):
            async with owner.database.raw() as connection:
                await relay.place(connection)

    await asyncio.gather(*(place_all() for _ in range(4)), *(owner.tell(50) for _ in range(4)))
    await owner.place()
    assert [e.sequence for e in (await owner.page()).events] == list(range(1, 201))


async def test_of_two_relays_one_works_and_the_other_takes_over_when_it_dies(
    owner: LogOwner, follower: Follower
):
    relays = [owner.relay(follower.broker_url) for _ in range(2)]

    async def one_leads() -> bool:
        return [each._leadership.leading for each in relays].count(True) == 1

    async with running(*(each.run() for each in relays)):
        for round_ in range(1, 4):
            await owner.tell(10)

            async def published(count: int = round_ * 10) -> bool:
                return await owner.published() == count

            await until(published)
            # The one that lost its connection may learn of it after the other was elected.
            await until(one_leads)
            await kill_the_leader(owner)
    assert [e.sequence for e in (await owner.page()).events] == list(range(1, 31))


async def kill_the_leader(owner: LogOwner) -> None:
    async with owner.database.write() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND granted AND objid = :key"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            {"key": relay.RELAY_LOCK},
        )


async def test_a_relay_outlives_its_database_going_away(owner: LogOwner, follower: Follower):
    working = owner.relay(follower.broker_url)
    async with running(working.run()) as [task]:
        await until(lambda: working._leadership.leading)
        for _ in range(3):
            await end_sessions(owner.database)
            await insist(lambda: owner.tell(5))

        async def published() -> bool:
            return await owner.published() == 15

        await until(published)
        assert not task.done()


async def test_everything_is_published_although_the_broker_breaks_off(
    owner: LogOwner, follower: Follower, wire: Wire
):
    heard: set[int] = set()
    async with open_channel(follower.broker_url) as channel:
        await channel.declare_fanout(LOG)
        deliveries = await channel.consume("listener", LOG, max_length=10_000, prefetch=100)
        async with running(owner.relay(wire.url).run()):
            for _ in range(3):
                await owner.tell(700)
                await until(lambda: wire.connections)
                await wire.cut()
                wire.connections = 0
                await wire.mend()
            while heard != set(range(1, 2101)):
                async with asyncio.timeout(20):
                    delivery = await deliveries.get()
                page = decode_page(delivery.body)
                assert page.last_sequence >= page.events[-1].sequence
                heard |= {event.sequence for event in page.events}
                channel.acknowledge(delivery.tag)


async def test_a_relay_that_lags_never_takes_back_what_another_published(owner: LogOwner):
    lagging = owner.relay("amqp://127.0.0.1:1/")
    await owner.tell(2)
    await owner.place()
    await lagging._published(2)
    await lagging._published(1)
    assert await owner.published() == 2
