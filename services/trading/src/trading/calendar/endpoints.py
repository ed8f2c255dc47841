"""`GET /v2/calendar`: every day is a trading day, from its first to its last minute."""

import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.clock import utc_now
from chassis.errors import InvalidInput, problem_responses
from chassis.identity.guards import user
from trading.answers import Answer
from trading.etags import NOT_MODIFIED, IfNoneMatch, encode, tagged
from trading.times import parse_time

router = APIRouter(tags=["clock"])

MOST_DAYS = 366 * 60


class CalendarDay(Answer):
    """One trading day. The last minute stands for midnight, which `HH:MM` cannot say of the day that ends."""

    date: Annotated[datetime.date, Field(examples=["2026-03-16"])]
    open: Annotated[str, Field(examples=["00:00"])] = "00:00"
    close: Annotated[str, Field(examples=["23:59"])] = "23:59"
    session_open: Annotated[str, Field(examples=["0000"])] = "0000"
    session_close: Annotated[str, Field(examples=["2359"])] = "2359"
    settlement_date: Annotated[datetime.date, Field(examples=["2026-03-16"])]


@router.get(
    "/v2/calendar",
    response_model=list[CalendarDay],
    responses={**problem_responses(InvalidInput), **NOT_MODIFIED},
    dependencies=[Depends(user("trading:read"))],
)
async def calendar(
    request: Request,
    start: Annotated[str | None, Query(description="A date or a time; inclusive.")] = None,
    end: Annotated[str | None, Query(description="A date or a time; inclusive.")] = None,
    date_type: Literal["TRADING", "SETTLEMENT"] = "TRADING",
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Trading days; this year's and the next's when nothing is asked for. Trades settle on their own day."""
    today = utc_now(request.app.state.clock).date()
    first = _day("start", start) if start else datetime.date(today.year, 1, 1)
    last = _day("end", end) if end else max(first, datetime.date(today.year + 1, 12, 31))
    days = max(0, (last - first).days + 1)
    if days > MOST_DAYS:
        raise InvalidInput(f"start and end may lie {MOST_DAYS} days apart at most")
    each = (first + datetime.timedelta(days=number) for number in range(days))
    document = [CalendarDay(date=day, settlement_date=day) for day in each]
    return tagged(encode(document, list[CalendarDay]), if_none_match)


def _day(name: str, text: str) -> datetime.date:
    return parse_time(name, text).date()
