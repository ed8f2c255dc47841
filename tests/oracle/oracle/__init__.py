"""The plain matching engine: docs/matching-rules.md once more, clear before fast.

`Market` takes the engine's commands and gives its events, byte for byte; `Stream` makes commands out
of any bytes. The engine is compared with the one over the other.
"""

from oracle.market import Answer, Market
from oracle.orders import Side
from oracle.streams import Stream

__all__ = ["Answer", "Market", "Side", "Stream"]
