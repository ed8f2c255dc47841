"""The gate: requests that wait become one transaction. Orders, holds and commands are written before anything is sent.

Requests that arrive while a transaction runs form the next one. What a transaction committed goes to the engine in
the order of the gate. A request that is refused (no funds, duplicate id) never refuses its neighbours.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Histogram

from chassis.database import Database, is_transient
from chassis.errors import OutcomeUnknown, Unavailable
from trading.batching import Batcher
from trading.engine.sender import CommandSender
from trading.failpoints import Failpoints
from trading.orders import transaction
from trading.orders.decisions import (
    CancelDecision,
    Decision,
    PlaceDecision,
    ReplaceDecision,
    Stored,
    Swept,
)
from trading.orders.waiting import Cancellation, Placement, Replacement, Request, Sweep
from trading.risk.open_orders import OpenOrders

log = structlog.get_logger(__name__)

BATCH_SIZE = Histogram(
    "trading_gate_batch_requests",
    "Orders, replacements and cancels in one transaction.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)

STARTING = "trading is starting: it settles what happened before the restart"


class Gate:
    """`submit` a request and wait for its decision. Closed until the service has caught up after a start."""

    def __init__(
        self,
        database: Database,
        sender: CommandSender,
        failpoints: Failpoints,
        open_orders: OpenOrders,
        *,
        batch: int,
        capacity: int,
        every_s: float = 0.0,
    ) -> None:
        self._database = database
        self._sender = sender
        self._failpoints = failpoints
        self._open_orders = open_orders
        self._capacity = capacity
        self._batcher: Batcher[Request] = Batcher(self._work, batch, every_s)
        self._inside: dict[tuple[UUID, str], Placement | Replacement] = {}
        self._starting: str | None = STARTING
        self._halted: str | None = None

    async def run(self) -> None:
        await self._batcher.run()

    @property
    def closed(self) -> str | None:
        """Why no writes are let in; none when they are."""
        return self._starting or self._halted

    def open(self) -> None:
        """What happened before the start is settled: let writes in."""
        self._starting = None

    def wait_for(self, reason: str) -> None:
        """Stay closed at the start, and say why."""
        self._starting = reason

    def halt(self, reason: str | None) -> None:
        """Settlement stands still (with the reason), or goes on: what cannot be settled must not be taken."""
        self._halted = reason

    async def check(self) -> str | None:
        """For readiness."""
        return self.closed

    async def place(self, placement: Placement) -> PlaceDecision:
        """Write an order. Raises `Unavailable` (nothing was done) or `OutcomeUnknown`."""
        await self._enter(placement)
        try:
            return await asyncio.shield(placement.decided)
        finally:
            self._leave(placement)

    async def replace(self, replacement: Replacement) -> ReplaceDecision:
        """Write an order that is to take another's place. Raises `Unavailable` or `OutcomeUnknown`."""
        await self._enter(replacement)
        try:
            return await asyncio.shield(replacement.decided)
        finally:
            self._leave(replacement)

    async def cancel(self, cancellation: Cancellation) -> CancelDecision:
        """Write a cancel, also while the engine is away: it is carried out once it is back.

        Raises `Unavailable` (nothing was done) or `OutcomeUnknown`.
        """
        await self._failpoints.reach("before_gate")
        self._admit()
        self._batcher.add(cancellation)
        return await asyncio.shield(cancellation.decided)

    async def sweep(self, sweep: Sweep) -> Swept:
        """Write a cancel of all, also while the engine is away. Raises `Unavailable` or `OutcomeUnknown`."""
        await self._failpoints.reach("before_gate")
        self._admit()
        self._batcher.add(sweep)
        return await asyncio.shield(sweep.decided)

    async def settle_inside(self, account_id: UUID, client_order_id: str) -> None:
        """Wait for an order with this id that is still in the gate, so that a look-up does not miss it."""
        placement = self._inside.get((account_id, client_order_id))
        if placement is not None:
            await asyncio.wait({placement.decided})

    async def _enter(self, request: Placement | Replacement) -> None:
        await self._failpoints.reach("before_gate")
        self._admit()
        if not self._sender.open:
            raise Unavailable(
                "the matching engine cannot be reached; nothing was done, try again",
                headers={"Retry-After": "1"},
            )
        self._inside.setdefault((request.order.account_id, request.order.client_order_id), request)
        self._batcher.add(request)

    def _leave(self, request: Placement | Replacement) -> None:
        key = (request.order.account_id, request.order.client_order_id)
        if self._inside.get(key) is request:
            del self._inside[key]

    def _admit(self) -> None:
        if self.closed is not None:
            raise Unavailable(self.closed, headers={"Retry-After": "1"})
        if len(self._batcher) + self._sender.backlog >= self._capacity:
            raise Unavailable(
                "too many orders are waiting; nothing was done, try again",
                headers={"Retry-After": "1"},
            )

    async def _work(self, batch: list[Request]) -> None:
        live = [request for request in batch if not self._too_late(request)]
        if not live:
            return
        BATCH_SIZE.observe(len(live))
        try:
            await self._transact(live)
        except _NotWritten as error:
            if len(live) > 1 and not is_transient(error.cause):
                # One of them upsets the database: find out which, and let the others through.
                for request in live:
                    await self._work([request])
                return
            log.error("the gate's transaction failed", requests=len(live), exc_info=error.cause)
            _fail(live, Unavailable("the order could not be stored; nothing was done, try again"))
        except _CommitUnknown as error:
            log.error("a commit was not answered", requests=len(live), exc_info=error)
            for request in live:
                _fail([request], _unknown(request))

    def _too_late(self, request: Request) -> bool:
        if not request.deadline.passed:
            return False
        _fail([request], Unavailable("the request waited past its deadline; nothing was done"))
        return True

    async def _transact(self, batch: list[Request]) -> None:
        writing = transaction.Batch()
        for request in batch:
            writing.add(request)
        try:
            async with self._database.raw() as connection:
                running = connection.transaction()
                await running.start()
                try:
                    await transaction.lock_and_cancel(connection, writing)
                    await self._failpoints.reach("in_gate")
                    await transaction.write(connection, writing, self._open_orders)
                    await self._failpoints.reach("before_commit")
                except BaseException:
                    await _roll_back(running)
                    raise
                try:
                    await running.commit()
                    await self._failpoints.reach("commit_answer")
                except Exception as error:
                    raise _CommitUnknown from error
        except _CommitUnknown:
            raise
        except Exception as error:
            raise _NotWritten(error) from error
        await self._failpoints.reach("after_commit")
        self._hand_over(batch, writing.decisions)

    def _hand_over(self, batch: list[Request], decisions: dict[UUID, Decision]) -> None:
        for request in batch:
            decision = decisions[request.command_id]
            if isinstance(decision, Stored):
                sent = decision.sent
            else:
                sent = isinstance(decision, Swept) and bool(decision.order_ids)
            if sent:
                request.sequence = self._sender.send(request.payload)
            if not request.decided.done():
                request.decided.set_result(decision)  # type: ignore[arg-type]  # each has its own kind


class _NotWritten(Exception):
    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _CommitUnknown(Exception):
    """The connection was lost while the database committed."""


async def _roll_back(running: "asyncpg.transaction.Transaction") -> None:
    try:
        await running.rollback()
    except Exception as error:
        log.warning("rollback failed", error=repr(error))


def _unknown(request: Request) -> OutcomeUnknown:
    if isinstance(request, Sweep):
        return OutcomeUnknown("the database did not confirm; look at the open orders")
    order_id = request.order_id if isinstance(request, Cancellation) else request.order.id
    return OutcomeUnknown(
        "the database did not confirm; look the order up by its id or client_order_id",
        order_id=str(order_id),
    )


def _fail(batch: Sequence[Request], error: Exception) -> None:
    for request in batch:
        if not request.decided.done():
            request.decided.set_exception(error)
            # Its client may be gone.
            request.decided.exception()
