"""The writing side of a Python service's log: events are rows of the transaction that they describe.

A row gets its place in the log (`sequence`) later, from the one relay, so that places are gap-free and in an
order that never changes although transactions commit in any order.
"""

from typing import Any

import msgspec
from alembic import op
from sqlalchemy import text

from chassis.database import WriteConnection
from chassis.telemetry.tracing import current_traceparent

_CREATE = """
CREATE TABLE event_log (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    log_id uuid NOT NULL DEFAULT gen_random_uuid(),
    published_sequence bigint NOT NULL DEFAULT 0
);
INSERT INTO event_log DEFAULT VALUES;
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sequence bigint UNIQUE,
    time_ns bigint NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL,
    trace text
);
CREATE INDEX outbox_unplaced ON outbox (id) WHERE sequence IS NULL;
"""

_INSERT = text(
    "INSERT INTO outbox (time_ns, kind, data, trace)"
    " VALUES (:time_ns, :kind, CAST(:data AS jsonb), :trace)"
)


def create_tables() -> None:
    """For a migration: the log's identity and its outbox."""
    for statement in _CREATE.split(";\n"):
        if statement.strip():
            op.execute(statement)


async def append(
    connection: WriteConnection, *, time_ns: int, kind: str, data: dict[str, Any]
) -> None:
    """Add an event to the log in the transaction of `connection`. `data` must be JSON; no floats for money."""
    await connection.execute(
        _INSERT,
        {
            "time_ns": time_ns,
            "kind": kind,
            "data": msgspec.json.encode(data).decode(),
            "trace": current_traceparent(),
        },
    )
