"""All symbols with their day, from the database."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from chassis.database import ReadConnection
from market_data.bars.queries import StoredBar, newest_minutes, whole_bars
from market_data.bars.timeframe import DAY_S, Timeframe
from market_data.journal import Phase
from market_data.tables import assets, symbol_phases

_DAY = Timeframe(1, "day")


@dataclass(frozen=True, slots=True)
class Listing:
    """An asset, its newest minute, its day so far, and the last minute before that day; none where none is."""

    symbol: str
    name: str
    asset_class: str
    tick_size: Decimal
    lot_size: Decimal
    fractionable: bool
    phase: Phase
    newest: StoredBar | None
    day: StoredBar | None
    before: StoredBar | None


async def listings(connection: ReadConnection, now_s: int) -> list[Listing]:
    """Every asset, by symbol. The day (UTC) is the one that `now_s` lies in."""
    phase = func.coalesce(symbol_phases.c.phase, "continuous").label("phase")
    known = assets.outerjoin(symbol_phases, assets.c.symbol == symbol_phases.c.symbol)
    query = select(assets, phase).select_from(known).order_by(assets.c.symbol)
    rows: list[Any] = list(await connection.execute(query))
    symbols = [row.symbol for row in rows]
    today = dict.fromkeys(symbols, now_s // DAY_S * DAY_S)
    newest = await newest_minutes(connection, symbols)
    days = await whole_bars(connection, _DAY, today)
    before = await newest_minutes(connection, symbols, today)
    return [
        Listing(
            row.symbol,
            row.name,
            row.asset_class,
            row.tick_size,
            row.lot_size,
            row.fractionable,
            row.phase,
            newest.get(row.symbol),
            days.get(row.symbol),
            before.get(row.symbol),
        )
        for row in rows
    ]
