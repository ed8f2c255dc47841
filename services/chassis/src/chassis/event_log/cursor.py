"""Where a consumer stands in a log, kept in the transaction of its effects: that makes them exactly once."""

from dataclasses import dataclass

from alembic import op
from sqlalchemy import text

from chassis.database import ReadConnection, WriteConnection
from chassis.event_log.events import Page

_CREATE = """
CREATE TABLE event_cursor (
    log text PRIMARY KEY,
    log_id uuid NOT NULL,
    sequence bigint NOT NULL,
    time_ns bigint NOT NULL
)
"""

_BEGIN = text(
    "INSERT INTO event_cursor (log, log_id, sequence, time_ns) VALUES (:log, :log_id, :to, :time_ns)"
    " ON CONFLICT (log) DO NOTHING"
)
_MOVE = text(
    "UPDATE event_cursor SET sequence = :to, time_ns = :time_ns"
    " WHERE log = :log AND log_id = :log_id AND sequence = :from"
)


class LogMismatch(Exception):
    """The cursor belongs to another log, or lies past the end of this one. A person must decide."""


class CursorMoved(Exception):
    """Somebody else advanced the cursor: this consumer lost its place and must read it anew."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`log_id` is none before the first event."""

    log: str
    log_id: str | None
    sequence: int
    time_ns: int = 0
    """Of the event at `sequence`."""

    def require(self, log_id: str, last_sequence: int) -> None:
        """Refuse a log that is not the one this cursor belongs to. Raises `LogMismatch`."""
        if self.log_id is not None and self.log_id != log_id:
            raise LogMismatch(
                f"the cursor of {self.log} belongs to log {self.log_id}, but the log is {log_id}: it was restored"
                " or replaced; rebuild this service's data from the new log before it goes on"
            )
        if self.sequence > last_sequence:
            raise LogMismatch(
                f"the cursor of {self.log} is at {self.sequence}, past the log's end at {last_sequence}:"
                " the log lost what this service has already applied"
            )

    def require_history(self, page: Page) -> None:
        """`page` holds what the log has at this cursor: it must be the event that was applied. Raises `LogMismatch`.

        A log that was restored and grew past this cursor has another one there.
        """
        self.require(page.log_id, page.last_sequence)
        if not page.events or page.events[0].time_ns != self.time_ns:
            raise LogMismatch(
                f"{self.log} has another event at {self.sequence} than the one that was applied: it was restored to a"
                " time before it; rebuild this service's data from the log before it goes on"
            )


def create_cursor_table() -> None:
    """For a migration."""
    op.execute(_CREATE)


async def load(connection: ReadConnection | WriteConnection, log: str) -> Cursor:
    """The cursor of `log`; at 0 when it was never moved."""
    row = (
        await connection.execute(
            text("SELECT log_id, sequence, time_ns FROM event_cursor WHERE log = :log"),
            {"log": log},
        )
    ).one_or_none()
    if row is None:
        return Cursor(log, None, 0)
    return Cursor(log, str(row.log_id), row.sequence, row.time_ns)


async def advance(
    connection: WriteConnection, cursor: Cursor, *, log_id: str, sequence: int, time_ns: int
) -> Cursor:
    """Move the cursor from where `cursor` says to the event at `sequence`, stamped `time_ns`.

    Raises `CursorMoved` if it is not there any more, after waiting for whoever is moving it now.
    """
    values = {
        "log": cursor.log,
        "log_id": log_id,
        "to": sequence,
        "from": cursor.sequence,
        "time_ns": time_ns,
    }
    result = await connection.execute(_BEGIN if cursor.log_id is None else _MOVE, values)
    if result.rowcount != 1:
        raise CursorMoved(f"the cursor of {cursor.log} is no longer at {cursor.sequence}")
    return Cursor(cursor.log, log_id, sequence, time_ns)
