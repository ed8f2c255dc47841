"""Which windows a portfolio history has: from its query to moments."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.errors import InvalidInput
from trading.portfolio.sessions import DAY, Sessions

STEPS = {
    "1Min": timedelta(minutes=1),
    "5Min": timedelta(minutes=5),
    "15Min": timedelta(minutes=15),
    "1H": timedelta(hours=1),
    "1D": DAY,
}
LONGEST_BELOW_A_DAY = timedelta(days=30)
LONGEST = timedelta(days=366 * 20)
_PERIOD = re.compile(r"([1-9]\d{0,3})([DWMA])\Z", re.ASCII)
_DAYS = {"D": 1, "W": 7, "M": 30, "A": 365}


@dataclass(frozen=True, slots=True)
class Windows:
    """From `start` on, `count` of them, each `step` long. The last one may still run."""

    timeframe: str
    start: datetime
    step: timedelta
    count: int

    def begin(self, number: int) -> datetime:
        return self.start + number * self.step


def windows(
    sessions: Sessions,
    now: datetime,
    *,
    period: str | None,
    timeframe: str | None,
    start: datetime | None,
    end: datetime | None,
) -> Windows:
    """The windows that a query asks for. Raises `InvalidInput`."""
    if period and start and end:
        raise InvalidInput("give only two of period, start and end")
    length = _length(period) if period or not (start and end) else None
    if start is None or end is None:
        assert length is not None
        if start is None:
            end = min(end or now, now)
            start = end - length
        else:
            end = min(start + length, now) if period else now
    end = min(end, now)
    if end <= start:
        raise InvalidInput("start must lie before end, and before now")
    if end - start > LONGEST:
        raise InvalidInput("a history is at most 20 years long")
    timeframe = timeframe or _default(end - start)
    step = STEPS[timeframe]
    if timeframe == "1D":
        first = sessions.start(sessions.of(start))
        return Windows(timeframe, first, step, -((first - end) // DAY))
    if end - start > LONGEST_BELOW_A_DAY:
        raise InvalidInput("only a timeframe of 1D can have more than 30 days")
    # Windows of every timeframe lie within a session.
    session_start = sessions.start(sessions.of(start))
    first = session_start + (start - session_start) // step * step
    return Windows(timeframe, first, step, -((first - end) // step))


def _length(period: str | None) -> timedelta:
    found = _PERIOD.match(period or "1M")
    if found is None:
        raise InvalidInput("period must be a number and D, W, M or A, like 1M")
    return int(found[1]) * _DAYS[found[2]] * DAY


def _default(length: timedelta) -> str:
    if length < timedelta(days=7):
        return "1Min"
    return "15Min" if length < LONGEST_BELOW_A_DAY else "1D"
