"""Tells a log that deletes old events up to where its reader needs nothing more, so that it keeps the rest.

Only the matching engine's log deletes any (`PUT /v1/readers/{name}`, `contracts/README.md`); those of auth and
trading are kept for ever, and nobody confirms anything to them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from prometheus_client import Counter

from chassis.database import is_transient
from chassis.event_log.source import LogSource, LogUnavailable

log = structlog.get_logger(__name__)

CONFIRM_EVERY_S = 10.0
LOOK_FOR_LOG_EVERY_S = 0.5

FAILED = Counter(
    "event_reader_confirmations_failed_total",
    "Times that a log could not be told how far its reader is.",
    ["reader"],
)


class Position(Protocol):
    """A place in a log: whichever kind of cursor a reader keeps."""

    @property
    def log_id(self) -> object | None:
        """The log's id, as text or as a UUID; none before the first event."""
        ...

    @property
    def sequence(self) -> int:
        """The last event whose effect is kept."""
        ...


async def confirm_always(source: LogSource, on_disk: Callable[[], Awaitable[Position]]) -> None:
    """Confirm where the reader stands, every ten seconds until cancelled.

    `on_disk` answers the position that the reader's database has on its disk: since not every commit waits for that,
    what a reader remembers may be more than is left when the database falls over, and what was confirmed may be
    deleted. A reader that has applied nothing yet confirms that it is there, as soon as the log has been read: all
    is kept for it. Does nothing for a source without a `reader`. What goes wrong is logged and tried again: an old
    confirmation only makes the log keep more.
    """
    if source.reader is None:
        return
    while True:
        log_id: object | None = None
        try:
            at = await on_disk()
            log_id = at.log_id or source.log_id
            if log_id is not None:
                await source.confirm(str(log_id), needless(at.sequence))
        except Exception as error:
            if not isinstance(error, LogUnavailable) and not is_transient(error):
                raise
            FAILED.labels(source.reader).inc()
            log.warning("a position cannot be confirmed", reader=source.reader, error=str(error))
        await asyncio.sleep(LOOK_FOR_LOG_EVERY_S if log_id is None else CONFIRM_EVERY_S)


def needless(sequence: int) -> int:
    """The last event that a reader whose cursor is at `sequence` never reads again.

    It is the one before: a start compares the event at the cursor with the log's, to know it for the same log.
    """
    return max(0, sequence - 1)
