"""Bars from the database: stored minutes, and longer ones added up from them by SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    Text,
    column,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from chassis.database import ReadConnection
from market_data.bars.timeframe import Timeframe
from market_data.history import Place, Span
from market_data.tables import minute_bars

SECOND_NS = 1_000_000_000
END_OF_TIME_S = 2**62


@dataclass(frozen=True, slots=True)
class StoredBar:
    """Ticks and lots; `turnover` is the sum of ticks times lots."""

    symbol: str
    start_s: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume_lots: Decimal
    turnover: Decimal
    trade_count: int

    @property
    def place(self) -> Place:
        return Place(self.symbol, self.start_s * SECOND_NS)


async def history(
    connection: ReadConnection,
    timeframe: Timeframe,
    span: Span,
    symbol: str,
    after: Place | None,
    count: int,
) -> list[StoredBar]:
    """At most `count` bars of `symbol` that start within `span`, in its order, after `after`."""
    from_s, until_s = starts_within(timeframe, span)
    if after is not None and span.ascending:
        from_s = max(from_s, timeframe.next_after(timeframe.start_of(after.time_ns // SECOND_NS)))
    elif after is not None:
        until_s = min(until_s, after.time_ns // SECOND_NS)
    in_range = (
        minute_bars.c.symbol == symbol,
        minute_bars.c.start_s >= from_s,
        minute_bars.c.start_s < until_s,
    )
    query: Select[Any]
    if timeframe.is_minute:
        start: ColumnElement[int] = minute_bars.c.start_s
        query = select(minute_bars).where(*in_range)
    else:
        start = timeframe.start_column(minute_bars.c.start_s).label("start_s")
        query = select(literal(symbol).label("symbol"), start, *_totals()).where(*in_range)
        query = query.group_by(start)
    order = start if span.ascending else start.desc()
    return [_bar(row) for row in await connection.execute(query.order_by(order).limit(count))]


def starts_within(timeframe: Timeframe, span: Span) -> tuple[int, int]:
    """The minutes of the bars that start within `span`: from the first, until before the second.

    A bar that began before the span does not belong to it, and one that began in it belongs to it whole.
    """
    earliest_s = -(-span.start_ns // SECOND_NS)
    from_s = timeframe.start_of(earliest_s)
    if from_s < earliest_s:
        from_s = timeframe.next_after(from_s)
    last_s = timeframe.start_of(min(span.end_ns // SECOND_NS, 9_200_000_000))
    return from_s, timeframe.next_after(last_s)


async def newest_minutes(
    connection: ReadConnection, symbols: Sequence[str], before_s: Mapping[str, int] | None = None
) -> dict[str, StoredBar]:
    """The last stored bar of each of `symbols`, or the last that starts before `before_s[symbol]`."""
    limits = [END_OF_TIME_S if before_s is None else before_s[symbol] for symbol in symbols]
    asked = _rows(symbol=(symbols, Text()), before_s=(limits, BigInteger()))
    newest = (
        select(minute_bars)
        .where(minute_bars.c.symbol == asked.c.symbol, minute_bars.c.start_s < asked.c.before_s)
        .order_by(minute_bars.c.start_s.desc())
        .limit(1)
        .lateral()
    )
    query = select(newest).select_from(asked.join(newest, true()))
    return {row.symbol: _bar(row) for row in await connection.execute(query)}


async def whole_bars(
    connection: ReadConnection, timeframe: Timeframe, starts_s: Mapping[str, int]
) -> dict[str, StoredBar]:
    """For each symbol its bar that starts at the given moment; without trades in it, none."""
    ends = [timeframe.next_after(start) for start in starts_s.values()]
    asked = _rows(
        symbol=(list(starts_s), Text()),
        from_s=(list(starts_s.values()), BigInteger()),
        until_s=(ends, BigInteger()),
    )
    query = (
        select(asked.c.symbol, asked.c.from_s.label("start_s"), *_totals())
        .select_from(
            asked.join(
                minute_bars,
                (minute_bars.c.symbol == asked.c.symbol)
                & (minute_bars.c.start_s >= asked.c.from_s)
                & (minute_bars.c.start_s < asked.c.until_s),
            )
        )
        .group_by(asked.c.symbol, asked.c.from_s)
    )
    return {row.symbol: _bar(row) for row in await connection.execute(query)}


def _totals() -> list[ColumnElement[Any]]:
    """The columns of one bar made of many."""
    bar = minute_bars.c
    ticks = ARRAY(BigInteger)
    first = func.array_agg(aggregate_order_by(bar.open_ticks, bar.start_s), type_=ticks)
    last = func.array_agg(aggregate_order_by(bar.close_ticks, bar.start_s.desc()), type_=ticks)
    return [
        first[1].label("open_ticks"),
        func.max(bar.high_ticks).label("high_ticks"),
        func.min(bar.low_ticks).label("low_ticks"),
        last[1].label("close_ticks"),
        func.sum(bar.volume_lots).label("volume_lots"),
        func.sum(bar.turnover).label("turnover"),
        func.sum(bar.trade_count).label("trade_count"),
    ]


def _rows(**columns: tuple[Sequence[Any], Any]) -> Any:
    """Parallel lists as a table to join with."""
    lists = [literal(list(values), ARRAY(kind)) for values, kind in columns.values()]
    names = [column(name, kind) for name, (_, kind) in columns.items()]
    return func.unnest(*lists).table_valued(*names).render_derived()


def _bar(row: Row[Any]) -> StoredBar:
    return StoredBar(
        row.symbol,
        row.start_s,
        row.open_ticks,
        row.high_ticks,
        row.low_ticks,
        row.close_ticks,
        row.volume_lots,
        row.turnover,
        int(row.trade_count),
    )
