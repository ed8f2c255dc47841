"""How many orders an account has open: counted in the database only when the limit may be near.

Between two counts an account is credited with what it placed here and debited with nothing, so the estimate is never
too low but for what other replicas placed within its age.
"""

from collections import OrderedDict
from collections.abc import Mapping
from uuid import UUID

import asyncpg

from chassis.clock import Clock

AGE_S = 2.0
KEPT = 50_000

# From the partial index of open orders; bounded by the limit.
_COUNT = """
SELECT account_id, (
    SELECT count(*) FROM (
        SELECT FROM orders o WHERE o.account_id = wanted.account_id
            AND o.is_open
        LIMIT wanted.most
    ) AS counted
) AS open
FROM unnest($1::uuid[], $2::bigint[]) AS wanted (account_id, most)
"""


class OpenOrders:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._estimates: OrderedDict[UUID, tuple[float, int]] = OrderedDict()

    async def exceeded(
        self, connection: asyncpg.Connection, wanted: Mapping[UUID, tuple[int, int]]
    ) -> dict[UUID, int]:
        """`wanted`: account to how many more it asks for, and how many it may have. Those for which that is too many,
        with how many they have open. Call it before the new orders are written."""
        now = self._clock.monotonic()
        unsure = {
            account: most
            for account, (more, most) in wanted.items()
            if self._estimate(account, now) + more > most
        }
        if not unsure:
            return {}
        # One more than may be: what is beyond does not matter.
        rows = await connection.fetch(_COUNT, list(unsure), [most + 1 for most in unsure.values()])
        counts = {UUID(int=row["account_id"].int): row["open"] for row in rows}
        for account, count in counts.items():
            self._remember(account, now, count)
        return {a: c for a, c in counts.items() if c + wanted[a][0] > wanted[a][1]}

    def placed(self, account_id: UUID, orders: int) -> None:
        """Written and committed."""
        known = self._estimates.get(account_id)
        if known is not None:
            self._estimates[account_id] = (known[0], known[1] + orders)

    def _estimate(self, account_id: UUID, now: float) -> float:
        known = self._estimates.get(account_id)
        if known is None or now - known[0] >= AGE_S:
            return float("inf")
        return known[1]

    def _remember(self, account_id: UUID, now: float, count: int) -> None:
        self._estimates[account_id] = (now, count)
        self._estimates.move_to_end(account_id)
        if len(self._estimates) > KEPT:
            self._estimates.popitem(last=False)
