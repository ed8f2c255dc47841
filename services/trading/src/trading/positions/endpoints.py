"""`/v2/positions`: what the caller owns."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from chassis.clock import utc_now
from chassis.database import Reading
from chassis.errors import InvalidInput, NotFound, Unauthorized, problem_responses
from trading.accounts.directory import reading_account
from trading.idempotency import KeyedRoute
from trading.positions.reads import read_positions
from trading.positions.schemas import PositionDocument

router = APIRouter(tags=["positions"], route_class=KeyedRoute)

Reader = Annotated[UUID, Depends(reading_account)]


@router.get(
    "/v2/positions",
    response_model=list[PositionDocument],
    responses={**problem_responses(Unauthorized)},
)
async def list_positions(
    request: Request, account_id: Reader, connection: Reading
) -> list[dict[str, Any]]:
    """Every open position."""
    state = request.app.state
    return await read_positions(connection, account_id, state.sessions, utc_now(state.clock))


@router.get(
    "/v2/positions/{symbol_or_asset_id:path}",
    response_model=PositionDocument,
    responses={**problem_responses(Unauthorized, NotFound, InvalidInput)},
)
async def position(
    request: Request, account_id: Reader, connection: Reading, symbol_or_asset_id: str
) -> dict[str, Any]:
    """The position in one asset."""
    state, asset = request.app.state, symbol_or_asset_id.replace("\0", "")
    now = utc_now(state.clock)
    found = await read_positions(connection, account_id, state.sessions, now, asset)
    if not found:
        raise NotFound("position does not exist")
    return found[0]
