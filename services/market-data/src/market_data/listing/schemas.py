"""A symbol as `/v1/market/symbols` shows it."""

from pydantic import BaseModel, Field

from market_data.assets.catalog import Asset
from market_data.journal import Phase
from market_data.listing.queries import Listing
from market_data.numbers import plain


class MarketSymbol(BaseModel):
    """Prices and quantities are decimal strings; the day is the one of now, in UTC."""

    symbol: str = Field(examples=["ACME"])
    name: str
    asset_class: str = Field(examples=["us_equity"])
    tick_size: str = Field(description="The least step of a price.", examples=["0.01"])
    lot_size: str = Field(description="The least step of a quantity.", examples=["1"])
    fractionable: bool
    phase: Phase = Field(
        description="halted: nothing trades, new orders are rejected, and orders can be canceled."
    )
    last_price: str | None = Field(description="Of the last trade; null before the first.")
    day_open: str | None = Field(description="Null, like the rest of the day, before its trades.")
    day_high: str | None
    day_low: str | None
    day_volume: str | None
    previous_close: str | None = Field(
        description="The last price before the day; null before the first."
    )


class MarketSymbols(BaseModel):
    """By symbol."""

    symbols: list[MarketSymbol]


def symbol_of(listing: Listing) -> MarketSymbol:
    """A listing for the wire."""
    asset = Asset(listing.symbol, listing.tick_size, listing.lot_size)
    newest, day, before = listing.newest, listing.day, listing.before

    def price(ticks: int) -> str:
        return plain(asset.price(ticks))

    return MarketSymbol(
        symbol=listing.symbol,
        name=listing.name,
        asset_class=listing.asset_class,
        tick_size=plain(listing.tick_size),
        lot_size=plain(listing.lot_size),
        fractionable=listing.fractionable,
        phase=listing.phase,
        last_price=None if newest is None else price(newest.close_ticks),
        day_open=None if day is None else price(day.open_ticks),
        day_high=None if day is None else price(day.high_ticks),
        day_low=None if day is None else price(day.low_ticks),
        day_volume=None if day is None else plain(asset.size(day.volume_lots)),
        previous_close=None if before is None else price(before.close_ticks),
    )
