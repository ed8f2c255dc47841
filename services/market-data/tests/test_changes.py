"""Folding events: whatever way a log is cut into runs, what rests in the end is the same."""

from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.event_log.events import Event
from market_data.worker.changes import Changes, changes_of


@dataclass
class PlainBook:
    """Orders by id, changed one event at a time: what the folding is compared with."""

    events: list[Event] = field(default_factory=list)
    resting: dict[str, int] = field(default_factory=dict)
    trades: int = 0

    def add(self, kind: str, **data: object) -> None:
        sequence = len(self.events) + 1
        self.events.append(Event(sequence, sequence * 10, kind, dict(data)))

    def accept(self, lots: int, time_in_force: str = "gtc") -> str:
        order_id = str(UUID(int=len(self.events) + 1))
        self.add(
            "order_accepted",
            order_id=order_id,
            symbol="AAPL",
            side="buy",
            order_type="limit",
            time_in_force=time_in_force,
            limit_price_ticks=100,
            quantity_lots=lots,
        )
        if time_in_force == "gtc":
            self.resting[order_id] = lots
        return order_id

    def trade(self, maker: str, taker_lots: int, time_in_force: str) -> None:
        """A new order takes from `maker`; what it does not get rests or is cancelled."""
        taker = self.accept(taker_lots, time_in_force)
        lots = min(self.resting[maker], taker_lots)
        self.resting[maker] -= lots
        self.add(
            "trade",
            symbol="AAPL",
            price_ticks=100,
            quantity_lots=lots,
            taker_side="sell",
            maker_order_id=maker,
            maker_remaining_lots=self.resting[maker],
            taker_order_id=taker,
            taker_remaining_lots=taker_lots - lots,
        )
        self.trades += 1
        if self.resting[maker] == 0:
            del self.resting[maker]
        if time_in_force == "gtc":
            self.resting[taker] = taker_lots - lots
            if self.resting[taker] == 0:
                del self.resting[taker]
        elif taker_lots > lots:
            self.add("order_cancelled", order_id=taker, symbol="AAPL")

    def end(self, order_id: str, kind: str) -> None:
        del self.resting[order_id]
        self.add(kind, order_id=order_id, symbol="AAPL")


steps = st.lists(
    st.tuples(
        st.sampled_from(["accept", "trade", "take", "cancel", "expire"]),
        st.integers(0, 10_000),
        st.integers(1, 20),
    ),
    max_size=60,
)


@given(steps=steps, cuts=st.sets(st.integers(0, 200)))
def test_any_cut_of_the_log_leaves_the_same_orders(
    steps: list[tuple[str, int, int]], cuts: set[int]
) -> None:
    plain = PlainBook()
    for step, pick, lots in steps:
        ids = sorted(plain.resting)
        if step == "accept" or not ids:
            plain.accept(lots)
        elif step == "trade":
            plain.trade(ids[pick % len(ids)], lots, "gtc")
        elif step == "take":
            plain.trade(ids[pick % len(ids)], lots, "ioc")
        else:
            kind = "order_cancelled" if step == "cancel" else "order_expired"
            plain.end(ids[pick % len(ids)], kind)

    stored: dict[str, int] = {}
    trades = 0
    bounds = [0, *sorted(cut for cut in cuts if cut < len(plain.events)), len(plain.events)]
    for start, end in pairwise(bounds):
        changes = changes_of(plain.events[start:end])
        _store(stored, changes)
        trades += len(changes.trades)
    assert stored == plain.resting
    assert trades == plain.trades


def _store(stored: dict[str, int], changes: Changes) -> None:
    """What the three statements of `apply` do."""
    for order_id in changes.removed:
        stored.pop(order_id, None)
    for order_id, patch in changes.patched.items():
        if patch.stored_id in stored:
            lots = stored.pop(patch.stored_id)
            stored[order_id] = lots if patch.remaining_lots is None else patch.remaining_lots
    assert not changes.placed.keys() & stored.keys(), "an order is placed only once"
    stored |= {order_id: order.remaining_lots for order_id, order in changes.placed.items()}


def test_an_order_that_comes_and_goes_in_one_run_is_never_stored() -> None:
    plain = PlainBook()
    plain.end(plain.accept(5), "order_cancelled")
    changes = changes_of(plain.events)
    assert (changes.placed, changes.removed, changes.patched) == ({}, set(), {})
    assert changes.touched["AAPL"].sequence == 2


def test_an_event_that_breaks_the_contract_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError):
        changes_of([Event(1, 1, "trade", {"symbol": "AAPL", "price_ticks": "12"})])


def test_kinds_that_say_nothing_about_the_book_are_passed_over() -> None:
    events = [Event(1, 1, "tick", {}), Event(2, 2, "order_rejected", {"symbol": "AAPL"})]
    assert changes_of(events) == Changes()


@pytest.mark.parametrize(
    "order", [{"time_in_force": "ioc"}, {"time_in_force": "fok"}, {"order_type": "market"}]
)
def test_an_order_that_may_not_rest_is_never_in_the_book(order: dict[str, str]) -> None:
    plain = PlainBook()
    plain.accept(5)
    resting = plain.events[0]
    may_not = Event(1, 1, "order_accepted", resting.data | order)
    assert changes_of([may_not]).placed == {}
    assert len(changes_of([resting]).placed) == 1
