"""What the simulator can trade: how each asset is listed, where its price lives and how it moves.

Prices are ticks and quantities lots from here on; money appears only where an order is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


class UnknownSymbol(ValueError):
    """The simulator does not know an asset of this name."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One asset. `key` seeds its randomness, so that a copy under another symbol behaves alike."""

    symbol: str
    name: str
    tick_size: Decimal
    lot_size: Decimal
    home_ticks: int
    """The price that the reference price returns to, and starts at before the first trade."""
    volatility: float
    """Ticks per square root of a second while the market is calm."""
    usual_lots: int
    """A usual order's quantity."""
    weight: float
    """Its part of the activity, relative to the others."""
    asset_class: str = "us_equity"
    key: str = ""

    @property
    def inventory_limit_lots(self) -> int:
        """How far a position may move from its endowment before its owner stops adding to it."""
        return self.usual_lots * 60

    @property
    def endowment_lots(self) -> int:
        """What each account is granted: enough to sell for a long time and never run dry."""
        return self.usual_lots * 600

    def price(self, ticks: int) -> str:
        return f"{ticks * self.tick_size:f}"

    def quantity(self, lots: int) -> str:
        return f"{lots * self.lot_size:f}"

    def ticks(self, price: str) -> float:
        """A price of the API in ticks; an average price may lie between two."""
        return float(Decimal(price) / self.tick_size)

    def lots(self, quantity: str) -> int:
        return int(Decimal(quantity) / self.lot_size)

    def seed(self, seed: int, who: str) -> str:
        """The seed of one agent's own randomness."""
        return f"{seed}/{self.key or self.symbol}/{who}"


KNOWN = {
    instrument.symbol: instrument
    for instrument in (
        Instrument("ACME", "Acme Corporation", Decimal("0.01"), Decimal(1),
                   10_125, volatility=0.6, usual_lots=40, weight=2.0),
        Instrument("NOVA", "Nova Power", Decimal("0.05"), Decimal(1),
                   966, volatility=0.3, usual_lots=60, weight=1.0),
        Instrument("ORBIT", "Orbit Mining", Decimal("0.0001"), Decimal(1),
                   8_420, volatility=0.6, usual_lots=2_000, weight=1.0),
        Instrument("BTCUSD", "Bitcoin in US dollars", Decimal("0.5"), Decimal("0.0001"),
                   128_500, volatility=1.0, usual_lots=600, weight=1.0, asset_class="crypto"),
    )
}  # fmt: skip


def instruments(symbols: str) -> list[Instrument]:
    """From a list such as `ACME,NOVA`. Raises UnknownSymbol."""
    wanted = [symbol.strip().upper() for symbol in symbols.split(",") if symbol.strip()]
    for symbol in wanted:
        if symbol not in KNOWN:
            raise UnknownSymbol(f"{symbol} is not one of {', '.join(KNOWN)}")
    if not wanted:
        raise UnknownSymbol(f"name at least one of {', '.join(KNOWN)}")
    return [KNOWN[symbol] for symbol in dict.fromkeys(wanted)]
