"""Cancels, of one order and of all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import structlog

from chassis.database import Database, unavailable_when_away
from chassis.deadline import Deadline
from chassis.errors import NotFound, Problem
from chassis.telemetry.tracing import current_traceparent, span_within
from trading.domain.states import OPEN, Status
from trading.engine import commands
from trading.engine.client import Refused
from trading.failpoints import Failpoints
from trading.orders.decisions import NotNow, UnknownOrder
from trading.orders.gate import Gate
from trading.orders.outcomes import Outcomes, not_cancelable, undecided
from trading.orders.waiting import Cancellation, Sweep

log = structlog.get_logger(__name__)

_RESTING = frozenset({Status.NEW, Status.PARTIALLY_FILLED, Status.SUSPENDED})
_NOT_CANCELED = "SELECT id, status FROM orders WHERE id = ANY($1::uuid[]) AND status <> 'canceled'"


@dataclass(frozen=True, slots=True)
class Canceling:
    database: Database
    gate: Gate
    outcomes: Outcomes
    failpoints: Failpoints
    new_id: Callable[[], UUID] = uuid4

    async def cancel(self, account_id: UUID, order_id: UUID, deadline: Deadline) -> None:
        """Returns when the cancel is settled. Raises `NotFound`, `NotPossible`, `Unavailable` or `OutcomeUnknown`."""
        with span_within("cancel order"):
            command_id = self.new_id()
            trace = current_traceparent()
            cancellation = Cancellation(
                order_id=order_id,
                account_id=account_id,
                command_id=command_id,
                payload=commands.cancel(command_id, order_id, account_id, trace),
                deadline=deadline,
                trace=trace,
            )
            decision = await self.gate.cancel(cancellation)
            if isinstance(decision, UnknownOrder):
                raise NotFound("order not found")
            if isinstance(decision, NotNow):
                raise not_cancelable(decision.status)
            try:
                await self.outcomes.settle(cancellation.sequence, deadline)
            except Refused as error:
                # Stored all the same: the settler sends it until the log answers.
                log.warning("a cancel waits for the engine", error=str(error))
            await self.outcomes.closed(order_id, deadline)
            await self.failpoints.reach("before_answer")

    async def cancel_all(
        self, account_id: UUID, deadline: Deadline, symbol: str | None = None
    ) -> list[dict[str, Any]]:
        """One command, however many there are; a row with an HTTP status for each order that was open."""
        order_ids, settled = await self._sweep(account_id, symbol, deadline)
        if not order_ids:
            return []
        left = await self._left(order_ids)
        if settled and any(status in _RESTING for status in left.values()):
            # Exits that their entry's last fill put into the engine behind the command that was to take them.
            await self._sweep(account_id, symbol, deadline)
        if settled and any(status in OPEN for status in left.values()):
            left = await self._wait(order_ids, deadline)
        await self.failpoints.reach("before_answer")
        return [_row(order_id, left.get(order_id)) for order_id in order_ids]

    async def _sweep(
        self, account_id: UUID, symbol: str | None, deadline: Deadline
    ) -> tuple[list[UUID], bool]:
        """What was open, and whether the engine has answered and that is settled."""
        command_id = self.new_id()
        trace = current_traceparent()
        payload = commands.cancel_all(command_id, account_id=account_id, symbol=symbol, trace=trace)
        sweep = Sweep(account_id, symbol, command_id, payload, deadline, trace)
        swept = await self.gate.sweep(sweep)
        try:
            settled = await self.outcomes.settle(sweep.sequence, deadline)
        except Refused as error:
            log.warning("a cancel of all waits for the engine", error=str(error))
            settled = False
        return swept.order_ids, settled

    async def _wait(self, order_ids: list[UUID], deadline: Deadline) -> dict[UUID, Status]:
        """Until none of them is open, or the caller's patience ends."""
        clock, settled = self.outcomes.clock, self.outcomes.settled
        until = clock.monotonic() + self.outcomes.patience(deadline)
        while True:
            seen = settled.sequence
            left = await self._left(order_ids)
            patience = until - clock.monotonic()
            if patience <= 0 or not any(status in OPEN for status in left.values()):
                return left
            await settled.passed(seen + 1, patience)

    async def _left(self, order_ids: list[UUID]) -> dict[UUID, Status]:
        """What they are, where that is not `canceled`."""
        async with unavailable_when_away(), self.database.raw() as connection:
            rows = await connection.fetch(_NOT_CANCELED, order_ids)
        return {row["id"]: Status(row["status"]) for row in rows}


def _row(order_id: UUID, left: Status | None) -> dict[str, Any]:
    if left is None:
        return {"id": str(order_id), "status": 200}
    problem: Problem = undecided(order_id) if left in OPEN else not_cancelable(left)
    return {"id": str(order_id), "status": problem.status, "body": problem.document()}
