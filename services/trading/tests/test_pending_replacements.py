"""What a pending replacement was reckoned on stays held until the log decides it, even if its owner spends everything
that becomes available between any two events.
"""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.event_log.events import Event
from trading.domain.asset import Asset
from trading.domain.holds import extra_hold, hold_needed, pair_hold
from trading.domain.ledger import Balance, Ledger
from trading.domain.money import ZERO
from trading.domain.order import CASH, Exit, Order, OrderClass, OrderType, Side, TimeInForce
from trading.domain.states import Status
from trading.settlement.apply import apply
from trading.settlement.batch import Batch

ASSET = Asset(UUID(int=9), "ACME", "Acme", "us_equity", Decimal("0.01"), Decimal(1), True)
OWNER = UUID(int=5001)
NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Account:
    """Its orders and its cash, of which nothing is ever available when an event comes."""

    def __init__(self, *orders: Order) -> None:
        self.orders = {order.id: order for order in orders}
        self.cash = Balance(ZERO, sum((order.hold for order in orders), ZERO))
        self.spent = ZERO

    def see(self, kind: str, **data: Any) -> None:
        event = Event(1, 10**18, kind, {"account_id": str(OWNER), "symbol": "ACME"} | data)
        apply(
            Batch(UUID(int=7), self.orders, {"ACME": ASSET}, Ledger({(OWNER, CASH): self.cash})),
            [event],
        )
        self.spent += self.cash.available
        self.cash.available = ZERO

    def ask(self, old: Order, number: int, price: int, partner: Order | None = None) -> Order:
        """As the gate writes it."""
        new = replace(
            old, id=UUID(int=number), client_order_id=str(number), replaces=old.id, hold=ZERO
        )
        new.limit_price = new.engine_price = Decimal(price)
        new.status = Status.PENDING_NEW
        new.hold = extra_hold(old, new, partner)
        old.status = Status.PENDING_REPLACE
        self.orders[new.id] = new
        self.cash.held += new.hold
        return new

    def replaced(self, old: Order, new: Order) -> None:
        self.see(
            "order_replaced",
            command_id=str(UUID(int=100)),
            order_id=str(old.id),
            new_order_id=str(new.id),
            client_order_id=new.client_order_id,
            limit_price_ticks=ASSET.ticks(new.engine_price),
            quantity_lots=10,
        )


def buy(number: int, price: int, **terms: Any) -> Order:
    made = Order(
        id=UUID(int=number),
        account_id=OWNER,
        client_order_id=str(number),
        symbol="ACME",
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        limit_price=Decimal(price),
        engine_price=Decimal(price),
        qty=Decimal(10),
        maker_fee_rate=ZERO,
        taker_fee_rate=ZERO,
        status=Status.NEW,
        hold=ZERO,
        submitted_at=NOW,
        updated_at=NOW,
    )
    made = replace(made, **terms)
    made.hold = hold_needed(made)
    return made


def pair(profit: int, stop: int, limit: int) -> tuple[Order, Order]:
    linked: dict[str, Any] = {"order_class": OrderClass.OCO, "group_id": UUID(int=1)}
    first = buy(1, profit, exit=Exit.TAKE_PROFIT, partner_id=UUID(int=2), **linked)
    second = buy(2, limit, exit=Exit.STOP_LOSS, partner_id=first.id, parent_id=first.id, **linked)
    second.order_type, second.stop_price = OrderType.STOP_LIMIT, Decimal(stop)
    first.hold, second.hold = pair_hold(first, second), ZERO
    return first, second


def test_both_orders_of_a_pair_can_wait_to_be_replaced() -> None:
    profit, stop = pair(80, 115, 120)
    account = Account(profit, stop)
    cheaper = account.ask(stop, 3, 85, profit)
    dearer = account.ask(profit, 4, 110, stop)
    assert cheaper.hold == dearer.hold == ZERO
    account.replaced(stop, cheaper)
    assert account.spent == ZERO
    account.replaced(profit, dearer)
    assert dearer.hold == account.cash.held == pair_hold(dearer, cheaper)
    assert account.spent == Decimal(100)


def test_what_a_post_only_order_saves_stays_until_its_replacement_is_decided() -> None:
    order = buy(1, 100, post_only="reprice")
    account = Account(order)
    new = account.ask(order, 2, 99)
    assert new.hold == ZERO
    account.see("order_repriced", order_id=str(order.id), limit_price_ticks=9000)
    assert account.spent == ZERO
    account.replaced(order, new)
    assert [new.hold, account.cash.held, account.spent] == [Decimal(n) for n in (990, 990, 10)]


def test_what_was_kept_for_a_refused_replacement_is_available_again() -> None:
    order = buy(1, 100, post_only="reprice")
    account = Account(order)
    new = account.ask(order, 2, 101)
    account.see("order_repriced", order_id=str(order.id), limit_price_ticks=9000)
    account.see(
        "replace_rejected",
        command_id=str(UUID(int=100)),
        order_id=str(order.id),
        new_order_id=str(new.id),
        reason="order_not_open",
    )
    assert (order.status, order.hold, new.hold) == (Status.NEW, Decimal(900), ZERO)
    assert (account.cash.held, account.spent) == (Decimal(900), Decimal(110))


def test_a_stop_that_goes_on_alone_keeps_the_pairs_hold_for_its_replacement() -> None:
    profit, stop = pair(110, 115, 100)
    account = Account(profit, stop)
    new = account.ask(stop, 3, 108, profit)
    assert new.hold == ZERO
    account.see("order_triggered", order_id=str(stop.id))
    account.see("order_cancelled", order_id=str(profit.id))
    assert stop.hold == account.cash.held
    account.replaced(stop, new)
    assert new.hold == account.cash.held == Decimal(1080)
