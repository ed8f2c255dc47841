"""What can be traded, and how its decimals become the engine's integers."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from uuid import UUID

from trading.domain.money import ONE

MAX_UNITS = 10**15
"""The most ticks of a price, and lots of a quantity, that the engine takes."""
MAX_WHOLE_SHARES = 2**32 - 1
"""Clients of the market data stream read a trade's whole size as an unsigned 32-bit integer, which would wrap."""


@dataclass(frozen=True, slots=True)
class Asset:
    """`tick_size` is the price step, `lot_size` the quantity step; both positive."""

    id: UUID
    symbol: str
    name: str
    asset_class: str
    tick_size: Decimal
    lot_size: Decimal
    active: bool

    @property
    def fractionable(self) -> bool:
        return self.lot_size < ONE

    @property
    def largest_qty(self) -> Decimal:
        """The most that one order may be for: a trade is never larger than its orders."""
        largest = self.qty(MAX_UNITS)
        if self.fractionable:
            return largest
        return min(largest, Decimal(MAX_WHOLE_SHARES) // self.lot_size * self.lot_size)

    def ticks(self, price: Decimal) -> int:
        """A price that is a whole number of ticks, as that number."""
        return int(price / self.tick_size)

    def lots(self, qty: Decimal) -> int:
        return int(qty / self.lot_size)

    def price(self, ticks: int) -> Decimal:
        return ticks * self.tick_size

    def qty(self, lots: int) -> Decimal:
        return lots * self.lot_size

    def price_down(self, price: Decimal) -> Decimal:
        """`price` on the grid, towards zero."""
        return (price / self.tick_size).to_integral_value(ROUND_FLOOR) * self.tick_size

    def price_up(self, price: Decimal) -> Decimal:
        return (price / self.tick_size).to_integral_value(ROUND_CEILING) * self.tick_size
