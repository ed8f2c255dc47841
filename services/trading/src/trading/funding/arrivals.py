"""A duty of the leading replica: deposits in transit become the customer's to use when their time has come."""

import asyncio

import structlog
from sqlalchemy import text

from chassis.clock import Clock, utc_now
from chassis.database import Database, is_transient
from trading.domain.order import CASH
from trading.transfers import Transfer, settle_deposits

log = structlog.get_logger(__name__)

POLL_S = 1.0
BATCH = 100

# Locked and looked at in one statement: two leaders for a moment settle each deposit once.
_DUE = text(
    "SELECT id, account_id, amount, actor_id FROM deposits_in_transit"
    " WHERE settled_at IS NULL AND settles_at <= :now"
    f" ORDER BY settles_at, id LIMIT {BATCH} FOR UPDATE SKIP LOCKED"
)
_SETTLED = text("UPDATE deposits_in_transit SET settled_at = :now WHERE id = ANY(:ids)")


class DepositArrivals:
    """Run it while leading."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        while True:
            try:
                while await self.settle_due() == BATCH:
                    pass
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("deposits cannot be settled", error=repr(error))
            await asyncio.sleep(POLL_S)

    async def settle_due(self) -> int:
        """Settle a batch of those whose time has come; how many there were."""
        now = utc_now(self._clock)
        async with self._database.write() as connection:
            due = (await connection.execute(_DUE, {"now": now})).all()
            if due:
                arriving = [
                    (
                        Transfer(row.id, row.account_id, "deposit", CASH, row.amount, now),
                        row.actor_id,
                    )
                    for row in due
                ]
                await settle_deposits(connection, arriving, self._clock.time_ns())
                await connection.execute(_SETTLED, {"now": now, "ids": [row.id for row in due]})
        return len(due)
