"""An order: its terms, its state, and the one table of transitions between states."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from trading.domain.money import ONE, ZERO, round_down, round_up

CASH = "USD"


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"


class TimeInForce(StrEnum):
    DAY = "day"
    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"


class Status(StrEnum):
    PENDING_NEW = "pending_new"
    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    PENDING_CANCEL = "pending_cancel"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"


OPEN = frozenset({Status.PENDING_NEW, Status.NEW, Status.PARTIALLY_FILLED, Status.PENDING_CANCEL})
CLOSED = frozenset(Status) - OPEN

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING_NEW: frozenset({Status.NEW, Status.REJECTED}),
    Status.NEW: frozenset(
        {
            Status.PARTIALLY_FILLED,
            Status.FILLED,
            Status.PENDING_CANCEL,
            Status.CANCELED,
            Status.EXPIRED,
        }
    ),
    Status.PARTIALLY_FILLED: frozenset(
        {
            Status.PARTIALLY_FILLED,
            Status.FILLED,
            Status.PENDING_CANCEL,
            Status.CANCELED,
            Status.EXPIRED,
        }
    ),
    Status.PENDING_CANCEL: frozenset(
        {
            Status.NEW,
            Status.PARTIALLY_FILLED,
            Status.FILLED,
            Status.CANCELED,
            Status.EXPIRED,
        }
    ),
    Status.FILLED: frozenset(),
    Status.CANCELED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.REJECTED: frozenset(),
}


class IllegalTransition(Exception):
    """The log asks for a change of state that no order can make: a defect, never an input."""


@dataclass(slots=True)
class Order:
    """One order as the ledger sees it. Prices and quantities are decimals in the asset's own units.

    `engine_price` is the limit sent to the engine: the limit price, or a market order's collar.
    `hold` is what is still held for it of `hold_asset` (cash for a buy, the symbol for a sell).
    `filled_value` is the exact sum of price x quantity of its fills, `fee_value` the exact sum of their fees.
    """

    id: UUID
    account_id: UUID
    client_order_id: str
    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    limit_price: Decimal | None
    engine_price: Decimal
    qty: Decimal
    fee_rate: Decimal
    status: Status
    hold: Decimal
    submitted_at: datetime
    updated_at: datetime
    filled_qty: Decimal = ZERO
    filled_value: Decimal = ZERO
    fee_value: Decimal = ZERO
    filled_at: datetime | None = None
    canceled_at: datetime | None = None
    expired_at: datetime | None = None
    failed_at: datetime | None = None
    reject_reason: str | None = None

    @property
    def hold_asset(self) -> str:
        return CASH if self.side is Side.BUY else self.symbol

    @property
    def remaining(self) -> Decimal:
        return self.qty - self.filled_qty

    def move(self, status: Status, at: datetime) -> None:
        """Change state. Raises `IllegalTransition`."""
        if status not in TRANSITIONS[self.status]:
            raise IllegalTransition(f"order {self.id} cannot go from {self.status} to {status}")
        self.status = status
        self.updated_at = at
        match status:
            case Status.FILLED:
                self.filled_at = at
            case Status.CANCELED:
                self.canceled_at = at
            case Status.EXPIRED:
                self.expired_at = at
            case Status.REJECTED:
                self.failed_at = at


def hold_needed(order: Order) -> Decimal:
    """What an open order must hold from here on: enough for all its remaining quantity at its worst price.

    On the running total, so that what was spent plus what is held never exceeds the first hold.
    """
    if order.side is Side.SELL:
        return order.remaining
    spent = order.filled_value + order.fee_value
    rest = order.remaining * order.engine_price * (ONE + order.fee_rate)
    return round_up(spent + rest) - round_up(spent)


@dataclass(frozen=True, slots=True)
class Fill:
    """The money of one side of one execution, in cash steps."""

    cash: Decimal
    """Paid by a buyer (fee included) or received by a seller (fee deducted); never negative."""
    fee: Decimal
    released: Decimal
    """Of the hold, beyond what the fill used up: price improvement."""


def fill(order: Order, price: Decimal, qty: Decimal, *, taker: bool, at: datetime) -> Fill:
    """Apply an execution to `order`: quantities, running totals, hold and state. Only takers pay fees."""
    if qty <= ZERO or qty > order.remaining:
        raise IllegalTransition(f"order {order.id} cannot fill {qty} of {order.remaining}")
    value = price * qty
    fee_exact = value * order.fee_rate if taker else ZERO
    spent_before = round_up(order.filled_value + order.fee_value)
    gained_before = round_down(order.filled_value - order.fee_value)
    fee_before = round_down(order.fee_value)

    order.filled_qty += qty
    order.filled_value += value
    order.fee_value += fee_exact
    if order.remaining == ZERO:
        order.move(Status.FILLED, at)
    elif order.status is not Status.PENDING_CANCEL:
        order.move(Status.PARTIALLY_FILLED, at)
    order.updated_at = at

    hold_before = order.hold
    order.hold = hold_needed(order)
    fee = round_down(order.fee_value) - fee_before
    if order.side is Side.SELL:
        cash = round_down(order.filled_value - order.fee_value) - gained_before
        return Fill(cash, fee, hold_before - order.hold - qty)
    cash = round_up(order.filled_value + order.fee_value) - spent_before
    return Fill(cash, fee, hold_before - order.hold - cash)
