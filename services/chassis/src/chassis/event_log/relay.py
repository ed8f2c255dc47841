"""The one relay of a log: gives outbox rows their sequence numbers and hands the log to RabbitMQ."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import msgspec
import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Gauge

from chassis.broker import BrokerError, open_channel
from chassis.database import Database
from chassis.event_log.events import Event, Page, encode
from chassis.leader import Leadership
from chassis.telemetry.tracing import current_traceparent, span_under

log = structlog.get_logger(__name__)

POLL_S = 0.1
IDLE_S = 1.0
"""How long what another relay has placed may wait; what this one places is published at once."""
BATCH = 500
BROKER_RETRY_S = 1.0
RELAY_LOCK = 7_203_115

UNPUBLISHED = Gauge("event_log_unpublished_events", "Events of this log not yet with the broker.")

# A relay that was paused may wake beside its successor: whoever holds this row gives places.
_FENCE = "SELECT FROM event_log FOR UPDATE"
_PLACE = """
WITH unplaced AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM (SELECT id FROM outbox WHERE sequence IS NULL ORDER BY id LIMIT $1) AS oldest
), base AS (SELECT coalesce(max(sequence), 0) AS sequence FROM outbox)
UPDATE outbox SET sequence = base.sequence + unplaced.place
FROM unplaced, base WHERE outbox.id = unplaced.id
"""


class Relay:
    """Run once in every replica; the one that holds the lock does the work."""

    def __init__(self, database: Database, *, exchange: str, broker_url: str) -> None:
        self._database = database
        self._exchange = exchange
        self._broker_url = broker_url
        self._placed = asyncio.Event()
        self._leadership = Leadership(database, f"{exchange} relay", RELAY_LOCK)

    async def run(self) -> None:
        await self._leadership.run(self._work)

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._place())
            tasks.create_task(self._publish())

    async def _place(self) -> None:
        while True:
            async with self._database.raw() as connection:
                placed = await place(connection)
            if placed:
                self._placed.set()
            if placed < BATCH:
                await asyncio.sleep(POLL_S)

    async def _publish(self) -> None:
        while True:
            try:
                async with open_channel(self._broker_url) as channel:
                    await channel.declare_fanout(self._exchange)
                    await channel.confirm()
                    async for page in self._unpublished():
                        with span_under(
                            _first_trace(page),
                            f"publish {self._exchange}",
                            SpanKind.PRODUCER,
                        ):
                            trace = current_traceparent()
                            headers = {"traceparent": trace} if trace else {}
                            await channel.publish(self._exchange, encode(page), headers)
                        await self._published(page.events[-1].sequence)
            except BrokerError as error:
                log.warning("the log is not being published", error=str(error))
                await asyncio.sleep(BROKER_RETRY_S)

    async def _unpublished(self) -> AsyncIterator[Page]:
        while True:
            self._placed.clear()
            async with self._database.raw() as connection:
                published = await connection.fetchval("SELECT published_sequence FROM event_log")
                page = await read_page(connection, published, BATCH)
            UNPUBLISHED.set(page.last_sequence - published)
            if page.events:
                yield page
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_S):
                        await self._placed.wait()

    async def _published(self, sequence: int) -> None:
        async with self._database.raw() as connection:
            await connection.execute(
                "UPDATE event_log SET published_sequence = $1 WHERE published_sequence < $1",
                sequence,
            )


async def place(connection: asyncpg.Connection) -> int:
    """Give the oldest events without a sequence theirs, at most `BATCH`; answers how many."""
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM outbox WHERE sequence IS NULL)"):
        return 0
    async with connection.transaction():
        await connection.execute(_FENCE)
        return int((await connection.execute(_PLACE, BATCH)).split()[-1])


async def read_page(connection: asyncpg.Connection, after: int, limit: int) -> Page:
    """The events after `after` that have their place, at most `limit`."""
    head = await connection.fetchrow(
        "SELECT log_id, (SELECT coalesce(max(sequence), 0) FROM outbox) AS last FROM event_log"
    )
    assert head is not None, "the migrations of the event log have not run"
    rows = await connection.fetch(
        "SELECT sequence, time_ns, kind, data::text AS data, trace FROM outbox"
        " WHERE sequence > $1 ORDER BY sequence LIMIT $2",
        after,
        limit,
    )
    events = [
        Event(
            r["sequence"],
            r["time_ns"],
            r["kind"],
            msgspec.json.decode(r["data"]),
            r["trace"],
        )
        for r in rows
    ]
    # A row may have been placed between the two statements.
    last = max(head["last"], events[-1].sequence if events else 0)
    return Page(str(head["log_id"]), last, events)


def _first_trace(page: Page) -> str | None:
    return next((event.trace for event in page.events if event.trace), None)
