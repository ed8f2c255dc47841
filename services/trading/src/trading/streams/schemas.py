"""The trade update of the public API: Alpaca's shape, with the numbering that makes it resumable."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from trading.orders.schemas import OrderDocument
from trading.settlement.updates import Happened


class TradeUpdateDocument(BaseModel):
    """What happened to an order, and the order right after it. The last four fields come with fills only."""

    event: Happened
    event_id: Annotated[str, Field(description="The account's own count, from 1, without a gap.")]
    at: Annotated[datetime, Field(description="Strictly later than that of the update before.")]
    timestamp: Annotated[datetime, Field(description="When it happened, in journal time.")]
    order: OrderDocument
    execution_id: UUID | None = None
    price: str | None = None
    qty: str | None = None
    position_qty: str | None = None
