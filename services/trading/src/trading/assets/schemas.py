"""The asset object of the public API (Alpaca's shape), and what an administrator sends to make one."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from trading.amounts import ExactAmount
from trading.answers import Answer

AssetClass = Literal["us_equity", "crypto"]

# Steps are powers of ten times a digit or two in practice; the bounds only keep out the absurd.
Step = Annotated[Decimal, ExactAmount, Field(gt=0, le=1_000_000, max_digits=18, decimal_places=12)]


class AssetDocument(Answer):
    model_config = ConfigDict(populate_by_name=True)

    id: UUID
    asset_class: AssetClass = Field(alias="class")
    exchange: str = ""
    symbol: str
    name: str
    status: Literal["active", "inactive"]
    tradable: bool
    marginable: bool = False
    shortable: bool = False
    easy_to_borrow: bool = False
    fractionable: bool
    min_order_size: str
    min_trade_increment: str
    price_increment: str
    maintenance_margin_requirement: int = 100
    margin_requirement_long: str = "100"
    margin_requirement_short: str = "100"
    attributes: tuple[str, ...] = ()
    halted: Annotated[
        bool, Field(description="Of ours: no order of it is taken, and nothing trades.")
    ] = False
    price_band: Annotated[
        str | None,
        Field(description="Of ours: how far from the last price a limit may be, a fraction."),
    ] = None


class AssetRequest(BaseModel):
    """`tick_size` is the price step, `lot_size` the quantity step: 1 for whole shares, less for fractions."""

    model_config = ConfigDict(extra="forbid")

    symbol: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9./-]{0,31}$", examples=["ACME"])]
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    asset_class: Annotated[AssetClass, Field(alias="class")] = "us_equity"
    tick_size: Step = Decimal("0.01")
    lot_size: Step = Decimal(1)


class GrantRequest(BaseModel):
    """Shares for one account, given by its id or by its user's."""

    model_config = ConfigDict(extra="forbid")

    account_id: UUID | None = None
    user_id: UUID | None = None
    qty: Annotated[Decimal, ExactAmount, Field(gt=0, max_digits=30, decimal_places=12)]


class GrantDocument(Answer):
    id: UUID
    account_id: UUID
    symbol: str
    qty: str
