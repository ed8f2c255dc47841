"""An order request, from JSON text to exact values, with a sentence for everything that is wrong with it.

By hand, since Alpaca's clients send numbers as numbers or as text, `null` and `""` for what they do not give, and
fields that are documented nowhere; and since this is the hottest door of the service.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from chassis.errors import InvalidInput, NotPossible
from trading.domain.order import OrderClass, OrderType, Side, TimeInForce
from trading.orders.fields import Fields, fields_of
from trading.risk.problems import ShortSale

MAX_BODY_BYTES = 16_384
MAX_CLIENT_ORDER_ID = 128
LAST_EXPIRY = datetime(2262, 1, 1, tzinfo=UTC)
"""The engine counts nanoseconds since 1970 in 64 bits with a sign, which end in April of that year."""

_ALPACA = frozenset(
    (
        *(
            "symbol",
            "qty",
            "notional",
            "side",
            "type",
            "time_in_force",
            "limit_price",
            "stop_price",
        ),
        *("trail_price", "trail_percent", "extended_hours", "client_order_id", "order_class"),
        *("take_profit", "stop_loss", "position_intent", "legs"),
    )
)
_OURS = frozenset(
    ("expires_at", "display_qty", "minimum_qty", "post_only", "self_trade_prevention")
)
_REPLACEABLE = frozenset(
    ("qty", "time_in_force", "limit_price", "stop_price", "trail", "client_order_id")
)
_POST_ONLY = ("reject", "reprice")
_SELF_TRADE_PREVENTION = ("none", "cancel_newest", "cancel_oldest", "cancel_both", "decrement")
_INTENTS = ("buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close")
_STOPS = (OrderType.STOP, OrderType.STOP_LIMIT, OrderType.TRAILING_STOP)
_RESTING = (TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD)


@dataclass(frozen=True, slots=True)
class StopLoss:
    stop_price: Decimal
    limit_price: Decimal | None


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What this exchange has and Alpaca has not: taken under `/v1` only."""

    expires_at: datetime | None = None
    display_qty: Decimal | None = None
    minimum_qty: Decimal | None = None
    post_only: str | None = None
    self_trade_prevention: str | None = None


NO_OWN_TERMS = OwnTerms()


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A well-formed request; whether the order can be is for the asset and the account to say.

    Either `qty` or `notional` is given. Of an `oco` the limit price is that of its take profit.
    """

    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    qty: Decimal | None
    limit_price: Decimal | None
    client_order_id: str | None
    notional: Decimal | None = None
    stop_price: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    extended_hours: bool = False
    order_class: OrderClass = OrderClass.SIMPLE
    take_profit: Decimal | None = None
    stop_loss: StopLoss | None = None
    own: OwnTerms = NO_OWN_TERMS


@dataclass(frozen=True, slots=True)
class ReplaceRequest:
    """What shall change; none: stays."""

    qty: Decimal | None = None
    time_in_force: TimeInForce | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail: Decimal | None = None
    client_order_id: str | None = None


def parse_order(body: bytes, *, ours: bool = False) -> OrderRequest:
    """`ours`: with our own terms, and unknown members refused. Raises `MalformedRequest`, `InvalidInput`,
    `NotPossible` or `ShortSale`."""
    fields = fields_of(body)
    if ours:
        fields.refuse_others(_ALPACA | _OURS)
    _refuse_what_is_not_traded(fields)
    order_type = fields.choice("type", OrderType)
    side = fields.choice("side", Side)
    time_in_force = _time_in_force(fields, ours)
    order_class = fields.optional_choice("order_class", OrderClass) or OrderClass.SIMPLE
    symbol = fields.text("symbol", 64)
    if symbol is None:
        raise InvalidInput("symbol is required")
    _check_intent(fields, side)
    request = OrderRequest(
        symbol=symbol,
        side=side,
        order_type=order_type,
        time_in_force=time_in_force,
        qty=fields.decimal("qty"),
        limit_price=fields.decimal("limit_price"),
        client_order_id=fields.text("client_order_id", MAX_CLIENT_ORDER_ID),
        notional=fields.decimal("notional"),
        stop_price=fields.decimal("stop_price"),
        trail_price=fields.decimal("trail_price"),
        trail_percent=fields.decimal("trail_percent"),
        extended_hours=fields.flag("extended_hours"),
        order_class=order_class,
        take_profit=_take_profit(fields),
        stop_loss=_stop_loss(fields),
        own=_own_terms(fields) if ours else NO_OWN_TERMS,
    )
    return _consistent(request)


def parse_replacement(body: bytes, *, ours: bool = False) -> ReplaceRequest:
    """Raises `MalformedRequest`, `InvalidInput` or `NotPossible`."""
    fields = fields_of(body)
    if ours:
        fields.refuse_others(_REPLACEABLE)
    return ReplaceRequest(
        qty=fields.decimal("qty"),
        time_in_force=fields.optional_choice("time_in_force", TimeInForce),
        limit_price=fields.decimal("limit_price"),
        stop_price=fields.decimal("stop_price"),
        trail=fields.decimal("trail"),
        client_order_id=fields.text("client_order_id", MAX_CLIENT_ORDER_ID),
    )


def _refuse_what_is_not_traded(fields: Fields) -> None:
    if fields.get("order_class") == "mleg" or fields.get("legs") not in (None, []):
        raise NotPossible("mleg orders are not supported: this exchange trades no options")
    if fields.get("time_in_force") in ("opg", "cls"):
        raise NotPossible(
            f"time_in_force {fields.get('time_in_force')} is not supported: there are no auctions"
        )
    if fields.get("advanced_instructions") not in (None, {}):
        raise NotPossible("advanced_instructions are not supported")


def _time_in_force(fields: Fields, ours: bool) -> TimeInForce:
    time_in_force: TimeInForce = fields.choice("time_in_force", TimeInForce)
    if time_in_force is TimeInForce.GTD and not ours:
        raise InvalidInput("invalid time_in_force: it must be one of day, gtc, ioc, fok")
    return time_in_force


def _check_intent(fields: Fields, side: Side) -> None:
    intent = fields.one_of("position_intent", _INTENTS)
    if intent is None:
        return
    if not intent.startswith(side.value):
        raise InvalidInput(f"position_intent {intent} does not go with side {side.value}")
    if intent in ("sell_to_open", "buy_to_close"):
        raise ShortSale("account is not allowed to short")


def _take_profit(fields: Fields) -> Decimal | None:
    inner = fields.inner("take_profit")
    if inner is None:
        return None
    price = inner.decimal("limit_price")
    if price is None:
        raise InvalidInput("take_profit requires limit_price")
    return price


def _stop_loss(fields: Fields) -> StopLoss | None:
    inner = fields.inner("stop_loss")
    if inner is None:
        return None
    stop_price = inner.decimal("stop_price")
    if stop_price is None:
        raise InvalidInput("stop_loss requires stop_price")
    return StopLoss(stop_price, inner.decimal("limit_price"))


def _own_terms(fields: Fields) -> OwnTerms:
    return OwnTerms(
        expires_at=fields.moment("expires_at"),
        display_qty=fields.decimal("display_qty"),
        minimum_qty=fields.decimal("minimum_qty"),
        post_only=fields.one_of("post_only", _POST_ONLY),
        self_trade_prevention=fields.one_of("self_trade_prevention", _SELF_TRADE_PREVENTION),
    )


def _consistent(request: OrderRequest) -> OrderRequest:
    _check_amount(request)
    _check_prices(request)
    if request.order_class is not OrderClass.SIMPLE:
        _check_class(request)
    elif request.take_profit is not None or request.stop_loss is not None:
        raise InvalidInput("take_profit and stop_loss require order_class bracket, oco or oto")
    if request.extended_hours:
        _check_extended_hours(request)
    if request.order_type in _STOPS and request.time_in_force not in _RESTING:
        raise NotPossible(f"{request.order_type.value} orders must be day or gtc")
    if request.own is not NO_OWN_TERMS:
        _check_own_terms(request)
    return request


def _check_amount(request: OrderRequest) -> None:
    if (request.qty is None) == (request.notional is None):
        raise InvalidInput(
            "qty is required" if request.qty is None else "give qty or notional, not both"
        )
    if request.notional is None:
        return
    if request.notional != round(request.notional, 2):
        raise NotPossible("notional value must be limited to 2 decimal places")
    if request.order_type is not OrderType.MARKET or request.time_in_force is not TimeInForce.DAY:
        raise NotPossible("notional orders must be market orders with time_in_force day")
    if request.order_class is not OrderClass.SIMPLE:
        raise NotPossible("notional orders must be simple orders")


def _check_prices(request: OrderRequest) -> None:
    kind = request.order_type
    name = f"{kind.value} orders"
    if kind in (OrderType.LIMIT, OrderType.STOP_LIMIT):
        if request.limit_price is None and request.order_class is not OrderClass.OCO:
            raise InvalidInput(f"{name} require a limit_price")
    elif request.limit_price is not None:
        raise InvalidInput(f"{name} require no limit_price")
    if kind in (OrderType.STOP, OrderType.STOP_LIMIT):
        if request.stop_price is None:
            raise InvalidInput(f"{name} require a stop_price")
    elif request.stop_price is not None:
        raise InvalidInput(f"{name} require no stop_price")
    trails = (request.trail_price is not None) + (request.trail_percent is not None)
    if kind is OrderType.TRAILING_STOP and trails != 1:
        raise InvalidInput(f"{name} require either trail_price or trail_percent")
    if kind is not OrderType.TRAILING_STOP and trails:
        raise InvalidInput(f"{name} require no trail")


def _check_class(request: OrderRequest) -> None:
    name = request.order_class.value
    if request.time_in_force not in _RESTING:
        raise NotPossible(f"{name} orders must be day or gtc")
    if request.extended_hours:
        raise NotPossible(f"{name} orders do not support extended_hours")
    given = (request.take_profit is not None) + (request.stop_loss is not None)
    if request.order_class is OrderClass.OTO:
        if given != 1:
            raise InvalidInput("oto orders require either take_profit or stop_loss")
    elif request.take_profit is None:
        raise InvalidInput(f"{name} orders require take_profit.limit_price")
    elif request.stop_loss is None:
        raise InvalidInput(f"{name} orders require stop_loss.stop_price")
    if request.order_class is OrderClass.OCO:
        if request.order_type is not OrderType.LIMIT:
            raise InvalidInput("oco orders must be limit orders")
        if request.limit_price not in (None, request.take_profit):
            raise InvalidInput("limit_price of an oco order is that of its take_profit")
    elif request.side is Side.SELL:
        raise NotPossible(
            f"{name} orders must be buys: exits that buy back would need a short position"
        )
    elif request.order_type is OrderType.TRAILING_STOP:
        raise NotPossible(f"the entry of a {name} order cannot be a trailing stop")


def _check_extended_hours(request: OrderRequest) -> None:
    if request.order_type is not OrderType.LIMIT or request.time_in_force not in (
        TimeInForce.DAY,
        TimeInForce.GTC,
    ):
        raise NotPossible("extended hours order must be DAY or GTC limit orders")


def _check_own_terms(request: OrderRequest) -> None:
    own, kind = request.own, request.order_type
    if (own.expires_at is not None) != (request.time_in_force is TimeInForce.GTD):
        raise InvalidInput("expires_at is required for time_in_force gtd, and for no other")
    if own.expires_at is not None and own.expires_at > LAST_EXPIRY:
        raise InvalidInput(f"expires_at must not be after {LAST_EXPIRY:%Y-%m-%d}")
    if kind is OrderType.MARKET and request.time_in_force is TimeInForce.GTD:
        raise NotPossible("market orders cannot be gtd: they never rest")
    special = own.display_qty or own.minimum_qty or own.post_only
    if special and request.order_class is OrderClass.OCO:
        raise NotPossible("oco orders have no display_qty, minimum_qty or post_only")
    if own.display_qty is not None and (
        kind not in (OrderType.LIMIT, OrderType.STOP_LIMIT) or request.time_in_force not in _RESTING
    ):
        raise NotPossible("display_qty is for limit and stop_limit orders that rest")
    if own.post_only is not None and (
        kind is not OrderType.LIMIT or request.time_in_force not in _RESTING
    ):
        raise NotPossible("post_only is for limit orders that rest")
    if own.minimum_qty is not None and (
        kind not in (OrderType.LIMIT, OrderType.MARKET, OrderType.STOP_LIMIT)
        or request.time_in_force is TimeInForce.FOK
        or own.post_only is not None
    ):
        raise NotPossible(
            "minimum_qty is for limit, market and stop_limit orders, neither fok nor post_only"
        )
    if request.qty is not None:
        for name in ("display_qty", "minimum_qty"):
            part = getattr(own, name)
            if part is not None and part > request.qty:
                raise InvalidInput(f"{name} must not exceed qty")
        if own.display_qty is not None and own.display_qty * 1000 < request.qty:
            raise InvalidInput("display_qty must be at least a thousandth of qty")
