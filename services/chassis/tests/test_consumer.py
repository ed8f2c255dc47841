"""The consumer against everything that logs and brokers do to it."""

import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from event_log_scene import Follower, LogOwner, Wire, end_sessions, running, until
from sqlalchemy import text

from chassis.event_log import confirming
from chassis.event_log.consumer import LogConsumer

NOWHERE = "amqp://guest:guest@127.0.0.1:1/"


async def stopped(consumer: LogConsumer) -> str:
    await until(lambda: consumer.stopped)
    assert consumer.stopped is not None
    assert await consumer.check() == consumer.stopped
    return consumer.stopped


async def test_everything_that_was_told_is_applied_once(owner: LogOwner, follower: Follower):
    await owner.tell(1200)
    consumer = follower.consumer()
    async with running(owner.relay(follower.broker_url).run(), consumer.run()):
        await until(follower.has(1200))
        await owner.tell(300)
        await until(follower.has(1500))
    assert consumer.caught_up


async def test_messages_are_enough_while_the_log_itself_is_away(
    owner: LogOwner, follower: Follower
):
    await owner.tell(1)
    await owner.place()
    await follower.declare_queue()
    async with running(follower.consumer().run()):
        await until(follower.has(1))
        owner.away = True
        await owner.tell(5)
        await owner.place()
        await follower.say(await owner.page(after=1, limit=2), await owner.page(after=3))
        await until(follower.has(6))


async def test_the_log_is_enough_while_the_broker_is_away(owner: LogOwner, follower: Follower):
    await owner.tell(3)
    await owner.place()
    async with running(follower.consumer(NOWHERE).run()):
        await until(follower.has(3))
        await owner.tell(2)
        await owner.place()
        await until(follower.has(5))


async def test_a_consumer_is_not_ready_before_it_saw_the_end_of_the_log(
    owner: LogOwner, follower: Follower
):
    owner.away = True
    consumer = follower.consumer()
    async with running(consumer.run()):
        await until(lambda: len(owner.reads) >= 2)
        assert "catching up" in (await consumer.check_caught_up() or "")
        assert await consumer.check() is None
        owner.away = False
        await until(lambda: consumer.caught_up)
        assert await consumer.check_caught_up() is None


async def test_repeated_and_reordered_messages_are_applied_once_and_in_order(
    owner: LogOwner, follower: Follower
):
    await owner.tell(9)
    await owner.place()
    await follower.declare_queue()
    pages = [await owner.page(after, limit=3) for after in (0, 3, 6)]
    await follower.say(pages[2], pages[0], pages[2], pages[1], pages[0], pages[1])
    async with running(follower.consumer().run()):
        await until(follower.has(9))


async def test_what_a_gap_lacks_is_read_from_the_log(owner: LogOwner, follower: Follower):
    await owner.tell(2)
    await owner.place()
    await follower.declare_queue()
    async with running(follower.consumer().run()):
        await until(follower.has(2))
        await owner.tell(6)
        await owner.place()
        await follower.say(await owner.page(after=5))
        await until(follower.has(8))
    assert 2 in owner.reads


async def test_a_lost_tail_shows_although_no_message_follows(owner: LogOwner, follower: Follower):
    await owner.tell(2)
    await owner.place()
    async with running(follower.consumer().run()):
        await until(follower.has(2))
        await owner.tell(1)
        await owner.place()  # and nobody publishes it
        await until(follower.has(3))


async def test_a_broker_that_goes_and_comes_back_loses_and_repeats_nothing(
    owner: LogOwner, follower: Follower, wire: Wire
):
    consumer = follower.consumer(wire.url)
    async with running(owner.relay(wire.url).run(), consumer.run()):
        for round_ in range(1, 3):
            await owner.tell(100)
            await until(lambda: wire.connections >= 2)
            await wire.cut()
            await owner.tell(100)
            await until(follower.has(round_ * 200))
            wire.connections = 0
            await wire.mend()

        async def all_published() -> bool:
            return await owner.published() == 400

        await until(all_published)
        owner.away = True  # from here on only messages can bring anything
        await until(lambda: wire.connections >= 2)
        await owner.tell(5)
        await until(follower.has(405))


async def test_a_restored_log_stops_the_consumer_with_a_sentence(
    owner: LogOwner, follower: Follower
):
    await owner.tell(2)
    await owner.place()
    consumer = follower.consumer()
    async with running(consumer.run()):
        await until(follower.has(2))
        async with owner.database.write() as connection:
            await connection.execute(text("UPDATE event_log SET log_id = gen_random_uuid()"))
        await owner.tell(1)
        await owner.place()
        assert "restored or replaced" in await stopped(consumer)
    assert await follower.applied() == [1, 2]


async def test_a_cursor_past_the_end_stops_the_consumer(owner: LogOwner, follower: Follower):
    await owner.tell(5)
    await owner.place()
    consumer = follower.consumer()
    async with running(consumer.run()):
        await until(follower.has(5))
        async with owner.database.write() as connection:
            await connection.execute(text("DELETE FROM outbox WHERE sequence > 3"))
        assert "past the log's end at 3" in await stopped(consumer)


async def test_a_log_that_no_longer_holds_what_is_missing_stops_the_consumer(
    owner: LogOwner, follower: Follower
):
    await owner.tell(5)
    await owner.place()
    async with owner.database.write() as connection:
        await connection.execute(text("DELETE FROM outbox WHERE sequence = 3"))
    consumer = follower.consumer()
    async with running(consumer.run()):
        assert "no longer holds" in await stopped(consumer)
    assert await follower.applied() == []


async def test_old_messages_of_a_replaced_log_are_left_aside(owner: LogOwner, follower: Follower):
    await owner.tell(2)
    await owner.place()
    await follower.declare_queue()
    page = await owner.page()
    await follower.say(replace_log_id(page))
    consumer = follower.consumer()
    async with running(consumer.run()):
        await until(follower.has(2))
        await owner.tell(1)
        await owner.place()
        await follower.say(replace_log_id(await owner.page(2)), await owner.page(2))
        await until(follower.has(3))
        assert consumer.stopped is None


def replace_log_id(page):
    return type(page)(str(uuid4()), page.last_sequence, page.events)


async def test_a_message_of_no_shape_does_not_stop_what_the_log_can_tell(
    owner: LogOwner, follower: Follower
):
    await owner.tell(1)
    await owner.place()
    await follower.declare_queue()
    await follower.say(b"\xff not even text", b"[]", b'{"log_id": 7}')
    consumer = follower.consumer()
    async with running(consumer.run()):
        await until(follower.has(1))
        await owner.tell(1)
        await owner.place()
        await follower.say(b"{", await owner.page(1))
        await until(follower.has(2))
        assert consumer.stopped is None


async def test_a_poison_event_stops_the_consumer_just_before_it(
    owner: LogOwner, follower: Follower
):
    await owner.tell(140)
    await owner.tell(1, kind="poison")
    await owner.tell(50)
    await owner.place()
    follower.poison = "poison"
    consumer = follower.consumer()
    async with running(consumer.run()):
        assert "event 141 (poison) cannot be applied" in await stopped(consumer)
    assert await follower.applied() == list(range(1, 141))

    again = follower.consumer()
    async with running(again.run()):
        assert "event 141 (poison)" in await stopped(again)

    follower.poison = None  # somebody taught it the kind
    async with running(follower.consumer().run()):
        await until(follower.has(191))


async def test_two_replicas_that_consume_at_once_apply_everything_once(
    owner: LogOwner, follower: Follower
):
    twins = [follower.consumer(), follower.consumer()]
    async with running(owner.relay(follower.broker_url).run(), *(twin.run() for twin in twins)):
        for round_ in range(1, 6):
            await owner.tell(200)
            await until(follower.has(round_ * 200))
    assert [twin.stopped for twin in twins] == [None, None]


async def test_a_consumer_killed_in_the_middle_goes_on_where_its_commits_ended(
    owner: LogOwner, follower: Follower
):
    await owner.tell(1)
    await owner.place()
    async with running(follower.consumer().run()):
        await until(follower.has(1))
    await owner.tell(30)
    await owner.place()

    reached = False

    async def hang() -> None:
        nonlocal reached
        reached = True
        await until(lambda: False)

    follower.stumble = hang
    async with running(follower.consumer().run()):
        await until(lambda: reached)
    assert await follower.applied() == [1]
    follower.stumble = None
    async with running(follower.consumer().run()):
        await until(follower.has(31))


async def test_a_database_that_breaks_off_is_tried_again(owner: LogOwner, follower: Follower):
    falls = 2

    async def fall() -> None:
        nonlocal falls
        if falls:
            falls -= 1
            await end_sessions(follower.database)

    follower.stumble = fall
    await owner.tell(10)
    await owner.place()
    consumer = follower.consumer()
    async with running(consumer.run()):
        await until(follower.has(10))
    assert falls == 0
    assert consumer.stopped is None


async def test_what_fails_after_a_commit_is_neither_repeated_nor_fatal(
    owner: LogOwner, follower: Follower
):
    calls = 0

    async def apply_and_then(connection, events):
        await Follower.apply(follower, connection, events)

        async def then() -> None:
            nonlocal calls
            calls += 1
            raise RuntimeError("the cache is away")

        return then

    consumer = follower.consumer()
    consumer._apply = apply_and_then
    await owner.tell(1)
    await owner.place()
    async with running(consumer.run()):
        await until(follower.has(1))
        await owner.tell(1)
        await owner.place()
        await until(follower.has(2))
    assert calls == 2
    assert consumer.stopped is None


async def test_a_reader_confirms_all_but_the_event_that_it_stands_on(
    owner: LogOwner, follower: Follower, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(confirming, "CONFIRM_EVERY_S", 0.05)
    async with running(follower.consumer(reader="follower").run()):
        await owner.tell(4)
        await owner.place()
        log_id = (await owner.page()).log_id
        await until(lambda: ("follower", {"log_id": log_id, "sequence": 3}) in owner.confirmed)
        # Even when the log has deleted what was confirmed, a start finds the event that it compares.
        owner.first_sequence = 4
    again = follower.consumer(reader="follower")
    async with running(again.run()):
        await owner.tell(1)
        await owner.place()
        await until(follower.has(5))
        assert again.stopped is None


async def test_a_reader_that_has_applied_nothing_yet_says_that_it_is_there(
    owner: LogOwner, follower: Follower, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(confirming, "LOOK_FOR_LOG_EVERY_S", 0.05)
    log_id = (await owner.page()).log_id
    async with running(follower.consumer(reader="follower").run()):
        await until(lambda: owner.confirmed == [("follower", {"log_id": log_id, "sequence": 0})])


async def test_who_has_no_name_as_a_reader_confirms_nothing(owner: LogOwner, follower: Follower):
    await owner.tell(1)
    await owner.place()
    async with running(follower.consumer().run()):
        await until(follower.has(1))
        await owner.tell(1)
        await owner.place()
        await until(follower.has(2))
    assert owner.confirmed == []


async def test_a_log_that_is_away_is_confirmed_to_when_it_is_back(
    owner: LogOwner, follower: Follower, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(confirming, "CONFIRM_EVERY_S", 0.05)
    await owner.tell(2)
    await owner.place()
    async with running(follower.consumer(reader="follower").run()):
        await until(lambda: owner.confirmed)
        owner.away = True
        owner.confirmed.clear()
        failed = confirming.FAILED.labels("follower")
        before = failed._value.get()
        await until(lambda: failed._value.get() > before)
        owner.away = False
        await until(lambda: owner.confirmed)


async def test_deleted_events_stop_the_consumer_with_a_way_out(owner: LogOwner, follower: Follower):
    await owner.tell(5)
    await owner.place()
    owner.first_sequence = 3
    consumer = follower.consumer()
    async with running(consumer.run()):
        sentence = await stopped(consumer)
    assert "has deleted the events after 0 and now begins with 3" in sentence
    assert "docs/operations.md" in sentence
    assert await follower.applied() == []


def published(owner: LogOwner, number: int) -> Callable[[], Awaitable[bool]]:
    async def is_published() -> bool:
        return await owner.published() >= number

    return is_published


async def test_what_comes_soon_after_a_batch_waits_for_the_next(
    owner: LogOwner, follower: Follower
):
    every_s = 0.25
    consumer = follower.consumer(batch_every_s=every_s)
    await follower.declare_queue()
    async with running(owner.relay(follower.broker_url).run(), consumer.run()):
        await until(lambda: consumer.caught_up)
        began = time.monotonic()
        for number in range(1, 31):
            await owner.tell(1)
            await until(published(owner, number))
        await until(follower.has(30))
        elapsed_s = time.monotonic() - began
    assert len(follower.batches) <= 2 + elapsed_s / every_s
