"""Assets as orders need them, from memory: what defines an asset never changes, only whether it is listed yet."""

from decimal import Decimal
from uuid import UUID

from chassis.database import Database
from chassis.errors import NotFound, NotPossible
from trading.domain.asset import Asset
from trading.records import asset_from

_SELECT = "SELECT id, symbol, name, asset_class, tick_size, lot_size, active FROM assets"


class AssetDirectory:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_symbol: dict[str, Asset] = {}

    async def tradable(self, symbol_or_id: str) -> Asset:
        """An asset that orders may name. Raises `NotPossible`."""
        asset = self._by_symbol.get(symbol_or_id)
        if asset is None:
            asset = await self._read(symbol_or_id)
            if asset is None or not asset.active:
                raise NotPossible(f'asset "{symbol_or_id}" is not tradable')
        return asset

    async def by_symbol(self, symbol: str) -> Asset:
        """An asset that is known to exist, listed or not. Raises `NotFound`."""
        asset = self._by_symbol.get(symbol) or await self._read(symbol)
        if asset is None:
            raise NotFound(f"asset not found for {symbol}")
        return asset

    async def last_price(self, symbol: str) -> Decimal | None:
        """Of the last settled trade; none before the first."""
        async with self._database.raw() as connection:
            price: Decimal | None = await connection.fetchval(
                "SELECT last_price FROM assets WHERE symbol = $1", symbol
            )
        return price

    async def _read(self, symbol_or_id: str) -> Asset | None:
        if "\0" in symbol_or_id:  # PostgreSQL takes it in no text
            return None
        async with self._database.raw() as connection:
            row = await connection.fetchrow(f"{_SELECT} WHERE symbol = $1", symbol_or_id)
            if row is None and (asset_id := as_uuid(symbol_or_id)) is not None:
                row = await connection.fetchrow(f"{_SELECT} WHERE id = $1", asset_id)
        if row is None:
            return None
        asset = asset_from(row)
        if asset.active:
            self._by_symbol[asset.symbol] = asset
        return asset


def as_uuid(text: str) -> UUID | None:
    """`text` as a UUID, if it is one."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
