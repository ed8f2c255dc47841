"""Paper cash in and out."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from trading.amounts import ExactAmount, parse_amount
from trading.answers import Answer


class TransferRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    amount: Annotated[
        Decimal,
        ExactAmount,
        Field(gt=0, le=1_000_000_000_000, decimal_places=8, examples=["10000"]),
    ]
    """US dollars, as text or number; at most eight decimals."""


class TransferDocument(Answer):
    id: UUID
    kind: Literal["deposit", "withdrawal"]
    amount: str
    created_at: datetime
    settles_at: Annotated[
        datetime,
        Field(
            description="From when on a deposit can be used; until then it is pending_transfer_in."
        ),
    ]


def _signed(value: object) -> Decimal:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    told = str(value) if is_number else value
    if isinstance(told, str) and told.startswith("-"):
        return -parse_amount("amount", told[1:])
    return parse_amount("amount", told)


class CorrectionLeg(BaseModel):
    """What one account gets (above zero) or loses of one asset."""

    model_config = ConfigDict(extra="forbid")

    account_id: UUID
    """A customer's, or the system account of corrections, of fees, or of the house."""
    asset: Annotated[str, Field(min_length=1, max_length=32, examples=["USD"])]
    """`USD` or a symbol."""
    amount: Annotated[
        Decimal,
        BeforeValidator(_signed),
        Field(ge=-1_000_000_000_000, le=1_000_000_000_000, decimal_places=12, examples=["-5.00"]),
    ]


class CorrectionRequest(BaseModel):
    """Legs that sum to zero for each asset."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
    legs: Annotated[list[CorrectionLeg], Field(min_length=2, max_length=100)]


class CorrectionLegDocument(Answer):
    account_id: UUID
    asset: str
    amount: str


class CorrectionDocument(Answer):
    id: UUID
    reason: str
    created_at: datetime
    legs: list[CorrectionLegDocument]
