"""The rules of money, orders, the ledger and risk, each for itself and for anything that fits them."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.asset import MAX_UNITS, Asset
from trading.domain.fills import fill
from trading.domain.holds import hold_needed
from trading.domain.ledger import DEPOSITS, HOUSE, Balance, Ledger, LedgerError, Leg
from trading.domain.money import CASH_STEP, ZERO, is_multiple, plain, round_down, round_up
from trading.domain.order import Order, OrderType, Side, TimeInForce
from trading.domain.risk import Refused, check_limit_price, check_quantity, collar_price
from trading.domain.states import CLOSED, OPEN, TRANSITIONS, IllegalTransition, Status

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ALICE, BOB = UUID(int=1001), UUID(int=1002)
TICKS = st.integers(1, 10**6)
LOTS = st.integers(1, 10**6)
STEPS = st.sampled_from([Decimal(1), Decimal("0.01"), Decimal("0.00000001"), Decimal("0.003")])
FEES = st.sampled_from([ZERO, Decimal("0.0025"), Decimal("0.000000333"), Decimal("0.99")])


def asset(tick: Decimal = Decimal("0.01"), lot: Decimal = Decimal(1)) -> Asset:
    return Asset(UUID(int=1), "ACME", "Acme", "us_equity", tick, lot, True)


def order(side: Side, qty: Decimal, price: Decimal, fee_rate: Decimal = ZERO) -> Order:
    made = Order(
        id=UUID(int=7),
        account_id=ALICE,
        client_order_id="mine",
        symbol="ACME",
        side=side,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        limit_price=price,
        engine_price=price,
        qty=qty,
        maker_fee_rate=ZERO,
        taker_fee_rate=fee_rate,
        status=Status.NEW,
        hold=ZERO,
        submitted_at=NOW,
        updated_at=NOW,
    )
    made.hold = hold_needed(made)
    return made


@given(st.decimals(-(10**30), 10**30, places=20))
def test_rounding_goes_the_named_way_by_less_than_one_step(amount: Decimal) -> None:
    up, down = round_up(amount), round_down(amount)
    assert down <= amount <= up
    assert amount - down < CASH_STEP
    assert up - amount < CASH_STEP
    assert (up == down) == is_multiple(amount, CASH_STEP)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40))
def test_plain_text_is_the_same_number_without_exponent(amount: Decimal) -> None:
    text = plain(amount)
    assert Decimal(text) == amount
    assert "e" not in text.lower()
    assert not ("." in text and text[-1] in "0.")
    assert text != "-0"


def test_the_largest_order_of_the_finest_asset_is_reckoned_exactly() -> None:
    step = Decimal("123456.789012345678")
    fine = asset(step, step)
    price, qty = fine.price(MAX_UNITS - 1), fine.qty(MAX_UNITS - 3)
    largest = order(Side.BUY, qty, price, Decimal("0.123456789"))
    fill(largest, price, qty, taker=True, at=NOW)
    scale = 10**12
    exact = int(price * scale) * int(qty * scale)
    assert int(largest.filled_value * scale * scale) == exact
    assert int(largest.fee_value * scale**2 * 10**9) == exact * 123456789


@given(TICKS, LOTS, STEPS, STEPS)
def test_ticks_and_lots_are_prices_and_quantities(
    ticks: int, lots: int, tick: Decimal, lot: Decimal
) -> None:
    chosen = asset(tick, lot)
    assert chosen.ticks(chosen.price(ticks)) == ticks
    assert chosen.lots(chosen.qty(lots)) == lots
    check_limit_price(chosen, chosen.price(ticks))
    if chosen.qty(lots) <= chosen.largest_qty:
        check_quantity(chosen, chosen.qty(lots))
    with pytest.raises(Refused):
        check_limit_price(chosen, chosen.price(ticks) + tick / 2)
    with pytest.raises(Refused):
        check_quantity(chosen, chosen.qty(lots) + lot / 3)


def test_the_most_that_the_engine_takes_is_the_most_that_passes() -> None:
    chosen = asset(lot=Decimal("0.001"))
    check_quantity(chosen, chosen.qty(MAX_UNITS))
    check_limit_price(chosen, chosen.price(MAX_UNITS))
    with pytest.raises(Refused, match="must not exceed"):
        check_quantity(chosen, chosen.qty(MAX_UNITS + 1))
    with pytest.raises(Refused, match="must not exceed"):
        check_limit_price(chosen, chosen.price(MAX_UNITS + 1))


def test_whole_shares_stay_below_what_clients_read_in_32_bits() -> None:
    chosen = asset(lot=Decimal(100))
    check_quantity(chosen, Decimal(4_294_967_200))
    with pytest.raises(Refused, match="qty must not exceed 4294967200"):
        check_quantity(chosen, Decimal(4_294_967_300))


@given(TICKS, STEPS, st.sampled_from([Decimal("0.001"), Decimal("0.1"), Decimal("0.999")]))
def test_a_collar_is_a_price_of_the_asset_within_its_width(
    ticks: int, tick: Decimal, width: Decimal
) -> None:
    chosen = asset(tick)
    last = chosen.price(ticks)
    highest = collar_price(chosen, Side.BUY, last, width)
    lowest = collar_price(chosen, Side.SELL, last, width)
    assert tick <= lowest <= last <= highest
    assert highest <= last * (1 + width)
    assert lowest >= last * (1 - width)
    check_limit_price(chosen, highest)
    check_limit_price(chosen, lowest)


@st.composite
def filled_in_steps(draw: st.DrawFn) -> tuple[Order, list[tuple[Decimal, Decimal, bool]]]:
    """An order, and fills of it at its price or better, in any split."""
    chosen = asset(draw(STEPS), draw(STEPS))
    side, limit, lots = draw(st.sampled_from(Side)), draw(TICKS), draw(LOTS)
    made = order(side, chosen.qty(lots), chosen.price(limit), draw(FEES))
    fills = []
    for _ in range(draw(st.integers(0, 8))):
        if lots == 0:
            break
        part = draw(st.integers(1, lots))
        better = draw(st.integers(1, limit)) if side is Side.BUY else limit + draw(TICKS)
        price = chosen.price(draw(st.sampled_from([limit, better])))
        fills.append((price, chosen.qty(part), draw(st.booleans())))
        lots -= part
    return made, fills


@given(filled_in_steps())
def test_what_is_spent_and_held_never_exceeds_the_first_hold(
    history: tuple[Order, list[tuple[Decimal, Decimal, bool]]],
) -> None:
    made, fills = history
    first = made.hold
    spent = sold = released = ZERO
    for price, qty, taker in fills:
        money = fill(made, price, qty, taker=taker, at=NOW)
        assert money.cash >= ZERO
        assert money.fee >= ZERO
        assert money.released >= ZERO
        spent, sold, released = spent + money.cash, sold + qty, released + money.released
        used = spent if made.side is Side.BUY else sold
        assert used + made.hold + released == first
        assert made.hold == hold_needed(made) >= ZERO
    assert (made.hold == ZERO) == (made.remaining == ZERO) or made.side is Side.BUY
    if made.remaining == ZERO:
        assert made.hold == ZERO
        assert made.status is Status.FILLED


@given(filled_in_steps())
def test_an_orders_fills_are_rounded_once_however_they_were_split(
    history: tuple[Order, list[tuple[Decimal, Decimal, bool]]],
) -> None:
    made, fills = history
    cash = fees = ZERO
    for price, qty, taker in fills:
        money = fill(made, price, qty, taker=taker, at=NOW)
        cash, fees = cash + money.cash, fees + money.fee
    value = sum((price * qty for price, qty, _ in fills), ZERO)
    fee = sum((price * qty * made.taker_fee_rate for price, qty, taker in fills if taker), ZERO)
    assert (made.filled_value, made.fee_value) == (value, fee)
    assert fees == round_down(fee)
    exact = value + fee if made.side is Side.BUY else value - fee
    assert cash == (round_up(exact) if made.side is Side.BUY else round_down(exact))


@pytest.mark.parametrize("qty", [ZERO, Decimal(-1), Decimal(6)])
def test_a_fill_of_more_than_remains_or_of_nothing_is_a_defect(qty: Decimal) -> None:
    made = order(Side.BUY, Decimal(5), Decimal(10))
    before = replace(made)
    with pytest.raises(IllegalTransition):
        fill(made, Decimal(10), qty, taker=True, at=NOW)
    assert made == before


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_only_the_tables_transitions_can_be_made(before: Status, after: Status) -> None:
    made = order(Side.BUY, Decimal(5), Decimal(10))
    made.status = before
    if after in TRANSITIONS[before]:
        made.move(after, NOW)
        assert made.status is after
    else:
        with pytest.raises(IllegalTransition):
            made.move(after, NOW)
        assert made.status is before


def test_a_closed_order_stays_closed_and_an_open_one_can_be_closed() -> None:
    assert all(not TRANSITIONS[status] for status in CLOSED)
    assert all(TRANSITIONS[status] & CLOSED for status in OPEN)
    assert set(TRANSITIONS) == set(Status)


@pytest.mark.parametrize(
    ("status", "stamp"),
    [
        (Status.FILLED, "filled_at"),
        (Status.CANCELED, "canceled_at"),
        (Status.EXPIRED, "expired_at"),
    ],
)
def test_the_end_of_an_order_is_stamped(status: Status, stamp: str) -> None:
    made = order(Side.BUY, Decimal(5), Decimal(10))
    made.move(status, NOW)
    assert getattr(made, stamp) == NOW


def test_a_fill_leaves_a_requested_cancel_pending() -> None:
    made = order(Side.SELL, Decimal(5), Decimal(10))
    made.move(Status.PENDING_CANCEL, NOW)
    fill(made, Decimal(10), Decimal(2), taker=False, at=NOW)
    assert made.status is Status.PENDING_CANCEL
    fill(made, Decimal(10), Decimal(3), taker=False, at=NOW)
    assert made.status is Status.FILLED


AMOUNTS = st.integers(-50, 50).map(Decimal)
LEGS = st.lists(
    st.builds(Leg, st.sampled_from([ALICE, BOB, HOUSE]), st.just("USD"), AMOUNTS, AMOUNTS),
    min_size=1,
    max_size=5,
)


@given(st.lists(LEGS, max_size=8))
def test_the_ledger_takes_a_set_of_postings_whole_or_not_at_all(sets: list[list[Leg]]) -> None:
    ledger = Ledger(
        defaultdict(
            Balance, {(who, "USD"): Balance(Decimal(60), Decimal(40)) for who in (ALICE, BOB)}
        )
    )
    for index, legs in enumerate(sets):
        before = {key: replace(balance) for key, balance in ledger.balances.items()}
        posted = len(ledger.postings)
        # Half of the sets are made to balance, so that both ways are tried.
        if index % 2:
            legs = [*legs, Leg(HOUSE, "USD", -sum((e.available + e.held for e in legs), ZERO))]
        try:
            ledger.post("execution", UUID(int=index), legs)
        except LedgerError:
            for key, balance in ledger.balances.items():
                assert balance == before.get(key, Balance())
            assert len(ledger.postings) == posted
        else:
            assert len(ledger.postings) == posted + len(legs)
    for who in (ALICE, BOB):
        balance = ledger.balance(who, "USD")
        assert min(balance.available, balance.held) >= ZERO
    own = [posting.leg for posting in ledger.postings]
    for who in (ALICE, BOB, HOUSE):
        start = Decimal(100) if who != HOUSE else ZERO
        moved = sum((e.available + e.held for e in own if e.account_id == who), ZERO)
        assert ledger.balance(who, "USD").total == start + moved
    assert sum((e.available + e.held for e in own), ZERO) == ZERO


def test_a_set_must_balance_for_each_asset_by_itself() -> None:
    ledger = Ledger(defaultdict(Balance))
    with pytest.raises(LedgerError, match="do not sum to zero"):
        ledger.post(
            "execution",
            UUID(int=1),
            [Leg(ALICE, "USD", Decimal(5)), Leg(DEPOSITS, "ACME", Decimal(-5))],
        )


def test_a_balance_that_was_not_loaded_is_never_taken_for_an_empty_one() -> None:
    ledger = Ledger({(ALICE, "USD"): Balance(Decimal(5))})
    with pytest.raises(LedgerError, match="not loaded"):
        ledger.post("deposit", UUID(int=1), [Leg(BOB, "USD", Decimal(5)), Leg(ALICE, "USD")])


def test_only_system_accounts_may_go_below_zero() -> None:
    ledger = Ledger(defaultdict(Balance))
    ledger.post(
        "deposit", UUID(int=1), [Leg(ALICE, "USD", Decimal(5)), Leg(DEPOSITS, "USD", Decimal(-5))]
    )
    assert ledger.balance(DEPOSITS, "USD").available == -5
    with pytest.raises(LedgerError, match="would leave account"):
        ledger.post("hold", UUID(int=2), [Leg(ALICE, "USD", Decimal(-6), Decimal(6))])
