"""What waits in the gate: an order or a cancel, ready to be written, and the futures of whoever asked for it."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from chassis.deadline import Deadline
from trading.domain.asset import Asset
from trading.domain.order import Order
from trading.orders.decisions import CancelDecision, PlaceDecision


@dataclass(slots=True, eq=False)
class Placement:
    """A new order with its command, ready to be written. `sequence` resolves when the engine answered."""

    order: Order
    asset: Asset
    command_id: UUID
    payload: bytes
    expires_at_ns: int
    deadline: Deadline
    decided: "asyncio.Future[PlaceDecision]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    sequence: "asyncio.Future[int] | None" = None


@dataclass(slots=True, eq=False)
class Cancellation:
    """A cancel with its command, ready to be written."""

    order_id: UUID
    account_id: UUID
    command_id: UUID
    payload: bytes
    deadline: Deadline
    decided: "asyncio.Future[CancelDecision]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    sequence: "asyncio.Future[int] | None" = None


Request = Placement | Cancellation
