"""The settler's second duty: to send again what the log has not decided, and the cancels that had to wait.

Only the settler does this. Counting the attempt before sending is what keeps an undo from taking back an order
that is on its way a second time.
"""

import asyncio

import structlog
from prometheus_client import Counter

from chassis.database import Database, is_transient
from trading.engine.client import EngineClient, Malformed, Refused, Unknown
from trading.engine.journal_clock import JournalClock
from trading.failpoints import INERT, Failpoints
from trading.settlement.follower import Follower

log = structlog.get_logger(__name__)

POLL_S = 0.25
BATCH = 200

RESUBMITTED = Counter(
    "trading_resubmitted_commands_total", "Undecided commands sent by the settler."
)

# A cancel waits until its order's own fate is known (an exit's: whether its entry fills), and whether another takes its
# place; what was never sent goes at once. A moment of sending that lies ahead was written before a clock was set back.
_TAKE = """
WITH due AS (
    SELECT c.id FROM commands c
    WHERE (c.attempts = 0 OR c.sent_at < now() - make_interval(secs => $1) OR c.sent_at > now())
        AND (c.kind <> 'cancel' OR NOT EXISTS (
            SELECT 1 FROM orders o WHERE o.id = c.order_id
                AND o.status IN ('held', 'pending_new', 'pending_replace')))
    ORDER BY c.place LIMIT $2
    FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE commands SET attempts = attempts + 1, sent_at = now()
    FROM due WHERE commands.id = due.id
    RETURNING commands.payload, commands.place
)
SELECT payload FROM taken ORDER BY place
"""
_MARK_PENDING_CANCEL = """
WITH due AS (
    SELECT o.id FROM orders o JOIN commands c ON c.order_id = o.id
    WHERE c.kind = 'cancel' AND c.attempts = 0 AND o.status IN ('new', 'partially_filled', 'suspended')
    ORDER BY o.id FOR UPDATE OF o SKIP LOCKED
)
UPDATE orders SET status = 'pending_cancel', updated_at = now() FROM due WHERE orders.id = due.id
"""


class Resubmitter:
    """Run it while leading."""

    def __init__(
        self,
        database: Database,
        client: EngineClient,
        journal_clock: JournalClock,
        follower: Follower,
        after_s: float,
        failpoints: Failpoints = INERT,
    ) -> None:
        self._database = database
        self._client = client
        self._journal_clock = journal_clock
        self._follower = follower
        self._after_s = after_s
        self._failpoints = failpoints

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
                await self._wait()

    async def _wait(self) -> None:
        """For a while, or until settlement gives a command of its own: exits protect nothing before they are placed."""
        try:
            async with asyncio.timeout(POLL_S):
                await self._follower.gave_commands.wait()
        except TimeoutError:
            return
        self._follower.gave_commands.clear()

    async def send_due(self) -> int:
        """Send one batch; how many there were. What the engine answers is left to the log."""
        # Only what settlement would have seen by now, had the engine decided it: while it is behind, nothing is.
        patience = self._after_s + self._follower.behind_s()
        async with self._database.raw() as connection:
            # Most of the time nothing is undecided: one look instead of a transaction.
            if not await connection.fetchval("SELECT EXISTS (SELECT FROM commands)"):
                return 0
            async with connection.transaction():
                await connection.execute(_MARK_PENDING_CANCEL)
                rows = await connection.fetch(_TAKE, patience, BATCH)
                if rows:
                    await self._failpoints.reach("resubmit_taken")
        if rows:
            RESUBMITTED.inc(len(rows))
            await self._send([row["payload"].encode() for row in rows])
        return len(rows)

    async def _send(self, payloads: list[bytes]) -> None:
        try:
            await self._failpoints.reach("before_resubmit")
            answer = await self._client.send(payloads)
            await self._failpoints.reach("after_resubmit")
            self._journal_clock.report(answer.journal_time_ns)
        except Malformed as error:
            if len(payloads) == 1:
                log.error("a stored command is malformed", error=str(error))
                return
            for payload in payloads:  # one of them must not keep the others from the engine
                await self._send([payload])
        except (Refused, Unknown) as error:
            log.warning("undecided commands could not be sent", error=str(error))
