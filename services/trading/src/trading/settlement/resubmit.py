"""The settler's second duty: to send again what the log has not decided, and the cancels that had to wait.

Only the settler does this. Counting the attempt before sending is what keeps an undo from taking back an order
that is on its way a second time.
"""

import asyncio

import structlog
from prometheus_client import Counter

from chassis.database import Database, is_transient
from trading.engine.client import EngineClient, Refused, Unknown
from trading.engine.journal_clock import JournalClock

log = structlog.get_logger(__name__)

POLL_S = 0.25
BATCH = 200

RESUBMITTED = Counter(
    "trading_resubmitted_commands_total", "Undecided commands sent by the settler."
)

# A cancel waits until its order's own fate is known; what was never sent goes at once.
_TAKE = """
WITH due AS (
    SELECT c.id FROM commands c
    WHERE (c.attempts = 0 OR c.sent_at < now() - make_interval(secs => $1))
        AND (c.kind <> 'cancel' OR NOT EXISTS (
            SELECT 1 FROM orders o WHERE o.id = c.order_id AND o.status = 'pending_new'))
    ORDER BY c.sent_at LIMIT $2
    FOR UPDATE SKIP LOCKED
)
UPDATE commands SET attempts = attempts + 1, sent_at = now()
FROM due WHERE commands.id = due.id
RETURNING commands.payload
"""
_MARK_PENDING_CANCEL = """
UPDATE orders SET status = 'pending_cancel', updated_at = now()
FROM commands c
WHERE c.kind = 'cancel' AND c.attempts = 0 AND orders.id = c.order_id
    AND orders.status IN ('new', 'partially_filled')
"""


class Resubmitter:
    """Run it while leading."""

    def __init__(
        self,
        database: Database,
        client: EngineClient,
        journal_clock: JournalClock,
        after_s: float,
    ) -> None:
        self._database = database
        self._client = client
        self._journal_clock = journal_clock
        self._after_s = after_s

    async def run(self) -> None:
        while True:
            try:
                sent = await self.send_due()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("commands cannot be read", error=repr(error))
                sent = 0
            if sent < BATCH:
                await asyncio.sleep(POLL_S)

    async def send_due(self) -> int:
        """Send one batch; how many there were. What the engine answers is left to the log."""
        async with self._database.raw() as connection, connection.transaction():
            await connection.execute(_MARK_PENDING_CANCEL)
            rows = await connection.fetch(_TAKE, self._after_s, BATCH)
        if not rows:
            return 0
        RESUBMITTED.inc(len(rows))
        try:
            answer = await self._client.send([row["payload"].encode() for row in rows])
            self._journal_clock.report(answer.journal_time_ns)
        except (Refused, Unknown) as error:
            log.warning("undecided commands could not be sent", error=str(error))
        return len(rows)
