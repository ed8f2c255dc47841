"""A consumer of a log: told by RabbitMQ, corrected by the log itself, exactly once by its cursor.

Messages only make it fast. Whatever is missing (a gap, a lost tail, a broker that is down) is read from the
log over HTTP, to whose end the consumer compares itself every second. What a message says of the log's
identity is never believed: a queue may still hold messages of a log that was replaced.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Gauge
from sqlalchemy import text

from chassis.clock import Clock
from chassis.database import FLUSH_BY_COMMIT, Database, WriteConnection, is_transient
from chassis.event_log import cursor as cursors
from chassis.event_log.confirming import confirm_always
from chassis.event_log.continuity import events_after, pages_of, require_continuation
from chassis.event_log.cursor import Cursor, CursorMoved
from chassis.event_log.events import Event, Page
from chassis.event_log.inbox import Inbox, Message, acknowledge
from chassis.event_log.source import LogSource, LogUnavailable
from chassis.telemetry.tracing import span_under

log = structlog.get_logger(__name__)

COMPARE_EVERY_S = 1.0
RETRY_S = 1.0
PAGE = 1000
TRANSACTION_EVENTS = 2000

APPLIED = Counter("event_consumer_applied_events_total", "Events applied.", ["log"])
PULLED = Counter(
    "event_consumer_pulled_events_total", "Events read from the log over HTTP.", ["log"]
)
LAG = Gauge("event_consumer_lag_events", "Events of the log not yet applied.", ["log"])
STOPPED = Gauge("event_consumer_stopped", "1 when an event could not be applied.", ["log"])

Afterwards = Callable[[], Awaitable[None]]
Apply = Callable[[WriteConnection, list[Event]], Awaitable[Afterwards | None]]
"""Applies consecutive events in the given transaction; may return what to do once that is committed.

It is called again for events whose transaction did not commit, so it leaves traces nowhere else. What it
returns is best effort: the events are applied, so a failure of it is logged and not repeated.
"""


class PoisonEvent(Exception):
    """An event that cannot be applied. Everything before it is."""


class LogConsumer:
    """Follows one log (`name` is its exchange) for one service.

    What comes within `batch_every_s` of the last transaction waits for the next: a batch costs nearly the same however
    many events are in it. After a silence nothing waits.

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
        batch_every_s: float = 0.0,
    ) -> None:
        self._name = name
        self._database = database
        self._source = source
        self._apply = apply
        self._clock = clock
        self._batch_every_s = batch_every_s
        self._batch_at = float("-inf")
        self._cursor = Cursor(name, None, 0)
        self._inbox = Inbox(name, queue=f"{service}.{name}", broker_url=broker_url)
        self.stopped: str | None = None
        self.caught_up = False

    async def check(self) -> str | None:
        """For readiness: says why it stopped."""
        return self.stopped

    async def check_caught_up(self) -> str | None:
        """For readiness: says that it has not caught up since its start, as when the log is away."""
        return None if self.caught_up else f"{self._name}: still catching up"

    async def run(self) -> None:
        """Consume until cancelled, or until an event cannot be applied."""
        STOPPED.labels(self._name).set(0)
        listener = asyncio.create_task(self._inbox.run())
        try:
            while True:
                try:
                    await self._follow(listener)
                except Exception as error:
                    if not _passes(error):
                        raise
                    log.warning("consumer is retrying", log=self._name, error=repr(error))
                    await asyncio.sleep(RETRY_S)
        except Exception as error:
            self.stopped = f"{self._name}: {error}"
            STOPPED.labels(self._name).set(1)
            log.critical("consumer stopped", log=self._name, exc_info=error)
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def _follow(self, listener: "asyncio.Task[None]") -> None:
        async with self._database.read() as connection:
            self._cursor = await cursors.load(connection, self._name)
        confirming = asyncio.create_task(confirm_always(self._source, self._on_disk))
        try:
            await self._keep_up(listener)
        finally:
            confirming.cancel()
            await asyncio.gather(confirming, return_exceptions=True)

    async def _keep_up(self, listener: "asyncio.Task[None]") -> None:
        await self._require_history()
        await self._catch_up()
        compared_at, compared = self._clock.monotonic(), self._cursor.sequence
        while True:
            messages = await self._inbox.wait(COMPARE_EVERY_S)
            if messages:
                await self._take(messages + await self._company())
            elif listener.done():
                listener.result()
            if messages and self._clock.monotonic() - compared_at < COMPARE_EVERY_S:
                continue
            if messages and self._cursor.sequence > compared:
                # Messages flow: what the log holds beyond them is under way, and not to be read twice.
                await self._compare()
            else:
                await self._catch_up()
            compared_at, compared = self._clock.monotonic(), self._cursor.sequence

    async def _company(self) -> list[Message]:
        """What else comes until the next transaction is due."""
        now = asyncio.get_running_loop().time()
        due = self._batch_at + self._batch_every_s
        self._batch_at = max(now, due)
        if now >= due:
            return []
        await asyncio.sleep(due - now)
        return self._inbox.here()

    async def _on_disk(self) -> Cursor:
        async with self._database.write() as connection:
            await connection.execute(text(FLUSH_BY_COMMIT))
            return await cursors.load(connection, self._name)

    async def _take(self, messages: list[Message]) -> None:
        try:
            await self._apply_messages(messages)
        finally:
            # Also after a fault: what was missed is in the log, and an unacknowledged window delivers nothing more.
            acknowledge(messages)

    async def _apply_messages(self, messages: list[Message]) -> None:
        pages, doubtful = pages_of(messages, self._name, self._cursor.log_id)
        events, gap = events_after(self._cursor.sequence, pages)
        if events:
            trace = next(
                (t for m in messages if (t := m.delivery.headers.get("traceparent"))), None
            )
            await self._apply_events(events, pages[0].log_id, trace)
        if doubtful or gap:
            await self._catch_up()

    async def _require_history(self) -> None:
        """Once a start: what was applied last must still be what the log says there."""
        while self._cursor.sequence > 0:
            try:
                page = await self._source.read(self._cursor.sequence - 1, limit=1)
            except LogUnavailable as error:
                log.warning("the log cannot be read", log=self._name, error=str(error))
                await asyncio.sleep(RETRY_S)
                continue
            self._cursor.require_history(page)
            return

    async def _compare(self) -> None:
        """See where the log ends, and that it still is the log that it was."""
        if (page := await self._read(1)) is not None:
            LAG.labels(self._name).set(page.last_sequence - self._cursor.sequence)

    async def _catch_up(self) -> None:
        """Read from the log itself until its end."""
        while (page := await self._read(PAGE)) is not None:
            if page.events:
                PULLED.labels(self._name).inc(len(page.events))
                await self._apply_events(page.events, page.log_id, None)
            LAG.labels(self._name).set(page.last_sequence - self._cursor.sequence)
            if self._cursor.sequence >= page.last_sequence:
                self.caught_up = True
                return

    async def _read(self, limit: int) -> Page | None:
        """The page after the cursor, which must be of the cursor's log; none while the log is away."""
        try:
            page = await self._source.read(self._cursor.sequence, limit=limit)
        except LogUnavailable as error:
            log.warning("the log cannot be read", log=self._name, error=str(error))
            return None
        self._cursor.require(page.log_id, page.last_sequence)
        require_continuation(self._name, self._cursor.sequence, page)
        return page

    async def _apply_events(self, events: list[Event], log_id: str, trace: str | None) -> None:
        for start in range(0, len(events), TRANSACTION_EVENTS):
            await self._apply_or_split(events[start : start + TRANSACTION_EVENTS], log_id, trace)

    async def _apply_or_split(self, events: list[Event], log_id: str, trace: str | None) -> None:
        """Apply all; of events that do not go together, those before the first that cannot be applied."""
        try:
            await self._apply_together(events, log_id, trace)
        except Exception as error:
            if _passes(error):
                raise
            if len(events) == 1:
                poison = events[0]
                raise PoisonEvent(
                    f"event {poison.sequence} ({poison.kind}) cannot be applied: {error}"
                ) from error
            half = len(events) // 2
            await self._apply_or_split(events[:half], log_id, trace)
            await self._apply_or_split(events[half:], log_id, trace)

    async def _apply_together(self, events: list[Event], log_id: str, trace: str | None) -> None:
        trace = trace or next((e.trace for e in events if e.trace), None)
        with span_under(trace, f"consume {self._name}", SpanKind.CONSUMER):
            async with self._database.write() as connection:
                moved = await cursors.advance(
                    connection,
                    self._cursor,
                    log_id=log_id,
                    sequence=events[-1].sequence,
                    time_ns=events[-1].time_ns,
                )
                afterwards = await self._apply(connection, events)
            self._cursor = moved
            APPLIED.labels(self._name).inc(len(events))
            if afterwards is not None:
                try:
                    await afterwards()
                except Exception as error:
                    log.error("after a commit", log=self._name, exc_info=error)


def _passes(error: Exception) -> bool:
    """Whether reading the cursor anew and going on from there may help."""
    return is_transient(error) or isinstance(error, CursorMoved)
