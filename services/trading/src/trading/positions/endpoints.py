"""`/v2/positions`: what the caller owns."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import text

from chassis.database import Reading
from chassis.errors import InvalidInput, NotFound, Unauthorized, problem_responses
from trading.accounts.directory import reading_account
from trading.domain.money import ZERO, plain
from trading.idempotency import KeyedRoute
from trading.positions.schemas import PositionDocument

router = APIRouter(tags=["positions"], route_class=KeyedRoute)

_SELECT = (
    "SELECT a.id AS asset_id, a.symbol, a.asset_class, a.last_price, b.available, b.held, b.cost"
    " FROM balances b JOIN assets a ON a.symbol = b.asset"
    " WHERE b.account_id = :account_id AND b.available + b.held > 0"
)
_LIST = text(f"{_SELECT} ORDER BY a.symbol")
_ONE = text(f"{_SELECT} AND (a.symbol = :asset OR a.id::text = :asset)")
Reader = Annotated[UUID, Depends(reading_account)]


@router.get(
    "/v2/positions",
    response_model=list[PositionDocument],
    responses={**problem_responses(Unauthorized)},
)
async def list_positions(account_id: Reader, connection: Reading) -> list[dict[str, Any]]:
    """Every open position."""
    return [_document(row) for row in await connection.execute(_LIST, {"account_id": account_id})]


@router.get(
    "/v2/positions/{symbol_or_asset_id:path}",
    response_model=PositionDocument,
    responses={**problem_responses(Unauthorized, NotFound, InvalidInput)},
)
async def position(
    account_id: Reader, connection: Reading, symbol_or_asset_id: str
) -> dict[str, Any]:
    """The position in one asset."""
    values = {"account_id": account_id, "asset": symbol_or_asset_id.replace("\0", "")}
    row = (await connection.execute(_ONE, values)).one_or_none()
    if row is None:
        raise NotFound("position does not exist")
    return _document(row)


def _document(row: Any) -> dict[str, Any]:
    qty = row.available + row.held
    document: dict[str, Any] = {
        "asset_id": row.asset_id,
        "symbol": row.symbol,
        "asset_class": row.asset_class,
        "qty": plain(qty),
        "qty_available": plain(row.available),
        "avg_entry_price": plain(round(row.cost / qty, 12)),
        "cost_basis": plain(row.cost),
        "market_value": None,
        "current_price": None,
        "unrealized_pl": None,
        "unrealized_plpc": None,
    }
    if row.last_price is not None:
        value = qty * row.last_price
        profit = value - row.cost
        document |= {
            "market_value": plain(value),
            "current_price": plain(row.last_price),
            "unrealized_pl": plain(profit),
            "unrealized_plpc": plain(round(profit / row.cost, 8) if row.cost else ZERO),
        }
    return document
