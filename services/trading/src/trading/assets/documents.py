"""A row of `assets` as the asset object of the public API."""

from decimal import Decimal
from typing import Any

from trading.domain.asset import Asset
from trading.domain.money import plain

COLUMNS = (
    "assets.id, assets.symbol, assets.name, assets.asset_class, assets.tick_size, assets.lot_size,"
    " assets.active, assets.halted, assets.price_band"
)


def asset_document(row: Any) -> dict[str, Any]:
    """The members of an `AssetDocument` that differ from asset to asset. An `Asset` of memory is one just made."""
    lot: Decimal = row.lot_size
    fractionable = lot < 1
    return {
        "id": row.id,
        "asset_class": row.asset_class,
        "symbol": row.symbol,
        "name": row.name,
        "status": "active" if row.active else "inactive",
        "tradable": row.active,
        "fractionable": fractionable,
        "min_order_size": plain(lot),
        "min_trade_increment": plain(lot),
        "price_increment": plain(row.tick_size),
        **({} if isinstance(row, Asset) else _market(row)),
        # What Alpaca calls these: it trades around the clock here, fractions too.
        "attributes": ("overnight_tradable", *(("fractional_eh_enabled",) if fractionable else ())),
    }


def _market(row: Any) -> dict[str, Any]:
    band: Decimal | None = row.price_band
    return {"halted": row.halted, "price_band": None if band is None else plain(band)}
