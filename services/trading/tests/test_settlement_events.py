"""Single events that settlement must refuse, or pass over. Whole histories are in tests/ledger."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from plain_exchange import PlainExchange

from chassis.event_log.events import Event
from trading.domain.asset import Asset
from trading.domain.ledger import Balance, Ledger
from trading.domain.money import ZERO
from trading.domain.order import Order
from trading.domain.states import Status
from trading.settlement import trailing
from trading.settlement.apply import apply, expire
from trading.settlement.batch import Batch, SettlementError
from trading.settlement.recreate import recreate
from trading.settlement.touched import touched

SYMBOL = "ACME"
ASSET = Asset(
    UUID(int=9), SYMBOL, "Acme", "crypto", Decimal("0.003"), Decimal("0.00000007"), active=True
)
LOG = UUID(int=0x106)
ACCOUNTS = [UUID(int=5001), UUID(int=5002), UUID(int=5003)]


def _batch(orders: dict[UUID, Order] | None = None, **more: Any) -> Batch:
    return Batch(LOG, orders or {}, {SYMBOL: ASSET}, Ledger({}), **more)


def test_an_overdue_order_that_was_just_taken_back_is_left_alone() -> None:
    batch = _batch(overdue={UUID(int=1): UUID(int=2)})
    expire(batch, 1)
    assert (batch.rejected, batch.decided) == ([], {UUID(int=1)})


def test_events_that_cannot_be_settled_say_so() -> None:
    exchange = PlainExchange(SYMBOL)
    exchange._say("dividend")
    with pytest.raises(SettlementError, match="kind dividend at 1, which settlement does not know"):
        apply(_batch(), exchange.events)
    cancelled = {"order_id": str(UUID(int=4)), "account_id": str(ACCOUNTS[0]), "symbol": SYMBOL}
    with pytest.raises(SettlementError, match="never accepted"):
        apply(_batch(), [Event(1, 1, "order_cancelled", cancelled)])


_OF_OTHERS = [
    ("tick", {}),
    (
        "limits_changed",
        {
            "open_orders": 10,
            "open_orders_per_account": 9,
            "levels_per_side": 8,
            "symbols": 7,
            "trailing_stops_per_symbol": 6,
            "trades_per_order": 7,
        },
    ),
    (
        "all_cancelled",
        {"command_id": str(UUID(int=6)), "symbol": SYMBOL, "cancelled_orders": 2},
    ),
    ("phase_changed", {"command_id": str(UUID(int=8)), "symbol": "NOT_HERE", "phase": "halted"}),
    (
        "symbol_rejected",
        {"command_id": str(UUID(int=9)), "symbol": "X", "reason": "already_halted"},
    ),
]


@pytest.mark.parametrize(("kind", "data"), _OF_OTHERS, ids=[kind for kind, _ in _OF_OTHERS])
def test_what_others_made_the_engine_write_moves_nothing(kind: str, data: dict[str, Any]) -> None:
    event = Event(1, 1, kind, data)
    batch = _batch()
    assert touched([event]).balances({}, set()) == set()
    apply(batch, [event])
    expire(batch, 1)
    assert (batch.changed, batch.updates, batch.executions) == (set(), [], [])


@pytest.mark.parametrize(
    ("name", "value"), [("order_type", "pegged"), ("time_in_force", "at_the_close")]
)
def test_an_order_of_a_kind_that_this_release_does_not_place_is_never_recreated(
    name: str, value: str
) -> None:
    order = {
        "command_id": str(UUID(int=1)),
        "order_id": str(UUID(int=2)),
        "account_id": str(ACCOUNTS[0]),
        "symbol": SYMBOL,
        "side": "buy",
        "order_type": "limit",
        "time_in_force": "gtc",
    }
    with pytest.raises(SettlementError, match=f"with the {name} {value} at 5"):
        apply(_batch(), [Event(5, 5, "order_accepted", order | {name: value})])


def test_a_trailing_stop_that_a_trade_reached_stands_still_though_it_acts_later() -> None:
    """Between the two come further trades of the taker that reached it: they move it no more (rule G3)."""
    order = recreated(
        {
            "order_id": str(UUID(int=31)),
            "side": "sell",
            "order_type": "trailing_stop",
            "trail_ticks": 2,
        }
    )
    batch = _batch({order.id: order})
    order.status, order.hwm, order.stop_price = Status.NEW, ASSET.price(10), ASSET.price(8)
    batch.trailing[SYMBOL] = {order.id: order}
    for ticks in (12, 10, 15):
        trailing.follow_trade(batch, ASSET, ASSET.price(ticks), at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (order.hwm, order.stop_price) == (ASSET.price(12), ASSET.price(10))
    told = {"order_id": str(order.id), "symbol": SYMBOL, "stop_price_ticks": 10}
    apply(batch, [Event(1, 10**18, "order_triggered", told)])
    assert (order.hwm, order.stop_price) == (ASSET.price(12), ASSET.price(10))
    assert [update.event for update in batch.updates] == ["restated"]


def recreated(members: dict[str, Any]) -> Order:
    accepted = {
        "command_id": str(UUID(int=30)),
        "account_id": str(ACCOUNTS[0]),
        "client_order_id": "30",
        "symbol": SYMBOL,
        "time_in_force": "gtc",
        "limit_price_ticks": 1,
        "quantity_lots": 5,
        "terms": {"maker_fee_rate": "0", "taker_fee_rate": "0", "limit_price": None},
    } | members
    batch = _batch()
    shares = Balance(ASSET.qty(5))
    batch.ledger.balances[(ACCOUNTS[0], SYMBOL)] = shares
    order = recreate(batch, Event(1, 10**18, "order_accepted", accepted), datetime.now(UTC))
    assert (shares.available, shares.held) == (ZERO, ASSET.qty(5))
    return order
