"""`/v2/watchlists`, by id and by name, in Alpaca's shapes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.clock import utc_now
from chassis.database import Reading, WriteConnection, Writing
from chassis.errors import InvalidInput, NotFound, problem_responses
from trading.accounts.directory import reading_account, writing_account
from trading.etags import (
    NOT_MODIFIED,
    IfMatch,
    IfNoneMatch,
    PreconditionFailed,
    check_unchanged,
    encode,
    tagged,
)
from trading.idempotency import KeyedRoute, new_id_for
from trading.watchlists import queries
from trading.watchlists.queries import SymbolListed, UnknownSymbol, WatchlistExists, WatchlistFull
from trading.watchlists.schemas import (
    AddedSymbol,
    NewWatchlist,
    WatchlistChange,
    WatchlistDocument,
    WatchlistSummary,
)

router = APIRouter(tags=["watchlists"], route_class=KeyedRoute)

Reader = Annotated[UUID, Depends(reading_account)]
Writer = Annotated[UUID, Depends(writing_account)]
ByName = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]

BY_ID = "/v2/watchlists/{watchlist_id}"
BY_NAME = "/v2/watchlists:by_name"
_READ = {**problem_responses(NotFound, InvalidInput), **NOT_MODIFIED}
_CHANGE = problem_responses(
    NotFound, InvalidInput, PreconditionFailed, WatchlistExists, UnknownSymbol, WatchlistFull
)
_ADD = problem_responses(
    NotFound, InvalidInput, PreconditionFailed, SymbolListed, UnknownSymbol, WatchlistFull
)
_TAKE = problem_responses(NotFound, InvalidInput, PreconditionFailed)


@router.get("/v2/watchlists", response_model=list[WatchlistSummary], responses=NOT_MODIFIED)
async def watchlists(
    account_id: Reader, connection: Reading, if_none_match: IfNoneMatch = None
) -> Response:
    """The caller's watchlists, by name, without their assets."""
    found = await queries.summaries(connection, account_id)
    return tagged(encode(found, list[WatchlistSummary]), if_none_match)


@router.post(
    "/v2/watchlists",
    response_model=WatchlistDocument,
    responses=problem_responses(InvalidInput, WatchlistExists, UnknownSymbol, WatchlistFull),
)
async def create_watchlist(
    request: Request, account_id: Writer, connection: Writing, body: NewWatchlist
) -> Response:
    """Make a watchlist. Its name is the account's own."""
    watchlist_id = new_id_for(request)
    now = utc_now(request.app.state.clock)
    await queries.create(connection, account_id, watchlist_id, body.name, body.symbols or [], now)
    return await _changed(connection, account_id, watchlist_id)


@router.get(BY_NAME, response_model=WatchlistDocument, responses=_READ)
async def watchlist_by_name(
    account_id: Reader, connection: Reading, name: ByName, if_none_match: IfNoneMatch = None
) -> Response:
    """One watchlist."""
    return await _read(connection, account_id, name, if_none_match)


@router.get(BY_ID, response_model=WatchlistDocument, responses=_READ)
async def watchlist(
    account_id: Reader, connection: Reading, watchlist_id: UUID, if_none_match: IfNoneMatch = None
) -> Response:
    """One watchlist."""
    return await _read(connection, account_id, watchlist_id, if_none_match)


@router.put(BY_NAME, response_model=WatchlistDocument, responses=_CHANGE)
async def change_watchlist_by_name(
    request: Request,
    account_id: Writer,
    connection: Writing,
    name: ByName,
    body: WatchlistChange,
    if_match: IfMatch = None,
) -> Response:
    """Rename it, or put another list in its place."""
    return await _change(request, connection, account_id, name, body, if_match)


@router.put(BY_ID, response_model=WatchlistDocument, responses=_CHANGE)
async def change_watchlist(
    request: Request,
    account_id: Writer,
    connection: Writing,
    watchlist_id: UUID,
    body: WatchlistChange,
    if_match: IfMatch = None,
) -> Response:
    """Rename it, or put another list in its place."""
    return await _change(request, connection, account_id, watchlist_id, body, if_match)


@router.post(BY_NAME, response_model=WatchlistDocument, responses=_ADD)
async def add_by_name(
    request: Request,
    account_id: Writer,
    connection: Writing,
    name: ByName,
    body: AddedSymbol,
    if_match: IfMatch = None,
) -> Response:
    """Append an asset."""
    return await _add(request, connection, account_id, name, body, if_match)


@router.post(BY_ID, response_model=WatchlistDocument, responses=_ADD)
async def add(
    request: Request,
    account_id: Writer,
    connection: Writing,
    watchlist_id: UUID,
    body: AddedSymbol,
    if_match: IfMatch = None,
) -> Response:
    """Append an asset."""
    return await _add(request, connection, account_id, watchlist_id, body, if_match)


@router.delete(BY_NAME, status_code=204, responses=_TAKE)
async def delete_by_name(
    account_id: Writer, connection: Writing, name: ByName, if_match: IfMatch = None
) -> Response:
    """Delete a watchlist."""
    return await _delete(connection, account_id, name, if_match)


@router.delete(BY_ID, status_code=204, responses=_TAKE)
async def delete(
    account_id: Writer, connection: Writing, watchlist_id: UUID, if_match: IfMatch = None
) -> Response:
    """Delete a watchlist."""
    return await _delete(connection, account_id, watchlist_id, if_match)


@router.delete(f"{BY_ID}/{{symbol:path}}", response_model=WatchlistDocument, responses=_TAKE)
async def remove(
    request: Request,
    account_id: Writer,
    connection: Writing,
    watchlist_id: UUID,
    symbol: str,
    if_match: IfMatch = None,
) -> Response:
    """Take an asset out of it."""
    row = await _locked(connection, account_id, watchlist_id, if_match)
    now = utc_now(request.app.state.clock)
    await queries.remove(connection, row, symbol.replace("\0", ""), now)
    return await _changed(connection, account_id, row.id)


async def _read(
    connection: Reading, account_id: UUID, key: UUID | str, if_none_match: str | None
) -> Response:
    row = await queries.find(connection, account_id, key)
    return tagged(encode(await queries.document(connection, row)), if_none_match)


async def _change(
    request: Request,
    connection: WriteConnection,
    account_id: UUID,
    key: UUID | str,
    body: WatchlistChange,
    if_match: str | None,
) -> Response:
    row = await _locked(connection, account_id, key, if_match)
    now = utc_now(request.app.state.clock)
    await queries.change(connection, row, body.name, body.symbols, now)
    return await _changed(connection, account_id, row.id)


async def _add(
    request: Request,
    connection: WriteConnection,
    account_id: UUID,
    key: UUID | str,
    body: AddedSymbol,
    if_match: str | None,
) -> Response:
    row = await _locked(connection, account_id, key, if_match)
    await queries.add(connection, row, body.symbol, utc_now(request.app.state.clock))
    return await _changed(connection, account_id, row.id)


async def _delete(
    connection: WriteConnection, account_id: UUID, key: UUID | str, if_match: str | None
) -> Response:
    await queries.delete(connection, await _locked(connection, account_id, key, if_match))
    return Response(status_code=204)


async def _locked(
    connection: WriteConnection, account_id: UUID, key: UUID | str, if_match: str | None
) -> Any:
    row = await queries.find(connection, account_id, key, lock=True)
    if if_match is not None:
        check_unchanged(encode(await queries.document(connection, row)), if_match)
    return row


async def _changed(connection: WriteConnection, account_id: UUID, watchlist_id: UUID) -> Response:
    row = await queries.find(connection, account_id, watchlist_id)
    return tagged(encode(await queries.document(connection, row)))
