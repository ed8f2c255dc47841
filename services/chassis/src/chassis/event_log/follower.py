"""A follower of a log: like a consumer it hears RabbitMQ and is corrected by the log, but it stores nothing.

For state in memory that every replica builds for itself at each start. Every follower hears everything, by a
queue of its own that goes when it goes; while there is no broker it waits at the log itself, so that nothing is
late.
"""

import asyncio
from collections.abc import Callable

import structlog

from chassis.clock import Clock
from chassis.event_log.continuity import events_after, pages_of, require_continuation
from chassis.event_log.cursor import Cursor
from chassis.event_log.events import Event, Page
from chassis.event_log.inbox import Inbox, Message, acknowledge
from chassis.event_log.source import LogSource, LogUnavailable

log = structlog.get_logger(__name__)

COMPARE_EVERY_S = 1.0
RETRY_S = 1.0
PAGE = 1000


class LogFollower:
    """Follows one log (`name` is its exchange).

    `apply` gets consecutive events, each once a `follow`, and whether the log ended with them when it was read.
    """

    def __init__(
        self,
        name: str,
        *,
        service: str,
        source: LogSource,
        broker_url: str,
        clock: Clock,
        apply: Callable[[list[Event], bool], None],
    ) -> None:
        self._name = name
        self._source = source
        self._clock = clock
        self._apply = apply
        self._inbox = Inbox(name, queue=f"{service}.{name}", broker_url=broker_url, exclusive=True)
        self._cursor = Cursor(name, None, 0)
        self._heard_at = float("-inf")
        self.oriented = False
        """Whether the log's end was reached, or found out of reach, since `follow` began."""

    @property
    def cursor(self) -> Cursor:
        """Up to where events were applied. Its `log_id` is none until an empty start met the log."""
        return self._cursor

    @property
    def silent_s(self) -> float:
        """Seconds since the last event. A log that ticks is at most a second silent while all is well."""
        return self._clock.monotonic() - self._heard_at

    @property
    def hears_broker(self) -> bool:
        """Whether events come by the broker; or else from the log itself."""
        return self._inbox.listening

    async def follow(self, cursor: Cursor) -> None:
        """Apply all that comes after `cursor`, until cancelled.

        Raises `LogMismatch` when the log is not, or no longer, the one that `cursor` belongs to, and what
        `apply` raises.
        """
        self._cursor = cursor
        self.oriented = False
        listener = asyncio.create_task(self._inbox.run())
        try:
            await self._require_history()
            await self._catch_up()
            while True:
                if listener.done():
                    listener.result()
                if self._inbox.listening:
                    await self._listen()
                else:
                    await self._wait_at_the_log()
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def _listen(self) -> None:
        """Follow the broker for about a second, then compare with the log."""
        reached = self._cursor.sequence
        until = self._clock.monotonic() + COMPARE_EVERY_S
        while messages := await self._inbox.wait(COMPARE_EVERY_S):
            await self._take(messages)
            if self._clock.monotonic() >= until:
                break
        if self._cursor.sequence > reached:
            # Messages flow, and what the log holds beyond them is under way; is it still the same log?
            await self._read(1)
        else:
            await self._catch_up()

    async def _wait_at_the_log(self) -> None:
        page = await self._read(PAGE, wait_ms=round(COMPARE_EVERY_S * 1000))
        if page is None:
            await asyncio.sleep(RETRY_S)
        else:
            self._take_page(page)

    async def _take(self, messages: list[Message]) -> None:
        pages, doubtful = pages_of(messages, self._name, self._cursor.log_id)
        events, gap = events_after(self._cursor.sequence, pages)
        # Nothing here outlives the process: a message that was not applied needs not come again either.
        acknowledge(messages)
        if events:
            self._move(events, pages)
        if doubtful or gap:
            await self._catch_up()

    async def _require_history(self) -> None:
        while self._cursor.sequence > 0:
            try:
                page = await self._source.read(self._cursor.sequence - 1, limit=1)
            except LogUnavailable as error:
                self._away(error)
                await asyncio.sleep(RETRY_S)
                continue
            self._cursor.require_history(page)
            return

    async def _catch_up(self) -> None:
        while (page := await self._read(PAGE)) is not None:
            self._take_page(page)
            if self._cursor.sequence >= page.last_sequence:
                self.oriented = True
                return

    async def _read(self, limit: int, wait_ms: int = 0) -> Page | None:
        try:
            page = await self._source.read(self._cursor.sequence, limit=limit, wait_ms=wait_ms)
        except LogUnavailable as error:
            self._away(error)
            return None
        self._cursor.require(page.log_id, page.last_sequence)
        require_continuation(self._name, self._cursor.sequence, page)
        return page

    def _take_page(self, page: Page) -> None:
        if page.events:
            self._move(page.events, [page])

    def _move(self, events: list[Event], pages: list[Page]) -> None:
        last = events[-1]
        self._apply(events, any(page.last_sequence == last.sequence for page in pages))
        self._cursor = Cursor(self._name, pages[0].log_id, last.sequence, last.time_ns)
        self._heard_at = self._clock.monotonic()

    def _away(self, error: LogUnavailable) -> None:
        self.oriented = True
        log.warning("the log cannot be read", log=self._name, error=str(error))
