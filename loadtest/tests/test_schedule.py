"""Whatever overlaps, the book that the commands make is the recorded one."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.book import Book, Order, Side, Trade
from replay.capture import Cancel, Capture, Command
from replay.plan import Plan, head, make_plan
from replay.schedule import Schedule


def buy(order_id: str, ticks: int, lots: int = 1) -> Order:
    return Order(order_id, Side.BUY, lots, ticks)


def sell(order_id: str, ticks: int, lots: int = 1) -> Order:
    return Order(order_id, Side.SELL, lots, ticks)


def take_all(schedule: Schedule) -> list[int]:
    taken: list[int] = []
    while (index := schedule.take()) is not None:
        taken.append(index)
    return taken


def test_orders_at_different_prices_overlap() -> None:
    schedule = Schedule(make_plan([buy("a", 10), buy("b", 11), sell("c", 20)]))
    assert take_all(schedule) == [0, 1, 2]


def test_orders_at_one_price_and_side_keep_their_order() -> None:
    schedule = Schedule(make_plan([buy("a", 10), buy("b", 10)]))
    assert take_all(schedule) == [0]
    schedule.finish(0)
    assert take_all(schedule) == [1]


def test_a_cancel_waits_for_its_order() -> None:
    schedule = Schedule(make_plan([buy("a", 10), Cancel("a")]))
    assert take_all(schedule) == [0]
    schedule.finish(0)
    assert take_all(schedule) == [1]


def test_an_order_waits_for_the_cancel_of_what_it_would_trade_with() -> None:
    plan = make_plan([sell("ask", 10), buy("x", 5), sell("y", 30), Cancel("ask"), buy("bid", 11)])
    schedule = Schedule(plan)
    assert take_all(schedule) == [0, 1, 2]
    schedule.finish(0)
    assert take_all(schedule) == [3]
    schedule.finish(3)
    assert take_all(schedule) == [4]


def test_a_marketable_order_is_a_barrier_on_both_sides() -> None:
    plan = make_plan([sell("ask", 10), buy("far", 1), buy("taker", 10), buy("later", 2)])
    schedule = Schedule(plan)
    assert take_all(schedule) == [0, 1]
    schedule.finish(1)
    assert take_all(schedule) == []
    schedule.finish(0)
    assert take_all(schedule) == [2]
    schedule.finish(2)
    assert take_all(schedule) == [3]
    assert not schedule.finished
    schedule.finish(3)
    assert schedule.finished


def test_an_answer_counts_once() -> None:
    schedule = Schedule(make_plan([buy("a", 10), buy("b", 11)]))
    schedule.take()
    schedule.finish(0)
    with pytest.raises(KeyError):
        schedule.finish(0)
    with pytest.raises(KeyError):
        schedule.finish(1)


def replay_in_any_order(plan: Plan, in_flight: int, seed: int) -> list[Trade]:
    """Apply the commands as a server might that sees the requests in flight in any order."""
    random_order = random.Random(seed)
    schedule, book = Schedule(plan), Book()
    flying: list[int] = []
    trades: list[Trade] = []
    while not schedule.finished:
        while len(flying) < in_flight and (index := schedule.take()) is not None:
            flying.append(index)
        index = flying.pop(random_order.randrange(len(flying)))
        command = plan.commands[index]
        if isinstance(command, Cancel):
            assert book.cancel(command.order_id) is not None
        else:
            trades.extend(book.place(command).trades)
        schedule.finish(index)
    return trades


@pytest.mark.parametrize("seed", range(3))
def test_the_capture_makes_the_same_trades_in_any_permitted_order(
    capture: Capture, seed: int
) -> None:
    plan = head(capture, 20_000)
    assert replay_in_any_order(plan, in_flight=64, seed=seed) == list(plan.trades)


steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(Side), st.integers(1, 5), st.integers(98, 101)),
        st.integers(0, 12),
    ),
    max_size=40,
)


@given(steps, st.integers(1, 16), st.integers(0, 1_000))
def test_any_flow_makes_the_same_trades_in_any_permitted_order(
    flow: list[tuple[Side, int, int] | int], in_flight: int, seed: int
) -> None:
    book = Book()
    commands: list[Command] = []
    for number, step in enumerate(flow):
        if isinstance(step, int):
            if book.cancel(str(step)) is not None:
                commands.append(Cancel(str(step)))
        else:
            side, quantity_lots, price_ticks = step
            order = Order(str(number), side, quantity_lots, price_ticks)
            book.place(order)
            commands.append(order)
    plan = make_plan(commands)
    assert replay_in_any_order(plan, in_flight, seed) == list(plan.trades)
