"""One symbol's newest trades, by which every listener goes on from where it is. Pure."""

from collections import deque
from dataclasses import dataclass
from itertools import takewhile

from market_data.journal import Side

MAX_TRADES = 4096
"""A listener that is further behind has lost some, and must not go on as if it had not."""


class TooSlow(Exception):
    """A listener is so far behind that something it must not miss is gone."""


@dataclass(frozen=True, slots=True)
class Trade:
    """`sequence` is its place in the engine's log, and its id."""

    sequence: int
    time_ns: int
    price_ticks: int
    quantity_lots: int
    taker_side: Side


class Tape:
    """A place on the tape is the sequence of the last trade before it; 0 before the first."""

    def __init__(self, max_trades: int = MAX_TRADES) -> None:
        self._trades: deque[Trade] = deque(maxlen=max_trades)
        self._forgotten = 0

    @property
    def end(self) -> int:
        """The place after the newest trade."""
        return self._trades[-1].sequence if self._trades else 0

    @property
    def last(self) -> Trade | None:
        return self._trades[-1] if self._trades else None

    def add(self, trade: Trade) -> None:
        if len(self._trades) == self._trades.maxlen:
            self._forgotten = self._trades[0].sequence
        self._trades.append(trade)

    def holds(self, place: int) -> bool:
        """Whether nothing is lost of what follows `place`."""
        return place >= self._forgotten

    def since(self, place: int) -> list[Trade]:
        """All trades after `place`, oldest first. Raises `TooSlow`."""
        if not self.holds(place):
            raise TooSlow
        newest = list(takewhile(lambda trade: trade.sequence > place, reversed(self._trades)))
        newest.reverse()
        return newest

    def recent(self, count: int) -> list[Trade]:
        """The last `count`, oldest first."""
        trades = self._trades
        return [trades[i] for i in range(max(0, len(trades) - count), len(trades))]
