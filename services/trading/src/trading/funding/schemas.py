"""Paper cash in and out."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trading.amounts import ExactAmount
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
