"""Trades from the database."""

from dataclasses import dataclass

from sqlalchemy import select, tuple_

from chassis.database import ReadConnection
from market_data.history import Place, Span
from market_data.journal import Side
from market_data.tables import trades


@dataclass(frozen=True, slots=True)
class StoredTrade:
    sequence: int
    symbol: str
    time_ns: int
    price_ticks: int
    quantity_lots: int
    taker_side: Side

    @property
    def place(self) -> Place:
        return Place(self.symbol, self.time_ns, self.sequence)


async def history(
    connection: ReadConnection, span: Span, symbol: str, after: Place | None, count: int
) -> list[StoredTrade]:
    """At most `count` trades of `symbol` in `span`, in its order, that follow `after`."""
    order = tuple_(trades.c.time_ns, trades.c.sequence)
    query = select(trades).where(
        trades.c.symbol == symbol, trades.c.time_ns.between(span.start_ns, span.end_ns)
    )
    if after is not None:
        reached = tuple_(after.time_ns, after.sequence)
        query = query.where(order > reached if span.ascending else order < reached)
    by = (trades.c.time_ns, trades.c.sequence)
    query = query.order_by(*(by if span.ascending else (each.desc() for each in by)))
    rows = await connection.execute(query.limit(count))
    return [
        StoredTrade(
            row.sequence,
            row.symbol,
            row.time_ns,
            row.price_ticks,
            row.quantity_lots,
            row.taker_side,
        )
        for row in rows
    ]
