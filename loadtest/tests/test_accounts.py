"""No trade of the capture has one account on both sides, however many accounts there are."""

from __future__ import annotations

import pytest

from replay.accounts import assign, needs, self_trades
from replay.book import Order, Side
from replay.capture import Capture
from replay.plan import Plan, head


@pytest.mark.parametrize("accounts", [2, 3, 8, 33])
def test_no_account_trades_with_itself(plan: Plan, accounts: int) -> None:
    assigned = assign(plan, accounts)
    assert self_trades(plan.trades, assigned) == 0
    assert set(assigned.values()) == set(range(accounts))


def test_accounts_both_buy_and_sell(plan: Plan) -> None:
    assigned = assign(plan, 8)
    buyers = {assigned[trade.buy_order_id] for trade in plan.trades}
    sellers = {assigned[trade.sell_order_id] for trade in plan.trades}
    assert len(buyers & sellers) > 4


def test_a_trade_needs_two_accounts(plan: Plan) -> None:
    with pytest.raises(ValueError, match="two accounts"):
        assign(plan, 1)


def test_accounts_own_what_their_orders_may_hold(capture: Capture) -> None:
    part = head(capture, 2_000)
    assigned = assign(part, 4)
    owned = needs(part, assigned, 4)
    for account, need in enumerate(owned):
        mine = [
            command
            for command in part.commands
            if isinstance(command, Order) and assigned[command.order_id] == account
        ]
        assert need.shares * 10**8 > sum(o.quantity_lots for o in mine if o.side is Side.SELL)
        assert need.cash * 10**9 > sum(
            o.quantity_lots * (o.limit_price_ticks or 0) for o in mine if o.side is Side.BUY
        )
