"""`GET /v2/account`."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlalchemy import text

from chassis.clock import utc_now
from chassis.database import Reading
from chassis.errors import Unauthorized, problem_responses
from trading.accounts.directory import reading_account
from trading.accounts.schemas import AccountDocument
from trading.domain.money import ZERO, plain
from trading.domain.order import CASH
from trading.fees.schedule import FeeSchedule
from trading.portfolio.closing import ClosingEquities
from trading.portfolio.sessions import DAY, Sessions
from trading.settings import TradingSettings

router = APIRouter(tags=["account"])

_ACCOUNT = text(
    "SELECT account_number, created_at, account_blocked, suspend_trade,"
    " EXISTS (SELECT FROM halts WHERE scope = 'all' OR (scope = 'account' AND target = accounts.id::text)) AS halted,"
    " (SELECT coalesce(sum(amount), 0) FROM deposits_in_transit"
    " WHERE account_id = accounts.id AND settled_at IS NULL) AS in_transit FROM accounts WHERE id = :id"
)
_BALANCES = text(
    "SELECT b.asset, b.available, b.held, b.realized, a.last_price FROM balances b"
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

    With the rules from which a client can tell what an order will hold before it is sent. `last_equity` is what it
    was worth at the end of the session of `balance_asof`.
    """
    state = request.app.state
    settings: TradingSettings = state.settings
    fees: FeeSchedule = state.fees
    closing: ClosingEquities = state.closing_equities
    sessions: Sessions = state.sessions
    running = sessions.of(utc_now(state.clock))
    tier = await fees.tier_of(account_id)
    rates = fees.rates(tier)
    opened = (await connection.execute(_ACCOUNT, {"id": account_id})).one()
    cash = buying_power = market_value = realized = ZERO
    for row in await connection.execute(_BALANCES, {"id": account_id}):
        realized += row.realized
        if row.asset == CASH:
            cash, buying_power = row.available + row.held, row.available
        elif row.last_price is not None:
            market_value += (row.available + row.held) * row.last_price
    last_equity = await closing.before(connection, account_id, running)
    return {
        "id": account_id,
        "account_number": opened.account_number,
        "created_at": opened.created_at,
        "account_blocked": opened.account_blocked,
        "trading_blocked": opened.account_blocked or opened.halted,
        "trade_suspended_by_user": opened.suspend_trade,
        "pending_transfer_in": plain(opened.in_transit),
        "realized_pl": plain(realized),
        "fee_tier": tier,
        "maker_fee_rate": plain(rates.maker),
        "taker_fee_rate": plain(rates.taker),
        "market_collar": plain(settings.market_collar),
        **_worth(cash, buying_power, market_value),
        **_as_of(running - DAY, last_equity),
    }


def _worth(cash: Decimal, buying_power: Decimal, market_value: Decimal) -> dict[str, str]:
    equity = plain(cash + market_value)
    power = plain(buying_power)
    return {
        "cash": plain(cash),
        "equity": equity,
        "portfolio_value": equity,
        "buying_power": power,
        "regt_buying_power": power,
        "daytrading_buying_power": power,
        "non_marginable_buying_power": power,
        "long_market_value": plain(market_value),
        "position_market_value": plain(market_value),
    }


def _as_of(session: date, last_equity: Decimal) -> dict[str, str]:
    return {"last_equity": plain(last_equity), "balance_asof": session.isoformat()}
