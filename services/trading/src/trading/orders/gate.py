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
from trading.orders.decisions import CancelDecision, PlaceDecision, Stored
from trading.orders.waiting import Cancellation, Placement, Request

log = structlog.get_logger(__name__)

BATCH_SIZE = Histogram(
    "trading_gate_batch_requests",
    "Orders and cancels in one transaction.",
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
        *,
        batch: int,
        capacity: int,
    ) -> None:
        self._database = database
        self._sender = sender
        self._failpoints = failpoints
        self._capacity = capacity
        self._batcher: Batcher[Request] = Batcher(self._work, batch)
        self._inside: dict[tuple[UUID, str], Placement] = {}
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
        await self._failpoints.reach("before_gate")
        self._admit()
        if not self._sender.open:
            raise Unavailable(
                "the matching engine cannot be reached; nothing was done, try again",
                headers={"Retry-After": "1"},
            )
        key = (placement.order.account_id, placement.order.client_order_id)
        self._inside.setdefault(key, placement)
        try:
            self._batcher.add(placement)
            return await asyncio.shield(placement.decided)
        finally:
            if self._inside.get(key) is placement:
                del self._inside[key]

    async def cancel(self, cancellation: Cancellation) -> CancelDecision:
        """Write a cancel, also while the engine is away: it is carried out once it is back.

        Raises `Unavailable` (nothing was done) or `OutcomeUnknown`.
        """
        await self._failpoints.reach("before_gate")
        self._admit()
        self._batcher.add(cancellation)
        return await asyncio.shield(cancellation.decided)

    async def settle_inside(self, account_id: UUID, client_order_id: str) -> None:
        """Wait for an order with this id that is still in the gate, so that a look-up does not miss it."""
        placement = self._inside.get((account_id, client_order_id))
        if placement is not None:
            await asyncio.wait({placement.decided})

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
        cancels = [request for request in batch if isinstance(request, Cancellation)]
        places = [request for request in batch if isinstance(request, Placement)]
        try:
            async with self._database.raw() as connection:
                running = connection.transaction()
                await running.start()
                try:
                    # Orders are locked before balances, here and in settlement.
                    cancelled = await transaction.write_cancels(connection, cancels)
                    await self._failpoints.reach("in_gate")
                    placed = await transaction.write_placements(connection, places)
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
        self._hand_over(batch, cancelled, placed)

    def _hand_over(
        self,
        batch: list[Request],
        cancelled: dict[UUID, CancelDecision],
        placed: dict[UUID, PlaceDecision],
    ) -> None:
        for request in batch:
            decision = (cancelled if isinstance(request, Cancellation) else placed)[
                request.command_id
            ]
            if isinstance(decision, Stored) and decision.sent:
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
    order_id = request.order.id if isinstance(request, Placement) else request.order_id
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
