"""A duty of the leading replica: the invariants that can be broken now, looked at all the time.

Only those whose cost is bounded by what is open and by who there is; all of them are `python -m trading verify`'s.
"""

import asyncio

import structlog
from prometheus_client import Gauge
from sqlalchemy import text

from chassis.database import Database, is_transient
from trading.verify.checks import CHECKS

log = structlog.get_logger(__name__)

VIOLATIONS = Gauge(
    "trading_invariant_violations",
    "Rows that break an invariant of the ledger, as the leading replica last looked.",
)
LOOKED_AT = Gauge(
    "trading_invariants_looked_at_timestamp_seconds",
    "When this replica last looked at the invariants of the ledger and could; 0: never.",
)
WATCHED = tuple(check for check in CHECKS if check.continuous)
SHOWN = 5


class InvariantWatch:
    """Run it while leading."""

    def __init__(self, database: Database, every_s: float) -> None:
        self._database = database
        self._every_s = every_s

    async def run(self) -> None:
        try:
            while True:
                await self.tell()
                await asyncio.sleep(self._every_s)
        finally:
            # Whoever leads next tells how it is.
            VIOLATIONS.set(0)

    async def tell(self) -> None:
        """Look once, for the metrics. A look that fails is logged, and leaves them as they are."""
        try:
            VIOLATIONS.set(await self.look())
            # The count alone stays as it was while looks fail: only with its age does a 0 say something.
            LOOKED_AT.set_to_current_time()
        except Exception as error:
            level = log.warning if is_transient(error) else log.error
            level("invariants cannot be looked at", error=repr(error))

    async def look(self) -> int:
        """How many rows break one, in one snapshot; the first of each go to the log."""
        broken = 0
        async with self._database.read() as connection:
            for check in WATCHED:
                rows = (await connection.execute(text(check.query))).mappings().all()
                if rows:
                    broken += len(rows)
                    shown = [dict(row) for row in rows[:SHOWN]]
                    log.critical("an invariant is broken", check=check.name, rows=str(shown))
        return broken
