"""Histories out of choices: requests, faults, pages; and everything that must hold after each of them.

The engine of these histories is the one of `tests/oracle`; what becomes of money and shares is reckoned by
`plain_ledger.py`; only settlement in between is ours.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import drafts
from brokerage import Books, Brokerage, settle_page
from choices import Choices
from drafts import ACCOUNTS, ASSETS
from oracle.orders import OpenOrder
from plain_ledger import CASH

from chassis.event_log.events import Event
from trading.domain.ledger import HOUSE
from trading.domain.money import ZERO
from trading.domain.order import Order, OrderType
from trading.domain.states import OPEN, Status

REPLACEABLE = (Status.NEW, Status.PARTIALLY_FILLED)
IN_ENGINE = OPEN - {Status.HELD, Status.PENDING_NEW}
SENT = (True,) * 7 + (False,)
STEPS = "p" * 30 + "bbbbboooorrrrrrrrrqqqqccc" + "s" * 14 + "uuuwwkkkahhhe"
ENDS = {
    "fill": Status.FILLED,
    "canceled": Status.CANCELED,
    "expired": Status.EXPIRED,
    "rejected": Status.REJECTED,
    "replaced": Status.REPLACED,
}


def step(brokerage: Brokerage, choices: Choices) -> None:
    """One thing that happens."""
    brokerage.serial += 1
    serial, now_ns = brokerage.serial, brokerage.now_ns
    orders = list(brokerage.books.orders.values())
    match choices.of(STEPS):
        case "p":
            brokerage.place(drafts.draft(choices, serial, now_ns), [], choices.of(SENT))
        case "b":
            entry, exits = drafts.entry_with_exits(choices, serial, now_ns)
            brokerage.place(entry, exits, choices.of(SENT))
        case "o":
            brokerage.place_pair(*drafts.pair(choices, serial, now_ns), choices.of(SENT))
        case "r" if standing := [o for o in orders if o.status in REPLACEABLE]:
            old = choices.of(standing)
            replace_one(brokerage, choices, old)
        case "q" if legs := [o for o in orders if o.status in REPLACEABLE and o.partner_id]:
            # Both of a pair at once: the gate lets only one wait, settlement must do without that.
            leg = choices.of(legs)
            replace_one(brokerage, choices, leg)
            brokerage.serial += 1
            if leg.partner_id is not None:
                replace_one(brokerage, choices, brokerage.books.orders[leg.partner_id])
        case "c" if orders:
            brokerage.cancel(orders[-1 - choices.below(min(12, len(orders)))], choices.of(SENT))
        case "s":
            brokerage.settle(choices.between(1, 9))
        case "k":
            crash(brokerage, choices)
        case "u":
            brokerage.resubmit()
        case "w":
            brokerage.tick(choices.of((0.5, 2.0, 6.0)))
        case "a":
            members = {"account_id": str(choices.of(ACCOUNTS)), "symbol": choices.of(tuple(ASSETS))}
            what = choices.of((("account_id",), ("symbol",), ("account_id", "symbol")))
            brokerage.control("cancel_all", **{name: members[name] for name in what})
        case "h":
            halted = [symbol for symbol in ASSETS if symbol in brokerage.books.halted]
            symbol = halted[0] if halted else choices.of(tuple(ASSETS))
            brokerage.control("resume_symbol" if halted else "halt_symbol", symbol=symbol)
        case "e":
            ends_at_ns = now_ns + 1 - choices.of((0, 10**9, 4 * 10**9))
            brokerage.control("end_session", session="2026-01-01", ends_at_ns=ends_at_ns)


def replace_one(brokerage: Brokerage, choices: Choices, old: Order) -> None:
    if old.order_type is not OrderType.MARKET:
        new = drafts.replacement(choices, old, brokerage.serial, brokerage.now_ns)
        brokerage.replace(old, new, choices.of(SENT))


def crash(brokerage: Brokerage, choices: Choices) -> None:
    """Some pages are settled, and a crash takes them back; they come again, cut otherwise, and give the same."""
    lost = brokerage.books.copy()
    for events in _pages(brokerage, choices):
        settle_page(lost, events)
    for _ in range(choices.below(2)):
        again = brokerage.books.copy()
        until = lost.cursor
        while again.cursor < until:
            size = min(choices.between(1, 7), until - again.cursor)
            settle_page(again, brokerage.log[again.cursor :][:size])
        assert as_kept(again) == as_kept(lost)
        assert (again.executions.keys(), again.given) == (lost.executions.keys(), lost.given)


def _pages(brokerage: Brokerage, choices: Choices) -> list[list[Event]]:
    pages: list[list[Event]] = []
    cursor = brokerage.books.cursor
    for _ in range(choices.between(1, 3)):
        events = brokerage.log[cursor:][: choices.between(1, 7)]
        if events:
            pages.append(events)
            cursor = events[-1].sequence
    return pages


def as_kept(books: Books) -> dict[str, object]:
    """What must be the same however it came about."""
    return {
        "orders": {
            order.id: (
                (order.status, order.qty, order.filled_qty, order.filled_value, order.fee_value),
                (order.reduced_qty, order.carried_qty, order.hold, order.engine_price),
                (order.limit_price, order.stop_price, order.hwm, order.triggered_at is None),
                (order.parent_id, order.partner_id, order.group_id, order.replaces),
                (order.replaced_by, order.exit, order.order_class, order.side, order.order_type),
                (
                    order.client_order_id,
                    order.time_in_force,
                    order.trail_price,
                    order.trail_percent,
                ),
                (order.display_qty, order.minimum_qty, order.post_only),
            )
            for order in books.orders.values()
        },
        "balances": {
            key: (balance.available, balance.held, balance.cost, balance.realized)
            for key, balance in books.balances.items()
            if balance.total or balance.realized or balance.held
        },
        "halted": books.halted,
        "last_prices": books.last_prices,
    }


def check(brokerage: Brokerage) -> None:
    """Everything that must hold after every page."""
    books, model = brokerage.books, brokerage.model
    gained: dict[UUID, Decimal] = defaultdict(Decimal)
    kept = _kept(brokerage)
    for account in ACCOUNTS:
        for asset in (CASH, *ASSETS):
            balance = books.balances[(account, asset)]
            assert min(balance.available, balance.held, balance.cost) >= ZERO
            total, held = model.owned(str(account), asset)
            now = (Fraction(balance.total), Fraction(balance.held) - kept[(account, asset)])
            assert now == (total, held), (account, asset)
            assert balance.total > ZERO or balance.cost == ZERO
            gained[account] += balance.realized - balance.cost
        total, _ = model.owned(str(account), CASH)
        assert Fraction(gained[account]) == total - model.at_first[(str(account), CASH)]
    for asset in (CASH, *ASSETS):
        assert sum(b.total for (_, a), b in books.balances.items() if a == asset) == ZERO
    assert books.balances[(HOUSE, CASH)].available >= ZERO
    for order in books.orders.values():
        known = model.orders[str(order.id)]
        assert (order.status in OPEN) == known.open, order
        assert Fraction(order.filled_qty) == known.filled or known.extra is not None


def _kept(brokerage: Brokerage) -> dict[tuple[UUID, str], Fraction]:
    """What is held beyond what orders need, by owner and asset: only while an order, or the other of its pair, waits
    to be replaced."""
    books = brokerage.books
    kept: dict[tuple[UUID, str], Fraction] = defaultdict(Fraction)
    for order in books.orders.values():
        more = Fraction(order.hold) - brokerage.model.orders[str(order.id)].held()
        partner = None if order.partner_id is None else books.orders.get(order.partner_id)
        asked = [each.status is Status.PENDING_REPLACE for each in (order, partner) if each]
        assert more == 0 or (more > 0 and any(asked)), order
        kept[(order.account_id, order.hold_asset)] += more
    return kept


def check_postings(books: Books) -> None:
    """Every change is a balanced set of its cause, and balances are what postings make them."""
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for posting in books.postings:
        leg = posting.leg
        sums[(leg.account_id, leg.asset, "available")] += leg.available
        sums[(leg.account_id, leg.asset, "held")] += leg.held
        sums[(posting.cause, posting.cause_id, leg.asset)] += leg.available + leg.held
    for (account, asset), balance in books.balances.items():
        assert sums.pop((account, asset, "available"), ZERO) == balance.available
        assert sums.pop((account, asset, "held"), ZERO) == balance.held
    assert set(sums.values()) <= {ZERO}


def check_against_engine(brokerage: Brokerage) -> None:
    """With everything settled, what is open stands here as it does in the engine."""
    open_there: dict[str, OpenOrder] = {
        order.order_id: order for order in brokerage.market._open_orders()
    }
    open_here = {
        str(order.id): order
        for order in brokerage.books.orders.values()
        if order.status in IN_ENGINE
    }
    assert open_here.keys() == open_there.keys()
    for order_id, there in open_there.items():
        _check_one(open_here[order_id], there, brokerage.books)


def _check_one(here: Order, there: OpenOrder, books: Books) -> None:
    asset = ASSETS[here.symbol]
    assert here.remaining == asset.qty(there.remaining_lots)
    assert here.qty == asset.qty(there.quantity_lots)
    assert here.engine_price == asset.price(there.limit_price_ticks)
    if there.is_trailing:
        assert here.hwm == asset.price(there.mark_ticks)
    if there.is_stop and here.triggered_at is None:
        assert here.stop_price == asset.price(there.trigger_ticks)
    if there.partner is not None:
        assert str(here.partner_id) == there.partner.order_id
        if there.partner.partner is not None:
            assert books.orders[UUID(there.partner.order_id)].partner_id == here.id
    if here.status not in (Status.PENDING_CANCEL, Status.PENDING_REPLACE):
        halted = here.symbol in books.halted
        expected = Status.PARTIALLY_FILLED if here.filled_qty else Status.NEW
        assert here.status is (Status.SUSPENDED if halted else expected)


def check_updates(books: Books) -> None:
    """Each order is told from its beginning, as it was at each step, up to where it stands."""
    told: dict[UUID, list[str]] = defaultdict(list)
    filled: dict[UUID, Decimal] = defaultdict(Decimal)
    for update in books.told:
        order_id = update.order["id"]
        order = books.orders[order_id]
        told[order_id].append(update.event)
        filled[order_id] += Decimal(update.execution.get("qty", 0))
        if update.event != "rejected":
            own = Decimal(update.order["filled_qty"]) - order.carried_qty
            assert own == filled[order_id]
        if update.event in ENDS:
            assert update.order["status"] == ENDS[update.event]
    for order_id, events in told.items():
        order = books.orders[order_id]
        assert events[0] in ("new", "rejected", "canceled")
        assert events.count("new") <= 1
        assert not set(events[:-1]) & ENDS.keys()
        assert (events[-1] in ENDS) == (order.status not in OPEN)
    for order in books.orders.values():
        assert (order.id in told) == (order.status not in (Status.PENDING_NEW, Status.HELD))


def drain(brokerage: Brokerage) -> None:
    """Everything open is cancelled, and what never arrived expires."""
    for symbol in ASSETS:
        brokerage.serial += 1
        brokerage.control("resume_symbol", symbol=symbol)
    for _ in range(3):
        brokerage.tick(3600)
        while brokerage.settle(None):
            pass
        for account in ACCOUNTS:
            brokerage.serial += 1
            brokerage.control("cancel_all", account_id=str(account))
        brokerage.resubmit()
        while brokerage.settle(None):
            check(brokerage)


def run(content: bytes) -> Brokerage:
    """A history, and everything that must hold on its way and at its end."""
    choices = Choices(content)
    brokerage = Brokerage(greedy=choices.of((True, False)))
    while choices.left:
        cursor = brokerage.books.cursor
        step(brokerage, choices)
        if cursor != brokerage.books.cursor:
            check(brokerage)
        if brokerage.books.cursor == len(brokerage.log):
            check_against_engine(brokerage)
    check_updates(brokerage.books)
    drain(brokerage)
    check_updates(brokerage.books)
    check_postings(brokerage.books)
    check_against_engine(brokerage)
    books = brokerage.books
    assert [order for order in books.orders.values() if order.status in OPEN] == []
    assert all(balance.held == ZERO for balance in books.balances.values())
    assert books.undecided == {}
    check_recreation(brokerage)
    return brokerage


def check_recreation(brokerage: Brokerage) -> None:
    """From the deposits and the log alone comes the same: every order that the engine accepted, and all balances."""
    anew = Brokerage()
    anew.log = brokerage.log
    while anew.settle(17):
        pass
    check_updates(anew.books)
    kept, recreated = as_kept(brokerage.books), as_kept(anew.books)
    orders, known = kept.pop("orders"), recreated.pop("orders")
    assert recreated == kept
    assert isinstance(orders, dict)
    assert isinstance(known, dict)
    assert known == {order_id: orders[order_id] for order_id in known}
    for order_id in orders.keys() - known.keys():
        order = brokerage.books.orders[order_id]
        # An exit goes with its entry.
        assert order.status is Status.REJECTED or order.parent_id not in known
