"""The limits of each account: the house's, and where an administrator set others for it, those."""

from collections import OrderedDict
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.clock import Clock
from chassis.database import Database
from trading.domain.risk import RiskLimits
from trading.risk.shared_reads import SharedReads
from trading.settings import TradingSettings

AGE_S = 5.0
"""How long a change made by another replica may stay unseen here: limits are no switch."""
KEPT = 50_000

COLUMNS = (
    "max_order_qty",
    "max_order_value",
    "max_open_orders",
    "max_orders_per_second",
    "max_identical_orders",
    "market_collar",
)


def house_limits(settings: TradingSettings) -> RiskLimits:
    return RiskLimits(
        max_order_qty=settings.max_order_qty,
        max_order_value=settings.max_order_value,
        max_open_orders=settings.max_open_orders,
        max_orders_per_second=settings.max_orders_per_second,
        max_identical_orders=settings.max_identical_orders,
        market_collar=settings.market_collar,
    )


class LimitsDirectory:
    """From memory; an account's are read again when they are older than `AGE_S`."""

    def __init__(self, database: Database, house: RiskLimits, clock: Clock) -> None:
        self._database = database
        self.house = house
        self._clock = clock
        self._reads: SharedReads[UUID, dict[str, Any]] = SharedReads()
        self._known: OrderedDict[UUID, tuple[float, RiskLimits]] = OrderedDict()

    async def of(self, account_id: UUID) -> RiskLimits:
        now = self._clock.monotonic()
        known = self._known.get(account_id)
        if known is not None and now - known[0] < AGE_S:
            return known[1]
        # Whoever asks meanwhile waits for the same read: not one connection each.
        limits = self.with_overrides(await self._reads.get(account_id, self.overrides))
        self._known[account_id] = (now, limits)
        self._known.move_to_end(account_id)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return limits

    async def overrides(self, account_id: UUID) -> dict[str, Any]:
        """What the account has of its own, as stored."""
        async with self._database.raw() as connection:
            row = await connection.fetchrow(
                f"SELECT {', '.join(COLUMNS)} FROM account_risk_limits WHERE account_id = $1",
                account_id,
            )
        return {} if row is None else {k: v for k, v in row.items() if v is not None}

    def with_overrides(self, overrides: dict[str, Any]) -> RiskLimits:
        return replace(self.house, **overrides) if overrides else self.house

    def forget(self, account_id: UUID) -> None:
        """They were changed here: read them again."""
        self._known.pop(account_id, None)
