"""Ticks and lots into decimals: the sizes of each asset, kept in memory since they never change."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import select

from chassis.database import Database, ReadConnection, unavailable_when_away
from market_data.tables import assets

_EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)
VWAP_EXTRA_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Asset:
    symbol: str
    tick_size: Decimal
    lot_size: Decimal

    @property
    def is_whole(self) -> bool:
        """Whether its quantities are whole numbers."""
        return self.lot_size == self.lot_size.to_integral_value()

    def price(self, ticks: int) -> Decimal:
        return _EXACT.multiply(self.tick_size, Decimal(ticks))

    def size(self, lots: int | Decimal) -> Decimal:
        return _EXACT.multiply(self.lot_size, Decimal(lots))

    def vwap(self, turnover: Decimal, volume_lots: Decimal) -> Decimal:
        """Volume-weighted average price, with four digits more than the tick has."""
        ticks = _EXACT.divide(turnover, volume_lots)
        exponent = self.tick_size.as_tuple().exponent
        assert isinstance(exponent, int), "a tick size is a finite number"
        digits = Decimal((0, (1,), min(exponent, 0) - VWAP_EXTRA_DIGITS))
        return _EXACT.multiply(self.tick_size, ticks).quantize(digits, context=_EXACT)


class Catalog:
    """The assets that trading has told of."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Asset] = {}

    async def find(
        self, symbols: Iterable[str], connection: ReadConnection | None = None
    ) -> dict[str, Asset]:
        """Those of `symbols` that are known. An unknown one is looked for each time: it may have come.

        A caller that holds a connection gives it: a second one from the same pool could wait for ever.
        """
        wanted = list(symbols)
        unknown = [symbol for symbol in wanted if symbol not in self._known]
        if unknown and connection is not None:
            await self._learn(connection, unknown)
        elif unknown:
            async with unavailable_when_away(), self._database.read() as opened:
                await self._learn(opened, unknown)
        return {symbol: self._known[symbol] for symbol in wanted if symbol in self._known}

    async def _learn(self, connection: ReadConnection, symbols: list[str]) -> None:
        query = select(assets.c.symbol, assets.c.tick_size, assets.c.lot_size)
        for row in await connection.execute(query.where(assets.c.symbol.in_(symbols))):
            self._known[row.symbol] = Asset(row.symbol, row.tick_size, row.lot_size)


def _catalog(request: Request) -> Catalog:
    assets: Catalog = request.app.state.assets
    return assets


Assets = Annotated[Catalog, Depends(_catalog)]
"""The app's catalog, for endpoints."""
