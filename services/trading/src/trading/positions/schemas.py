"""The position object of the public API (Alpaca's shape)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from trading.answers import Answer
from trading.assets.schemas import AssetClass


class PositionDocument(Answer):
    """Amounts are decimal text; values that need a price are null before the asset's first trade.

    `*_plpc` are fractions (0.0084 is 0.84 %).
    """

    asset_id: UUID
    symbol: str
    exchange: str = ""
    asset_class: AssetClass
    asset_marginable: bool = False
    qty: str
    qty_available: str
    side: Literal["long"] = "long"
    avg_entry_price: str
    cost_basis: str
    market_value: str | None
    current_price: str | None
    lastday_price: Annotated[
        str | None, Field(description="Of the last trade before the running session.")
    ]
    change_today: str | None
    unrealized_pl: str | None
    unrealized_plpc: str | None
    unrealized_intraday_pl: str | None
    unrealized_intraday_plpc: str | None
    realized_pl: Annotated[
        str,
        Field(
            description="Of ours: what sales brought in beyond the average cost of what was sold."
        ),
    ]
