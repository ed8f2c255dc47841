"""Appends a batch of events to the chain: one lock, one COPY, in the transaction of the log's cursor."""

from typing import Any

import asyncpg
from prometheus_client import Counter, Gauge, Histogram

from audit_log.chain import Entry, Head, day_of, link
from audit_log.worker.record import entry_of, is_recorded
from chassis.clock import Clock
from chassis.database import WriteConnection
from chassis.event_log.events import Event

ENTRIES = Counter("audit_log_entries_total", "Entries appended to the chain.", ["source"])
POSITION = Gauge("audit_log_head_position_entries", "Position of the chain's last entry.")
DURATION = Histogram(
    "audit_log_append_seconds",
    "Time that one batch took, the wait for the other logs' batches included.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)

COLUMNS = (
    *("position", "day", "source", "log_id", "sequence", "time_ns", "recorded_ns", "kind"),
    *("user_id", "account_id", "order_id", "maker_account_id", "maker_order_id", "symbol"),
    *("data", "previous_hash", "hash"),
)

# The one row that all three logs' batches queue for: it makes their entries one chain.
_LOCK_HEAD = """
SELECT head.position, head.hash, head.recorded_ns, cursor.log_id::text AS log_id
FROM chain_head AS head, event_cursor AS cursor WHERE cursor.log = $1
FOR UPDATE OF head
"""
_MOVE_HEAD = "UPDATE chain_head SET position = $1, hash = $2, recorded_ns = $3"
_MOVE_DAY = """
INSERT INTO day_heads (day, first_position, last_position, previous_hash, head)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (day) DO UPDATE SET last_position = excluded.last_position, head = excluded.head
"""
_OWN = """
INSERT INTO account_owners (account_id, user_id) SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (account_id) DO NOTHING
"""


class Appender:
    """Applies the events of one log, `source`."""

    def __init__(self, source: str, clock: Clock) -> None:
        self._source = source
        self._clock = clock

    async def apply(self, connection: WriteConnection, events: list[Event]) -> None:
        """Append what is worth recording of `events`; the consumer's transaction has moved its cursor already."""
        recorded = [event for event in events if is_recorded(event)]
        if not recorded:
            return
        with DURATION.time():
            driver = await _driver(connection)
            position = await self._append(driver, recorded)
        # Counted before the commit: a count is no record, and the next batch corrects the gauge.
        ENTRIES.labels(self._source).inc(len(recorded))
        POSITION.set(position)

    async def _append(self, driver: asyncpg.Connection, events: list[Event]) -> int:
        row = await driver.fetchrow(_LOCK_HEAD, self._source)
        assert row is not None, "the consumer moves its cursor before it applies"
        before = Head(row["position"], row["hash"], row["recorded_ns"])
        # The machine's clock may go back; the record's never does.
        recorded_ns = max(before.recorded_ns, self._clock.time_ns())
        today = day_of(recorded_ns)
        head = before.hash
        records = []
        for place, event in enumerate(events, before.position + 1):
            entry = entry_of(
                event,
                source=self._source,
                log_id=row["log_id"],
                position=place,
                recorded_ns=recorded_ns,
            )
            sealed = link(head, entry)
            records.append(_record(entry, today, head, sealed))
            head = sealed
        last = before.position + len(events)
        await driver.copy_records_to_table("entries", records=records, columns=COLUMNS)
        await driver.execute(_MOVE_HEAD, last, head, recorded_ns)
        await driver.execute(_MOVE_DAY, today, before.position + 1, last, before.hash, head)
        await self._learn_owners(driver, events)
        return last

    async def _learn_owners(self, driver: asyncpg.Connection, events: list[Event]) -> None:
        opened = [e.data for e in events if e.kind == "account_opened"]
        if opened and self._source == "trading.events":
            await driver.execute(
                _OWN, [d["account_id"] for d in opened], [d["user_id"] for d in opened]
            )


def _record(entry: Entry, day: Any, previous_hash: bytes, sealed: bytes) -> tuple[Any, ...]:
    """An entry as a row, in the order of `COLUMNS`."""
    return (
        *(entry.position, day, entry.source, entry.log_id, entry.sequence, entry.time_ns),
        *(entry.recorded_ns, entry.kind, entry.user_id, entry.account_id, entry.order_id),
        *(entry.maker_account_id, entry.maker_order_id, entry.symbol),
        *(bytes(entry.data).decode(), previous_hash, sealed),
    )


async def _driver(connection: WriteConnection) -> asyncpg.Connection:
    """The driver's connection inside the same transaction, for COPY."""
    held = await connection.get_raw_connection()
    driver: asyncpg.Connection | None = held.driver_connection
    assert driver is not None
    return driver
