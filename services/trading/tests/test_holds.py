"""Holds of pairs and of replacements suffice, whatever fills come, at whatever price within the limit."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from trading.domain.asset import Asset
from trading.domain.fills import fill
from trading.domain.holds import extra_hold, hold_needed, hold_of, pair_hold
from trading.domain.money import ZERO
from trading.domain.order import Exit, Order, OrderType, Side, TimeInForce
from trading.domain.states import Status
from trading.domain.trailing import follow, stop_price_behind

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
# Prices and quantities whose products have digits beyond a cash step, so that rounding matters.
LOT, TICK = Decimal("0.0000007"), Decimal("0.0103")
PRICES = st.integers(1, 30).map(lambda ticks: ticks * TICK)
LOTS = st.integers(1, 12)
RATES = st.sampled_from([ZERO, Decimal("0.0025"), Decimal("0.137")])
FILLS = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 100), st.booleans()), max_size=6)


def standing(side: Side, lots: int, price: Decimal, rates: tuple[Decimal, Decimal]) -> Order:
    order = Order(
        id=UUID(int=1),
        account_id=UUID(int=2),
        client_order_id="1",
        symbol="ACME",
        side=side,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        limit_price=price,
        engine_price=price,
        qty=lots * LOT,
        maker_fee_rate=rates[0],
        taker_fee_rate=rates[1],
        status=Status.NEW,
        hold=ZERO,
        submitted_at=NOW,
        updated_at=NOW,
    )
    order.hold = hold_needed(order)
    return order


def trade(order: Order, lots: int, better: int, taker: bool, partner: Order | None = None) -> None:
    """A fill at most as large as what remains, `better` percent better than the limit; its money comes of the hold."""
    qty = min(lots * LOT, order.remaining)
    if not qty:
        return
    sign = -1 if order.side is Side.BUY else 1
    price = order.engine_price * (100 + sign * better) / 100
    before = order.hold
    made = fill(order, price, qty, taker=taker, at=NOW, partner=partner)
    assert min(made.cash, made.fee, made.released, order.hold) >= ZERO
    used = made.cash if order.side is Side.BUY else qty
    assert before == used + made.released + order.hold


@given(st.sampled_from(Side), LOTS, PRICES, LOTS, PRICES, st.tuples(RATES, RATES), FILLS)
def test_a_replacement_has_enough_whatever_was_filled_until_it_came(
    side: Side,
    lots: int,
    price: Decimal,
    new_lots: int,
    new_price: Decimal,
    rates: tuple[Decimal, Decimal],
    fills: list[tuple[int, int, bool]],
) -> None:
    old = standing(side, lots, price, rates)
    new = replace(old, qty=new_lots * LOT, engine_price=new_price, status=Status.PENDING_NEW)
    extra = extra_hold(old, new)
    assert extra >= ZERO
    for each in fills:
        trade(old, *each)
        if old.status is Status.FILLED:
            return  # the replacement comes too late
        if old.filled_qty < new.qty:
            taking_over = replace(
                new,
                filled_qty=old.filled_qty,
                filled_value=old.filled_value,
                fee_value=old.fee_value,
            )
            assert old.hold + extra >= hold_needed(taking_over)


@given(st.sampled_from(Side), LOTS, PRICES, PRICES, st.tuples(RATES, RATES), FILLS, FILLS)
def test_a_pair_has_enough_for_whichever_of_the_two_fills(
    side: Side,
    lots: int,
    limit_price: Decimal,
    stop_price: Decimal,
    rates: tuple[Decimal, Decimal],
    of_limit: list[tuple[int, int, bool]],
    of_stop: list[tuple[int, int, bool]],
) -> None:
    """The take profit fills for a while, then the stop is triggered and goes on alone."""
    limit = replace(standing(side, lots, limit_price, rates), exit=Exit.TAKE_PROFIT)
    stop = replace(standing(side, lots, stop_price, rates), exit=Exit.STOP_LOSS, id=UUID(int=3))
    limit.hold, stop.hold = pair_hold(limit, stop), ZERO
    assert limit.hold >= max(hold_needed(limit), hold_needed(stop))
    assert (hold_of(limit, stop), hold_of(stop, limit)) == (limit.hold, ZERO)
    for each in of_limit:
        before = limit.remaining
        trade(limit, *each, partner=stop)
        stop.reduced_qty += before - limit.remaining
    if limit.status is Status.FILLED:
        assert limit.hold == ZERO
        return
    alone = hold_of(stop, None)
    assert limit.hold >= alone
    stop.hold = alone
    for each in of_stop:
        trade(stop, *each)


@given(LOTS, PRICES, PRICES, PRICES, st.tuples(RATES, RATES), FILLS)
def test_a_replaced_leg_of_a_pair_has_enough(
    lots: int,
    limit_price: Decimal,
    stop_price: Decimal,
    new_price: Decimal,
    rates: tuple[Decimal, Decimal],
    fills: list[tuple[int, int, bool]],
) -> None:
    limit = replace(standing(Side.BUY, lots, limit_price, rates), exit=Exit.TAKE_PROFIT)
    stop = replace(standing(Side.BUY, lots, stop_price, rates), exit=Exit.STOP_LOSS)
    limit.hold = pair_hold(limit, stop)
    new_stop = replace(stop, engine_price=new_price)
    extra = extra_hold(stop, new_stop, limit)
    for each in fills:
        before = limit.remaining
        trade(limit, *each, partner=stop)
        stop.reduced_qty += before - limit.remaining
        assert limit.hold + extra >= pair_hold(limit, new_stop)


def test_a_cheaper_and_larger_replacement_needs_most_when_the_old_order_has_almost_filled() -> None:
    """At first it needs less than the old order holds; when the old one has spent that, it needs all of its own."""
    old = standing(Side.BUY, 10, 10 * TICK, (ZERO, ZERO))
    new = replace(old, qty=19 * LOT, engine_price=5 * TICK)
    assert hold_needed(new) < hold_needed(old)
    assert extra_hold(old, new) >= 9 * LOT * 5 * TICK


def test_a_trailing_stop_moves_before_it_is_reached_and_lies_a_tick_behind_at_least() -> None:
    asset = Asset(UUID(int=9), "ACME", "Acme", "us_equity", Decimal("0.01"), Decimal(1), True)
    order = standing(Side.SELL, 1, Decimal(1), (ZERO, ZERO))
    order.order_type, order.trail_percent = OrderType.TRAILING_STOP, Decimal("10")
    order.hwm = Decimal("10.05")
    assert stop_price_behind(order.hwm, order, asset) == Decimal("9.05")
    assert not follow(order, Decimal("9.06"), asset)
    assert not follow(order, Decimal("20.00"), asset)
    assert (order.hwm, order.stop_price) == (Decimal("20.00"), Decimal("18.00"))
    assert follow(order, Decimal("18.00"), asset)
    order.trail_percent = Decimal("0.01")
    assert stop_price_behind(Decimal("0.05"), order, asset) == Decimal("0.04")
    buy = replace(order, side=Side.BUY, trail_percent=None, trail_price=Decimal("0.50"), hwm=None)
    assert not follow(buy, Decimal("5.00"), asset)
    assert not follow(buy, Decimal("4.00"), asset)
    assert (buy.hwm, buy.stop_price) == (Decimal("4.00"), Decimal("4.50"))
    assert follow(buy, Decimal("4.50"), asset)
