"""New orders: checked, stored, sent, settled, answered."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from opentelemetry.trace import Status, StatusCode

from chassis.clock import Clock, utc_now
from chassis.context import request_id
from chassis.database import unavailable_when_away
from chassis.deadline import Deadline
from chassis.errors import InvalidInput, NotPossible, OutcomeUnknown, Problem, Unavailable
from chassis.telemetry.tracing import current_traceparent, span_within
from trading.assets.directory import AssetDirectory
from trading.domain.asset import Asset
from trading.domain.money import plain
from trading.domain.order import CASH, Order, OrderType
from trading.domain.risk import Refused as RiskRefused
from trading.domain.risk import RiskLimits, reference_price
from trading.engine import commands
from trading.engine.client import EngineClient, Malformed, Refused
from trading.engine.journal_clock import JournalClock
from trading.failpoints import Failpoints
from trading.fees.schedule import FeeRates, FeeSchedule
from trading.orders.decisions import (
    Decision,
    Duplicate,
    IdJustFreed,
    Insufficient,
    Obstructed,
    Stored,
    TooManyOpen,
)
from trading.orders.drafting import Draft, Terms, draft, needs_last_price
from trading.orders.gate import Gate
from trading.orders.notional import Bound, bound_of, read_book
from trading.orders.outcomes import Outcomes
from trading.orders.requests import OrderRequest
from trading.orders.taking_back import TakingBack
from trading.orders.waiting import Placement
from trading.risk.limits import LimitsDirectory
from trading.risk.markets import Market, Markets
from trading.risk.problems import (
    InsufficientShares,
    TooManyOpenOrders,
    no_buying_power,
    obstruction,
    refusal,
)
from trading.risk.rates import OrderRates

log = structlog.get_logger(__name__)


class DuplicateClientOrderId(InvalidInput):
    """Another order of the account has this `client_order_id`, maybe one that ended long ago."""

    type = "duplicate_client_order_id"


@dataclass(frozen=True, slots=True)
class Placing:
    """Every answer is from settled state, or says that the outcome is not known yet."""

    command_ttl_s: float
    clock: Clock
    journal_clock: JournalClock
    assets: AssetDirectory
    engine: EngineClient
    fees: FeeSchedule
    limits: LimitsDirectory
    markets: Markets
    rates: OrderRates
    gate: Gate
    outcomes: Outcomes
    taking_back: TakingBack
    failpoints: Failpoints
    new_id: Callable[[], UUID] = uuid4

    async def place(
        self,
        account_id: UUID,
        request: OrderRequest,
        deadline: Deadline,
        order_id: UUID | None = None,
    ) -> tuple[Order, Asset]:
        """The order as settled, or still `pending_new` when that takes longer than the caller waits.

        `order_id`: of a request that may be repeated, and then means the same order.
        """
        async with unavailable_when_away():
            limits = await self.limits.of(account_id)
            made = None if order_id is None else await self.outcomes.loader.load(order_id)
            if made is not None and made.account_id == account_id:  # the same request, again
                return await self.answer(made, deadline), await self.assets.by_symbol(made.symbol)
            self.rates.admit(account_id, limits, _alike(request))
            asset = await self.assets.tradable(request.symbol)
            drafted = await self._draft(account_id, request, asset, limits, order_id)
        with span_within("place order") as span:
            placement = self._placement(drafted, asset, limits, deadline)
            decision = await self.gate.place(placement)
            order = drafted.order
            if decision == Duplicate(order.id):  # another run of this very request was first
                return await self._made_meanwhile(order, deadline), asset
            if not isinstance(decision, Stored):
                raise await self.refusal(decision, order, deadline)
            try:
                await self.outcomes.settle(placement.sequence, deadline)
            except Refused as error:
                if span is not None:
                    span.set_status(Status(StatusCode.ERROR, str(error)))
                await self.taking_back.take_back(
                    placement, str(error), never=isinstance(error, Malformed)
                )
        return await self.answer(order, deadline), asset

    async def answer(self, order: Order, deadline: Deadline) -> Order:
        """`order` once it is decided, or pending when that cannot be said."""
        try:
            decided = await self.outcomes.decided(order.id, deadline) or order
            await self.failpoints.reach("before_answer")
            return decided
        except OutcomeUnknown as error:
            # Stored, and the database cannot be read just now: the pending order is the honest answer.
            log.warning("an order was stored and cannot be read", error=str(error))
            return order

    async def _made_meanwhile(self, order: Order, deadline: Deadline) -> Order:
        made = await self.outcomes.decided(order.id, deadline)
        if made is None:  # and was taken back
            raise _just_freed()
        return made

    async def refusal(self, decision: Decision, order: Order, deadline: Deadline) -> Problem:
        """What the gate decided against an order, as an answer."""
        match decision:
            case Duplicate(existing_order_id):
                # It may be on its way to be taken back, and then its id is no answer.
                if await self.outcomes.decided(existing_order_id, deadline) is None:
                    return _just_freed()
                return DuplicateClientOrderId(
                    "client_order_id must be unique", existing_order_id=str(existing_order_id)
                )
            case IdJustFreed():
                return _just_freed()
            case Insufficient():
                return await self._insufficient(order, decision)
            case Obstructed():
                return obstruction(decision)
            case TooManyOpen(limit):
                return TooManyOpenOrders(f"more than {limit} open orders")
            case _:
                return NotPossible("the order cannot be placed")

    async def _draft(
        self,
        account_id: UUID,
        request: OrderRequest,
        asset: Asset,
        limits: RiskLimits,
        order_id: UUID | None,
    ) -> Draft:
        rates = await self.fees.rates_of(account_id)
        market = await self.markets.of(asset.symbol, priced=needs_last_price(request))
        made_id = order_id or self.new_id()
        own_id = str(made_id) if order_id is not None else request_id() or str(made_id)
        terms = Terms(
            order_id=made_id,
            client_order_id=request.client_order_id or own_id,
            account_id=account_id,
            now=utc_now(self.clock),
            maker_fee_rate=rates.maker,
            taker_fee_rate=rates.taker,
            limits=limits,
            market=market,
        )
        try:
            bound = await self._bound(request, asset, limits, market, rates)
            return draft(request, asset, terms, bound)
        except RiskRefused as error:
            raise refusal(error) from None

    async def _bound(
        self,
        request: OrderRequest,
        asset: Asset,
        limits: RiskLimits,
        market: Market | None,
        rates: FeeRates,
    ) -> Bound | None:
        if request.notional is None:
            return None
        last_price = None if market is None else market.last_price
        last = reference_price(asset.symbol, last_price, "a notional order")
        return bound_of(
            asset,
            request.side,
            request.notional,
            await read_book(self.engine, asset.symbol),
            last,
            limits.market_collar,
            max(rates.maker, rates.taker),
        )

    def _placement(
        self, drafted: Draft, asset: Asset, limits: RiskLimits, deadline: Deadline
    ) -> Placement:
        command_id = self.new_id()
        order, linked = drafted.order, drafted.linked
        expires_at_ns = self.journal_clock.expiry(self.command_ttl_s)
        trace = current_traceparent()
        if drafted.is_pair:
            payload = commands.place_pair(command_id, order, linked[0], asset, expires_at_ns, trace)
        else:
            payload = commands.place(command_id, order, asset, expires_at_ns, trace, linked)
        return Placement(
            order,
            asset,
            command_id,
            payload,
            expires_at_ns,
            deadline,
            linked=linked,
            kind="place_pair" if drafted.is_pair else "place",
            max_open_orders=limits.max_open_orders,
        )

    async def _insufficient(self, order: Order, short: Insufficient) -> Problem:
        if short.asset == CASH:
            return no_buying_power(short)
        async with unavailable_when_away():
            related = await self.outcomes.loader.open_sells(order.account_id, order.symbol)
        return InsufficientShares(
            f"insufficient qty available for order (requested: {plain(short.needed)},"
            f" available: {plain(short.available)})",
            symbol=order.symbol,
            available=plain(short.available),
            existing_qty=plain(short.total),
            held_for_orders=plain(short.total - short.available),
            related_orders=[str(order_id) for order_id in related],
        )


def _alike(request: OrderRequest) -> tuple[object, ...] | None:
    """What makes an order the same as another; none for one with an id of its own."""
    if request.client_order_id is not None:
        return None
    kind: OrderType = request.order_type
    amount = request.qty or request.notional
    return request.symbol, request.side, kind, amount, request.limit_price, request.stop_price


def _just_freed() -> Unavailable:
    return Unavailable(
        "an order with this client_order_id was just taken back; try again",
        headers={"Retry-After": "1"},
    )
