"""From a request to orders, with nothing written yet: which orders it means, at which prices, holding how much."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from trading.domain.asset import Asset
from trading.domain.holds import hold_needed, pair_hold
from trading.domain.money import ZERO, plain
from trading.domain.order import Exit, Order, OrderClass, OrderType, TimeInForce
from trading.domain.risk import (
    Refused,
    RiskLimits,
    check_band,
    check_exits,
    check_limit_price,
    check_quantity,
    check_size,
    check_stop_side,
    check_trail_percent,
    engine_price,
    reference_price,
)
from trading.domain.states import Status
from trading.domain.trailing import stop_price_behind
from trading.orders.notional import Bound
from trading.orders.requests import OrderRequest, StopLoss
from trading.risk.markets import Market

_FRACTIONS = frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT})
NOWHERE = Market(None, None)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a request does not say: who asks, when, what it costs, and how the market stands."""

    order_id: UUID
    client_order_id: str
    account_id: UUID
    now: datetime
    maker_fee_rate: Decimal
    taker_fee_rate: Decimal
    limits: RiskLimits
    market: Market | None
    """None: nothing of it bears on this order."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`order` is answered with, and holds for all; `linked` are its exits, or the pair's stop loss."""

    order: Order
    linked: tuple[Order, ...] = ()

    @property
    def is_pair(self) -> bool:
        return self.order.order_class is OrderClass.OCO


def needs_last_price(request: OrderRequest) -> bool:
    """Whether the order is bounded by, or compared with, the last price."""
    return request.order_type is not OrderType.LIMIT or request.order_class is not OrderClass.SIMPLE


def draft(request: OrderRequest, asset: Asset, terms: Terms, bound: Bound | None) -> Draft:
    """`bound`: quantity and worst price of a notional order. Raises `Refused`."""
    if request.order_class is OrderClass.OCO:
        return _pair(request, asset, terms)
    order = _single(request, asset, terms, bound)
    if request.order_class is OrderClass.SIMPLE:
        return Draft(order)
    return _with_exits(order, request, asset, terms)


def _single(request: OrderRequest, asset: Asset, terms: Terms, bound: Bound | None) -> Order:
    market = terms.market or NOWHERE
    qty = request.qty if bound is None else bound.qty
    assert qty is not None, "a notional order without its bound"
    check_quantity(asset, qty)
    order = _blank(request, asset, terms, qty)
    check_fraction(order, asset)
    _set_prices(order, request, asset, terms, market)
    if bound is None:
        order.engine_price = engine_price(
            asset, order, market.last_price, terms.limits.market_collar
        )
    else:
        order.engine_price = bound.worst_price
    check_size(order, terms.limits)
    order.hold = hold_needed(order)
    return order


def _set_prices(
    order: Order, request: OrderRequest, asset: Asset, terms: Terms, market: Market
) -> None:
    last = market.last_price
    if order.limit_price is not None:
        check_limit_price(asset, order.limit_price)
        check_band("limit_price", order.limit_price, last, market.price_band)
    if order.stop_price is not None:
        check_limit_price(asset, order.stop_price, "stop_price")
        check_stop_side(order.side, order.stop_price, last)
    if order.order_type is OrderType.TRAILING_STOP:
        set_trail(order, asset, request.trail_price, request.trail_percent)
        order.hwm = reference_price(asset.symbol, last, "a trailing stop")
        order.stop_price = stop_of_trail(order, asset)


def set_trail(order: Order, asset: Asset, price: Decimal | None, percent: Decimal | None) -> None:
    """Raises `Refused`."""
    if price is not None:
        check_limit_price(asset, price, "trail_price")
    if percent is not None:
        check_trail_percent(percent)
    order.trail_price, order.trail_percent = price, percent


def stop_of_trail(order: Order, asset: Asset) -> Decimal:
    """Where a trailing stop stands behind its mark. Raises `Refused`."""
    assert order.hwm is not None, "a trailing stop without a mark"
    stop = stop_price_behind(order.hwm, order, asset)
    if stop < asset.tick_size:
        raise Refused("the trail is as wide as the price: it leaves no stop price")
    return stop


def _blank(request: OrderRequest, asset: Asset, terms: Terms, qty: Decimal) -> Order:
    own = request.own
    for part in (own.display_qty, own.minimum_qty):
        if part is not None:
            check_quantity(asset, part)
    if (
        own.minimum_qty is not None and own.minimum_qty > qty
    ):  # of a notional order, only known here
        raise Refused(f"minimum_qty must not exceed the order's qty, {plain(qty)}")
    if own.expires_at is not None and own.expires_at <= terms.now:
        raise Refused("expires_at lies in the past")
    return Order(
        id=terms.order_id,
        account_id=terms.account_id,
        client_order_id=terms.client_order_id,
        symbol=asset.symbol,
        side=request.side,
        order_type=request.order_type,
        time_in_force=request.time_in_force,
        limit_price=request.limit_price,
        engine_price=ZERO,
        qty=qty,
        maker_fee_rate=terms.maker_fee_rate,
        taker_fee_rate=terms.taker_fee_rate,
        status=Status.PENDING_NEW,
        hold=ZERO,
        submitted_at=terms.now,
        updated_at=terms.now,
        notional=request.notional,
        stop_price=request.stop_price,
        expires_at=own.expires_at,
        extended_hours=request.extended_hours,
        display_qty=own.display_qty,
        minimum_qty=own.minimum_qty,
        post_only=own.post_only,
        self_trade_prevention=own.self_trade_prevention,
        order_class=request.order_class,
    )


def check_fraction(order: Order, asset: Asset) -> None:
    """Alpaca's rule for parts of shares; coins have none."""
    if asset.asset_class != "us_equity" or order.qty == order.qty.to_integral_value():
        return
    if order.order_type not in _FRACTIONS:
        raise Refused("fractional orders must be market, limit, stop or stop_limit orders")
    if order.order_class is not OrderClass.SIMPLE:
        raise Refused("fractional orders must be simple orders")
    if order.time_in_force is not TimeInForce.DAY:
        raise Refused("fractional orders must be DAY orders")


def _with_exits(entry: Order, request: OrderRequest, asset: Asset, terms: Terms) -> Draft:
    market = terms.market or NOWHERE
    base = entry.limit_price or entry.stop_price or market.last_price
    stop_loss = request.stop_loss
    stop_price = None if stop_loss is None else stop_loss.stop_price
    check_exits(entry.side.opposite, asset, base, request.take_profit, stop_price)
    entry.group_id = entry.id
    waiting = replace(
        entry,
        side=entry.side.opposite,
        order_type=OrderType.LIMIT,
        limit_price=None,
        stop_price=None,
        display_qty=None,
        minimum_qty=None,
        post_only=None,
        parent_id=entry.id,
        status=Status.HELD,
        hold=ZERO,
    )
    exits = []
    if request.take_profit is not None:
        exits.append(_take_profit(waiting, request.take_profit, asset, _leg_id(entry, "take")))
    if stop_loss is not None:
        exits.append(_stop_loss(waiting, stop_loss, asset, terms, _leg_id(entry, "stop")))
    _link(exits)
    for each in exits:
        check_size(each, terms.limits)
    return Draft(entry, tuple(exits))


def _pair(request: OrderRequest, asset: Asset, terms: Terms) -> Draft:
    assert request.qty is not None, "an oco without its quantity"
    assert request.take_profit is not None, "an oco without its take profit"
    assert request.stop_loss is not None, "an oco without its stop loss"
    market = terms.market or NOWHERE
    check_quantity(asset, request.qty)
    stop_price = request.stop_loss.stop_price
    check_exits(request.side, asset, market.last_price, request.take_profit, stop_price)
    blank = replace(_blank(request, asset, terms, request.qty), limit_price=None, stop_price=None)
    check_fraction(blank, asset)
    blank.group_id = blank.id
    limit = _take_profit(blank, request.take_profit, asset, blank.id)
    limit.client_order_id = blank.client_order_id
    stop = _stop_loss(blank, request.stop_loss, asset, terms, _leg_id(blank, "stop"))
    stop.parent_id = limit.id
    _link([limit, stop])
    for each in (limit, stop):
        check_size(each, terms.limits)
    limit.hold = pair_hold(limit, stop)
    return Draft(limit, (stop,))


def _take_profit(like: Order, price: Decimal, asset: Asset, order_id: UUID) -> Order:
    check_limit_price(asset, price, "take_profit.limit_price")
    return replace(
        like,
        id=order_id,
        client_order_id=str(order_id),
        exit=Exit.TAKE_PROFIT,
        order_type=OrderType.LIMIT,
        limit_price=price,
        engine_price=price,
    )


def _stop_loss(
    like: Order, stop_loss: StopLoss, asset: Asset, terms: Terms, order_id: UUID
) -> Order:
    check_limit_price(asset, stop_loss.stop_price, "stop_loss.stop_price")
    limit = stop_loss.limit_price
    if limit is not None:
        check_limit_price(asset, limit, "stop_loss.limit_price")
    order = replace(
        like,
        id=order_id,
        client_order_id=str(order_id),
        exit=Exit.STOP_LOSS,
        order_type=OrderType.STOP if limit is None else OrderType.STOP_LIMIT,
        limit_price=limit,
        stop_price=stop_loss.stop_price,
    )
    order.engine_price = engine_price(asset, order, None, terms.limits.market_collar)
    return order


def _link(exits: list[Order]) -> None:
    if len(exits) == 2:
        exits[0].partner_id, exits[1].partner_id = exits[1].id, exits[0].id


def _leg_id(parent: Order, name: str) -> UUID:
    """Made from the parent's, so that a request that is repeated with its key makes the same orders."""
    return uuid5(parent.id, name)
