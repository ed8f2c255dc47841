"""The last price of an asset and its band of prices, as orders are checked against them."""

from dataclasses import dataclass
from decimal import Decimal

from chassis.clock import Clock
from chassis.database import Database
from trading.risk.shared_reads import SharedReads

AGE_S = 1.0
"""How long a band that an administrator set may stay unseen."""


@dataclass(frozen=True, slots=True)
class Market:
    last_price: Decimal | None
    """Of the last settled trade; none before the first."""
    price_band: Decimal | None
    """How far from the last price a limit may be, a fraction; none: anywhere."""


class Markets:
    """A price that decides is read each time; that there is no band is remembered for a moment."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._reads: SharedReads[str, Market] = SharedReads()
        self._without_band: dict[str, float] = {}

    async def of(self, symbol: str, *, priced: bool) -> Market | None:
        """`priced`: the order means nothing without the last price. None: nothing here bears on it."""
        now = self._clock.monotonic()
        read_at = self._without_band.get(symbol)
        if not priced and read_at is not None and now - read_at < AGE_S:
            return None
        if priced:
            return await self._read(symbol)
        return await self._reads.get(symbol, self._read)

    async def _read(self, symbol: str) -> Market:
        now = self._clock.monotonic()
        async with self._database.raw() as connection:
            row = await connection.fetchrow(
                "SELECT last_price, price_band FROM assets WHERE symbol = $1", symbol
            )
        assert row is not None, "assets are never deleted"
        if row["price_band"] is None:
            self._without_band[symbol] = now
        else:
            self._without_band.pop(symbol, None)
        return Market(row["last_price"], row["price_band"])

    def forget(self, symbol: str) -> None:
        """Its band was changed here."""
        self._without_band.pop(symbol, None)
