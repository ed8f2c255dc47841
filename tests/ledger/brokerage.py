"""Trading's ledger in memory, around the plain matching engine: fed as the gate does it, settled by the code under
test, loaded and written page by page as the store does it. Requests are sent, get lost, or arrive late.
"""

import copy
import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from drafts import ACCOUNTS, ASSETS, numbered
from oracle import Market
from plain_ledger import CASH, PlainLedger

from chassis.event_log.events import Event
from trading.domain.asset import Asset
from trading.domain.holds import extra_hold, hold_needed, pair_hold
from trading.domain.ledger import DEPOSITS, GRANTS, Balance, BalanceKey, Ledger, Leg, Posting
from trading.domain.money import ZERO
from trading.domain.order import Order
from trading.domain.states import OPEN, Status
from trading.engine import commands
from trading.settlement.apply import apply, expire
from trading.settlement.batch import Batch, Execution
from trading.settlement.touched import touched
from trading.settlement.trailing import Marks
from trading.settlement.updates import TradeUpdate

LOG = UUID(int=0x106)
START_NS = 1_790_000_000_000_000_000
TTL_NS = 5 * 10**9
CASH_AT_FIRST = Decimal("0.00002")
LOTS_AT_FIRST = 60
_REPLACEABLE = (Status.NEW, Status.PARTIALLY_FILLED)


@dataclass(slots=True)
class Command:
    """Not yet decided by the log."""

    id: UUID
    order_id: UUID | None
    payload: dict[str, Any]
    expires_at_ns: int | None = None
    replaces: UUID | None = None


@dataclass
class Books:
    """Everything that the database keeps."""

    orders: dict[UUID, Order] = field(default_factory=dict)
    balances: dict[BalanceKey, Balance] = field(default_factory=lambda: defaultdict(Balance))
    undecided: dict[UUID, Command] = field(default_factory=dict)
    halted: set[str] = field(default_factory=set)
    last_prices: dict[str, Decimal] = field(default_factory=dict)
    cursor: int = 0
    executions: dict[UUID, Execution] = field(default_factory=dict)
    postings: list[Posting] = field(default_factory=list)
    given: dict[UUID, str] = field(default_factory=dict)
    """Settlement's own commands: id to payload."""
    told: list[TradeUpdate] = field(default_factory=list)

    def copy(self) -> "Books":
        """As a database would come back: assets and ids are shared, nothing that changes is."""
        return replace(
            self,
            orders={order_id: replace(order) for order_id, order in self.orders.items()},
            balances=defaultdict(Balance, {k: replace(b) for k, b in self.balances.items()}),
            undecided=dict(self.undecided),
            halted=set(self.halted),
            last_prices=dict(self.last_prices),
            executions=dict(self.executions),
            postings=list(self.postings),
            given=dict(self.given),
            told=list(self.told),
        )


class Brokerage:
    """`model` sees each event when its page is settled."""

    def __init__(self, greedy: bool = False) -> None:
        self.greedy = greedy
        """Owners leave no cash available between any two pages: what settlement released, it cannot have back."""
        self.market = Market()
        self.now_ns = START_NS
        self.log: list[Event] = []
        self.books = Books()
        self.serial = 0
        tick, lot = (Fraction(getattr(ASSETS["ACME"], name)) for name in ("tick_size", "lot_size"))
        owned = _endow(self.books)
        self.model = PlainLedger(
            tick, lot, {(str(a), asset): Fraction(amount) for (a, asset), amount in owned.items()}
        )
        for number, symbol in enumerate(ASSETS):
            self.send(
                {
                    "command_id": str(numbered("list", number)),
                    "kind": "list_symbol",
                    "symbol": symbol,
                }
            )
        self.settle(None)

    # --- The gate ---------------------------------------------------------------------------------------

    def place(self, order: Order, exits: list[Order], sent: bool) -> None:
        order.hold = hold_needed(order)
        if not self._hold(order, order.hold):
            return
        body = self._store("place", order, exits=exits)
        for each in (order, *exits):
            self.books.orders[each.id] = each
        self.model.placed(body["order"])
        self._send_if(sent, body)

    def place_pair(self, limit: Order, stop: Order, sent: bool) -> None:
        limit.hold = pair_hold(limit, stop)
        if not self._hold(limit, limit.hold):
            return
        body = self._store("place_pair", limit, stop)
        self.books.orders |= {limit.id: limit, stop.id: stop}
        self.model.placed_pair(body)
        self._send_if(sent, body)

    def replace(self, old: Order, new: Order, sent: bool) -> None:
        asked = {command.order_id for command in self.books.undecided.values()}
        if old.status not in _REPLACEABLE or old.id in asked:
            return
        partner = self.books.orders.get(old.partner_id) if old.partner_id else None
        if partner is not None and partner.status not in OPEN:
            partner = None
        new.hold = extra_hold(old, new, partner)
        if not self._hold(new, new.hold):
            return
        old.status = Status.PENDING_REPLACE
        self.books.orders[new.id] = new
        self.model.asked_to_replace(
            str(old.id), str(new.id), Fraction(new.qty), Fraction(new.engine_price)
        )
        self._send_if(sent, self._store("replace", old, new))

    def cancel(self, order: Order, sent: bool) -> None:
        """Of an exit that waits: its entry."""
        if order.status is Status.HELD:
            assert order.parent_id is not None
            order = self.books.orders[order.parent_id]
        if order.status not in OPEN or order.status is Status.PENDING_REPLACE:
            return
        if any(c.payload["kind"] == "cancel" and c.order_id == order.id for c in self._commands()):
            return
        command_id = numbered("cancel", self.serial)
        payload = json.loads(commands.cancel(command_id, order.id, order.account_id, None))
        self.books.undecided[command_id] = Command(command_id, order.id, payload)
        if order.status is not Status.PENDING_NEW:
            order.status = Status.PENDING_CANCEL
            self._send_if(sent, payload)

    def control(self, kind: str, **members: Any) -> None:
        """A command about a symbol, an account or a day: it is always sent."""
        command_id = numbered(kind, self.serial)
        self.books.undecided[command_id] = Command(command_id, None, {})
        body = {"command_id": str(command_id), "kind": kind} | members
        self.books.undecided[command_id].payload = body
        self.send(body)

    def _commands(self) -> list[Command]:
        return list(self.books.undecided.values())

    def _hold(self, order: Order, amount: Decimal) -> bool:
        ledger = Ledger(self.books.balances)
        if ledger.balance(order.account_id, order.hold_asset).available < amount:
            return False
        if amount:
            leg = Leg(order.account_id, order.hold_asset, -amount, amount)
            ledger.post("hold", order.id, [leg])
        self.books.postings += ledger.postings
        return True

    def _store(self, kind: str, *orders: Order, **more: Any) -> dict[str, Any]:
        command_id = numbered(kind, self.serial)
        expires_at_ns = self.now_ns + TTL_NS
        asset: Asset = ASSETS[orders[0].symbol]
        encode = getattr(commands, kind)
        payload = json.loads(encode(command_id, *orders, asset, expires_at_ns, None, **more))
        named = orders[-1] if kind == "replace" else orders[0]
        self.books.undecided[command_id] = Command(
            command_id, named.id, payload, expires_at_ns, named.replaces
        )
        assert isinstance(payload, dict)
        return payload

    # --- The engine -------------------------------------------------------------------------------------

    def _send_if(self, sent: bool, payload: dict[str, Any]) -> None:
        if sent:
            self.send(payload)

    def send(self, payload: dict[str, Any]) -> None:
        self.now_ns += 1000
        for answer in self.market.submit(copy.deepcopy(payload), self.now_ns):
            for event in answer.events:
                told = json.loads(json.dumps(event))
                self.log.append(Event(**told))
            self.now_ns += 1

    def tick(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)
        self.send({"kind": "tick"})

    def resubmit(self) -> None:
        """Send again what the log has not decided; cancels wait for their order's own fate."""
        for command in self._commands():
            order = None if command.order_id is None else self.books.orders.get(command.order_id)
            if command.payload["kind"] == "cancel" and order is not None:
                if order.status in (Status.PENDING_NEW, Status.PENDING_REPLACE):
                    continue
                if order.status in (*_REPLACEABLE, Status.SUSPENDED):
                    order.status = Status.PENDING_CANCEL
            self.send(command.payload)

    # --- Settlement -------------------------------------------------------------------------------------

    def settle(self, limit: int | None) -> bool:
        """One page of at most `limit` events; whether there was one."""
        events = self.log[self.books.cursor :][:limit]
        if not events:
            return False
        batch = settle_page(self.books, events, self.greedy)
        for event in events:
            self.model.see(event)
        for order in batch.rejected:
            self.model.never_happened(str(order.id))
        return True


def settle_page(books: Books, events: list[Event], greedy: bool = False) -> Batch:
    """What the store does, in memory. `greedy`: while no cash is available but what the page itself brings."""
    now_ns = events[-1].time_ns
    overdue, replaced = {}, set()
    for command in books.undecided.values():
        if command.expires_at_ns is not None and command.expires_at_ns < now_ns:
            assert command.order_id is not None
            overdue[command.id] = command.order_id
            replaced |= {command.replaces} - {None}
    needed = touched(events)
    wanted = needed.orders | set(overdue.values()) | replaced | _moved_along(books, needed)
    orders = _lock(books, {each for each in wanted if each is not None})
    keys = needed.balances(orders, set(overdue.values()))
    loaded = {key: replace(books.balances[key]) for key in keys}
    owners = {(account, CASH) for account in ACCOUNTS}
    spent = {key: balance.available for key, balance in loaded.items() if key in owners}
    for key in spent if greedy else ():
        loaded[key].available = ZERO
    batch = Batch(
        LOG, orders, ASSETS, Ledger(loaded), overdue, set(books.halted), dict(books.last_prices)
    )
    apply(batch, events)
    expire(batch, now_ns)
    for key, amount in spent.items() if greedy else ():
        loaded[key].available += amount
    _write(books, batch)
    books.cursor = events[-1].sequence
    return batch


def _moved_along(books: Books, needed: Any) -> set[UUID]:
    marks = Marks(books.orders.values())
    found: set[UUID] = set()
    for symbol, (lowest, highest) in needed.prices.items():
        prices = (ASSETS[symbol].price(ticks) for ticks in (lowest, highest))
        found.update(marks.touched(symbol, *prices))
    for order in books.orders.values():
        waits = order.status in (Status.HELD, Status.PENDING_NEW)
        if order.symbol in needed.phases and order.status in OPEN and not waits:
            found.add(order.id)
    return found


def _lock(books: Books, ids: set[UUID]) -> dict[UUID, Order]:
    """With the open orders of their groups."""
    known = [books.orders[each] for each in ids if each in books.orders]
    groups = {order.group_id for order in known if order.group_id is not None}
    linked = [o for o in books.orders.values() if o.group_id in groups and o.status in OPEN]
    return {order.id: replace(order) for order in sorted(known + linked, key=lambda o: o.id)}


def _write(books: Books, batch: Batch) -> None:
    for order_id in batch.changed | batch.recreated.keys():
        books.orders[order_id] = batch.orders[order_id]
    for key in batch.ledger.changed | {(e.account_id, e.symbol) for e in batch.executions}:
        books.balances[key] = batch.ledger.balances[key]
    for execution in batch.executions:
        assert execution.id not in books.executions
        books.executions[execution.id] = execution
    books.postings += batch.ledger.postings
    for given in batch.commands:
        payload = json.loads(given.payload)
        books.given[given.id] = given.payload
        books.undecided.setdefault(
            given.id, Command(given.id, given.order_id, payload, given.expires_at_ns)
        )
    for command_id in batch.decided:
        books.undecided.pop(command_id, None)
    books.halted, books.last_prices = batch.halted, batch.last_prices
    books.told += batch.updates


def _endow(books: Books) -> dict[tuple[UUID, str], Decimal]:
    ledger = Ledger(books.balances)
    owned: dict[tuple[UUID, str], Decimal] = {}
    for number, account in enumerate(ACCOUNTS):
        cause = numbered("deposit", number)
        owned[(account, CASH)] = CASH_AT_FIRST
        for symbol, asset in ASSETS.items():
            owned[(account, symbol)] = asset.qty(LOTS_AT_FIRST)
        for name in (CASH, *ASSETS):
            amount = owned[(account, name)]
            other = DEPOSITS if name == CASH else GRANTS
            ledger.post("deposit", cause, [Leg(account, name, amount), Leg(other, name, -amount)])
    assert all(balance.held == ZERO for balance in books.balances.values())
    books.postings += ledger.postings
    return owned
