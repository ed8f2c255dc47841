"""`GET /v2/clock`: this market never closes; a session ends every day at the time that is set."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, Request

from chassis.clock import utc_now
from chassis.errors import Unauthorized, problem_responses
from chassis.identity.guards import user
from trading.answers import Answer
from trading.settings import TradingSettings

router = APIRouter(tags=["clock"])


class ClockDocument(Answer):
    timestamp: datetime
    is_open: bool = True
    next_open: datetime
    next_close: datetime


@router.get(
    "/v2/clock",
    response_model=ClockDocument,
    responses={**problem_responses(Unauthorized)},
    dependencies=[Depends(user("trading:read"))],
)
async def clock(request: Request) -> ClockDocument:
    """The market's clock. `next_close` is when day orders end; the next session opens at that moment."""
    settings: TradingSettings = request.app.state.settings
    now = utc_now(request.app.state.clock)
    end = datetime.combine(now.date(), settings.session_end_utc, now.tzinfo)
    if end <= now:
        end += timedelta(days=1)
    return ClockDocument(timestamp=now, next_open=end, next_close=end)
