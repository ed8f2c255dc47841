"""The settler: follows the engine's log and applies it page by page. One runs, elected; its cursor fences it."""

import asyncio
from contextlib import ExitStack

import msgspec
import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Gauge, Histogram

from chassis.clock import Clock
from chassis.database import FLUSH_BY_COMMIT, Database, is_transient
from chassis.event_log.confirming import confirm_always
from chassis.event_log.cursor import LogMismatch
from chassis.event_log.events import Event, Page
from chassis.event_log.source import LogSource, LogUnavailable
from chassis.telemetry.tracing import span_under
from trading.batching import Pace
from trading.engine.journal_clock import JournalClock
from trading.failpoints import Failpoints
from trading.settlement.store import (
    CursorLost,
    Reach,
    Remembered,
    SettledTo,
    pass_by,
    read_cursor,
    settle,
)
from trading.settlement.waiters import SettledCursor

log = structlog.get_logger(__name__)

PAGE = 1000
WAIT_MS = 5000
RETRY_S = 0.5
NEVER_S = 1e9

SETTLED = Counter("trading_settled_events_total", "Events of the engine's log settled.")
LAG = Gauge("trading_settlement_lag_events", "Events of the engine's log not yet settled.")
STOPPED = Gauge("trading_settlement_stopped", "1 when an event cannot be settled.")
PAGE_EVENTS = Histogram(
    "trading_settlement_page_events",
    "Events settled in one transaction.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
)
SECONDS = Histogram("trading_settlement_page_seconds", "Time of one settlement transaction.")


class Follower:
    """Run it while leading. `stopped` holds the sentence when an event cannot be settled."""

    def __init__(
        self,
        database: Database,
        source: LogSource,
        cursor: SettledCursor,
        journal_clock: JournalClock,
        clock: Clock,
        failpoints: Failpoints,
        page_every_s: float = 0.0,
        page_events: int = PAGE,
    ) -> None:
        self._database = database
        self.source = source
        self._cursor = cursor
        self._journal_clock = journal_clock
        self._clock = clock
        self._failpoints = failpoints
        self._pace = Pace(page_every_s)
        self._page_events = page_events
        self._caught_up_at: float | None = None
        self._away: str | None = None
        self.stopped: str | None = None
        self.gave_commands = asyncio.Event()
        """Set when settlement itself stored commands, which wait to be sent."""

    async def check(self) -> str | None:
        """For readiness: why this replica, if it is the one that settles, does not."""
        return self.stopped or self._away

    def behind_s(self) -> float:
        """Seconds since settlement last stood at the log's end; zero while it does not fall behind."""
        if self._caught_up_at is None:
            return NEVER_S
        return max(0.0, self._clock.monotonic() - self._caught_up_at)

    async def run(self) -> None:
        """Settle until leadership is lost. An event that cannot be settled stops settlement, not the process."""
        self._nothing_to_tell()
        await self._failpoints.reach("settler_elected")
        try:
            await self._keep_following()
        finally:
            # Whoever settles next tells how that goes.
            self._nothing_to_tell()
            self._cursor.forget()

    def _nothing_to_tell(self) -> None:
        STOPPED.set(0)
        self.stopped = self._away = None

    async def _keep_following(self) -> None:
        while True:
            try:
                await self._follow()
            except CursorLost as error:
                log.warning("another settler took over", error=str(error))
                await asyncio.sleep(RETRY_S)
            except LogUnavailable as error:
                self._away = f"the engine's log cannot be read: {error}"
                log.warning("the engine's log cannot be read", error=str(error))
                await asyncio.sleep(RETRY_S)
            except Exception as error:
                if is_transient(error):
                    log.warning("settlement is retrying", error=repr(error))
                    await asyncio.sleep(RETRY_S)
                    continue
                self.stopped = f"settlement stopped: {error}"
                STOPPED.set(1)
                log.critical("settlement stopped", exc_info=error)
                await self._tell(self.stopped)
                await asyncio.Event().wait()

    async def _follow(self) -> None:
        async with self._database.raw() as connection:
            settled = await read_cursor(connection)
        confirming = asyncio.create_task(confirm_always(self.source, self._on_disk))
        try:
            await self._keep_settling(settled)
        finally:
            confirming.cancel()
            await asyncio.gather(confirming, return_exceptions=True)

    async def _on_disk(self) -> SettledTo:
        """What the engine may forget: settlement's commits do not wait for the disk, this one does."""
        async with self._database.raw() as connection, connection.transaction():
            await connection.execute(FLUSH_BY_COMMIT)
            return await read_cursor(connection)

    async def _keep_settling(self, settled: SettledTo) -> None:
        await self._require_same_history(settled)
        await self._tell(None)
        self._cursor.advance(settled.sequence)
        # Not kept over a failure: the page that failed is counted in, and others may have settled since.
        remembered = Remembered()
        self._cursor.forget()
        while True:
            # Pages that come together are one.
            await self._pace.rest()
            # Only the end's answer is held back, so that a log that answers again is known at once.
            page = await self.source.read(
                settled.sequence, limit=self._page_events, wait_ms=0 if self._away else WAIT_MS
            )
            self._away = None
            _require_same_log(settled, page)
            if page.events and page.events[0].sequence != settled.sequence + 1:
                raise LogMismatch(f"the engine's log no longer holds {settled.sequence + 1}")
            if page.journal_time_ns is not msgspec.UNSET:
                self._journal_clock.report(page.journal_time_ns)
            if page.events:
                self._pace.begin()
                settled = await self._settle(settled, page, remembered)
            LAG.set(page.last_sequence - settled.sequence)
            if settled.sequence >= page.last_sequence:
                self._caught_up_at = self._clock.monotonic()

    async def _require_same_history(self, settled: SettledTo) -> None:
        """The event that the cursor stands on must be the one that was settled: a restored log goes on differently."""
        if settled.sequence == 0:
            return
        page = await self.source.read(settled.sequence - 1, limit=1)
        _require_same_log(settled, page)
        if not page.events or page.events[0].time_ns != settled.journal_time_ns:
            raise LogMismatch(
                f"the engine's log has another event at {settled.sequence} than the one that was settled: it was"
                " restored to a time before it; see docs/operations.md before trading goes on"
            )

    async def _tell(self, stopped: str | None) -> None:
        """Let every replica know whether settlement goes on."""
        try:
            async with self._database.raw() as connection:
                await connection.execute(
                    "UPDATE settlement SET stopped = $1 WHERE stopped IS DISTINCT FROM $1", stopped
                )
        except Exception as error:
            if stopped is None or not is_transient(error):
                raise
            log.warning("settlement's stop could not be told", error=repr(error))

    def _reach_for(self, page: Page) -> Reach:
        """A fault is meant for what happened, not for the engine's ticks, which come by themselves."""
        if any(event.kind != "tick" for event in page.events):
            return self._failpoints.reach
        return pass_by

    async def _settle(self, settled: SettledTo, page: Page, remembered: Remembered) -> SettledTo:
        started = self._clock.monotonic()
        with ExitStack() as spans:
            for trace in _traces(page.events):
                spans.enter_context(span_under(trace, "settle", SpanKind.CONSUMER))
            reach = self._reach_for(page)
            await reach("before_settle")
            async with self._database.raw() as connection:
                settled = await settle(connection, settled, page, remembered, reach)
            await reach("after_settle")
        self._cursor.keep(remembered.changed)
        self._cursor.advance(settled.sequence)
        if remembered.gave_commands:
            remembered.gave_commands = False
            self.gave_commands.set()
        await reach("settle_told")
        SETTLED.inc(len(page.events))
        PAGE_EVENTS.observe(len(page.events))
        SECONDS.observe(self._clock.monotonic() - started)
        return settled


def _traces(events: list[Event]) -> list[str]:
    """Each traced command's span once, in order."""
    return list(dict.fromkeys(event.trace for event in events if event.trace))


def _require_same_log(settled: SettledTo, page: Page) -> None:
    if settled.log_id is not None and str(settled.log_id) != page.log_id:
        raise LogMismatch(
            f"settlement belongs to log {settled.log_id}, but the engine now has log {page.log_id}: one of the two"
            " was restored; see docs/operations.md before trading goes on"
        )
    if settled.sequence > page.last_sequence:
        raise LogMismatch(
            f"settlement stands at {settled.sequence}, past the end of the engine's log at {page.last_sequence}:"
            " the engine lost what was already settled"
        )
