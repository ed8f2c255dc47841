"""The shapes of what is true now, in ticks and lots, and their text in Redis."""

import msgspec

from market_data.journal import Side

DEPTH = 50
"""Levels a side that a book shows."""


class Level(msgspec.Struct, frozen=True, array_like=True):
    """All orders at one price."""

    price_ticks: int
    quantity_lots: int
    orders: int


class Book(msgspec.Struct, frozen=True):
    """Up to `DEPTH` levels a side, best first. `sequence` is the last event that changed it."""

    sequence: int
    time_ns: int
    bids: list[Level]
    asks: list[Level]

    def quote(self) -> "Quote":
        """Its best bid and best offer."""
        bid = self.bids[0] if self.bids else None
        return Quote(self.sequence, self.time_ns, bid, self.asks[0] if self.asks else None)


class Quote(msgspec.Struct, frozen=True):
    """The best level of each side; none where a side is empty."""

    sequence: int
    time_ns: int
    bid: Level | None
    ask: Level | None


class LatestTrade(msgspec.Struct, frozen=True):
    """The newest trade; its `sequence` is its id."""

    sequence: int
    time_ns: int
    price_ticks: int
    quantity_lots: int
    taker_side: Side
