"""The plain matching engine: price-time priority in its shortest readable form.

The reference that faster implementations are compared with, and the source of the trades that a
replay of recorded order flow must make. It keeps no journal, knows no accounts, and refuses to be
clever: one sorted list a side.
"""

from oracle.book import Book, Order, Outcome, Side, TimeInForce, Trade

__all__ = ["Book", "Order", "Outcome", "Side", "TimeInForce", "Trade"]
