"""A consumer of a log: told by RabbitMQ, corrected by the log itself, exactly once by its cursor.

Messages only make it fast. Whatever is missing (a gap, a lost tail, a broker that is down) is read from the
log over HTTP, to whose end the consumer compares itself every second.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Gauge

from chassis.broker import BrokerChannel, BrokerError, Delivery, open_channel
from chassis.clock import Clock
from chassis.database import Database, WriteConnection, is_transient
from chassis.event_log import cursor as cursors
from chassis.event_log.cursor import Cursor, CursorMoved, LogMismatch
from chassis.event_log.events import Event, Page, decode_page
from chassis.event_log.source import LogSource, LogUnavailable
from chassis.telemetry.tracing import span_under

log = structlog.get_logger(__name__)

COMPARE_EVERY_S = 1.0
RETRY_S = 1.0
QUEUE_LENGTH = 10_000
PREFETCH = 200
PAGE = 1000

APPLIED = Counter("event_consumer_applied_events_total", "Events applied.", ["log"])
PULLED = Counter(
    "event_consumer_pulled_events_total", "Events read from the log over HTTP.", ["log"]
)
LAG = Gauge("event_consumer_lag_events", "Events of the log not yet applied.", ["log"])
STOPPED = Gauge(
    "event_consumer_stopped", "1 when an event could not be applied.", ["log"]
)

Apply = Callable[
    [WriteConnection, list[Event]], Awaitable[Callable[[], Awaitable[None]] | None]
]
"""Applies events in the given transaction; may return what to do once that is committed."""


class LogConsumer:
    """Follows one log (`name` is its exchange) for one service.

    `apply` gets consecutive events exactly once. An exception of its own making stops the consumer for good,
    so that a poison event is seen by people and never skipped; `stopped` then holds the sentence.
    """

    def __init__(
        self,
        name: str,
        *,
        service: str,
        database: Database,
        source: LogSource,
        broker_url: str,
        apply: Apply,
        clock: Clock,
    ) -> None:
        self._name = name
        self._queue = f"{service}.{name}"
        self._database = database
        self._source = source
        self._broker_url = broker_url
        self._apply = apply
        self._clock = clock
        self._cursor = Cursor(name, None, 0)
        self._inbox: asyncio.Queue[tuple[BrokerChannel, Delivery]] = asyncio.Queue(
            PREFETCH
        )
        self.stopped: str | None = None
        self.caught_up = False

    async def check(self) -> str | None:
        """For readiness: says why it stopped, or that it has not caught up yet."""
        if self.stopped:
            return self.stopped
        return None if self.caught_up else f"{self._name}: still catching up"

    async def run(self) -> None:
        """Consume until cancelled, or until an event cannot be applied."""
        STOPPED.labels(self._name).set(0)
        listener = asyncio.create_task(self._listen())
        try:
            while True:
                try:
                    await self._follow()
                except Exception as error:
                    if not (is_transient(error) or isinstance(error, CursorMoved)):
                        raise
                    log.warning(
                        "consumer is retrying", log=self._name, error=repr(error)
                    )
                    await asyncio.sleep(RETRY_S)
        except Exception as error:
            self.stopped = f"{self._name}: {error}"
            STOPPED.labels(self._name).set(1)
            log.critical("consumer stopped", log=self._name, exc_info=error)
        finally:
            listener.cancel()
            with suppress(asyncio.CancelledError):
                await listener

    async def _follow(self) -> None:
        async with self._database.read() as connection:
            self._cursor = await cursors.load(connection, self._name)
        await self._catch_up()
        compared = self._clock.monotonic()
        while True:
            try:
                async with asyncio.timeout(COMPARE_EVERY_S):
                    first = await self._inbox.get()
            except TimeoutError:
                await self._catch_up()
                compared = self._clock.monotonic()
                continue
            await self._take([first, *self._waiting()])
            if self._clock.monotonic() - compared > COMPARE_EVERY_S:
                await self._catch_up()
                compared = self._clock.monotonic()

    def _waiting(self) -> list[tuple[BrokerChannel, Delivery]]:
        waiting: list[tuple[BrokerChannel, Delivery]] = []
        while not self._inbox.empty() and len(waiting) < PREFETCH:
            waiting.append(self._inbox.get_nowait())
        return waiting

    async def _take(self, messages: list[tuple[BrokerChannel, Delivery]]) -> None:
        events: list[Event] = []
        log_id, last = self._cursor.log_id, 0
        trace: str | None = None
        reached = self._cursor.sequence
        for _, delivery in messages:
            try:
                page = decode_page(delivery.body)
            except msgspec.MsgspecError as error:
                raise ValueError(
                    f"a message that is no page of events: {error}"
                ) from error
            self._cursor.require(
                page.log_id, max(page.last_sequence, self._cursor.sequence)
            )
            log_id, last = page.log_id, max(last, page.last_sequence)
            trace = trace or delivery.headers.get("traceparent")
            for event in page.events:
                if event.sequence == reached + 1:
                    events.append(event)
                    reached += 1
        if events and log_id is not None:
            await self._apply_events(events, log_id, trace)
        if last > self._cursor.sequence:
            await self._catch_up()
        for channel, delivery in messages:
            channel.acknowledge(delivery.tag)

    async def _catch_up(self) -> None:
        """Read from the log itself until its end."""
        while True:
            try:
                page: Page = await self._source.read(self._cursor.sequence, limit=PAGE)
            except LogUnavailable as error:
                log.warning("the log cannot be read", log=self._name, error=str(error))
                return
            self._cursor.require(page.log_id, page.last_sequence)
            if page.events:
                if page.events[0].sequence != self._cursor.sequence + 1:
                    raise LogMismatch(
                        f"{self._name} no longer holds {self._cursor.sequence + 1}"
                    )
                PULLED.labels(self._name).inc(len(page.events))
                await self._apply_events(page.events, page.log_id, None)
            LAG.labels(self._name).set(page.last_sequence - self._cursor.sequence)
            if self._cursor.sequence >= page.last_sequence:
                self.caught_up = True
                return

    async def _apply_events(
        self, events: list[Event], log_id: str, trace: str | None
    ) -> None:
        trace = trace or next((e.trace for e in events if e.trace), None)
        with span_under(trace, f"consume {self._name}", SpanKind.CONSUMER):
            async with self._database.write() as connection:
                moved = await cursors.advance(
                    connection,
                    self._cursor,
                    log_id=log_id,
                    sequence=events[-1].sequence,
                )
                afterwards = await self._apply(connection, events)
            self._cursor = moved
            APPLIED.labels(self._name).inc(len(events))
            if afterwards is not None:
                await afterwards()

    async def _listen(self) -> None:
        """Move deliveries into the inbox; the bounded inbox is what holds the broker back."""
        while True:
            try:
                async with open_channel(self._broker_url) as channel:
                    await channel.declare_fanout(self._name)
                    deliveries = await channel.consume(
                        self._queue,
                        self._name,
                        max_length=QUEUE_LENGTH,
                        prefetch=PREFETCH,
                    )
                    while not channel.closed.done():
                        getter = asyncio.ensure_future(deliveries.get())
                        waited: set[asyncio.Future[Any]] = {getter, channel.closed}
                        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                        if not getter.done():
                            getter.cancel()
                            break
                        await self._inbox.put((channel, getter.result()))
                    raise channel.closed.result()
            except BrokerError as error:
                log.warning(
                    "reading without the broker", log=self._name, error=str(error)
                )
                await asyncio.sleep(RETRY_S)
