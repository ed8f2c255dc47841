"""What has to be loaded before a page of events can be applied."""

from dataclasses import dataclass, field
from uuid import UUID

from chassis.event_log.events import Event
from trading.domain.ledger import FEES, HOUSE, BalanceKey
from trading.domain.order import CASH, Order, Side

# Of these the hold of an order changes.
_REHOLDING = frozenset(
    {
        "order_rejected",
        "order_cancelled",
        "order_expired",
        "order_reduced",
        "order_repriced",
        "order_replaced",
        "replace_rejected",
    }
)


@dataclass(slots=True)
class Touched:
    """What a page of events may change. Balances only where it does: an accepted order leaves them as they are."""

    orders: set[UUID] = field(default_factory=set)
    symbols: set[str] = field(default_factory=set)
    traded: set[BalanceKey] = field(default_factory=set)
    reheld: set[UUID] = field(default_factory=set)
    """Orders whose hold changes without a trade."""
    accepted: dict[UUID, BalanceKey] = field(default_factory=dict)
    """Orders with the balance that holds for them, should they have to be recreated."""
    phases: set[str] = field(default_factory=set)
    """Symbols that are halted or go on: all their orders change."""
    prices: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The lowest and the highest price of each symbol's trades, in ticks."""

    def balances(self, orders: dict[UUID, Order], overdue: set[UUID]) -> set[BalanceKey]:
        """Every balance that the page may change, given the orders that exist and those past their expiry."""
        recreated = {key for order_id, key in self.accepted.items() if order_id not in orders}
        reheld = [orders[order_id] for order_id in self.reheld | overdue if order_id in orders]
        groups = {order.group_id for order in reheld if order.group_id is not None}
        if groups:
            reheld += [order for order in orders.values() if order.group_id in groups]
        released = {(order.account_id, order.hold_asset) for order in reheld}
        return self.traded | recreated | released


def touched(events: list[Event]) -> Touched:
    found = Touched()
    for event in events:
        data = event.data
        if "symbol" in data:
            found.symbols.add(data["symbol"])
        if event.kind == "trade":
            _touch_trade(found, event)
        elif "order_id" in data:
            order_id = UUID(data["order_id"])
            found.orders.add(order_id)
            if "new_order_id" in data:
                found.orders.add(UUID(data["new_order_id"]))
            if event.kind == "order_accepted":
                asset = CASH if data["side"] == Side.BUY else data["symbol"]
                found.accepted[order_id] = (UUID(data["account_id"]), asset)
                if "oco_order_id" in data:
                    found.orders.add(UUID(data["oco_order_id"]))
            elif event.kind in _REHOLDING:
                found.reheld.add(order_id)
        elif event.kind == "phase_changed":
            found.phases.add(data["symbol"])
    if found.traded:
        found.traded.update({(HOUSE, CASH), (FEES, CASH)})
    return found


def _touch_trade(found: Touched, event: Event) -> None:
    data = event.data
    symbol, ticks = data["symbol"], data["price_ticks"]
    for role in ("maker", "taker"):
        found.orders.add(UUID(data[f"{role}_order_id"]))
        account = UUID(data[f"{role}_account_id"])
        found.traded.update({(account, CASH), (account, symbol)})
    lowest, highest = found.prices.get(symbol, (ticks, ticks))
    found.prices[symbol] = (min(lowest, ticks), max(highest, ticks))
