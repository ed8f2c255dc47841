"""Stretches of time that bars are made of: where one begins, and where the next one does.

All of it in UTC, since that is when a session here begins. Minutes and hours count from midnight, so the last
bar of a day may be shorter; weeks begin on Monday; months are counted from January.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import BigInteger, ColumnElement, Integer, cast, extract, func

Unit = Literal["minute", "hour", "day", "week", "month"]

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400
WEEK_S = 7 * DAY_S
MONDAY_S = -3 * DAY_S
"""The last Monday before the epoch, which began on a Thursday."""

_FORM = re.compile(r"(\d{1,2})(Min|T|Hour|H|Day|D|Week|W|Month|M)")
_UNITS: dict[str, Unit] = {
    "Min": "minute",
    "T": "minute",
    "Hour": "hour",
    "H": "hour",
    "Day": "day",
    "D": "day",
    "Week": "week",
    "W": "week",
    "Month": "month",
    "M": "month",
}
_COUNTS: dict[Unit, frozenset[int]] = {
    "minute": frozenset(range(1, 60)),
    "hour": frozenset(range(1, 24)),
    "day": frozenset({1}),
    "week": frozenset({1}),
    "month": frozenset({1, 2, 3, 4, 6, 12}),
}


@dataclass(frozen=True, slots=True)
class Timeframe:
    """`count` units of time. All moments are seconds since the epoch."""

    count: int
    unit: Unit

    @property
    def is_minute(self) -> bool:
        """Whether its bars are the stored ones."""
        return self.unit == "minute" and self.count == 1

    def start_of(self, moment_s: int) -> int:
        """The start of the bar that `moment_s` falls into."""
        match self.unit:
            case "month":
                moment = datetime.fromtimestamp(moment_s, UTC)
                month = (moment.month - 1) // self.count * self.count + 1
                return _seconds(moment.year, month)
            case "week":
                return (moment_s - MONDAY_S) // WEEK_S * WEEK_S + MONDAY_S
            case "day":
                return moment_s // DAY_S * DAY_S
            case _:
                day = moment_s // DAY_S * DAY_S
                return day + (moment_s - day) // self._length_s * self._length_s

    def next_after(self, start_s: int) -> int:
        """The start of the bar after the one that starts at `start_s`."""
        match self.unit:
            case "month":
                start = datetime.fromtimestamp(start_s, UTC)
                months = start.year * 12 + start.month - 1 + self.count
                return _seconds(months // 12, months % 12 + 1)
            case "week":
                return start_s + WEEK_S
            case "day":
                return start_s + DAY_S
            case _:
                midnight = start_s // DAY_S * DAY_S + DAY_S
                return min(start_s + self._length_s, midnight)

    def start_column(self, start_s: ColumnElement[int]) -> ColumnElement[int]:
        """`start_of` in SQL."""
        match self.unit:
            case "month":
                moment = func.timezone("UTC", func.to_timestamp(start_s))
                year = func.date_trunc("year", moment)
                month = cast(extract("month", moment), Integer) - 1
                first = year + func.make_interval(0, month - month % self.count)
                return cast(extract("epoch", first), BigInteger)
            case "week":
                return start_s - (start_s - MONDAY_S) % WEEK_S
            case "day":
                return start_s - start_s % DAY_S
            case _:
                return start_s - start_s % DAY_S % self._length_s

    @property
    def _length_s(self) -> int:
        return self.count * (MINUTE_S if self.unit == "minute" else HOUR_S)


def parse_timeframe(text: str) -> Timeframe:
    """`5Min`, `1H`, `1Day`, `1Week`, `3Month` ... Raises `ValueError` with a sentence."""
    match = _FORM.fullmatch(text)
    if match is not None:
        unit = _UNITS[match[2]]
        if int(match[1]) in _COUNTS[unit]:
            return Timeframe(int(match[1]), unit)
    raise ValueError(
        f"timeframe: {text!r} is not one of [1-59]Min, [1-23]Hour, 1Day, 1Week, [1,2,3,4,6,12]Month"
    )


def _seconds(year: int, month: int) -> int:
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp())
