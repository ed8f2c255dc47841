"""Days of trading in a database, at chosen times: events of a plain exchange, settled as the service settles them, and
cash and shares that come and go; beside them a model of every account in fractions.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from plain_exchange import CASH, PlainExchange, numbered

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.event_log.events import Page
from trading.domain.asset import Asset
from trading.domain.order import Order, OrderType, Side, TimeInForce
from trading.domain.states import Status
from trading.engine import commands
from trading.settlement.store import read_cursor, settle
from trading.transfers import transfer

SYMBOL = "ACME"
LOG = UUID(int=0x107)
STEP = 10**8


class FixedClock(SystemClock):
    """A wall clock that stands where it was put."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def time_ns(self) -> int:
        return ns(self.now)


def ns(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def rounded(amount: Fraction, up: bool) -> Fraction:
    steps = amount * STEP
    whole = (
        -((-steps.numerator) // steps.denominator) if up else steps.numerator // steps.denominator
    )
    return Fraction(whole, STEP)


@dataclass
class PlainAccount:
    """One account by the book: average cost, every order filled at once. What it had, at every change."""

    cash: Fraction = field(default_factory=Fraction)
    qty: Fraction = field(default_factory=Fraction)
    cost: Fraction = field(default_factory=Fraction)
    realized: Fraction = field(default_factory=Fraction)
    past: list[tuple[datetime, Fraction, Fraction]] = field(default_factory=list)
    """After each change: when, cash, quantity."""
    flows: list[tuple[datetime, str, Fraction]] = field(default_factory=list)
    """Cash or shares that came or went, by the type of their activity."""

    def buy(self, qty: Fraction, cash: Fraction) -> None:
        self.qty += qty
        self.cash -= cash
        self.cost += cash

    def sell(self, qty: Fraction, cash: Fraction) -> None:
        used = self.lose_cost(qty)
        self.qty -= qty
        self.cash += cash
        self.realized += cash - used

    def lose_cost(self, qty: Fraction) -> Fraction:
        used = self.cost if qty == self.qty else rounded(self.cost * qty / self.qty, up=False)
        self.cost -= used
        return used

    def at(self, moment: datetime) -> tuple[Fraction, Fraction]:
        """Cash and quantity right before `moment`."""
        found = (Fraction(), Fraction())
        for when, cash, qty in self.past:
            if when < moment:
                found = (cash, qty)
        return found


class Days:
    """Everything happens at `now`, which only goes on."""

    def __init__(self, database: Database, now: datetime, asset: Asset) -> None:
        self.database = database
        self.asset = asset
        self.exchange = PlainExchange(SYMBOL, ns(now))
        self.model: dict[UUID, PlainAccount] = defaultdict(PlainAccount)
        self.trades: list[tuple[datetime, Fraction]] = []
        self.serial = 0

    @property
    def now(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            microseconds=self.exchange.now_ns // 1000
        )

    async def open(self, accounts: list[UUID]) -> None:
        async with self.database.raw() as connection:
            await connection.execute(
                "INSERT INTO assets (id, symbol, name, asset_class, tick_size, lot_size, active)"
                " VALUES ($1, $2, $2, $3, $4, $5, true)",
                self.asset.id,
                SYMBOL,
                self.asset.asset_class,
                self.asset.tick_size,
                self.asset.lot_size,
            )
            for account in accounts:
                await connection.execute(
                    "INSERT INTO accounts (id, user_id, account_number, created_at)"
                    " VALUES ($1, $1, $3, $2)",
                    account,
                    self.now,
                    str(account),
                )

    def go_on(self, **much: float) -> None:
        self.exchange.now_ns += timedelta(**much) // timedelta(microseconds=1) * 1000

    async def move(self, kind: str, account: UUID, amount: Decimal) -> None:
        """A `deposit`, `withdrawal` or `grant`."""
        self.serial += 1
        async with self.database.write() as connection:
            await transfer(
                connection,
                transfer_id=numbered(kind, self.serial),
                kind=kind,
                account_id=account,
                asset=SYMBOL if kind == "grant" else CASH,
                amount=amount,
                time_ns=self.exchange.now_ns,
                actor_id=str(account),
            )
        own = self.model[account]
        signed = Fraction(-amount if kind == "withdrawal" else amount)
        if kind == "grant":
            own.qty += signed
        else:
            own.cash += signed
        types = {"deposit": "CSD", "withdrawal": "CSW", "grant": "JNLS"}
        own.flows.append((self.now, types[kind], signed))
        self._note(account)

    async def trade(
        self,
        buyer: UUID,
        seller: UUID,
        ticks: int,
        lots: int,
        *,
        buyer_makes: bool = False,
        maker_rate: str = "0",
        taker_rate: str = "0",
    ) -> None:
        """One order of each, which fill each other completely."""
        sides = [(buyer, Side.BUY), (seller, Side.SELL)]
        for account, side in sides if buyer_makes else reversed(sides):
            order = self._order(account, side, ticks, lots, maker_rate, taker_rate)
            body: dict[str, Any] = json.loads(
                commands.place(UUID(int=0), order, self.asset, 1, None)
            )["order"]
            self.exchange.place(numbered("place", self.serial), body)
        await self.settle()
        value = Fraction(self.asset.price(ticks)) * Fraction(self.asset.qty(lots))
        rates = [Fraction(maker_rate), Fraction(taker_rate)]
        bought = value * (1 + rates[0 if buyer_makes else 1])
        sold = value * (1 - rates[1 if buyer_makes else 0])
        qty = Fraction(self.asset.qty(lots))
        self.model[seller].sell(qty, rounded(sold, up=False))
        self.model[buyer].buy(qty, rounded(bought, up=True))
        self.trades.append((self.now, Fraction(self.asset.price(ticks))))
        self._note(buyer)
        self._note(seller)

    async def settle(self) -> None:
        """All that the exchange has said and the database has not seen."""
        async with self.database.raw() as connection:
            cursor = await read_cursor(connection)
            events = self.exchange.events[cursor.sequence :]
            if events:
                page = Page(
                    log_id=str(LOG),
                    first_sequence=1,
                    last_sequence=len(self.exchange.events),
                    events=events,
                )
                await settle(connection, cursor, page)

    def price_at(self, moment: datetime) -> Fraction | None:
        """Of the last trade before `moment`."""
        found = None
        for when, price in self.trades:
            if when < moment:
                found = price
        return found

    def equity_at(self, account: UUID, moment: datetime) -> Fraction:
        cash, qty = self.model[account].at(moment)
        return cash + qty * (self.price_at(moment) or 0)

    def _note(self, account: UUID) -> None:
        own = self.model[account]
        own.past.append((self.now, own.cash, own.qty))

    def _order(
        self, account: UUID, side: Side, ticks: int, lots: int, maker: str, taker: str
    ) -> Order:
        self.serial += 1
        price = self.asset.price(ticks)
        return Order(
            id=numbered("order", self.serial),
            account_id=account,
            client_order_id=str(self.serial),
            symbol=SYMBOL,
            side=side,
            order_type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            limit_price=price,
            engine_price=price,
            qty=self.asset.qty(lots),
            maker_fee_rate=Decimal(maker),
            taker_fee_rate=Decimal(taker),
            status=Status.PENDING_NEW,
            hold=Decimal(0),
            submitted_at=self.now,
            updated_at=self.now,
        )
