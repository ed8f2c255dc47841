"""What the gate's transaction decided about a request. Everything that is not here was an error and changed nothing."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Stored:
    """Committed; `sent` says whether its command is on its way, or waits for the order's own fate."""

    sent: bool = True


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The client order id was used before."""

    existing_order_id: UUID


@dataclass(frozen=True, slots=True)
class IdJustFreed:
    """The order that had the client order id was taken back a moment ago: the same request may succeed now."""


@dataclass(frozen=True, slots=True)
class Insufficient:
    """Not enough available of `asset`; `total` is available plus held."""

    asset: str
    needed: Decimal
    available: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class UnknownOrder:
    """The account has no such order."""


@dataclass(frozen=True, slots=True)
class NotCancelable:
    """The order is closed."""

    status: str


PlaceDecision = Stored | Duplicate | IdJustFreed | Insufficient
CancelDecision = Stored | UnknownOrder | NotCancelable
