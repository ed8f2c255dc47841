"""What has become of an order, for whoever waits: read from settled state, while the caller's patience lasts."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from chassis.clock import Clock
from chassis.database import is_transient
from chassis.deadline import Deadline
from chassis.errors import NotFound, NotPossible, OutcomeUnknown
from trading.domain.order import Order
from trading.domain.states import OPEN
from trading.domain.states import Status as OrderStatus
from trading.engine.client import Unknown
from trading.orders.loader import OrderLoader
from trading.settlement.waiters import SettledCursor


@dataclass(frozen=True, slots=True)
class Outcomes:
    """`wait_s`: the longest that an answer waits for settlement."""

    wait_s: float
    clock: Clock
    loader: OrderLoader
    settled: SettledCursor

    def patience(self, deadline: Deadline) -> float:
        return min(self.wait_s, deadline.remaining_s())

    async def settle(self, sequence: "asyncio.Future[int] | None", deadline: Deadline) -> bool:
        """Wait, for as long as the caller does, until the command is settled; whether it is. Raises `Refused`."""
        if sequence is None:
            return False
        try:
            async with asyncio.timeout(self.patience(deadline)):
                reached = await asyncio.shield(sequence)
        except (TimeoutError, Unknown):
            return False
        return await self.settled.passed(reached, self.patience(deadline))

    async def load(self, order_id: UUID) -> Order | None:
        """The order as committed. Raises `OutcomeUnknown` when the database cannot say."""
        try:
            return await self.loader.load(order_id)
        except Exception as error:
            if not is_transient(error):
                raise
            raise undecided(order_id) from error

    async def decided(self, order_id: UUID, deadline: Deadline) -> Order | None:
        """The order once its fate is known, or as it stands when the caller's patience ends; none when it is gone."""
        until = self.clock.monotonic() + self.patience(deadline)
        while True:
            seen = self.settled.sequence
            order = self.settled.order(order_id)
            if order is None or order.status is OrderStatus.PENDING_NEW:
                order = await self.load(order_id)
            left = until - self.clock.monotonic()
            if order is None or order.status is not OrderStatus.PENDING_NEW or left <= 0:
                return order
            await self.settled.passed(seen + 1, left)

    async def closed(self, order_id: UUID, deadline: Deadline) -> None:
        """Wait until a cancelled order is no longer open; raise when it ended otherwise, or is not known to have."""
        until = self.clock.monotonic() + self.patience(deadline)
        while True:
            seen = self.settled.sequence
            order = self.settled.order(order_id)
            # An end is for ever; whatever else a page said may have changed since.
            if order is None or order.status in OPEN:
                order = await self.load(order_id)
            if order is None:
                raise NotFound("order not found: it was refused before it reached the engine")
            if order.status is OrderStatus.CANCELED:
                return
            if order.status not in OPEN:
                raise not_cancelable(order.status)
            left = until - self.clock.monotonic()
            if left <= 0:
                raise undecided(order_id)
            await self.settled.passed(seen + 1, left)


def undecided(order_id: UUID) -> OutcomeUnknown:
    return OutcomeUnknown(
        "the request is stored and will be carried out; look the order up by its id",
        order_id=str(order_id),
    )


def not_cancelable(status: str) -> NotPossible:
    if status == OrderStatus.PENDING_REPLACE:
        return NotPossible("the order is being replaced and cannot be canceled right now")
    return NotPossible(f"the order is {status} and can no longer be canceled")
