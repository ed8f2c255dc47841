"""Trading's log into the table of assets: of all its events, only the creation of an asset matters here."""

from decimal import Decimal
from typing import Literal

import msgspec
from asyncpg import Connection

from chassis.database import WriteConnection
from chassis.event_log.events import Event


class AssetCreated(msgspec.Struct, frozen=True):
    """The event's data; sizes are decimal strings."""

    asset_id: str
    symbol: str
    name: str
    asset_class: Literal["us_equity", "crypto"]
    tick_size: Decimal
    lot_size: Decimal
    fractionable: bool


_UPSERT = """
INSERT INTO assets (symbol, asset_id, name, asset_class, tick_size, lot_size, fractionable)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::boolean[])
ON CONFLICT (symbol) DO UPDATE SET asset_id = excluded.asset_id, name = excluded.name,
    asset_class = excluded.asset_class, tick_size = excluded.tick_size, lot_size = excluded.lot_size,
    fractionable = excluded.fractionable
"""


async def apply_listings(connection: WriteConnection, events: list[Event]) -> None:
    """Write the assets that `events` created. Raises `msgspec.ValidationError` for one that cannot be read."""
    created = [
        msgspec.convert(event.data, AssetCreated)
        for event in events
        if event.kind == "asset_created"
    ]
    assets = list({asset.symbol: asset for asset in created}.values())
    if not assets:
        return
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, Connection)
    await driver.execute(
        _UPSERT,
        [asset.symbol for asset in assets],
        [asset.asset_id for asset in assets],
        [asset.name for asset in assets],
        [asset.asset_class for asset in assets],
        [asset.tick_size for asset in assets],
        [asset.lot_size for asset in assets],
        [asset.fractionable for asset in assets],
    )
