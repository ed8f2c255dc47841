"""The last price of an asset and its band of prices, as orders are checked against them."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from chassis.clock import Clock
from chassis.database import Database
from trading.batching import Batcher

AGE_S = 1.0
"""How long a band that an administrator set may stay unseen."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Market:
    last_price: Decimal | None
    """Of the last settled trade; none before the first."""
    price_band: Decimal | None
    """How far from the last price a limit may be, a fraction; none: anywhere."""


class Markets:
    """A price that decides is read after it was asked for; that there is no band is remembered for a moment.

    All who ask during a read share the next one: however many orders come, they take one connection of the pool.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._batcher: Batcher[tuple[str, asyncio.Future[Market]]] = Batcher(self._read, BATCH)
        self._without_band: dict[str, float] = {}

    async def run(self) -> None:
        await self._batcher.run()

    async def of(self, symbol: str, *, priced: bool) -> Market | None:
        """`priced`: the order means nothing without the last price. None: nothing here bears on it."""
        now = self._clock.monotonic()
        read_at = self._without_band.get(symbol)
        if not priced and read_at is not None and now - read_at < AGE_S:
            return None
        found: asyncio.Future[Market] = asyncio.get_running_loop().create_future()
        self._batcher.add((symbol, found))
        return await found

    async def _read(self, batch: "list[tuple[str, asyncio.Future[Market]]]") -> None:
        now = self._clock.monotonic()
        try:
            async with self._database.raw() as connection:
                rows = await connection.fetch(
                    "SELECT symbol, last_price, price_band FROM assets WHERE symbol = ANY($1::text[])",
                    list({symbol for symbol, _ in batch}),
                )
        except Exception as error:
            for _, found in batch:
                if not found.done():
                    found.set_exception(error)
            return
        markets = {row["symbol"]: Market(row["last_price"], row["price_band"]) for row in rows}
        for symbol, market in markets.items():
            if market.price_band is None:
                self._without_band[symbol] = now
            else:
                self._without_band.pop(symbol, None)
        for symbol, found in batch:
            if not found.done():
                found.set_result(markets[symbol])  # assets are never deleted

    def forget(self, symbol: str) -> None:
        """Its band was changed here."""
        self._without_band.pop(symbol, None)
