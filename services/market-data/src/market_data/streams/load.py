"""Where the streams begin: all that the database knows, of one moment, and the place in the log that it belongs to."""

from collections.abc import Sequence

from sqlalchemy import Text, column, func, literal, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.database import ReadConnection
from chassis.event_log import cursor as cursors
from chassis.event_log.cursor import Cursor
from market_data.assets.catalog import Asset
from market_data.bars.queries import SECOND_NS, StoredBar, newest_minutes, whole_bars
from market_data.bars.timeframe import DAY_S, MINUTE_S, Timeframe
from market_data.streams.bars import Bars, LiveBar
from market_data.streams.book import Book, Resting
from market_data.streams.instrument import Instrument
from market_data.streams.tape import RECENT_TRADES, Tape, Trade
from market_data.tables import assets, books, trades

_DAY = Timeframe(1, "day")
_RESTING = text(
    "SELECT order_id, symbol, side, price_ticks, remaining_lots, display_lots, taken_lots, dormant"
    " FROM resting_orders"
)


async def load(connection: ReadConnection, log: str) -> tuple[Cursor, dict[str, Instrument]]:
    """Every symbol that is listed or has an asset, after the event that the cursor stands on."""
    cursor = await cursors.load(connection, log)
    known = await load_assets(connection)
    listed = (await connection.execute(select(books.c.symbol))).scalars()
    instruments = {
        symbol: Instrument(
            symbol,
            known.get(symbol),
            Book(cursor.sequence, cursor.time_ns),
            sequence=cursor.sequence,
            time_ns=cursor.time_ns,
        )
        for symbol in sorted({*known, *listed})
    }
    for row in await connection.execute(_RESTING):
        order = Resting(
            row.side, row.price_ticks, row.remaining_lots, row.display_lots, row.taken_lots
        )
        instruments[row.symbol].book.load(str(row.order_id), order, dormant=row.dormant)
    await _load_trades(connection, instruments)
    await _load_bars(connection, instruments, cursor)
    return cursor, instruments


async def load_assets(
    connection: ReadConnection, symbols: Sequence[str] | None = None
) -> dict[str, Asset]:
    """All assets, or those of `symbols`."""
    query = select(assets.c.symbol, assets.c.tick_size, assets.c.lot_size)
    if symbols is not None:
        query = query.where(assets.c.symbol.in_(symbols))
    return {
        row.symbol: Asset(row.symbol, row.tick_size, row.lot_size)
        for row in await connection.execute(query)
    }


async def _load_trades(connection: ReadConnection, instruments: dict[str, Instrument]) -> None:
    asked = (
        func.unnest(literal(list(instruments), ARRAY(Text)))
        .table_valued(column("symbol", Text))
        .render_derived()
    )
    recent = (
        select(trades)
        .where(trades.c.symbol == asked.c.symbol)
        .order_by(trades.c.time_ns.desc(), trades.c.sequence.desc())
        .limit(RECENT_TRADES)
        .lateral()
    )
    tapes: dict[str, Tape] = {}
    query = select(recent).select_from(asked.join(recent, true())).order_by(recent.c.sequence)
    for row in await connection.execute(query):
        instrument = instruments[row.symbol]
        tapes.setdefault(row.symbol, instrument.tape).add(
            Trade(row.sequence, row.time_ns, row.price_ticks, row.quantity_lots, row.taker_side)
        )
        instrument.last_ticks = row.price_ticks


async def _load_bars(
    connection: ReadConnection, instruments: dict[str, Instrument], cursor: Cursor
) -> None:
    """The minute and the day that the cursor lies in, of symbols that were traded in them."""
    now_s = cursor.time_ns // SECOND_NS
    minute_s, day_s = now_s // MINUTE_S * MINUTE_S, now_s // DAY_S * DAY_S
    minutes = await newest_minutes(connection, list(instruments))
    days = await whole_bars(connection, _DAY, dict.fromkeys(instruments, day_s))
    for symbol, instrument in instruments.items():
        minute, day = minutes.get(symbol), days.get(symbol)
        last = instrument.tape.end
        instrument.bars = Bars(
            _live(minute, last) if minute is not None and minute.start_s == minute_s else None,
            _live(day, last) if day is not None else None,
        )


def _live(bar: StoredBar, sequence: int) -> LiveBar:
    return LiveBar(
        bar.start_s,
        bar.open_ticks,
        bar.high_ticks,
        bar.low_ticks,
        bar.close_ticks,
        int(bar.volume_lots),
        int(bar.turnover),
        bar.trade_count,
        sequence,
    )
