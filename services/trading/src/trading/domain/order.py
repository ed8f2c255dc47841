"""An order: its terms, its state, and what it is linked to."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from trading.domain.money import ZERO
from trading.domain.states import TRANSITIONS, IllegalTransition, Status

CASH = "USD"


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> "Side":
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING_STOP = "trailing_stop"


class OrderClass(StrEnum):
    """How an order belongs to others."""

    SIMPLE = "simple"
    BRACKET = "bracket"
    """An entry and two exits, which wait until it is filled, and of which one cancels the other."""
    OCO = "oco"
    """Two exits alone."""
    OTO = "oto"
    """An entry and one exit."""


class Exit(StrEnum):
    """Which of the exits an order is."""

    TAKE_PROFIT = "take_profit"
    STOP_LOSS = "stop_loss"


class TimeInForce(StrEnum):
    DAY = "day"
    GTC = "gtc"
    GTD = "gtd"
    """Of ours: until `expires_at`. Alpaca's clients do not know it and are told `gtc`."""
    IOC = "ioc"
    FOK = "fok"


@dataclass(slots=True)
class Order:
    """One order as the ledger sees it. Prices and quantities are decimals in the asset's own units.

    `engine_price` is the limit sent to the engine: the limit price, or the collar of what has none.
    `hold` is what is still held for it of `hold_asset` (cash for a buy, the symbol for a sell).
    `filled_value` is the exact sum of price x quantity of its fills, `fee_value` the exact sum of their fees.

    A replacement goes on where the order that it replaces ended: its `qty` is the total, and what the orders before it
    had filled is in `filled_qty`, `filled_value` and `fee_value`, and by itself in the three `carried_` ones.
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
    maker_fee_rate: Decimal
    taker_fee_rate: Decimal
    status: Status
    hold: Decimal
    submitted_at: datetime
    updated_at: datetime
    filled_qty: Decimal = ZERO
    filled_value: Decimal = ZERO
    fee_value: Decimal = ZERO
    reduced_qty: Decimal = ZERO
    """Lost without a trade: to self-trade prevention, or to the other exit's fills."""
    carried_qty: Decimal = ZERO
    carried_value: Decimal = ZERO
    carried_fee: Decimal = ZERO

    notional: Decimal | None = None
    """The cash amount that was asked for instead of a quantity."""
    stop_price: Decimal | None = None
    """A trailing stop's: where it stands."""
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    hwm: Decimal | None = None
    """The best price since a trailing stop's acceptance, which it trails."""
    expires_at: datetime | None = None
    """Good till date."""
    extended_hours: bool = False
    display_qty: Decimal | None = None
    minimum_qty: Decimal | None = None
    post_only: str | None = None
    self_trade_prevention: str | None = None

    order_class: OrderClass = OrderClass.SIMPLE
    exit: Exit | None = None
    parent_id: UUID | None = None
    """An exit's entry; in a pair without an entry the stop loss' is the take profit, which stands for both."""
    partner_id: UUID | None = None
    """The other exit, of which one cancels the other."""
    group_id: UUID | None = None
    """Shared by orders whose fates are linked: an entry with its exits, an order with its replacement."""
    replaces: UUID | None = None
    replaced_by: UUID | None = None

    filled_at: datetime | None = None
    canceled_at: datetime | None = None
    expired_at: datetime | None = None
    failed_at: datetime | None = None
    replaced_at: datetime | None = None
    triggered_at: datetime | None = None
    """A stop's: when it began to act."""
    reject_reason: str | None = None

    @property
    def hold_asset(self) -> str:
        return CASH if self.side is Side.BUY else self.symbol

    @property
    def remaining(self) -> Decimal:
        return self.qty - self.filled_qty - self.reduced_qty

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
            case Status.REPLACED:
                self.replaced_at = at
            case Status.REJECTED:
                self.failed_at = at

    @property
    def highest_fee_rate(self) -> Decimal:
        """What a fill can cost at most, maker or taker: the rate that a hold provides for."""
        return max(self.maker_fee_rate, self.taker_fee_rate)
