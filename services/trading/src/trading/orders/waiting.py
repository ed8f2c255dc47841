"""What waits in the gate: a request, ready to be written, and the futures of whoever asked for it."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from chassis.deadline import Deadline
from trading.domain.asset import Asset
from trading.domain.order import Order
from trading.orders.decisions import (
    CancelDecision,
    PlaceDecision,
    ReplaceDecision,
    Swept,
)

Sequence = asyncio.Future[int]
"""Resolves when the engine answered, with the sequence number after which the command's effect is settled."""


@dataclass(slots=True, eq=False)
class Placement:
    """New orders with their one command. `order` is the one that is answered with; it alone holds anything."""

    order: Order
    asset: Asset
    command_id: UUID
    payload: bytes
    expires_at_ns: int
    deadline: Deadline
    linked: tuple[Order, ...] = ()
    """The exits of an entry, which wait; or the stop loss of a pair."""
    kind: str = "place"
    max_open_orders: int = 10**9
    decided: "asyncio.Future[PlaceDecision]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    sequence: Sequence | None = None


@dataclass(slots=True, eq=False)
class Replacement:
    """A new order in the place of `old`, as that was when the two were compared."""

    old: Order
    order: Order
    asset: Asset
    command_id: UUID
    payload: bytes
    expires_at_ns: int
    deadline: Deadline
    decided: "asyncio.Future[ReplaceDecision]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    sequence: Sequence | None = None


@dataclass(slots=True, eq=False)
class Cancellation:
    """A cancel of one order. Of an exit that waits for its entry, it goes to the entry."""

    order_id: UUID
    account_id: UUID
    command_id: UUID
    payload: bytes
    deadline: Deadline
    trace: str | None = None
    decided: "asyncio.Future[CancelDecision]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    sequence: Sequence | None = None


@dataclass(slots=True, eq=False)
class Sweep:
    """A cancel of all open orders of an account, or of an account in a symbol."""

    account_id: UUID
    symbol: str | None
    command_id: UUID
    payload: bytes
    deadline: Deadline
    trace: str | None = None
    decided: "asyncio.Future[Swept]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    sequence: Sequence | None = None


Request = Placement | Replacement | Cancellation | Sweep
