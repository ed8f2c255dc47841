"""The state that one page of the engine's log changes, in memory, and what every kind of event does to it alike.

The store loads it, `apply` takes it through the events, and the store writes what changed in the transaction that also
moves the cursor.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from chassis.event_log.events import Event
from trading.domain.asset import Asset
from trading.domain.holds import hold_of, releases_nothing
from trading.domain.ledger import Ledger, Leg
from trading.domain.money import ZERO
from trading.domain.order import Exit, Order, OrderType, Side
from trading.domain.states import CLOSED, OPEN, Status
from trading.settlement.updates import TradeEvent, TradeUpdate, update_of


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
    realized: Decimal | None
    """Of a sale: what it brought in beyond the average cost of what was sold."""
    cum_qty: Decimal
    leaves_qty: Decimal
    executed_at: datetime


@dataclass(frozen=True, slots=True)
class NewCommand:
    """A command that settlement itself gives: to place the exits of an entry that was filled."""

    id: UUID
    kind: str
    order_id: UUID
    payload: str
    expires_at_ns: int


@dataclass(slots=True)
class Batch:
    """`overdue` are the orders of commands whose expiry lies before the end of this page: what the page itself does
    not decide never happened. `halted` and `last_prices` are as before the page, and follow it.
    """

    log_id: UUID
    orders: dict[UUID, Order]
    assets: dict[str, Asset]
    ledger: Ledger
    overdue: dict[UUID, UUID] = field(default_factory=dict)
    """Command id to order id."""
    halted: set[str] = field(default_factory=set)
    last_prices: dict[str, Decimal] = field(default_factory=dict)

    groups: dict[UUID, list[Order]] = field(default_factory=dict)
    """Group id to the orders that are linked by it: all that are open, and those that the page is about."""
    trailing: dict[str, dict[UUID, Order]] = field(default_factory=dict)
    """Symbol to its trailing stops that wait in the engine, as far as this page can move or reach them."""

    executions: list[Execution] = field(default_factory=list)
    decided: set[UUID] = field(default_factory=set)
    """Command ids that the log has answered."""
    changed: set[UUID] = field(default_factory=set)
    recreated: dict[UUID, None] = field(default_factory=dict)
    """Orders that only the log knew: the database was restored to a time before them."""
    commands: list[NewCommand] = field(default_factory=list)
    traded: set[str] = field(default_factory=set)
    """Symbols with a new last price."""
    listed: set[str] = field(default_factory=set)
    phases: dict[str, bool] = field(default_factory=dict)
    """Symbol to whether it is halted now."""
    ended_sessions: dict[date, tuple[UUID, datetime]] = field(default_factory=dict)
    """Day to the command that ended it, and when."""
    rejected: list[Order] = field(default_factory=list)
    updates: list[TradeUpdate] = field(default_factory=list)
    """What the accounts are told, in the order in which it happened."""

    def __post_init__(self) -> None:
        for order in self.orders.values():
            self._link(order)

    def add(self, order: Order) -> None:
        """An order that only the log knew."""
        self.orders[order.id] = order
        self.recreated[order.id] = None
        self._link(order)

    def _link(self, order: Order) -> None:
        if order.group_id is not None:
            self.groups.setdefault(order.group_id, []).append(order)
        if order.order_type is OrderType.TRAILING_STOP and order.hwm is not None:
            self.trailing.setdefault(order.symbol, {})[order.id] = order

    def order(self, order_id: str, event: Event) -> Order:
        """Raises `SettlementError`."""
        order = self.orders.get(UUID(order_id))
        if order is None:
            raise SettlementError(
                f"event {event.sequence} ({event.kind}) is about order {order_id}, which was never accepted"
            )
        return order

    def asset(self, symbol: str, event: Event) -> Asset:
        """Raises `SettlementError`."""
        if symbol not in self.assets:
            raise SettlementError(
                f"event {event.sequence} ({event.kind}) is about {symbol}, which is no asset here"
            )
        return self.assets[symbol]

    def group(self, order: Order) -> list[Order]:
        """The orders linked to `order`, and itself; none when it stands for itself."""
        return [] if order.group_id is None else self.groups[order.group_id]

    def partner(self, order: Order) -> Order | None:
        """The other exit of its pair as far as it matters for holds: while it is open, and when the pair's quantity
        was filled by it."""
        if order.partner_id is None:
            return None
        partner = self.orders.get(order.partner_id)
        if partner is None or partner.status not in _COUNTS:
            return None
        return partner

    def resting(self, order: Order) -> Status:
        """The state of an order in the engine of which nothing is asked."""
        if order.symbol in self.halted:
            return Status.SUSPENDED
        return Status.PARTIALLY_FILLED if order.filled_qty else Status.NEW

    def tell(self, order: Order, happened: TradeEvent, at: datetime) -> None:
        self.updates.append(update_of(order, self.assets[order.symbol], happened, at))

    def rehold(self, *orders: Order) -> None:
        """Let these orders of one account, which hold the same asset, hold what they need now; what is left over is
        available again, unless one of them waits to be replaced."""
        first = orders[0]
        held = {order.id: self._hold_of(order) for order in orders}
        freed = sum((order.hold for order in orders), ZERO) - sum(held.values(), ZERO)
        if freed > ZERO:
            keeper = self._keeper(orders)
            if keeper is not None:
                held[keeper.id] += freed
                freed = ZERO
        for order in orders:
            order.hold = held[order.id]
            self.changed.add(order.id)
        if freed:
            leg = Leg(first.account_id, first.hold_asset, freed, -freed)
            self.ledger.post("release" if freed > ZERO else "hold", first.id, [leg])

    def _keeper(self, orders: tuple[Order, ...]) -> Order | None:
        """The order that keeps what is left over: of a pair, the one that holds for both."""
        for order in orders:
            partner = self.partner(order)
            carries = partner is None or order.exit is Exit.TAKE_PROFIT
            if carries and releases_nothing(order, partner):
                return order
        return None

    def _hold_of(self, order: Order) -> Decimal:
        if order.status in CLOSED:
            return ZERO
        if order.status is Status.HELD or is_pending_replacement(order):
            return order.hold
        return hold_of(order, self.partner(order))

    def close(self, order: Order, status: Status, at: datetime) -> None:
        """An order leaves: what it holds is available again, or passes to the other exit of its pair."""
        order.move(status, at)
        partner = self.partner(order)
        if partner is None or partner.status is Status.HELD:
            self.rehold(order)
        else:
            self.rehold(order, partner)

    def reject(self, order: Order, reason: str, at: datetime) -> None:
        """It never was in the engine."""
        order.reject_reason = reason
        self.close(order, Status.REJECTED, at)
        self.rejected.append(order)
        self.tell(order, TradeEvent.REJECTED, at)


_COUNTS = OPEN | {Status.FILLED}


def is_pending_replacement(order: Order) -> bool:
    """Whether it waits to take another order's place."""
    return order.replaces is not None and order.status is Status.PENDING_NEW
