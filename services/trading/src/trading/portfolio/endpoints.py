"""`GET /v2/account/portfolio/history`, and statements by session under `/v1/account/statements`."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import text

from chassis.clock import utc_now
from chassis.database import ReadConnection, Reading, database_of, unavailable_when_away
from chassis.errors import InvalidInput, NotFound, Unauthorized, problem_responses
from trading.accounts.directory import reading_account
from trading.domain.money import ZERO, plain
from trading.idempotency import KeyedRoute
from trading.pages import Cursor, decode_cursor, encode_cursor
from trading.portfolio.history import History, read_history
from trading.portfolio.schemas import PortfolioHistoryDocument, StatementsDocument
from trading.portfolio.sessions import DAY, Sessions
from trading.portfolio.statements import statement_lines
from trading.portfolio.windows import Windows, windows
from trading.query_text import QueryText
from trading.times import parse_time

router = APIRouter(tags=["portfolio"], route_class=KeyedRoute)

Reader = Annotated[UUID, Depends(reading_account)]
FLOW_TYPES = ("CSD", "CSW", "JNLC", "JNLS")
_RESPONSES = problem_responses(Unauthorized, InvalidInput)
_OPENED = text("SELECT created_at FROM accounts WHERE id = :id")


@router.get(
    "/v2/account/portfolio/history",
    response_model=PortfolioHistoryDocument,
    response_model_exclude_unset=True,
    responses=_RESPONSES,
)
async def portfolio_history(
    request: Request,
    account_id: Reader,
    connection: Reading,
    period: QueryText | None = None,
    timeframe: QueryText | None = None,
    start: QueryText | None = None,
    end: QueryText | None = None,
    intraday_reporting: QueryText | None = None,
    pnl_reset: QueryText | None = None,
    cashflow_types: QueryText | None = None,
    date_start: Annotated[QueryText | None, Query(deprecated=True)] = None,
    date_end: Annotated[QueryText | None, Query(deprecated=True)] = None,
    extended_hours: Annotated[QueryText | None, Query(deprecated=True)] = None,
) -> dict[str, Any]:
    """Equity at the end of each window, and profit net of what came and went.

    The market never closes, so `intraday_reporting` makes no difference. Profit counts from the start of each session
    (`pnl_reset=per_day`) or of the history (`no_reset`). Shares that were granted or corrected count as cash flows
    (`JNLS`) at what they were worth at their window's end.
    """
    sessions: Sessions = request.app.state.sessions
    _one_of("timeframe", timeframe, ("1Min", "5Min", "15Min", "1H", "1D"))
    _one_of(
        "intraday_reporting", intraday_reporting, ("market_hours", "extended_hours", "continuous")
    )
    _one_of("pnl_reset", pnl_reset, ("per_day", "no_reset"))
    types = _flow_types(cashflow_types)
    first, last = start or date_start, end or date_end
    wanted = windows(
        sessions,
        utc_now(request.app.state.clock),
        period=period or None,
        timeframe=timeframe or None,
        start=parse_time("start", first) if first else None,
        end=_end(last) if last else None,
    )
    history = await read_history(connection, account_id, wanted, sessions)
    return _document(history, wanted, sessions, types, per_day=pnl_reset != "no_reset")


@router.get("/v1/account/statements", response_model=StatementsDocument, responses=_RESPONSES)
async def list_statements(
    request: Request,
    account_id: Reader,
    connection: Reading,
    limit: Annotated[int, Query(ge=1, le=366)] = 31,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """The sessions that are over since the account was opened, newest first."""
    sessions: Sessions = request.app.state.sessions
    newest = sessions.of(utc_now(request.app.state.clock)) - DAY
    if cursor is not None:
        newest = min(newest, _date(decode_cursor(cursor, 1)[0]) - DAY)
    oldest = await _opened(connection, account_id, sessions)
    if newest < oldest:
        return {"statements": [], "next_cursor": None}
    first = max(oldest, newest - (limit - 1) * DAY)
    count = (newest - first).days + 1
    days = Windows("1D", sessions.start(first), DAY, count)
    history = await read_history(connection, account_id, days, sessions)
    closing = history.equity
    statements = [
        {
            "date": first + number * DAY,
            "opening_equity": plain(closing[number - 1] if number else history.base),
            "closing_equity": plain(closing[number]),
        }
        for number in reversed(range(count))
    ]
    next_cursor = encode_cursor(first.isoformat()) if first > oldest else None
    return {"statements": statements, "next_cursor": next_cursor}


@router.get(
    "/v1/account/statements/{name}",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        **problem_responses(Unauthorized, NotFound, InvalidInput),
    },
)
async def statement(
    request: Request,
    account_id: Reader,
    name: Annotated[str, Path(max_length=20, examples=["2026-03-16.csv"])],
) -> StreamingResponse:
    """One session's statement, named by its date and `.csv`."""
    state = request.app.state
    sessions: Sessions = state.sessions
    if not name.endswith(".csv"):
        raise NotFound("statement not found: its name is a date and .csv")
    session = _date(name.removesuffix(".csv"))
    running = sessions.of(utc_now(state.clock))
    # Not the request's connection: the lines have their own, for as long as they are sent.
    async with unavailable_when_away(), database_of(request).read() as connection:
        opened = await _opened(connection, account_id, sessions)
    if not opened <= session < running:
        raise NotFound("statement not found: there is one for each session that is over")
    return StreamingResponse(
        statement_lines(database_of(request), sessions, account_id, session),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="statement-{session}.csv"'},
    )


async def _opened(connection: ReadConnection, account_id: UUID, sessions: Sessions) -> date:
    return sessions.of((await connection.execute(_OPENED, {"id": account_id})).scalar_one())


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidInput("a session is named by its date (YYYY-MM-DD)") from None


def _end(value: str) -> Any:
    """A date means all of it."""
    moment = parse_time("end", value)
    return moment + timedelta(days=1) if len(value.strip()) == len("2026-03-16") else moment


def _one_of(name: str, value: str | None, known: tuple[str, ...]) -> None:
    if value and value not in known:
        raise InvalidInput(f"{name} must be one of {', '.join(known)}")


def _flow_types(value: str | None) -> tuple[str, ...]:
    if not value or value == "NONE":
        return ()
    return FLOW_TYPES if value == "ALL" else tuple(dict.fromkeys(value.split(",")))


def _document(
    history: History,
    wanted: Windows,
    sessions: Sessions,
    types: tuple[str, ...],
    *,
    per_day: bool,
) -> dict[str, Any]:
    profits: list[float] = []
    fractions: list[float | None] = []
    base, came, before = history.base, ZERO, history.base
    session: date | None = None
    for number, (equity, flows) in enumerate(zip(history.equity, history.flows, strict=True)):
        now_in = sessions.of(wanted.begin(number))
        if per_day and now_in != session:
            base, came, session = before, ZERO, now_in
        came += sum(flows.values(), ZERO)
        profit = equity - base - came
        profits.append(float(round(profit, 4)))
        invested = base + came
        fractions.append(float(round(profit / invested, 8)) if invested > ZERO else None)
        before = equity
    document: dict[str, Any] = {
        "timestamp": [int(wanted.begin(number).timestamp()) for number in range(wanted.count)],
        "equity": [float(round(equity, 4)) for equity in history.equity],
        "profit_loss": profits,
        "profit_loss_pct": fractions,
        "base_value": float(round(history.base, 4)),
        "base_value_asof": sessions.of(wanted.start) - DAY,
        "timeframe": wanted.timeframe,
    }
    if types:
        document["cashflow"] = {
            kind: [float(round(flows.get(kind, ZERO), 4)) for flows in history.flows]
            for kind in types
        }
    return document
