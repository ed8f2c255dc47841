"""Where bars begin and end, on its own and in SQL."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.database import Database
from market_data.bars.queries import starts_within
from market_data.bars.timeframe import Timeframe, parse_timeframe
from market_data.history import Span

ALL = [
    *[Timeframe(count, "minute") for count in (1, 5, 7, 59)],
    *[Timeframe(count, "hour") for count in (1, 5, 23)],
    Timeframe(1, "day"),
    Timeframe(1, "week"),
    *[Timeframe(count, "month") for count in (1, 2, 3, 4, 6, 12)],
]
moments = st.integers(0, 4_000_000_000)


@given(timeframe=st.sampled_from(ALL), moment_s=moments)
def test_every_moment_is_in_exactly_one_bar(timeframe: Timeframe, moment_s: int) -> None:
    start = timeframe.start_of(moment_s)
    end = timeframe.next_after(start)
    assert start <= moment_s < end
    assert timeframe.start_of(start) == start
    assert timeframe.start_of(end - 1) == start
    assert timeframe.start_of(end) == end


@given(timeframe=st.sampled_from(ALL), start_ns=moments, length=st.integers(0, 40_000_000))
def test_a_span_has_the_bars_that_start_in_it(
    timeframe: Timeframe, start_ns: int, length: int
) -> None:
    start_s = start_ns
    span = Span(start_s * 10**9 - 1 if start_s else 0, (start_s + length) * 10**9, 1, True, None)
    from_s, until_s = starts_within(timeframe, span)
    assert timeframe.start_of(from_s) == from_s >= start_s
    before = timeframe.start_of(from_s - 1) if from_s else -1
    assert before < start_s
    assert timeframe.start_of(until_s - 1) <= start_s + length < until_s


async def test_sql_and_python_agree(database: Database) -> None:
    chosen = [0, 59, 60, 86_399, 86_400, 1_709_164_799, 1_709_251_200, 1_767_225_599, 4 * 10**9]
    given_s = func.unnest(literal(chosen, ARRAY(BigInteger))).table_valued(
        column("s", BigInteger)
    ).render_derived()  # fmt: skip
    async with database.read() as connection:
        for timeframe in ALL:
            query = select(given_s.c.s, timeframe.start_column(given_s.c.s))
            for moment, start in await connection.execute(query):
                assert start == timeframe.start_of(moment), (timeframe, moment)


def test_weeks_begin_on_monday_and_quarters_in_january() -> None:
    sunday = int(datetime(2026, 11, 22, 15, tzinfo=UTC).timestamp())
    assert Timeframe(1, "week").start_of(sunday) == datetime(2026, 11, 16, tzinfo=UTC).timestamp()
    assert Timeframe(3, "month").start_of(sunday) == datetime(2026, 10, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "timeframe"),
    [
        ("1Min", Timeframe(1, "minute")),
        ("59T", Timeframe(59, "minute")),
        ("23H", Timeframe(23, "hour")),
        ("1D", Timeframe(1, "day")),
        ("1Week", Timeframe(1, "week")),
        ("12M", Timeframe(12, "month")),
    ],
)
def test_timeframes_by_either_name(text: str, timeframe: Timeframe) -> None:
    assert parse_timeframe(text) == timeframe


@pytest.mark.parametrize("text", ["", "Min", "0Min", "60Min", "24Hour", "2Day", "5Month", "1min"])
def test_other_timeframes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="timeframe"):
        parse_timeframe(text)
