"""One symbol's bars while they form: the minute, the day (UTC), and the minutes that have just ended. Pure."""

from collections import deque
from dataclasses import dataclass

from market_data.bars.queries import SECOND_NS
from market_data.bars.timeframe import DAY_S, MINUTE_S
from market_data.streams.tape import TooSlow, Trade

MINUTE_NS = MINUTE_S * SECOND_NS
MAX_FINAL = 60


@dataclass(frozen=True, slots=True)
class LiveBar:
    """Ticks and lots; `turnover` is the sum of ticks times lots, `sequence` that of its last trade."""

    start_s: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume_lots: int
    turnover: int
    trade_count: int
    sequence: int

    def with_trade(self, trade: Trade) -> "LiveBar":
        price, lots = trade.price_ticks, trade.quantity_lots
        return LiveBar(
            self.start_s,
            self.open_ticks,
            max(self.high_ticks, price),
            min(self.low_ticks, price),
            price,
            self.volume_lots + lots,
            self.turnover + price * lots,
            self.trade_count + 1,
            trade.sequence,
        )


@dataclass(frozen=True, slots=True)
class FinalBar:
    """A minute that is over, and its day up to then."""

    minute: LiveBar
    day: LiveBar


class Bars:
    """A place among the final bars is how many there were before it."""

    def __init__(self, minute: LiveBar | None = None, day: LiveBar | None = None) -> None:
        self.minute = minute
        self.day = day
        self.ended = 0
        """How many minutes have ended: the place after the newest."""
        self._final: deque[FinalBar] = deque(maxlen=MAX_FINAL)

    def add(self, trade: Trade) -> None:
        """Its time is not before that of any trade or moment so far."""
        self.reach(trade.time_ns)
        self.minute = _grown(self.minute, trade, MINUTE_S)
        self.day = _grown(self.day, trade, DAY_S)

    def reach(self, time_ns: int) -> bool:
        """The log has come to this moment; whether that ended a minute or a day."""
        second = time_ns // SECOND_NS
        changed = False
        if self.minute is not None and second >= self.minute.start_s + MINUTE_S:
            assert self.day is not None, "a minute's trades are the day's too"
            self._final.append(FinalBar(self.minute, self.day))
            self.ended += 1
            self.minute = None
            changed = True
        if self.day is not None and second >= self.day.start_s + DAY_S:
            self.day = None
            changed = True
        return changed

    def holds(self, place: int) -> bool:
        """Whether nothing is lost of what follows `place`."""
        return place >= self.ended - len(self._final)

    def final_since(self, place: int) -> list[FinalBar]:
        """The minutes that ended after `place`, oldest first. Raises `TooSlow`."""
        if not self.holds(place):
            raise TooSlow
        missing = self.ended - place
        return [self._final[i] for i in range(len(self._final) - missing, len(self._final))]


def _grown(bar: LiveBar | None, trade: Trade, length_s: int) -> LiveBar:
    if bar is not None:
        return bar.with_trade(trade)
    price, lots = trade.price_ticks, trade.quantity_lots
    start_s = trade.time_ns // SECOND_NS // length_s * length_s
    return LiveBar(start_s, price, price, price, price, lots, price * lots, 1, trade.sequence)
