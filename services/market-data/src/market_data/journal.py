"""Words of the engine's log that every part of this service uses."""

from typing import Literal

import msgspec

Side = Literal["buy", "sell"]


class Position(msgspec.Struct, frozen=True):
    """A place in the engine's log, with its journal time."""

    sequence: int
    time_ns: int
