"""The plain matching engine: docs/matching-rules.md once more, clear before fast.

`Market` takes the engine's commands and gives its events, byte for byte: the engine is compared
with it. `Book` is one symbol without commands: the replay of recorded order flow takes its expected
trades from it.
"""

from oracle.market import Answer, Market
from oracle.orders import Side
from oracle.plain import Book, Order, Outcome, TimeInForce, Trade

__all__ = [
    "Answer",
    "Book",
    "Market",
    "Order",
    "Outcome",
    "Side",
    "TimeInForce",
    "Trade",
]
