"""The derived commands are right: plain matching of them makes exactly the venue's trades."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest

from replay.book import Order, Side, Trade
from replay.capture import Cancel, Capture, Row, VenueTrade, derive, lots, ticks
from replay.plan import Plan, PlanError, head, make_plan


def as_printed(trades: Iterable[Trade]) -> list[VenueTrade]:
    return [
        VenueTrade(t.price_ticks, t.quantity_lots, t.buy_order_id, t.sell_order_id) for t in trades
    ]


def test_the_capture_holds_the_known_numbers_of_commands(capture: Capture) -> None:
    markets = [c for c in capture.commands if isinstance(c, Order) and c.is_market]
    assert capture.orders == 55_934
    assert capture.cancels == 49_136
    assert [order.side for order in markets].count(Side.BUY) == 2
    assert [order.side for order in markets].count(Side.SELL) == 5
    assert capture.refused_post_only == 100_931
    assert capture.deletes_without_order == 14


def test_plain_matching_makes_exactly_the_284_trades_of_the_venue(
    capture: Capture, plan: Plan
) -> None:
    assert len(capture.trades) == 284
    assert as_printed(plan.trades) == list(capture.trades)


@pytest.mark.parametrize("size", [500, 2_000, 10_000])
def test_a_slice_makes_the_first_trades_of_the_whole(
    capture: Capture, plan: Plan, size: int
) -> None:
    part = head(capture, size)
    assert size - 10 < len(part.commands) <= size
    assert part.trades == plan.trades[: len(part.trades)]
    assert part.trades


def row(action: str, volume: str, *, at: int = 1, order_id: str = "7", price: str = "5.0") -> Row:
    return Row(order_id, at, Decimal(price), Decimal(volume), action, Side.BUY)


def test_fills_that_the_venue_reports_are_no_commands() -> None:
    live = [row("created", "2"), row("changed", "1", at=2), row("deleted", "0", at=3)]
    capture = derive([], live, [])
    assert capture.commands == (Order("7", Side.BUY, 2 * 10**8, 50),)


def test_a_refused_post_only_order_is_left_out() -> None:
    capture = derive([], [row("created", "2"), row("deleted", "2")], [])
    assert (capture.commands, capture.refused_post_only) == ((), 1)


def test_an_order_deleted_later_was_cancelled_by_its_owner() -> None:
    capture = derive([], [row("created", "2"), row("deleted", "2", at=2)], [])
    assert capture.commands[1:] == (Cancel("7"),)


def test_a_delete_of_an_unknown_order_is_left_out() -> None:
    capture = derive([], [row("deleted", "2")], [])
    assert (capture.commands, capture.deletes_without_order) == ((), 1)


def test_the_size_of_a_market_order_is_what_it_traded() -> None:
    trades = [VenueTrade(50, 3, "7", "1"), VenueTrade(51, 4, "7", "2")]
    capture = derive([], [row("created", "0", price="999999999")], trades)
    assert capture.commands == (Order("7", Side.BUY, 7, None, is_market=True),)


def test_prices_and_sizes_between_the_steps_are_refused() -> None:
    assert (ticks(Decimal("78318.0")), lots(Decimal("1e-08"))) == (783_180, 1)
    with pytest.raises(ValueError, match="whole number"):
        ticks(Decimal("78318.05"))
    with pytest.raises(ValueError, match="whole number"):
        lots(Decimal("1e-09"))


def test_a_plan_refuses_a_cancel_of_an_order_that_is_not_open() -> None:
    with pytest.raises(PlanError, match="not open"):
        make_plan([Cancel("7")])
