"""The trade update of the public API: Alpaca's shape, with the numbering that makes it resumable."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from trading.answers import Answer
from trading.orders.schemas import OrderDocument


class _Update(Answer):
    event_id: Annotated[str, Field(description="The account's own count, from 1, without a gap.")]
    at: Annotated[datetime, Field(description="Strictly later than that of the update before.")]
    timestamp: Annotated[datetime, Field(description="When it happened, in journal time.")]
    order: Annotated[OrderDocument, Field(description="The order right after this event.")]


class StateUpdate(_Update):
    """An order was taken by the engine, or ended."""

    event: Literal["new", "canceled", "expired", "rejected"]


class FillUpdate(_Update):
    """An execution of an order: `fill` when nothing of it is left. Amounts are decimal text."""

    event: Literal["partial_fill", "fill"]
    execution_id: UUID
    price: str
    qty: str
    position_qty: Annotated[str, Field(description="The account's position after it.")]


TradeUpdateDocument = Annotated[StateUpdate | FillUpdate, Field(discriminator="event")]
