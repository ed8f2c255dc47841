"""The activities of the public API (Alpaca's shapes)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from trading.answers import Answer
from trading.orders.schemas import OrderSide


class FillActivity(Answer):
    """One execution of an order of the account's. Amounts are decimal text."""

    id: str
    account_id: UUID
    activity_type: Literal["FILL"]
    transaction_time: datetime
    type: Literal["fill", "partial_fill"]
    price: str
    qty: str
    side: OrderSide
    symbol: str
    leaves_qty: str
    cum_qty: str
    order_id: UUID
    order_status: Literal["filled", "partially_filled"]
    trade_id: Annotated[int, Field(description="The engine's sequence number of the trade.")]
    fee: str


class CashActivity(Answer):
    """Paper cash in (`CSD`, positive) or out (`CSW`, negative), or corrected (`JNLC`)."""

    id: str
    account_id: UUID
    activity_type: Literal["CSD", "CSW", "JNLC"]
    date: date
    created_at: datetime
    description: str
    status: Literal["executed", "correct"]
    net_amount: str


class GrantActivity(Answer):
    """Shares that an administrator gave or corrected (then `qty` may be negative)."""

    id: str
    account_id: UUID
    activity_type: Literal["JNLS"]
    date: date
    created_at: datetime
    description: str
    status: Literal["executed", "correct"]
    net_amount: str
    symbol: str
    qty: str


ActivityDocument = Annotated[
    FillActivity | CashActivity | GrantActivity, Field(discriminator="activity_type")
]
