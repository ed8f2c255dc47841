"""Replacements (PATCH): a new order in the place of an open one. Until the engine has decided, both hold."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID, uuid4

from opentelemetry.trace import SpanKind, Status, StatusCode

from chassis.clock import Clock, utc_now
from chassis.context import request_id
from chassis.database import unavailable_when_away
from chassis.deadline import Deadline
from chassis.errors import NotFound, NotPossible, Problem, Unavailable
from chassis.telemetry.tracing import current_traceparent, tracer
from trading.assets.directory import AssetDirectory
from trading.domain.asset import Asset
from trading.domain.money import ZERO
from trading.domain.order import Order, OrderType
from trading.domain.risk import Refused as RiskRefused
from trading.domain.risk import (
    RiskLimits,
    check_band,
    check_limit_price,
    check_quantity,
    check_size,
    check_stop_side,
    engine_price,
)
from trading.domain.states import CLOSED
from trading.domain.states import Status as OrderStatus
from trading.engine import commands
from trading.engine.client import Malformed, Refused
from trading.engine.journal_clock import JournalClock
from trading.orders.decisions import (
    Decision,
    Misplaced,
    NothingLeft,
    NotNow,
    Outdated,
    Stored,
    UnknownOrder,
)
from trading.orders.drafting import check_fraction, set_trail, stop_of_trail
from trading.orders.gate import Gate
from trading.orders.outcomes import Outcomes
from trading.orders.placing import DuplicateClientOrderId, Placing
from trading.orders.replacements import REPLACEABLE
from trading.orders.requests import ReplaceRequest
from trading.orders.taking_back import TakingBack
from trading.orders.waiting import Replacement
from trading.risk.limits import LimitsDirectory
from trading.risk.markets import Market, Markets
from trading.risk.problems import refusal
from trading.risk.rates import OrderRates

ATTEMPTS = 3
"""How often a replacement is drawn up anew when the order changed while it waited."""
_WITH_LIMIT = (OrderType.LIMIT, OrderType.STOP_LIMIT)
_WITH_STOP = (OrderType.STOP, OrderType.STOP_LIMIT)


@dataclass(frozen=True, slots=True)
class Replacing:
    command_ttl_s: float
    clock: Clock
    journal_clock: JournalClock
    assets: AssetDirectory
    limits: LimitsDirectory
    markets: Markets
    rates: OrderRates
    gate: Gate
    outcomes: Outcomes
    taking_back: TakingBack
    placing: Placing
    new_id: Callable[[], UUID] = uuid4

    async def replace(
        self,
        account_id: UUID,
        old_id: UUID,
        request: ReplaceRequest,
        deadline: Deadline,
        order_id: UUID | None = None,
    ) -> tuple[Order, Asset]:
        """The new order: as settled, or still `pending_new`, or `rejected` when the old one ended first."""
        async with unavailable_when_away():
            limits = await self.limits.of(account_id)
            made = None if order_id is None else await self.outcomes.loader.load(order_id)
            if made is not None and made.account_id == account_id:  # the same request, again
                asset = await self.assets.by_symbol(made.symbol)
                return await self.placing.answer(made, deadline), asset
            self.rates.admit(account_id, limits, None)
        with tracer.start_as_current_span("replace order", kind=SpanKind.INTERNAL) as span:
            try:
                drawn = await self._store(account_id, old_id, request, limits, deadline, order_id)
            except (NotPossible, DuplicateClientOrderId):
                made = await self._made_meanwhile(account_id, order_id)
                if made is None:
                    raise
                asset = await self.assets.by_symbol(made.symbol)
                return await self.placing.answer(made, deadline), asset
            try:
                await self.outcomes.settle(drawn.sequence, deadline)
            except Refused as error:
                span.set_status(Status(StatusCode.ERROR, str(error)))
                await self.taking_back.take_back(
                    drawn, str(error), never=isinstance(error, Malformed)
                )
        return await self.placing.answer(drawn.order, deadline), drawn.asset

    async def _made_meanwhile(self, account_id: UUID, order_id: UUID | None) -> Order | None:
        """By another run of this very request: what stood in this one's way is what that one did."""
        made = None if order_id is None else await self.outcomes.load(order_id)
        return made if made is not None and made.account_id == account_id else None

    async def _store(
        self,
        account_id: UUID,
        old_id: UUID,
        request: ReplaceRequest,
        limits: RiskLimits,
        deadline: Deadline,
        order_id: UUID | None,
    ) -> Replacement:
        for _ in range(ATTEMPTS):
            drawn = await self._draw_up(account_id, old_id, request, limits, deadline, order_id)
            decision = await self.gate.replace(drawn)
            if not isinstance(decision, Outdated):
                break
        if not isinstance(decision, Stored):
            raise await self._refusal(decision, drawn.order, deadline)
        return drawn

    async def _draw_up(
        self,
        account_id: UUID,
        old_id: UUID,
        request: ReplaceRequest,
        limits: RiskLimits,
        deadline: Deadline,
        order_id: UUID | None,
    ) -> Replacement:
        async with unavailable_when_away():
            old = await self.outcomes.loader.load(old_id)
            if old is None or old.account_id != account_id:
                raise NotFound("order not found")
            if old.status not in REPLACEABLE:
                raise _not_replaceable(old.status)
            asset = await self.assets.by_symbol(old.symbol)
            priced = request.stop_price is not None
            market = await self.markets.of(asset.symbol, priced=priced)
        made_id = order_id or self.new_id()
        own_id = str(made_id) if order_id is not None else request_id() or str(made_id)
        new = _blank(old, made_id, request.client_order_id or own_id)
        new.submitted_at = new.updated_at = utc_now(self.clock)
        try:
            _change(old, new, request, asset, market, limits)
        except RiskRefused as error:
            raise refusal(error) from None
        command_id = self.new_id()
        expires_at_ns = self.journal_clock.expiry(self.command_ttl_s)
        payload = commands.replace(
            command_id, old, new, asset, expires_at_ns, current_traceparent()
        )
        return Replacement(old, new, asset, command_id, payload, expires_at_ns, deadline)

    async def _refusal(self, decision: Decision, new: Order, deadline: Deadline) -> Problem:
        match decision:
            case UnknownOrder():
                return NotFound("order not found")
            case NotNow(status, canceling):
                return _not_replaceable("being canceled" if canceling else status)
            case NothingLeft():
                return NotPossible("qty must be above what was filled already")
            case Misplaced(reason):
                return NotPossible(reason)
            case Outdated():
                return Unavailable(
                    "the order keeps changing; nothing was done, try again",
                    headers={"Retry-After": "1"},
                )
            case _:
                return await self.placing.refusal(decision, new, deadline)


def _not_replaceable(state: str) -> NotPossible:
    if state in CLOSED:
        return NotPossible(f"order is already {state}")
    return NotPossible(f"unable to replace order in current state: it is {state}")


def _blank(old: Order, order_id: UUID, client_order_id: str) -> Order:
    """The old order's terms, with nothing done yet: what was filled is carried over when the log says so."""
    return replace(
        old,
        id=order_id,
        client_order_id=client_order_id,
        status=OrderStatus.PENDING_NEW,
        hold=ZERO,
        filled_qty=ZERO,
        filled_value=ZERO,
        fee_value=ZERO,
        reduced_qty=ZERO,
        carried_qty=ZERO,
        carried_value=ZERO,
        carried_fee=ZERO,
        replaces=old.id,
        replaced_by=None,
        triggered_at=None,
    )


def _change(
    old: Order,
    new: Order,
    request: ReplaceRequest,
    asset: Asset,
    market: Market | None,
    limits: RiskLimits,
) -> None:
    """Give `new` what was asked for. Raises `Refused`."""
    if old.notional is not None:
        raise RiskRefused("notional orders cannot be replaced")
    if old.order_type is OrderType.MARKET:
        raise RiskRefused("market orders cannot be replaced")
    if request.time_in_force not in (None, old.time_in_force):
        raise RiskRefused("time_in_force cannot be replaced: cancel the order and place another")
    if request.qty is not None:
        _change_qty(old, new, request.qty, asset)
    last = None if market is None else market.last_price
    band = None if market is None else market.price_band
    if request.limit_price is not None:
        _change_limit(old, new, request.limit_price, asset)
        if old.exit is None:
            check_band("limit_price", request.limit_price, last, band)
    if request.stop_price is not None and request.stop_price != old.stop_price:
        _change_stop(old, new, request.stop_price, asset)
        check_stop_side(old.side, request.stop_price, last)
    if request.trail is not None:
        _change_trail(old, new, request, asset)
    asked = (new.qty, new.limit_price, new.stop_price, new.trail_price, new.trail_percent)
    if request.client_order_id is None and asked == (
        *(old.qty, old.limit_price, old.stop_price),
        *(old.trail_price, old.trail_percent),
    ):
        raise RiskRefused("order parameters are not changed")
    if new.limit_price != old.limit_price or new.stop_price != old.stop_price:
        new.engine_price = engine_price(asset, new, last, limits.market_collar)
    check_size(new, limits)


def _change_qty(old: Order, new: Order, qty: Decimal, asset: Asset) -> None:
    check_quantity(asset, qty)
    if old.partner_id is not None and qty != old.qty:
        raise RiskRefused("the qty of one of two linked exits cannot be replaced")
    new.qty = qty
    if qty != old.qty:
        check_fraction(new, asset)


def _change_limit(old: Order, new: Order, price: Decimal, asset: Asset) -> None:
    if old.order_type not in _WITH_LIMIT:
        raise RiskRefused(f"{old.order_type.value} orders have no limit_price")
    check_limit_price(asset, price)
    new.limit_price = price


def _change_stop(old: Order, new: Order, price: Decimal, asset: Asset) -> None:
    if old.order_type not in _WITH_STOP or old.triggered_at is not None:
        raise RiskRefused("the order has no stop_price that could be replaced")
    check_limit_price(asset, price, "stop_price")
    new.stop_price = price


def _change_trail(old: Order, new: Order, request: ReplaceRequest, asset: Asset) -> None:
    if old.order_type is not OrderType.TRAILING_STOP or old.triggered_at is not None:
        raise RiskRefused("the order has no trail that could be replaced")
    by_price = old.trail_price is not None
    set_trail(new, asset, request.trail if by_price else None, None if by_price else request.trail)
    new.stop_price = stop_of_trail(new, asset)
