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
class Obstructed:
    """Something stands in the way of every order of the account, or of the symbol."""

    obstacle: str
    """`all`, `account`, `symbol` (the kill switch), `blocked`, `suspended` (the account), `halted` (the symbol)."""
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class TooManyOpen:
    """The account has as many open orders as it may."""

    limit: int


@dataclass(frozen=True, slots=True)
class UnknownOrder:
    """The account has no such order."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """The order is in a state in which this cannot be asked for."""

    status: str
    canceling: bool = False
    """A cancel of it waits."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """The order is no longer what the replacement was drawn up for."""


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """A replacement for no more than what was filled already."""


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A replacement whose price does not go with the orders that it is linked to."""

    reason: str


@dataclass(frozen=True, slots=True)
class Swept:
    """A cancel of all is stored; these were open."""

    order_ids: list[UUID]


PlaceDecision = Stored | Duplicate | IdJustFreed | Insufficient | Obstructed | TooManyOpen
ReplaceDecision = PlaceDecision | UnknownOrder | NotNow | Outdated | NothingLeft | Misplaced
CancelDecision = Stored | UnknownOrder | NotNow
Decision = ReplaceDecision | Swept
