"""Halts and limits in the administrators' requests and answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trading.amounts import ExactAmount
from trading.answers import Answer

Scope = Literal["all", "account", "symbol"]
Amount = Annotated[
    Decimal, ExactAmount, Field(gt=0, max_digits=30, decimal_places=12, examples=["10000"])
]
Fraction = Annotated[Decimal, ExactAmount, Field(gt=0, lt=1, decimal_places=8, examples=["0.05"])]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class HaltRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]


class HaltDocument(Answer):
    """`target`: an account's id or a symbol; null for all."""

    scope: Scope
    target: str | None
    reason: str
    set_by: UUID
    set_at: datetime


class HaltSetDocument(HaltDocument):
    open_orders: Annotated[
        int,
        Field(
            description="Orders in scope that were still open when this was answered; their cancels are stored."
        ),
    ]


class HaltsDocument(Answer):
    halts: list[HaltDocument]
    next_cursor: str | None


class RiskRequest(BaseModel):
    """The whole of what differs from the house's: what is null or left out is the house's again."""

    model_config = ConfigDict(extra="forbid")

    blocked: bool = False
    max_order_qty: Amount | None = None
    max_order_value: Amount | None = None
    max_open_orders: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    max_orders_per_second: Count | None = None
    max_identical_orders: Count | None = None
    market_collar: Fraction | None = None


class LimitsDocument(Answer):
    """Amounts are decimal text; null: no limit."""

    max_order_qty: str | None
    max_order_value: str | None
    max_open_orders: int | None
    max_orders_per_second: int | None
    max_identical_orders: int | None
    market_collar: str | None


class AccountRiskDocument(LimitsDocument):
    """What the account has of its own; null: as the house, whose limits are in `defaults`."""

    account_id: UUID
    blocked: bool
    trade_suspended: Annotated[bool, Field(description="By the account's own configuration.")]
    defaults: LimitsDocument


class BandRequest(BaseModel):
    """null: no band."""

    model_config = ConfigDict(extra="forbid")

    price_band: Fraction | None
