"""The life of an order in this service: checked, stored, sent, settled, answered."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from opentelemetry.trace import SpanKind, Status, StatusCode

from chassis.clock import Clock, utc_now
from chassis.context import request_id
from chassis.database import Database, is_transient, unavailable_when_away
from chassis.deadline import Deadline
from chassis.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    NotPossible,
    OutcomeUnknown,
    Unavailable,
)
from chassis.telemetry.tracing import current_traceparent, tracer
from trading.assets.directory import AssetDirectory
from trading.domain.asset import Asset
from trading.domain.holds import hold_needed
from trading.domain.money import ZERO, plain
from trading.domain.order import CASH, Order, OrderType
from trading.domain.risk import Refused as RiskRefused
from trading.domain.risk import check_limit_price, check_quantity, collar_price
from trading.domain.states import OPEN
from trading.domain.states import Status as OrderStatus
from trading.engine import commands
from trading.engine.client import Refused, Unknown
from trading.engine.journal_clock import JournalClock
from trading.failpoints import INERT, Failpoints
from trading.fees.schedule import FeeSchedule
from trading.orders.decisions import (
    Duplicate,
    IdJustFreed,
    Insufficient,
    NotCancelable,
    UnknownOrder,
)
from trading.orders.gate import Gate
from trading.orders.loader import OrderLoader
from trading.orders.requests import OrderRequest
from trading.orders.transaction import undo
from trading.orders.waiting import Cancellation, Placement
from trading.settings import TradingSettings
from trading.settlement.waiters import SettledCursor

log = structlog.get_logger(__name__)


class InsufficientBuyingPower(Forbidden):
    type = "insufficient_buying_power"


class InsufficientShares(Forbidden):
    type = "insufficient_shares"


class DuplicateClientOrderId(InvalidInput):
    type = "duplicate_client_order_id"


@dataclass(slots=True)
class Desk:
    """Places and cancels orders. Every answer is from settled state, or says that the outcome is not known yet."""

    settings: TradingSettings
    database: Database
    clock: Clock
    journal_clock: JournalClock
    assets: AssetDirectory
    fees: FeeSchedule
    gate: Gate
    loader: OrderLoader
    settled: SettledCursor
    new_id: Callable[[], UUID] = uuid4
    failpoints: Failpoints = INERT

    async def place(
        self, account_id: UUID, request: OrderRequest, deadline: Deadline
    ) -> tuple[Order, Asset]:
        """The order as settled, or still `pending_new` when that takes longer than the caller waits."""
        async with unavailable_when_away():
            asset = await self.assets.tradable(request.symbol)
            order = await self._draft(account_id, request, asset)
        with tracer.start_as_current_span("place order", kind=SpanKind.INTERNAL) as span:
            placement = self._placement(order, asset, deadline)
            decision = await self.gate.place(placement)
            match decision:
                case Duplicate(existing_order_id):
                    # It may be on its way to be taken back, and then its id is no answer.
                    if await self._decided(existing_order_id, deadline) is None:
                        raise _just_freed()
                    raise DuplicateClientOrderId(
                        "client_order_id must be unique", existing_order_id=str(existing_order_id)
                    )
                case IdJustFreed():
                    raise _just_freed()
                case Insufficient():
                    raise await self._insufficient(order, decision)
            try:
                await self._settled(placement.sequence, deadline)
            except Refused as error:
                span.set_status(Status(StatusCode.ERROR, str(error)))
                await self._undo(placement, str(error))
        try:
            decided = await self._decided(order.id, deadline) or order
            await self.failpoints.reach("before_answer")
            return decided, asset
        except OutcomeUnknown as error:
            # Stored, and the database cannot be read just now: the pending order is the honest answer.
            log.warning("an order was stored and cannot be read", error=str(error))
            return order, asset

    async def cancel(self, account_id: UUID, order_id: UUID, deadline: Deadline) -> None:
        """Returns when the cancel is settled. Raises `NotFound`, `NotPossible`, `Unavailable` or `OutcomeUnknown`."""
        with tracer.start_as_current_span("cancel order", kind=SpanKind.INTERNAL):
            command_id = self.new_id()
            trace = current_traceparent()
            cancellation = Cancellation(
                order_id=order_id,
                account_id=account_id,
                command_id=command_id,
                payload=commands.cancel(command_id, order_id, account_id, trace),
                deadline=deadline,
            )
            decision = await self.gate.cancel(cancellation)
            if isinstance(decision, UnknownOrder):
                raise NotFound("order not found")
            if isinstance(decision, NotCancelable):
                raise _not_cancelable(decision.status)
            try:
                await self._settled(cancellation.sequence, deadline)
            except Refused as error:
                # Stored all the same: the settler sends it until the log answers.
                log.warning("a cancel waits for the engine", error=str(error))
            await self._closed(order_id, deadline)
            await self.failpoints.reach("before_answer")

    async def _decided(self, order_id: UUID, deadline: Deadline) -> Order | None:
        """The order once its fate is known, or as it stands when the caller's patience ends; none when it is gone."""
        until = self.clock.monotonic() + self._patience(deadline)
        while True:
            seen = self.settled.sequence
            order = await self._load(order_id)
            left = until - self.clock.monotonic()
            if order is None or order.status is not OrderStatus.PENDING_NEW or left <= 0:
                return order
            await self.settled.passed(seen + 1, left)

    async def _load(self, order_id: UUID) -> Order | None:
        """The order as committed. Raises `OutcomeUnknown` when the database cannot say."""
        try:
            return await self.loader.load(order_id)
        except Exception as error:
            if not is_transient(error):
                raise
            raise _undecided(order_id) from error

    async def _draft(self, account_id: UUID, request: OrderRequest, asset: Asset) -> Order:
        try:
            check_quantity(asset, request.qty)
            if request.limit_price is not None:
                check_limit_price(asset, request.limit_price)
                engine_price = request.limit_price
        except RiskRefused as error:
            raise NotPossible(str(error)) from None
        if request.order_type is OrderType.MARKET:
            last = await self.assets.last_price(asset.symbol)
            if last is None:
                raise NotPossible(
                    f"{asset.symbol} has not traded yet, so a market order has no price to be bounded by;"
                    " use a limit order"
                )
            engine_price = collar_price(asset, request.side, last, self.settings.market_collar)
        rates = await self.fees.rates_of(account_id)
        now = utc_now(self.clock)
        order = Order(
            id=self.new_id(),
            account_id=account_id,
            client_order_id=request.client_order_id or request_id() or str(self.new_id()),
            symbol=asset.symbol,
            side=request.side,
            order_type=request.order_type,
            time_in_force=request.time_in_force,
            limit_price=request.limit_price,
            engine_price=engine_price,
            qty=request.qty,
            maker_fee_rate=rates.maker,
            taker_fee_rate=rates.taker,
            status=OrderStatus.PENDING_NEW,
            hold=ZERO,
            submitted_at=now,
            updated_at=now,
        )
        order.hold = hold_needed(order)
        return order

    def _placement(self, order: Order, asset: Asset, deadline: Deadline) -> Placement:
        command_id = self.new_id()
        expires_at_ns = self.journal_clock.expiry(self.settings.command_ttl_s)
        payload = commands.place(command_id, order, asset, expires_at_ns, current_traceparent())
        return Placement(order, asset, command_id, payload, expires_at_ns, deadline)

    async def _settled(self, sequence: "asyncio.Future[int] | None", deadline: Deadline) -> None:
        """Wait, for as long as the caller does, until the command is settled. Raises `Refused`."""
        if sequence is None:
            return
        try:
            async with asyncio.timeout(self._patience(deadline)):
                reached = await asyncio.shield(sequence)
        except (TimeoutError, Unknown):
            return
        await self.settled.passed(reached, self._patience(deadline))

    def _patience(self, deadline: Deadline) -> float:
        return min(self.settings.settle_wait_s, deadline.remaining_s())

    async def _closed(self, order_id: UUID, deadline: Deadline) -> None:
        """Wait until a cancelled order is no longer open; raise when it ended otherwise, or is not known to have."""
        until = self.clock.monotonic() + self._patience(deadline)
        while True:
            seen = self.settled.sequence
            order = await self._load(order_id)
            if order is None:
                raise NotFound("order not found: it was refused before it reached the engine")
            if order.status is OrderStatus.CANCELED:
                return
            if order.status not in OPEN:
                raise _not_cancelable(order.status)
            left = until - self.clock.monotonic()
            if left <= 0:
                raise _undecided(order_id)
            await self.settled.passed(seen + 1, left)

    async def _undo(self, placement: Placement, why: str) -> None:
        """Take the order back and say so; if that cannot be done for certain, leave it to the log."""
        await self.failpoints.reach("before_undo")
        try:
            async with self.database.raw() as connection:
                undone = await undo(connection, placement.order.id, placement.command_id)
        except Exception as error:
            if not is_transient(error):
                raise
            undone = False
        await self.failpoints.reach("after_undo")
        if undone:
            raise Unavailable(f"{why}; nothing was done, try again", headers={"Retry-After": "1"})
        if await self._load(placement.order.id) is None:
            raise Unavailable(f"{why}; nothing was done, try again", headers={"Retry-After": "1"})

    async def _insufficient(self, order: Order, short: Insufficient) -> Forbidden:
        if short.asset == CASH:
            return InsufficientBuyingPower(
                "insufficient buying power",
                buying_power=plain(short.available),
                cost_basis=plain(short.needed),
            )
        async with unavailable_when_away():
            related = await self.loader.open_sells(order.account_id, order.symbol)
        return InsufficientShares(
            f"insufficient qty available for order (requested: {plain(short.needed)},"
            f" available: {plain(short.available)})",
            symbol=order.symbol,
            available=plain(short.available),
            existing_qty=plain(short.total),
            held_for_orders=plain(short.total - short.available),
            related_orders=[str(order_id) for order_id in related],
        )


def _undecided(order_id: UUID) -> OutcomeUnknown:
    return OutcomeUnknown(
        "the request is stored and will be carried out; look the order up by its id",
        order_id=str(order_id),
    )


def _just_freed() -> Unavailable:
    return Unavailable(
        "an order with this client_order_id was just taken back; try again",
        headers={"Retry-After": "1"},
    )


def _not_cancelable(status: str) -> NotPossible:
    return NotPossible(f"the order is {status} and can no longer be canceled")
