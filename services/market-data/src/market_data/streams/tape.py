"""One symbol's newest trades, by which every listener goes on from where it is. Pure."""

from collections import deque
from dataclasses import dataclass
from itertools import takewhile

from market_data.journal import Side

RECENT_TRADES = 100
"""So many a new listener is told."""
MAX_TRADES = 4096
"""So many are kept for who reads late. Who is further behind has lost some, and must not go on as if it had not."""


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
    """A place on the tape is the sequence of the last trade before it; 0 before the first.

    It grows until `trim`: what nobody could be told yet is never lost, however many trades one order makes. That is
    bounded too, by the orders that rested and by what trades within an interval.
    """

    def __init__(self, max_trades: int = MAX_TRADES) -> None:
        self._trades: deque[Trade] = deque()
        self._max_trades = max_trades
        self._forgotten = 0

    @property
    def end(self) -> int:
        """The place after the newest trade."""
        return self._trades[-1].sequence if self._trades else 0

    def add(self, trade: Trade) -> None:
        self._trades.append(trade)

    def trim(self) -> None:
        """Everybody was told who could be: forget what is too long ago."""
        while len(self._trades) > self._max_trades:
            self._forgotten = self._trades.popleft().sequence

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
