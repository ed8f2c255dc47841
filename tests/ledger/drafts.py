"""Orders that traders send, chosen at random among those that the order desk lets through."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from choices import Choices

from trading.domain.asset import Asset
from trading.domain.money import ZERO
from trading.domain.order import Exit, Order, OrderClass, OrderType, Side, TimeInForce
from trading.domain.states import Status

SPACE = UUID(int=0xE)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ASSETS = {
    symbol: Asset(
        UUID(int=number),
        symbol,
        symbol,
        "crypto",
        Decimal("0.003"),
        Decimal("0.00000007"),
        active=True,
    )
    for number, symbol in enumerate(("ACME", "BETA"), 9)
}
ACCOUNTS = [UUID(int=5001), UUID(int=5002), UUID(int=5003)]
BASE_TICKS = 12
COLLAR_TICKS = 3
RATES = tuple(map(Decimal, ("0", "0.0025", "0.0137", "0.3")))
RESTING = (TimeInForce.GTC, TimeInForce.GTC, TimeInForce.DAY, TimeInForce.GTD)
SHORT = (TimeInForce.IOC, TimeInForce.FOK)
TYPES = (
    *(OrderType.LIMIT,) * 12,
    *(OrderType.MARKET,) * 3,
    *(OrderType.STOP,) * 2,
    *(OrderType.STOP_LIMIT,) * 2,
    *(OrderType.TRAILING_STOP,) * 2,
)
PREVENTION = (None,) * 4 + ("cancel_newest", "cancel_oldest", "cancel_both", "decrement")


def numbered(kind: str, number: int) -> UUID:
    """The same id for the same number, in every run."""
    return uuid5(SPACE, f"{kind}:{number}")


def moment(time_ns: int) -> datetime:
    return EPOCH + timedelta(microseconds=time_ns // 1000)


def draft(choices: Choices, serial: int, now_ns: int) -> Order:
    """An order of any type."""
    asset = choices.of((ASSETS["ACME"],) * 4 + (ASSETS["BETA"],))
    order_type, side = choices.of(TYPES), choices.of(tuple(Side))
    order = Order(
        id=numbered("order", serial),
        account_id=choices.of(ACCOUNTS),
        client_order_id=f"c{serial}",
        symbol=asset.symbol,
        side=side,
        order_type=order_type,
        time_in_force=_time_in_force(choices, order_type),
        limit_price=None,
        engine_price=ZERO,
        qty=asset.qty(choices.between(1, 40)),
        maker_fee_rate=choices.of(RATES),
        taker_fee_rate=choices.of(RATES),
        status=Status.PENDING_NEW,
        hold=ZERO,
        submitted_at=moment(now_ns),
        updated_at=moment(now_ns),
        self_trade_prevention=choices.of(PREVENTION),
    )
    if order.time_in_force is TimeInForce.GTD:
        order.expires_at = moment(now_ns) + timedelta(seconds=choices.of((60, 5, 2)))
    _price(choices, order, asset)
    _features(choices, order, asset)
    return order


def pair(choices: Choices, serial: int, now_ns: int) -> tuple[Order, Order]:
    """Two exits alone."""
    limit = draft(choices, serial, now_ns)
    if limit.time_in_force in SHORT:
        limit.time_in_force = TimeInForce.GTC
    limit = replace(
        limit,
        order_type=OrderType.LIMIT,
        limit_price=limit.engine_price,
        stop_price=None,
        trail_price=None,
        trail_percent=None,
        display_qty=None,
        minimum_qty=None,
        post_only=None,
        order_class=OrderClass.OCO,
        exit=Exit.TAKE_PROFIT,
        group_id=limit.id,
    )
    stop = _stop_beside(choices, limit, serial, choices.of(tuple(OrderType)[2:]))
    stop.parent_id = limit.id
    limit.partner_id, stop.partner_id = stop.id, limit.id
    return limit, stop


def entry_with_exits(choices: Choices, serial: int, now_ns: int) -> tuple[Order, list[Order]]:
    """A bracket, or one triggers the other."""
    entry = replace(draft(choices, serial, now_ns), side=Side.BUY)
    kind = choices.of((OrderClass.BRACKET, OrderClass.BRACKET, OrderClass.OTO))
    entry.order_class, entry.group_id = kind, entry.id
    asset = ASSETS[entry.symbol]
    profit = replace(
        entry,
        id=numbered("profit", serial),
        client_order_id=f"p{serial}",
        side=Side.SELL,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        expires_at=None,
        display_qty=None,
        minimum_qty=None,
        post_only=None,
        stop_price=None,
        trail_price=None,
        trail_percent=None,
        status=Status.HELD,
        exit=Exit.TAKE_PROFIT,
        parent_id=entry.id,
    )
    profit.limit_price = profit.engine_price = asset.price(choices.between(9, 15))
    stop = _stop_beside(choices, profit, serial, choices.of(tuple(OrderType)[2:4]))
    if kind is OrderClass.OTO:
        return entry, [choices.of((profit, stop))]
    profit.partner_id, stop.partner_id = stop.id, profit.id
    return entry, [profit, stop]


def replacement(choices: Choices, old: Order, serial: int, now_ns: int) -> Order:
    """Another quantity, limit, stop or trail, or none of these."""
    asset = ASSETS[old.symbol]
    new = replace(
        old,
        id=numbered("order", serial),
        client_order_id=f"c{serial}",
        status=Status.PENDING_NEW,
        hold=ZERO,
        replaces=old.id,
        filled_qty=ZERO,
        filled_value=ZERO,
        fee_value=ZERO,
        reduced_qty=ZERO,
        carried_qty=ZERO,
        carried_value=ZERO,
        carried_fee=ZERO,
        triggered_at=None,
        submitted_at=moment(now_ns),
        updated_at=moment(now_ns),
    )
    what = choices.of("qqllsqln")
    if what in "q" and (old.partner_id is None or choices.below(4) == 0):
        new.qty = asset.qty(choices.between(1, 50))
    if what == "l" and old.limit_price is not None:
        new.limit_price = new.engine_price = asset.price(_near(choices, old.side))
    if what in "sl" and old.order_type in (OrderType.STOP, OrderType.STOP_LIMIT):
        new.stop_price = asset.price(_near(choices, old.side.opposite))
        if old.order_type is OrderType.STOP:
            new.engine_price = _collar(asset, old.side, new.stop_price)
    if old.trail_price is not None:
        new.trail_price = asset.price(choices.between(1, 4))
    if old.trail_percent is not None:
        new.trail_percent = choices.of((Decimal("12.34"), Decimal("20")))
    return new


def _time_in_force(choices: Choices, order_type: OrderType) -> TimeInForce:
    if order_type is OrderType.MARKET:
        return choices.of((TimeInForce.DAY, TimeInForce.GTC, *SHORT))
    return choices.of(RESTING + (SHORT if order_type is OrderType.LIMIT else ()))


def _price(choices: Choices, order: Order, asset: Asset) -> None:
    limit = asset.price(_near(choices, order.side))
    stop = asset.price(_near(choices, order.side.opposite))
    match order.order_type:
        case OrderType.LIMIT:
            order.limit_price = order.engine_price = limit
        case OrderType.MARKET:
            order.engine_price = _collar(asset, order.side, asset.price(BASE_TICKS))
        case OrderType.STOP:
            order.stop_price, order.engine_price = stop, _collar(asset, order.side, stop)
        case OrderType.STOP_LIMIT:
            order.stop_price = stop
            order.limit_price = order.engine_price = limit
        case OrderType.TRAILING_STOP:
            order.engine_price = _collar(asset, order.side, asset.price(BASE_TICKS))
            if choices.below(2):
                order.trail_price = asset.price(choices.between(1, 3))
            else:
                order.trail_percent = choices.of((Decimal("10"), Decimal("0.01"), Decimal("33.33")))


def _features(choices: Choices, order: Order, asset: Asset) -> None:
    rests = order.order_type in (OrderType.LIMIT, OrderType.STOP_LIMIT)
    if not rests or order.time_in_force in SHORT:
        return
    lots = asset.lots(order.qty)
    match choices.below(10):
        case 1:
            order.display_qty = asset.qty(choices.between(1, lots))
        case 2:
            order.minimum_qty = asset.qty(choices.between(1, lots))
        case 3 | 4 if order.order_type is OrderType.LIMIT:
            order.post_only = choices.of(("reject", "reprice", "reprice"))


def _stop_beside(choices: Choices, limit: Order, serial: int, order_type: OrderType) -> Order:
    stop = replace(
        limit,
        id=numbered("stop", serial),
        client_order_id=f"s{serial}",
        order_type=order_type,
        limit_price=None,
        exit=Exit.STOP_LOSS,
        self_trade_prevention=choices.of(PREVENTION),
    )
    _price(choices, stop, ASSETS[limit.symbol])
    return stop


def _near(choices: Choices, side: Side) -> int:
    """Ticks around the base: the sides overlap, so that orders meet and books have depth."""
    return BASE_TICKS + choices.between(-4, 4) * (1 if side is Side.BUY else -1)


def _collar(asset: Asset, side: Side, price: Decimal) -> Decimal:
    away = asset.price(COLLAR_TICKS)
    return price + away if side is Side.BUY else max(price - away, asset.tick_size)
