"""Tells a log that deletes old events up to where its reader needs nothing more, so that it keeps the rest.

Only the matching engine's log deletes any (`PUT /v1/readers/{name}`, `contracts/README.md`); those of auth and
trading are kept for ever, and nobody confirms anything to them.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog
from prometheus_client import Counter

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


async def confirm_always(source: LogSource, position: Callable[[], Position]) -> None:
    """Confirm where `position` said that the reader stands, every ten seconds until cancelled.

    That of ten seconds ago, since not every commit waits for the disk, and a database that falls over may take the
    last moment back. A reader that has applied nothing yet confirms that it is there, as soon as the log has been read:
    all is kept for it. Does nothing for a source without a `reader`. What goes wrong is logged and tried
    again: an old confirmation only makes the log keep more.
    """
    if source.reader is None:
        return
    at = position()
    while True:
        log_id = at.log_id or source.log_id
        if log_id is not None:
            try:
                await source.confirm(str(log_id), needless(at.sequence))
            except LogUnavailable as error:
                FAILED.labels(source.reader).inc()
                log.warning(
                    "a position cannot be confirmed", reader=source.reader, error=str(error)
                )
        at = position()
        await asyncio.sleep(LOOK_FOR_LOG_EVERY_S if log_id is None else CONFIRM_EVERY_S)


def needless(sequence: int) -> int:
    """The last event that a reader whose cursor is at `sequence` never reads again.

    It is the one before: a start compares the event at the cursor with the log's, to know it for the same log.
    """
    return max(0, sequence - 1)
