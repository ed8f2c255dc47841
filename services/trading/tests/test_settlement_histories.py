"""Settlement of any history of orders gives what a plain model says, page by page, however the pages are cut."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_exchange import CASH, PlainExchange, PlainModel, numbered

from chassis.database import Database
from chassis.event_log.events import Event, Page
from trading.domain.asset import Asset
from trading.domain.holds import hold_needed
from trading.domain.ledger import DEPOSITS, GRANTS, HOUSE, Balance, BalanceKey, Ledger, Leg
from trading.domain.money import ZERO
from trading.domain.order import Order, OrderType, Side, TimeInForce
from trading.domain.states import OPEN, Status
from trading.engine import commands
from trading.settlement.apply import apply, expire
from trading.settlement.batch import Batch, SettlementError
from trading.settlement.store import CursorLost, read_cursor, settle
from trading.settlement.touched import touched
from trading.settlement.updates import TradeUpdate
from trading.verify.command import violations

SYMBOL = "ACME"
ASSET = Asset(
    UUID(int=9), SYMBOL, "Acme", "crypto", Decimal("0.003"), Decimal("0.00000007"), active=True
)
LOG = UUID(int=0x106)
ACCOUNTS = [UUID(int=5001), UUID(int=5002), UUID(int=5003)]
CASH_AT_FIRST = Decimal("0.00002")
SHARES_AT_FIRST = ASSET.qty(60)
TTL_NS = 5_000_000_000
_ENDED = {
    "fill": "filled_at",
    "canceled": "canceled_at",
    "expired": "expired_at",
    "rejected": "failed_at",
}
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Books:
    """What the database keeps, in memory: loaded and written as the store does it, and fed as the gate does it."""

    exchange: PlainExchange = field(default_factory=lambda: PlainExchange(SYMBOL))
    orders: dict[UUID, Order] = field(default_factory=dict)
    balances: dict[BalanceKey, Balance] = field(default_factory=lambda: defaultdict(Balance))
    undecided: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    cursor: int = 0
    serial: int = 0
    told: list[TradeUpdate] = field(default_factory=list)

    def __post_init__(self) -> None:
        ledger = Ledger(self.balances)
        for number, account in enumerate(ACCOUNTS):
            cash, shares = CASH_AT_FIRST, SHARES_AT_FIRST
            cause = numbered("deposit", number)
            ledger.post("deposit", cause, [Leg(account, CASH, cash), Leg(DEPOSITS, CASH, -cash)])
            ledger.post(
                "grant", cause, [Leg(account, SYMBOL, shares), Leg(GRANTS, SYMBOL, -shares)]
            )
        self.model = PlainModel(
            SYMBOL,
            Fraction(ASSET.tick_size),
            Fraction(ASSET.lot_size),
            {str(a): Fraction(CASH_AT_FIRST) for a in ACCOUNTS},
            {str(a): Fraction(SHARES_AT_FIRST) for a in ACCOUNTS},
        )

    def place(self, order: Order, fate: str) -> None:
        """Through the gate, if its owner has enough, to its `fate` at the engine."""
        ledger = Ledger(self.balances)
        if ledger.balance(order.account_id, order.hold_asset).available < order.hold:
            return
        command_id = numbered("place", self.serial)
        body = place_body(order)
        if fate == "forgotten":  # restored from before it, the database learns of it from the log
            self.settle(None)
            self.exchange.place(command_id, body)
            self.settle(None)
            return
        hold = Leg(order.account_id, order.hold_asset, -order.hold, order.hold)
        ledger.post("hold", order.id, [hold])
        self.orders[order.id] = order
        self.undecided[command_id] = (order.id, self.exchange.now_ns + TTL_NS)
        self.model.placed(body)
        if fate == "taken":
            self.exchange.place(command_id, body)
        elif fate == "rejected":
            self.exchange.reject(command_id, body)

    def cancel(self, order: Order) -> None:
        if order.status is Status.PENDING_NEW:
            return
        if order.status in OPEN:
            order.status = Status.PENDING_CANCEL
        self.exchange.cancel(numbered("cancel", self.serial), str(order.id), str(order.account_id))

    def settle(self, limit: int | None, crash: bool = False) -> None:
        """One page of at most `limit` events; at a `crash`, all that was done on it is lost, and done again."""
        events = self.exchange.events[self.cursor :][:limit]
        if not events:
            return
        if crash:
            self._batch(events)
        batch = self._batch(events)
        for order in batch.orders.values():
            self.orders[order.id] = order
        self.balances.update(batch.ledger.balances)
        for command_id in batch.decided:
            self.undecided.pop(command_id, None)
        self.cursor = events[-1].sequence
        for event in events:
            self.model.see(event)
        for order in batch.rejected:
            self.model.never_happened(str(order.id))
        self.told += batch.updates

    def _batch(self, events: list[Event]) -> Batch:
        now = events[-1].time_ns
        overdue = {c: order_id for c, (order_id, at) in self.undecided.items() if at < now}
        needed = touched(events)
        orders = {
            order_id: replace(self.orders[order_id])
            for order_id in needed.orders | set(overdue.values())
            if order_id in self.orders
        }
        keys = needed.balances(orders, set(overdue.values()))
        loaded = {key: replace(self.balances.get(key, Balance())) for key in keys}
        batch = Batch(LOG, orders, {SYMBOL: ASSET}, Ledger(loaded), overdue)
        apply(batch, events)
        expire(batch, now)
        assert {e.account_id for e in batch.executions} <= set(ACCOUNTS)
        return batch

    def check(self) -> None:
        """Everything that must hold after every page."""
        for account in ACCOUNTS:
            for asset in (CASH, SYMBOL):
                balance = self.balances[(account, asset)]
                assert min(balance.available, balance.held, balance.cost) >= ZERO
                now = (Fraction(balance.total), Fraction(balance.held))
                assert now == self.model.owned(str(account), asset)
            shares = self.balances[(account, SYMBOL)]
            assert shares.total > ZERO or shares.cost == ZERO
        for asset in (CASH, SYMBOL):
            assert sum(b.total for (_, a), b in self.balances.items() if a == asset) == ZERO
        assert self.balances.get((HOUSE, CASH), Balance()).available >= ZERO
        self.check_updates()
        for order in self.orders.values():
            assert order.hold == (hold_needed(order) if order.status in OPEN else ZERO)

    def check_updates(self) -> None:
        """Each order is told from its beginning, as it was at each step, up to where it stands."""
        filled: dict[UUID, Decimal] = defaultdict(Decimal)
        events: dict[UUID, list[str]] = defaultdict(list)
        for update in self.told:
            order, told = update.order, events[update.order["id"]]
            told.append(update.event)
            assert update.account_id == self.orders[order["id"]].account_id
            filled[order["id"]] += Decimal(update.execution.get("qty", 0))
            assert Decimal(order["filled_qty"]) == filled[order["id"]]
            is_filled = filled[order["id"]] == Decimal(order["qty"])
            assert (update.event == "fill") == is_filled == (order["status"] == "filled")
            if update.event in ("canceled", "expired", "rejected"):
                assert order["status"] == update.event
                assert order[_ENDED[update.event]] == update.timestamp
        for order_id, told in events.items():
            first, *rest = told
            assert first in ("new", "rejected")
            assert (first == "rejected") <= (rest == [])
            assert set(told[1:-1]) <= {"partial_fill"}
            assert (told[-1] in _ENDED) == (self.orders[order_id].status not in OPEN)
        for order in self.orders.values():
            assert filled[order.id] == order.filled_qty
            assert (order.id in events) == (order.status is not Status.PENDING_NEW)

    def drain(self) -> None:
        """Cancel what is open and let what never arrived expire."""
        self.settle(None)
        for order in list(self.orders.values()):
            if order.status in OPEN:
                self.serial += 1
                self.cancel(order)
        self.exchange.tick(60)
        self.settle(None)


def place_body(order: Order) -> dict[str, Any]:
    payload = commands.place(UUID(int=0), order, ASSET, 1, None)
    body: dict[str, Any] = json.loads(payload)["order"]
    return body


def draft(serial: int, account: UUID, side: Side, ticks: int, lots: int, **more: Any) -> Order:
    price = ASSET.price(ticks)
    order = Order(
        id=numbered("order", serial),
        account_id=account,
        client_order_id=str(serial),
        symbol=SYMBOL,
        side=side,
        order_type=more["order_type"],
        time_in_force=more["time_in_force"],
        limit_price=price if more["order_type"] is OrderType.LIMIT else None,
        engine_price=price,
        qty=ASSET.qty(lots),
        maker_fee_rate=ZERO,
        taker_fee_rate=more["taker_fee_rate"],
        status=Status.PENDING_NEW,
        hold=ZERO,
        submitted_at=_EPOCH,
        updated_at=_EPOCH,
    )
    order.hold = hold_needed(order)
    return order


FEE_RATES = [ZERO, Decimal("0.0025"), Decimal("0.0137")]
PLACES = st.tuples(
    st.just("place"),
    st.sampled_from(ACCOUNTS),
    st.sampled_from(Side),
    st.integers(3, 6),
    st.integers(1, 40),
    st.sampled_from((OrderType.MARKET, OrderType.LIMIT)),
    st.sampled_from((TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK)),
    st.sampled_from(FEE_RATES),
    st.sampled_from(["taken"] * 6 + ["lost", "rejected", "forgotten"]),
)
STEPS = st.one_of(
    PLACES,
    PLACES,
    PLACES,
    st.tuples(st.just("cancel"), st.integers(0, 50)),
    st.tuples(st.just("settle"), st.integers(1, 6), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 2.0, 6.0])),
    st.tuples(st.just("end_session"), st.sampled_from([0.0, 1.0, 4.0])),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.large_base_example,
        HealthCheck.data_too_large,
        HealthCheck.too_slow,
    ],
)
@given(st.lists(STEPS, min_size=25, max_size=60))
def test_any_history_settles_to_what_the_plain_model_says(steps: list[tuple[Any, ...]]) -> None:
    books = Books()
    for step in steps:
        books.serial += 1
        match step:
            case ("place", account, side, ticks, lots, kind, tif, fee, fate):
                terms = {
                    "order_type": kind,
                    "time_in_force": tif,
                    "maker_fee_rate": "0",
                    "taker_fee_rate": fee,
                }
                books.place(draft(books.serial, account, side, ticks, lots, **terms), fate)
            case ("cancel", index) if books.orders:
                books.cancel(list(books.orders.values())[index % len(books.orders)])
            case ("settle", limit, crash):
                books.settle(limit, crash)
            case ("wait", seconds):
                books.exchange.tick(seconds)
            case ("end_session", seconds_ago):
                ends_at_ns = books.exchange.now_ns + 1 - round(seconds_ago * 1e9)
                books.exchange.end_session(numbered("end", books.serial), ends_at_ns)
        books.check()
    books.drain()
    books.check()
    assert all(order.status not in OPEN for order in books.orders.values())
    assert all(balance.held == ZERO for balance in books.balances.values())
    assert books.undecided == {}


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


def test_an_order_that_a_tick_expires_releases_its_hold() -> None:
    books = Books()
    terms = {
        "order_type": OrderType.LIMIT,
        "time_in_force": TimeInForce.GTC,
        "maker_fee_rate": "0",
        "taker_fee_rate": ZERO,
    }
    order = draft(1, ACCOUNTS[0], Side.SELL, 5, 10, **terms)
    books.place(order, "taken")
    books.settle(None)
    gone = {"order_id": str(order.id), "account_id": str(order.account_id), "symbol": SYMBOL}
    sequence = books.cursor + 1
    expired = Event(sequence, sequence, "order_expired", gone | {"remaining_lots": 10})
    batch = books._batch([expired, Event(sequence + 1, sequence, "tick", {})])
    assert (batch.orders[order.id].status, batch.orders[order.id].hold) == (Status.EXPIRED, ZERO)
    assert batch.ledger.balance(ACCOUNTS[0], SYMBOL).held == ZERO
    assert batch.decided == set()


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


def _random_log(seed: int, orders: int) -> PlainExchange:
    """A log of many small orders of the three accounts, none of which can run out of anything."""
    random, exchange = Random(seed), PlainExchange(SYMBOL)
    for serial in range(orders):
        exchange.now_ns += random.randrange(1000)
        placed = draft(
            serial,
            random.choice(ACCOUNTS),
            random.choice(list(Side)),
            random.randint(1, 8),
            random.randint(1, 40),
            order_type=random.choice((OrderType.MARKET, OrderType.LIMIT)),
            time_in_force=random.choice(
                (TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK)
            ),
            maker_fee_rate=ZERO,
            taker_fee_rate=random.choice(FEE_RATES),
        )
        exchange.place(numbered("place", serial), place_body(placed))
        if exchange.resting and random.random() < 0.3:
            chosen = random.choice(exchange.resting)
            exchange.cancel(numbered("cancel", serial), chosen.order_id, chosen.account_id)
        if random.random() < 0.03:
            exchange.end_session(numbered("end", serial), exchange.now_ns - 1000)
    return exchange


async def test_the_database_settles_a_log_to_the_same_and_takes_no_page_twice(
    migrated_database: Callable[[str], str],
) -> None:
    """All orders are recreated from the log; every page is offered again at the cursor that it has moved."""
    exchange = _random_log(seed=20260101, orders=300)
    cash, shares = Decimal(10), ASSET.qty(20_000)
    model = PlainModel(
        SYMBOL,
        Fraction(ASSET.tick_size),
        Fraction(ASSET.lot_size),
        {str(a): Fraction(cash) for a in ACCOUNTS},
        {str(a): Fraction(shares) for a in ACCOUNTS},
    )
    database = Database(migrated_database("trading"))
    random = Random(7)
    try:
        async with database.raw() as connection:
            await _fund(connection, cash, shares)
            cursor = await read_cursor(connection)
            while cursor.sequence < len(exchange.events):
                events = exchange.events[cursor.sequence :][: random.randint(1, 60)]
                page = Page(str(LOG), len(exchange.events), events)
                stale, cursor = cursor, await settle(connection, cursor, page)
                with pytest.raises(CursorLost):
                    await settle(connection, stale, page)
                for event in events:
                    model.see(event)
                await _compare(connection, model)
            rows = await connection.fetch("SELECT count(*) FROM executions")
            trades = [event for event in exchange.events if event.kind == "trade"]
            assert len(trades) > 40
            assert rows[0][0] == 2 * len(trades)
        async with database.read() as reading:
            assert await violations(reading) == {}
    finally:
        await database.close()


async def test_a_log_of_orders_without_their_deposits_stops_settlement_with_a_sentence(
    migrated_database: Callable[[str], str],
) -> None:
    exchange = _random_log(seed=1, orders=3)
    database = Database(migrated_database("trading"))
    page = Page(str(LOG), len(exchange.events), exchange.events)
    try:
        async with database.raw() as connection:
            cursor = await read_cursor(connection)
            with pytest.raises(SettlementError, match="before that account was opened"):
                await settle(connection, cursor, page)
            await _fund(connection, Decimal("0.000000001"), Decimal("0.000000001"))
            with pytest.raises(Exception, match="would leave account"):
                await settle(connection, cursor, page)
            assert await read_cursor(connection) == cursor
            assert await connection.fetchval("SELECT count(*) FROM orders") == 0
    finally:
        await database.close()


async def _fund(connection: asyncpg.Connection, cash: Decimal, shares: Decimal) -> None:
    await connection.execute(
        "INSERT INTO assets (id, symbol, name, asset_class, tick_size, lot_size, active)"
        " VALUES ($1, $2, $2, 'crypto', $3, $4, true)",
        ASSET.id,
        SYMBOL,
        ASSET.tick_size,
        ASSET.lot_size,
    )
    for account in ACCOUNTS:
        await connection.execute(
            "INSERT INTO accounts (id, user_id, account_number) VALUES ($1, $1, $2)",
            account,
            str(account),
        )
        for asset, amount, other in ((CASH, cash, DEPOSITS), (SYMBOL, shares, GRANTS)):
            await connection.execute(
                "INSERT INTO postings (account_id, asset, available, held, cause, cause_id)"
                " VALUES ($1, $3, $4, 0, 'deposit', $1), ($2, $3, -$4::numeric, 0, 'deposit', $1)",
                account,
                other,
                asset,
                amount,
            )
            for owner, signed in ((account, amount), (other, -amount)):
                await connection.execute(
                    "INSERT INTO balances (account_id, asset, available, may_be_negative)"
                    " VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, asset)"
                    " DO UPDATE SET available = balances.available + excluded.available",
                    owner,
                    asset,
                    signed,
                    owner != account,
                )


async def _compare(connection: asyncpg.Connection, model: PlainModel) -> None:
    rows = await connection.fetch(
        "SELECT account_id, asset, available, held FROM balances WHERE account_id = ANY($1::uuid[])",
        ACCOUNTS,
    )
    assert len(rows) == 2 * len(ACCOUNTS)
    for row in rows:
        now = Fraction(row["available"] + row["held"]), Fraction(row["held"])
        assert now == model.owned(str(row["account_id"]), row["asset"])
