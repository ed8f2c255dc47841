"""`GET /v2/account`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlalchemy import text

from chassis.database import Reading
from chassis.errors import Unauthorized, problem_responses
from trading.accounts.directory import reading_account
from trading.accounts.schemas import AccountDocument
from trading.domain.money import ZERO, plain
from trading.domain.order import CASH
from trading.fees.schedule import FeeSchedule
from trading.settings import TradingSettings

router = APIRouter(tags=["account"])

_ACCOUNT = text("SELECT id, account_number, created_at FROM accounts WHERE id = :id")
_IN_TRANSIT = text(
    "SELECT coalesce(sum(amount), 0) FROM deposits_in_transit"
    " WHERE account_id = :id AND settled_at IS NULL"
)
_BALANCES = text(
    "SELECT b.asset, b.available, b.held, a.last_price FROM balances b"
    " LEFT JOIN assets a ON a.symbol = b.asset WHERE b.account_id = :id"
)


@router.get(
    "/v2/account",
    response_model=AccountDocument,
    responses={**problem_responses(Unauthorized)},
)
async def account(
    request: Request,
    account_id: Annotated[UUID, Depends(reading_account)],
    connection: Reading,
) -> dict[str, Any]:
    """Cash, buying power and equity of the caller's account, which the first request opens.

    With the rules from which a client can tell what an order will hold before it is sent.
    """
    settings: TradingSettings = request.app.state.settings
    fees: FeeSchedule = request.app.state.fees
    tier = await fees.tier_of(account_id)
    rates = fees.rates(tier)
    opened = (await connection.execute(_ACCOUNT, {"id": account_id})).one()
    cash = buying_power = market_value = ZERO
    for row in await connection.execute(_BALANCES, {"id": account_id}):
        if row.asset == CASH:
            cash, buying_power = row.available + row.held, row.available
        elif row.last_price is not None:
            market_value += (row.available + row.held) * row.last_price
    equity = cash + market_value
    in_transit = (await connection.execute(_IN_TRANSIT, {"id": account_id})).scalar_one()
    return {
        "id": account_id,
        "account_number": opened.account_number,
        "created_at": opened.created_at,
        "cash": plain(cash),
        "equity": plain(equity),
        "portfolio_value": plain(equity),
        "buying_power": plain(buying_power),
        "regt_buying_power": plain(buying_power),
        "daytrading_buying_power": plain(buying_power),
        "non_marginable_buying_power": plain(buying_power),
        "long_market_value": plain(market_value),
        "position_market_value": plain(market_value),
        "pending_transfer_in": plain(in_transit),
        "fee_tier": tier,
        "maker_fee_rate": plain(rates.maker),
        "taker_fee_rate": plain(rates.taker),
        "market_collar": plain(settings.market_collar),
    }
