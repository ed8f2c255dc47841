"""The same as in Redis, read from the database: what the cache is filled from, and what stands in for it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import Select, Text, column, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.database import ReadConnection
from market_data.journal import Position
from market_data.latest.cache import Update
from market_data.latest.state import Book, LatestTrade, Level, Quote
from market_data.tables import books, journal_position, trades

_Latest = TypeVar("_Latest", LatestTrade, Quote, Book)


async def position(connection: ReadConnection) -> Position:
    """How far into the engine's log the database is complete."""
    row = (
        await connection.execute(select(journal_position.c.sequence, journal_position.c.time_ns))
    ).one()
    return Position(row.sequence, row.time_ns)


async def read(
    connection: ReadConnection, kind: type[_Latest], symbols: Sequence[str]
) -> dict[str, _Latest]:
    """What there is of `symbols`."""
    found: Mapping[str, LatestTrade | Quote | Book]
    if kind is LatestTrade:
        found = await _trades(connection, symbols)
    else:
        kept = await _books(connection, select(books).where(books.c.symbol.in_(symbols)))
        found = kept if kind is Book else {symbol: b.quote() for symbol, b in kept.items()}
    return cast("dict[str, _Latest]", found)


async def everything(connection: ReadConnection) -> Update:
    """All symbols, of one moment (`connection` reads from one snapshot)."""
    kept = await _books(connection, select(books))
    return Update(await position(connection), kept, await _trades(connection, list(kept)))


async def _books(connection: ReadConnection, query: Select[Any]) -> dict[str, Book]:
    return {
        row.symbol: Book(row.sequence, row.time_ns, levels(row.bids), levels(row.asks))
        for row in await connection.execute(query)
    }


async def _trades(connection: ReadConnection, symbols: Sequence[str]) -> dict[str, LatestTrade]:
    # One step into the index a symbol; DISTINCT ON would read every trade of each.
    asked = (
        func.unnest(literal(list(symbols), ARRAY(Text)))
        .table_valued(column("symbol", Text))
        .render_derived()
    )
    newest = (
        select(trades)
        .where(trades.c.symbol == asked.c.symbol)
        .order_by(trades.c.time_ns.desc(), trades.c.sequence.desc())
        .limit(1)
        .lateral()
    )
    query = select(newest).select_from(asked.join(newest, true()))
    return {
        row.symbol: LatestTrade(
            row.sequence, row.time_ns, row.price_ticks, row.quantity_lots, row.taker_side
        )
        for row in await connection.execute(query)
    }


def levels(stored: list[list[int]]) -> list[Level]:
    """Levels from their form in the table `books`."""
    return msgspec.convert(stored, list[Level])
