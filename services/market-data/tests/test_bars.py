"""Bars against a plain aggregation, however the log was cut into batches."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database
from chassis.event_log.events import Event
from devkit import blocking
from market_data.bars.queries import StoredBar, history
from market_data.bars.timeframe import Timeframe
from market_data.history import FOR_EVER_NS, Place, Span, collect, read_token
from market_data.verify import check
from market_data.worker.apply import apply_events

SYMBOLS = ["AAPL", "MSFT"]
TIMEFRAMES = [
    Timeframe(1, "minute"),
    Timeframe(7, "minute"),
    Timeframe(5, "hour"),
    Timeframe(1, "day"),
    Timeframe(1, "week"),
    Timeframe(2, "month"),
]

trade_steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 59, 60, 61, 3_600, 86_400, 40 * 86_400]),  # seconds since the last
        st.sampled_from(SYMBOLS),
        st.integers(1, 10**15),
        st.integers(1, 10**15),
    ),
    min_size=1,
    max_size=40,
)


def _trades(steps: Iterable[tuple[int, str, int, int]]) -> list[Event]:
    events, moment_s = [], 1_700_000_000
    for sequence, (gap_s, symbol, price, lots) in enumerate(steps, start=1):
        moment_s += gap_s
        data = {
            "symbol": symbol,
            "price_ticks": price,
            "quantity_lots": lots,
            "taker_side": "buy",
            "maker_order_id": "00000000-0000-0000-0000-000000000001",
            "maker_remaining_lots": 1,
            "taker_order_id": "00000000-0000-0000-0000-000000000002",
            "taker_remaining_lots": 0,
        }
        events.append(Event(sequence, moment_s * 10**9 + sequence, "trade", data))
    return events


def _plain_bars(events: list[Event], timeframe: Timeframe, symbol: str) -> list[StoredBar]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for event in events:
        if event.data["symbol"] == symbol:
            groups.setdefault(timeframe.start_of(event.time_ns // 10**9), []).append(event.data)
    return [
        StoredBar(
            symbol,
            start,
            trades[0]["price_ticks"],
            max(trade["price_ticks"] for trade in trades),
            min(trade["price_ticks"] for trade in trades),
            trades[-1]["price_ticks"],
            Decimal(sum(trade["quantity_lots"] for trade in trades)),
            Decimal(sum(trade["price_ticks"] * trade["quantity_lots"] for trade in trades)),
            len(trades),
        )
        for start, trades in sorted(groups.items())
    ]


@pytest.fixture
def bars_database_url(migrated_database: Callable[[str], str]) -> str:
    return migrated_database("market_data")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=trade_steps,
    cuts=st.sets(st.integers(1, 39)),
    limit=st.integers(1, 7),
    ascending=st.booleans(),
)
def test_bars_are_what_their_trades_add_up_to(
    bars_database_url: str,
    steps: list[tuple[int, str, int, int]],
    cuts: set[int],
    limit: int,
    ascending: bool,
) -> None:
    events = _trades(steps)
    bounds = [0, *sorted(cut for cut in cuts if cut < len(events)), len(events)]

    async def compare() -> None:
        database = Database(bars_database_url, pool_size=2)
        try:
            async with database.write() as connection:
                await connection.execute(text("TRUNCATE trades, minute_bars, books, event_cursor"))
            for start, end in pairwise(bounds):
                async with database.write() as connection:
                    await apply_events(connection, events[start:end])
            async with database.read() as connection:
                for timeframe in TIMEFRAMES:
                    walked = await _walk(connection, timeframe, limit, ascending)
                    for symbol in SYMBOLS:
                        expected = _plain_bars(events, timeframe, symbol)
                        assert walked.get(symbol, []) == (expected if ascending else expected[::-1])
                violations = (await check(connection)).violations
                assert [v for v in violations if "cursor" not in v] == []
        finally:
            await database.close()

    blocking.run(compare())


async def _walk(
    connection: Any, timeframe: Timeframe, limit: int, ascending: bool
) -> dict[str, list[StoredBar]]:
    """All pages, one after the other."""
    walked: dict[str, list[StoredBar]] = {}
    after: Place | None = None
    while True:
        span = Span(0, FOR_EVER_NS, limit, ascending, after)

        async def fetch(
            symbol: str, after: Place | None, count: int, span: Span = span
        ) -> list[StoredBar]:
            return await history(connection, timeframe, span, symbol, after, count)

        page, token = await collect(span, SYMBOLS, fetch)
        assert 0 < sum(len(bars) for bars in page.values()) <= limit
        for symbol, bars in page.items():
            assert not set(bars) & set(walked.get(symbol, [])), "a page was repeated"
            walked.setdefault(symbol, []).extend(bars)
        if token is None:
            return walked
        after = read_token(token)
