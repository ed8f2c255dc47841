"""Fee tiers in requests and answers."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chassis.errors import InvalidInput
from trading.amounts import parse_amount
from trading.answers import Answer

TierName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$", examples=["default"])]


def _rate(value: object) -> Decimal:
    text = str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    try:
        if isinstance(text, str) and Decimal(text) == 0:
            return Decimal(0)
    except ArithmeticError:
        raise InvalidInput("a rate must be a decimal number") from None
    return parse_amount("rate", text)


Rate = Annotated[
    Decimal, BeforeValidator(_rate), Field(ge=0, lt=1, decimal_places=8, examples=["0.0025"])
]
"""A fraction of an execution's value, as text or number; at most eight decimals."""


class FeeTierRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    maker_rate: Rate
    taker_rate: Rate


class FeeTierDocument(Answer):
    """The rates of new orders of its accounts, as decimal text."""

    name: str
    maker_rate: str
    taker_rate: str


class FeeTiersDocument(Answer):
    fee_tiers: list[FeeTierDocument]
    next_cursor: None = None


class AccountFeeTierRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tier: TierName


class AccountFeeTierDocument(Answer):
    account_id: UUID
    tier: str
    maker_rate: str
    taker_rate: str
