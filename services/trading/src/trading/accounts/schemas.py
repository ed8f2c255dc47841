"""The account object of the public API (Alpaca's shape)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from trading.answers import Answer


class AccountDocument(Answer):
    """Amounts are decimal text in US dollars. Buying power is the cash that no order holds."""

    id: UUID
    account_number: str
    status: Literal["ACTIVE"] = "ACTIVE"
    crypto_status: Literal["ACTIVE"] = "ACTIVE"
    currency: Literal["USD"] = "USD"
    cash: str
    equity: str
    last_equity: Annotated[
        str, Field(description="At the end of the session before the running one.")
    ]
    balance_asof: Annotated[str, Field(description="That session's date.", examples=["2026-03-16"])]
    portfolio_value: str
    buying_power: str
    regt_buying_power: str
    daytrading_buying_power: str
    non_marginable_buying_power: str
    long_market_value: str
    short_market_value: str = "0"
    position_market_value: str
    initial_margin: str = "0"
    maintenance_margin: str = "0"
    multiplier: str = "1"
    accrued_fees: str = "0"
    pending_transfer_in: str
    pending_transfer_out: str = "0"
    daytrade_count: int = 0
    pattern_day_trader: bool = False
    trading_blocked: Annotated[
        bool, Field(description="By an administrator, or while trading is halted.")
    ]
    transfers_blocked: bool = False
    account_blocked: bool
    trade_suspended_by_user: bool
    shorting_enabled: bool = False
    created_at: datetime
    realized_pl: Annotated[
        str,
        Field(
            description="Of ours: what all sales brought in beyond the average cost of what was sold."
        ),
    ]
    fee_tier: Annotated[
        str, Field(description="Of ours: which fees its new orders pay.", examples=["default"])
    ]
    maker_fee_rate: Annotated[
        str, Field(description="Of ours: the fee of what gives liquidity, a fraction of its value.")
    ]
    taker_fee_rate: Annotated[
        str, Field(description="Of ours: the fee of what takes liquidity, a fraction of its value.")
    ]
    market_collar: Annotated[
        str,
        Field(
            description="Of ours: how far from the last price a market order may trade, a fraction."
        ),
    ]
