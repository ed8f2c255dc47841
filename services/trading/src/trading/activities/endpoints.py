"""`/v2/account/activities`: fills, deposits, withdrawals and grants, in Alpaca's shapes."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from chassis.database import ReadConnection, Reading
from chassis.errors import InvalidInput, Unauthorized, problem_responses
from trading.accounts.directory import reading_account
from trading.activities.queries import TYPES, ActivityFilter, list_activities
from trading.activities.schemas import ActivityDocument
from trading.assets.directory import as_uuid
from trading.times import parse_time

router = APIRouter(prefix="/v2/account/activities", tags=["activities"])

Reader = Annotated[UUID, Depends(reading_account)]
Direction = Literal["asc", "desc"]
PageSize = Annotated[int, Query(ge=1, le=100)]
_TRADES = frozenset({"FILL"})
_RESPONSES = problem_responses(Unauthorized, InvalidInput)


@router.get("", response_model=list[ActivityDocument], responses=_RESPONSES)
async def activities(
    account_id: Reader,
    connection: Reading,
    activity_types: str | None = None,
    category: Literal["trade_activity", "non_trade_activity"] | None = None,
    date: str | None = None,
    until: str | None = None,
    after: str | None = None,
    direction: Direction = "desc",
    page_size: PageSize = 100,
    page_token: str | None = None,
) -> list[dict[str, Any]]:
    """Activities of all or some types. The next page's token is the id of the last item; a list ends empty."""
    types = TYPES
    if activity_types:
        if category:
            raise InvalidInput("give activity_types or category, not both")
        types = frozenset(activity_types.split(","))
    elif category:
        types = _TRADES if category == "trade_activity" else TYPES - _TRADES
    return await _list(
        account_id, connection, types, date, until, after, direction, page_size, page_token
    )


@router.get("/{activity_type}", response_model=list[ActivityDocument], responses=_RESPONSES)
async def activities_of_type(
    account_id: Reader,
    connection: Reading,
    activity_type: str,
    date: str | None = None,
    until: str | None = None,
    after: str | None = None,
    direction: Direction = "desc",
    page_size: PageSize = 100,
    page_token: str | None = None,
) -> list[dict[str, Any]]:
    """Activities of one type: `FILL`, `CSD` (deposit), `CSW` (withdrawal), `JNLC` (corrected cash) or `JNLS`
    (granted or corrected shares)."""
    return await _list(
        account_id,
        connection,
        frozenset({activity_type}),
        date,
        until,
        after,
        direction,
        page_size,
        page_token,
    )


async def _list(
    account_id: UUID,
    connection: ReadConnection,
    types: frozenset[str],
    date: str | None,
    until: str | None,
    after: str | None,
    direction: str,
    page_size: int,
    page_token: str | None,
) -> list[dict[str, Any]]:
    since = parse_time("after", after) if after else None
    before = parse_time("until", until) if until else None
    if date:
        since = parse_time("date", date).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            before = since + timedelta(days=1)
            since -= timedelta(microseconds=1)
        except OverflowError:
            raise InvalidInput("date is out of range") from None
    wanted = ActivityFilter(
        types=types & TYPES,  # a type that never occurs here is no error, and finds nothing
        after=since,
        until=before,
        ascending=direction == "asc",
        limit=page_size,
        cursor=_cursor(page_token) if page_token else None,
    )
    return await list_activities(connection, account_id, wanted)


def _cursor(token: str) -> tuple[datetime, UUID]:
    moment, _, tail = token.partition("::")
    activity_id = as_uuid(tail)
    if activity_id is None or not moment.isascii() or not moment.isdigit() or len(moment) != 20:
        raise InvalidInput("page_token must be the id of an activity")
    try:
        at = datetime.strptime(moment, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInput("page_token must be the id of an activity") from None
    return at, activity_id
