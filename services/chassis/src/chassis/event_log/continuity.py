"""What may be made of what a log says: consecutive events, doubt that only the log itself can lift, or a refusal."""

from collections.abc import Iterable

import msgspec
import structlog
from prometheus_client import Counter

from chassis.event_log.cursor import LogMismatch
from chassis.event_log.events import Event, Page, decode_page
from chassis.event_log.inbox import Message

log = structlog.get_logger(__name__)

MALFORMED = Counter(
    "event_consumer_malformed_messages_total", "Messages that were no page of events.", ["log"]
)


def events_after(sequence: int, pages: Iterable[Page]) -> tuple[list[Event], bool]:
    """The events that follow `sequence` without a gap, and whether some lie beyond one. Pages come oldest first."""
    events: list[Event] = []
    reached = sequence
    gap = False
    for page in pages:
        if page.events[-1].sequence <= reached:
            continue
        for event in page.events:
            if event.sequence == reached + 1:
                events.append(event)
                reached += 1
            elif event.sequence > reached:
                gap = True
                break
    return events, gap


def pages_of(messages: Iterable[Message], name: str, log_id: str | None) -> tuple[list[Page], bool]:
    """The pages of the log `log_id`, oldest first, and whether only the log itself can help.

    What a message says of the log's identity is never believed: a queue may still hold messages of a log that
    was replaced.
    """
    pages: list[Page] = []
    doubtful = False
    for message in messages:
        try:
            page = decode_page(message.delivery.body)
        except msgspec.MsgspecError as error:
            MALFORMED.labels(name).inc()
            log.error("a message that is no page", log=name, error=str(error))
            doubtful = True
            continue
        if page.log_id != log_id:
            doubtful = True
        elif page.events:
            pages.append(page)
    return sorted(pages, key=lambda page: page.events[0].sequence), doubtful


def require_continuation(name: str, after: int, page: Page) -> None:
    """Refuse a page of the log itself that does not go on right after `after`. Raises `LogMismatch`."""
    expected = after + 1
    if [e.sequence for e in page.events] != list(range(expected, expected + len(page.events))):
        raise LogMismatch(
            f"{name} was asked for what follows {after} and answered with"
            f" {page.events[0].sequence} to {page.events[-1].sequence} ({len(page.events)} events):"
            " it no longer holds what this service lacks"
        )
    if not page.events and page.last_sequence >= expected:
        raise LogMismatch(f"{name} ends at {page.last_sequence} but gave nothing after {after}")
