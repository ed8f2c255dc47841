"""Each kind of difference between the services' accounts is found: a verification that cannot fail proves nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chassis.event_log.events import Event
from tests.verify.compare import compare, open_differences
from tests.verify.databases import AuditState, MarketState, Outbox, TradingState
from tests.verify.engine_log import EngineLog, OpenPage, Trade

SELL, BUY, REST, GONE = "a-sell", "b-buy", "c-rest", "d-gone"
TRADE = Trade(4, "X", 10, 2, BUY, SELL)
DEPOSITED = ("deposited", {"amount": "5"})


@dataclass
class Story:
    """What everybody says about: two orders that trade, one that rests, one that is cancelled."""

    log: EngineLog
    trading: TradingState
    market: MarketState
    audit: AuditState
    outboxes: dict[str, Outbox]
    pages: list[OpenPage]

    def problems(self) -> list[str]:
        return [
            *compare(self.log, self.trading, self.market, self.audit, self.outboxes),
            *open_differences(self.log, self.pages),
        ]


def accepted(sequence: int, order_id: str, side: str, lots: int) -> Event:
    data = {"order_id": order_id, "side": side, "quantity_lots": lots}
    return Event(sequence, sequence, "order_accepted", data)


def trade(sequence: int) -> Event:
    data: dict[str, Any] = {"symbol": "X", "price_ticks": 10, "quantity_lots": 2}
    data |= {"maker_order_id": SELL, "maker_remaining_lots": 3}
    data |= {"taker_order_id": BUY, "taker_remaining_lots": 0}
    return Event(sequence, sequence, "trade", data)


def engine_log() -> EngineLog:
    log = EngineLog()
    for event in (
        accepted(1, SELL, "sell", 5),
        Event(2, 2, "tick", {}),
        accepted(3, BUY, "buy", 2),
        trade(4),
        accepted(5, REST, "buy", 7),
        accepted(6, GONE, "buy", 1),
        Event(7, 7, "order_cancelled", {"order_id": GONE}),
    ):
        log.take(event)
    return log


@pytest.fixture
def story() -> Story:
    return Story(
        log=engine_log(),
        trading=TradingState(
            7, {4: TRADE}, [], {SELL: 3, REST: 7}, {SELL, BUY, REST, GONE}, {GONE}
        ),
        market=MarketState(7, {4: ("X", 10, 2)}),
        audit=AuditState(
            cursors={"engine.events": 7, "trading.events": 1},
            log_ids={"engine.events": "e", "trading.events": "t"},
            engine_kinds=dict.fromkeys((1, 3, 5, 6), "order_accepted")
            | {4: "trade", 7: "order_cancelled"},
            trades={4: TRADE},
            copies={"trading.events": {1: DEPOSITED}},
        ),
        outboxes={"trading.events": Outbox("t", {1: DEPOSITED}), "auth.events": Outbox("a", {})},
        pages=[OpenPage(5, {SELL: 3}), OpenPage(7, {REST: 7})],
    )


def test_one_story_told_alike_has_no_differences(story: Story) -> None:
    assert story.problems() == []


def test_what_is_only_on_its_way_is_no_difference(story: Story) -> None:
    story.log.take(accepted(8, "e-new", "buy", 1))
    story.outboxes["auth.events"] = Outbox("a", {1: ("user_registered", {})})
    assert story.problems() == []


def test_the_books_may_move_between_two_pages(story: Story) -> None:
    story.log.take(Event(8, 8, "order_cancelled", {"order_id": SELL}))
    story.pages[1] = replace(story.pages[1], sequence=8)
    assert story.problems() == []


def test_replaced_and_reduced_orders_are_followed_to_what_they_are_now() -> None:
    log = engine_log()
    changed = {"order_id": REST, "new_order_id": "e-new", "remaining_lots": 9}
    log.take(Event(8, 8, "order_replaced", changed))
    log.take(Event(9, 9, "order_reduced", {"order_id": "e-new", "remaining_lots": 4}))
    assert log.open_orders(7) == {SELL: 3, REST: 7}
    assert log.open_orders(9) == {SELL: 3, "e-new": 4}
    assert open_differences(log, [OpenPage(7, {SELL: 3}), OpenPage(9, {"e-new": 4})]) == []
    data = {"symbol": "X", "price_ticks": 10, "quantity_lots": 1}
    data |= {"maker_order_id": "e-new", "maker_remaining_lots": 3}
    data |= {"taker_order_id": SELL, "taker_remaining_lots": 2}
    log.take(Event(10, 10, "trade", data))
    assert (log.trades[10].buy_order, log.trades[10].sell_order) == ("e-new", SELL)


def trading(**changes: Any) -> Callable[[Story], None]:
    return lambda story: setattr(story, "trading", replace(story.trading, **changes))


def audit(**changes: Any) -> Callable[[Story], None]:
    return lambda story: setattr(story, "audit", replace(story.audit, **changes))


def market(**trades: Any) -> Callable[[Story], None]:
    return lambda story: setattr(story, "market", MarketState(7, trades.get("trades", {})))


def book(number: int, remaining: dict[str, int]) -> Callable[[Story], None]:
    def change(story: Story) -> None:
        story.pages[number] = replace(story.pages[number], remaining=remaining)

    return change


def outbox(log_id: str, events: dict[int, Any]) -> Callable[[Story], None]:
    def change(story: Story) -> None:
        story.outboxes["trading.events"] = Outbox(log_id, events)

    return change


def kinds(**changed: Any) -> Callable[[Story], None]:
    def change(story: Story) -> None:
        told = story.audit.engine_kinds | {int(s[1:]): kind for s, kind in changed.items()}
        told = {s: kind for s, kind in told.items() if kind is not None}
        story.audit = replace(story.audit, engine_kinds=told)

    return change


def told(**changes: Any) -> Callable[[Story], None]:
    return audit(trades={4: replace(TRADE, **changes)})


ALL = {SELL, BUY, REST, GONE}
DIFFERENCES: dict[str, Callable[[Story], None]] = {
    "the engine accepted these orders twice (1): a-sell": lambda s: s.log.twice.append(SELL),
    "trades without their two executions (1): 4": trading(one_sided=[4]),
    "executions of trading: missing (1): 4": trading(trades={}),
    "executions of trading: not in the log (1): 5": trading(trades={4: TRADE, 5: TRADE}),
    "executions of trading: different (1): 4": trading(trades={4: replace(TRADE, price_ticks=11)}),
    "open orders of trading: missing (1): c-rest": trading(open_orders={SELL: 3}),
    "open orders of trading: not in the log (1): b-buy": trading(
        open_orders={SELL: 3, REST: 7, BUY: 1}
    ),
    "open orders of trading: different (1): a-sell": trading(open_orders={SELL: 5, REST: 7}),
    "orders of trading that the engine never accepted (1): e": trading(known_orders=ALL | {"e"}),
    "accepted orders that trading does not know (1): b-buy": trading(known_orders=ALL - {BUY}),
    "cancels of the engine that trading does not show (1): d-gone": trading(canceled=set()),
    "cancels of trading that the engine never made (1): b-buy": trading(canceled={GONE, BUY}),
    "trades of market data: missing (1): 4": market(),
    "trades of market data: not in the log (1): 5": market(
        trades={4: ("X", 10, 2), 5: ("X", 10, 2)}
    ),
    "trades of market data: different (1): 4": market(trades={4: ("X", 10, 3)}),
    "audit entries of engine.events: missing (1): 3": kinds(s3=None),
    "audit entries of engine.events: not in the log (1): 2": kinds(s2="tick"),
    "audit entries of engine.events: different (1): 7": kinds(s7="order_expired"),
    "trades of the audit log: missing (1): 4": audit(trades={}),
    "trades of the audit log: not in the log (1): 5": audit(trades={4: TRADE, 5: TRADE}),
    "audit entries of trading.events: missing (1): 1": audit(copies={}),
    "audit entries of trading.events: not in the log (1): 1": outbox("t", {}),
    "audit entries of trading.events: different (1): 1": outbox("t", {1: ("withdrawn", {})}),
    "the audit log follows trading.events t, and the service keeps u": outbox("u", {1: DEPOSITED}),
    "open orders of the engine: missing (1): c-rest": book(1, {}),
    "open orders of the engine: not in the log (1): d-gone": book(1, {REST: 7, GONE: 1}),
    "open orders of the engine: different (1): a-sell": book(0, {SELL: 5}),
    "open orders of the engine: on two pages (1): c-rest": book(0, {SELL: 3, REST: 7}),
}


@pytest.mark.parametrize("sentence", DIFFERENCES)
def test_each_difference_is_found_and_nothing_else(story: Story, sentence: str) -> None:
    before = copy.deepcopy(story)
    DIFFERENCES[sentence](story)
    assert story != before
    assert story.problems() == [sentence]


@pytest.mark.parametrize(
    "wrong",
    [{"price_ticks": 11}, {"quantity_lots": 3}, {"symbol": "Y"},
     {"buy_order": REST}, {"sell_order": REST}],
)  # fmt: skip
def test_the_audit_log_must_tell_the_same_trade(story: Story, wrong: dict[str, Any]) -> None:
    told(**wrong)(story)
    assert story.problems() == ["trades of the audit log: different (1): 4"]


def test_only_the_data_of_an_entry_may_differ(story: Story) -> None:
    outbox("t", {1: ("deposited", {"amount": "6"})})(story)
    assert story.problems() == ["audit entries of trading.events: different (1): 1"]
