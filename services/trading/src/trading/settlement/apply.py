"""What the engine's events mean for orders, balances and positions: pure, in memory, one batch at a time.

The store loads everything that a batch touches, this applies the events in their order, and the store writes
what changed in the transaction that also moves the cursor.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from chassis.clock import from_ns
from chassis.event_log.events import Event
from trading.domain.asset import Asset
from trading.domain.fills import Fill, fill
from trading.domain.holds import hold_needed
from trading.domain.ledger import FEES, HOUSE, Balance, BalanceKey, Ledger, Leg
from trading.domain.money import ZERO, round_down
from trading.domain.order import CASH, Order, OrderType, Side, TimeInForce
from trading.domain.states import Status
from trading.settlement.updates import TradeEvent, TradeUpdate, fill_update_of, update_of


class SettlementError(Exception):
    """An event that cannot be applied. Settlement stops here; nothing is guessed or skipped."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One side of one trade."""

    id: UUID
    sequence: int
    side: Side
    liquidity: str
    order_id: UUID
    account_id: UUID
    symbol: str
    price: Decimal
    qty: Decimal
    cash: Decimal
    fee: Decimal
    cum_qty: Decimal
    leaves_qty: Decimal
    executed_at: datetime


@dataclass(slots=True)
class Batch:
    """The state that a page of events changes, and what it decided.

    `overdue` are the orders of place commands whose expiry lies before the end of this page: those that the
    page itself does not decide never happened.
    """

    log_id: UUID
    orders: dict[UUID, Order]
    assets: dict[str, Asset]
    ledger: Ledger
    overdue: dict[UUID, UUID] = field(default_factory=dict)
    """Command id to order id."""
    executions: list[Execution] = field(default_factory=list)
    decided: set[UUID] = field(default_factory=set)
    """Command ids that the log has answered."""
    changed: set[UUID] = field(default_factory=set)
    recreated: set[UUID] = field(default_factory=set)
    """Orders that only the log knew: the database was restored to a time before them."""
    last_prices: dict[str, Decimal] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    ended_sessions: dict[date, tuple[UUID, datetime]] = field(default_factory=dict)
    """Day to the command that ended it, and when."""
    rejected: list[Order] = field(default_factory=list)
    updates: list[TradeUpdate] = field(default_factory=list)
    """What the accounts are told, in the order in which it happened."""

    def apply(self, events: list[Event]) -> None:
        """Apply consecutive events. Raises `SettlementError`, `LedgerError` or `IllegalTransition`."""
        for event in events:
            handler = _HANDLERS.get(event.kind)
            if handler is None:
                raise SettlementError(
                    f"the engine's log has an event of kind {event.kind} at {event.sequence}, which settlement does"
                    " not know: it comes of a command that this release never sends; deploy the one that does"
                )
            if "command_id" in event.data:
                self.decided.add(UUID(event.data["command_id"]))
            handler(self, event)

    def expire(self, journal_time_ns: int) -> None:
        """Reject the orders whose commands the log has passed without a word: they never happened."""
        at = from_ns(journal_time_ns)
        for command_id, order_id in self.overdue.items():
            if command_id in self.decided:
                continue
            self.decided.add(command_id)
            # None: taken back, with its command, while this page waited for its lock.
            order = self.orders.get(order_id)
            if order is not None and order.status is Status.PENDING_NEW:
                self._reject(order, "expired", at)

    def accepted(self, event: Event) -> None:
        at = from_ns(event.time_ns)
        order = self.orders.get(UUID(event.data["order_id"]))
        if order is None:
            order = self._recreate(event, at)
        order.move(Status.NEW, at)
        self.changed.add(order.id)
        self._tell(order, TradeEvent.NEW, at)

    def refused(self, event: Event) -> None:
        order = self.orders.get(UUID(event.data["order_id"]))
        if order is not None and order.status is Status.PENDING_NEW:
            self._reject(order, str(event.data["reason"]), from_ns(event.time_ns))

    def trade(self, event: Event) -> None:
        data, at = event.data, from_ns(event.time_ns)
        asset = self._asset(data["symbol"], event)
        price = asset.price(data["price_ticks"])
        qty = asset.qty(data["quantity_lots"])
        taker = self._order(data["taker_order_id"], event)
        maker = self._order(data["maker_order_id"], event)
        buyer, seller = (taker, maker) if taker.side is Side.BUY else (maker, taker)

        # Cost before quantity: selling uses up the average cost of what is on hand.
        shares = self.ledger.balance(seller.account_id, asset.symbol)
        cost_sold = _cost_of(shares, qty)
        sold = fill(seller, price, qty, taker=seller is taker, at=at)
        bought = fill(buyer, price, qty, taker=buyer is taker, at=at)
        fees = sold.fee + bought.fee
        self._post_trade(event.sequence, asset.symbol, qty, (buyer, bought), (seller, sold), fees)
        shares.cost -= cost_sold
        self.ledger.balance(buyer.account_id, asset.symbol).cost += bought.cash

        for order, money in ((buyer, bought), (seller, sold)):
            liquidity = "taker" if order is taker else "maker"
            self._record(event.sequence, order, money, price, qty, liquidity, at)
        self.last_prices[asset.symbol] = price

    def canceled(self, event: Event) -> None:
        self._close(event, Status.CANCELED, TradeEvent.CANCELED)

    def expired(self, event: Event) -> None:
        self._close(event, Status.EXPIRED, TradeEvent.EXPIRED)

    def cancel_rejected(self, event: Event) -> None:
        order = self.orders.get(UUID(event.data["order_id"]))
        if order is not None and order.status is Status.PENDING_CANCEL:
            before = Status.PARTIALLY_FILLED if order.filled_qty else Status.NEW
            order.move(before, from_ns(event.time_ns))
            self.changed.add(order.id)

    def symbol_listed(self, event: Event) -> None:
        self.listed.add(event.data["symbol"])

    def session_ended(self, event: Event) -> None:
        session = date.fromisoformat(event.data["session"])
        command_id = UUID(event.data["command_id"])
        self.ended_sessions[session] = (command_id, from_ns(event.time_ns))

    def nothing(self, event: Event) -> None:
        """Moves nobody's orders or money: what it does to orders, events of their own say."""

    def _order(self, order_id: str, event: Event) -> Order:
        order = self.orders.get(UUID(order_id))
        if order is None:
            raise SettlementError(
                f"event {event.sequence} ({event.kind}) is about order {order_id}, which was never accepted"
            )
        return order

    def _asset(self, symbol: str, event: Event) -> Asset:
        if symbol not in self.assets:
            raise SettlementError(
                f"event {event.sequence} ({event.kind}) is about {symbol}, which is no asset here"
            )
        return self.assets[symbol]

    def _close(self, event: Event, status: Status, happened: TradeEvent) -> None:
        order, at = self._order(event.data["order_id"], event), from_ns(event.time_ns)
        order.move(status, at)
        self._release(order)
        self._tell(order, happened, at)

    def _reject(self, order: Order, reason: str, at: datetime) -> None:
        order.move(Status.REJECTED, at)
        order.reject_reason = reason
        self._release(order)
        self.rejected.append(order)
        self._tell(order, TradeEvent.REJECTED, at)

    def _tell(self, order: Order, happened: TradeEvent, at: datetime) -> None:
        self.updates.append(update_of(order, self.assets[order.symbol], happened, at))

    def _release(self, order: Order) -> None:
        if order.hold > ZERO:
            leg = Leg(order.account_id, order.hold_asset, order.hold, -order.hold)
            self.ledger.post("release", order.id, [leg])
            order.hold = ZERO
        self.changed.add(order.id)

    def _post_trade(
        self,
        sequence: int,
        symbol: str,
        qty: Decimal,
        buy: tuple[Order, Fill],
        sell: tuple[Order, Fill],
        fees: Decimal,
    ) -> None:
        (buyer, bought), (seller, sold) = buy, sell
        legs = [
            Leg(buyer.account_id, CASH, bought.released, -(bought.cash + bought.released)),
            Leg(seller.account_id, CASH, sold.cash),
            Leg(seller.account_id, symbol, ZERO, -qty),
            Leg(buyer.account_id, symbol, qty),
        ]
        rounding = bought.cash - sold.cash - fees
        if rounding != ZERO:
            legs.append(Leg(HOUSE, CASH, rounding))
        if fees != ZERO:
            legs.append(Leg(FEES, CASH, fees))
        self.ledger.post("execution", uuid5(self.log_id, str(sequence)), legs)

    def _record(
        self,
        sequence: int,
        order: Order,
        money: Fill,
        price: Decimal,
        qty: Decimal,
        liquidity: str,
        at: datetime,
    ) -> None:
        execution_id = uuid5(self.log_id, f"{sequence}:{order.side}")
        self.changed.add(order.id)
        self.executions.append(
            Execution(
                id=execution_id,
                sequence=sequence,
                side=order.side,
                liquidity=liquidity,
                order_id=order.id,
                account_id=order.account_id,
                symbol=order.symbol,
                price=price,
                qty=qty,
                cash=money.cash,
                fee=money.fee,
                cum_qty=order.filled_qty,
                leaves_qty=order.remaining,
                executed_at=at,
            )
        )
        self.updates.append(
            fill_update_of(
                order,
                self.assets[order.symbol],
                at,
                execution_id=execution_id,
                price=price,
                qty=qty,
                position_qty=self.ledger.balance(order.account_id, order.symbol).total,
            )
        )

    def _recreate(self, event: Event, at: datetime) -> Order:
        """An accepted order that the database does not know, from what the log says of it."""
        data = event.data
        asset = self._asset(data["symbol"], event)
        _require_known_order(event)
        terms = data["terms"]
        limit = terms["limit_price"]
        order = Order(
            id=UUID(data["order_id"]),
            account_id=UUID(data["account_id"]),
            client_order_id=data["client_order_id"],
            symbol=asset.symbol,
            side=Side(data["side"]),
            order_type=OrderType(data["order_type"]),
            time_in_force=TimeInForce(data["time_in_force"]),
            limit_price=None if limit is None else Decimal(limit),
            engine_price=asset.price(data["limit_price_ticks"]),
            qty=asset.qty(data["quantity_lots"]),
            maker_fee_rate=Decimal(terms["maker_fee_rate"]),
            taker_fee_rate=Decimal(terms["taker_fee_rate"]),
            status=Status.PENDING_NEW,
            hold=ZERO,
            submitted_at=at,
            updated_at=at,
        )
        order.hold = hold_needed(order)
        leg = Leg(order.account_id, order.hold_asset, -order.hold, order.hold)
        self.ledger.post("hold", order.id, [leg])
        self.orders[order.id] = order
        self.recreated.add(order.id)
        return order


def _require_known_order(event: Event) -> None:
    for name, known in (("order_type", OrderType), ("time_in_force", TimeInForce)):
        if event.data[name] not in set(known):
            raise SettlementError(
                f"the engine's log has an order with the {name} {event.data[name]} at {event.sequence}, which this"
                " release does not place and cannot settle; deploy the one that does"
            )


_HANDLERS: dict[str, Any] = {
    # Of the commands that trading sends: place, cancel, list_symbol, end_session.
    "order_accepted": Batch.accepted,
    "order_rejected": Batch.refused,
    "trade": Batch.trade,
    "order_cancelled": Batch.canceled,
    "cancel_rejected": Batch.cancel_rejected,
    "symbol_listed": Batch.symbol_listed,
    "symbol_rejected": Batch.nothing,
    "session_ended": Batch.session_ended,
    # Of the end of a session, and of ticks, when an order's last moment has come.
    "order_expired": Batch.expired,
    # Of the engine itself: journal time went on; it was started with other limits.
    "tick": Batch.nothing,
    "limits_changed": Batch.nothing,
    # Of operators: a symbol was halted or resumed. Its orders stay, and new ones are rejected by the log.
    "phase_changed": Batch.nothing,
    # The same: all orders of an account or a symbol were cancelled, each by an event of its own before this one.
    "all_cancelled": Batch.nothing,
}
"""Every kind that settlement knows. Those of pairs, stops, replacements, cancels of all, post-only orders and
self-trade prevention come of commands that trading does not send (`order_repriced`, `order_reduced`,
`order_triggered`, `order_replaced`, `replace_rejected`, `all_cancelled`): they would change what orders hold, so
the first one stops settlement, and is not passed over."""


_CLOSING = frozenset({"order_rejected", "order_cancelled", "order_expired"})


def _cost_of(shares: Balance, qty: Decimal) -> Decimal:
    """The average cost of `qty` of these shares; all of it when nothing stays."""
    if qty >= shares.total:
        return shares.cost
    return round_down(shares.cost * qty / shares.total)


@dataclass(slots=True)
class Touched:
    """What a page of events may change. Balances only where it does: an accepted order leaves them as they are."""

    orders: set[UUID] = field(default_factory=set)
    symbols: set[str] = field(default_factory=set)
    traded: set[BalanceKey] = field(default_factory=set)
    closing: set[UUID] = field(default_factory=set)
    """Orders whose hold is released."""
    accepted: dict[UUID, BalanceKey] = field(default_factory=dict)
    """Orders with the balance that holds for them, should they have to be recreated."""

    def balances(self, orders: dict[UUID, Order], overdue: set[UUID]) -> set[BalanceKey]:
        """Every balance that the page may change, given the orders that exist and those past their expiry."""
        recreated = {key for order_id, key in self.accepted.items() if order_id not in orders}
        released = {
            (orders[order_id].account_id, orders[order_id].hold_asset)
            for order_id in self.closing | overdue
            if order_id in orders
        }
        return self.traded | recreated | released


def touched(events: list[Event]) -> Touched:
    """What has to be loaded before `events` can be applied."""
    found = Touched()
    for event in events:
        data = event.data
        if "symbol" in data:
            found.symbols.add(data["symbol"])
        if event.kind == "trade":
            for role in ("maker", "taker"):
                found.orders.add(UUID(data[f"{role}_order_id"]))
                account = UUID(data[f"{role}_account_id"])
                found.traded.update({(account, CASH), (account, data["symbol"])})
        elif "order_id" in data:
            order_id = UUID(data["order_id"])
            found.orders.add(order_id)
            if event.kind == "order_accepted":
                asset = CASH if data["side"] == Side.BUY else data["symbol"]
                found.accepted[order_id] = (UUID(data["account_id"]), asset)
            elif event.kind in _CLOSING:
                found.closing.add(order_id)
    if found.traded:
        found.traded.update({(HOUSE, CASH), (FEES, CASH)})
    return found
