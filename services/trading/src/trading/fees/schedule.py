"""Every account's fee rates, in memory, not older than some seconds.

What counts is stored on the order when it is accepted: a change of a tier reaches new orders within `STALE_S`, and
open orders never.
"""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import asyncpg
import structlog

from chassis.clock import Clock
from chassis.database import Database, is_transient

log = structlog.get_logger(__name__)

DEFAULT_TIER = "default"
FRESH_S = 1.0
"""Older than this, what is known is read again, while orders go on with it."""
STALE_S = 10.0
"""Older than this, an order waits for it to be read again."""

_TIERS = "SELECT name, maker_rate, taker_rate FROM fee_tiers"
# Changes of one revision become visible together, and revisions in their order: their writers wait for each other.
_ACCOUNTS = "SELECT account_id, tier FROM account_fee_tiers WHERE revision > $1"
_REVISION = "SELECT revision FROM fee_revision"


@dataclass(frozen=True, slots=True)
class FeeRates:
    """Fractions of an execution's value."""

    maker: Decimal
    taker: Decimal


class FeeSchedule:
    """Tiers, and the accounts that are in another one than `default`. One small query a second, when orders come."""

    def __init__(self, database: Database, clock: Clock, initial: FeeRates) -> None:
        """`initial` are the rates of the tier `default` until an administrator sets it."""
        self._database = database
        self._clock = clock
        self._initial = initial
        self._tiers: dict[str, FeeRates] = {}
        self._accounts: dict[UUID, str] = {}
        self._revision = -1
        self._read_at: float | None = None
        self._reading: asyncio.Task[None] | None = None

    async def rates_of(self, account_id: UUID) -> FeeRates:
        """The rates for an order of this account that is accepted now."""
        return self.rates(await self.tier_of(account_id))

    async def tier_of(self, account_id: UUID) -> str:
        """The name of its tier. Waits for the database only when what is known is too old."""
        age = self._age()
        if age > FRESH_S:
            reading = self._start_reading()
            if age > STALE_S:
                await asyncio.shield(reading)
        return self._accounts.get(account_id, DEFAULT_TIER)

    def rates(self, tier: str) -> FeeRates:
        """Of a tier, as last read."""
        return self._tiers.get(tier, self._initial)

    @property
    def tiers(self) -> dict[str, FeeRates]:
        """Every tier by name, as last read; `default` is always there."""
        return {DEFAULT_TIER: self._initial} | self._tiers

    async def refresh(self) -> None:
        """Read what changed, now. Raises what the database raises."""
        # One that is under way may have begun before the change that the caller wants to see.
        if self._reading is not None:
            await asyncio.wait({self._reading})
        await asyncio.shield(self._start_reading())

    def _age(self) -> float:
        return float("inf") if self._read_at is None else self._clock.monotonic() - self._read_at

    def _start_reading(self) -> asyncio.Task[None]:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(_tell_failure)
        return self._reading

    async def _read(self) -> None:
        started = self._clock.monotonic()
        async with self._database.raw() as connection:
            # One snapshot, or a revision could be counted as seen whose accounts were read before it.
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                revision = await connection.fetchval(_REVISION)
                if revision != self._revision:
                    await self._read_changes(connection, revision)
        self._read_at = started

    async def _read_changes(self, connection: asyncpg.Connection, revision: int) -> None:
        tiers = await connection.fetch(_TIERS)
        self._tiers = {r["name"]: FeeRates(r["maker_rate"], r["taker_rate"]) for r in tiers}
        # A database restored to an earlier state counts backwards.
        if revision < self._revision:
            self._accounts, self._revision = {}, -1
        for row in await connection.fetch(_ACCOUNTS, self._revision):
            self._accounts[UUID(int=row["account_id"].int)] = row["tier"] or DEFAULT_TIER
        self._revision = revision


def _tell_failure(reading: "asyncio.Task[None]") -> None:
    if reading.cancelled():
        return
    error = reading.exception()
    if error is not None:
        level = log.warning if is_transient(error) else log.error
        level("fee tiers cannot be read", error=repr(error))
