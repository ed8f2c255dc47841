"""`DELETE /v2/positions`: sells what the caller owns, at the market."""

import asyncio
from decimal import ROUND_FLOOR, Decimal
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from chassis.clock import Clock
from chassis.database import database_of, unavailable_when_away
from chassis.deadline import Deadline, deadline_from
from chassis.errors import (
    InvalidInput,
    NotFound,
    NotPossible,
    OutcomeUnknown,
    Problem,
    Unauthorized,
    Unavailable,
    problem_responses,
)
from trading.accounts.directory import writing_account
from trading.amounts import parse_amount
from trading.domain.asset import Asset
from trading.domain.money import ZERO
from trading.domain.order import CASH, OrderType, Side, TimeInForce
from trading.idempotency import KeyedRoute, is_keyed, new_id_for
from trading.orders.desk import Desk
from trading.orders.requests import OrderRequest
from trading.orders.schemas import OrderDocument, ProblemBody, order_document
from trading.risk.problems import RISK_PROBLEMS

router = APIRouter(tags=["positions"], route_class=KeyedRoute)

DEFAULT_DEADLINE_S = 10.0
AT_ONCE = 50
"""Positions whose orders wait for each other's answers at most."""
Writer = Annotated[UUID, Depends(writing_account)]

_encode = msgspec.json.Encoder().encode
_OWNED = (
    "SELECT asset, available + held AS qty FROM balances"
    " WHERE account_id = $1 AND asset <> $2 AND available + held > 0 ORDER BY asset"
)


class ClosedPosition(BaseModel):
    """One position, with an HTTP status of its own: 200 when the order that closes it was placed."""

    symbol: str
    status: int
    body: OrderDocument | ProblemBody = Field(description="The order, or why there is none.")


@router.delete(
    "/v2/positions",
    status_code=207,
    response_model=list[ClosedPosition],
    responses={**problem_responses(Unauthorized, InvalidInput, Unavailable, OutcomeUnknown)},
)
async def close_all_positions(
    request: Request, account_id: Writer, cancel_orders: bool = False
) -> Response:
    """Sell every position at the market; with `cancel_orders`, after all open orders are cancelled.

    Shares that open orders hold cannot be sold: then that position's row says so.
    """
    desk, deadline = _desk(request), _deadline(request)
    if cancel_orders:
        await desk.canceling.cancel_all(account_id, deadline)
    owned = await _owned(request, account_id)
    made_id = new_id_for(request)
    one_of_few = asyncio.Semaphore(AT_ONCE)

    async def close(symbol: str, qty: Decimal) -> dict[str, Any]:
        async with one_of_few:
            # An id of its own for each: they are many orders of one request.
            return await _row(request, account_id, symbol, qty, deadline, uuid5(made_id, symbol))

    rows = await asyncio.gather(*(close(symbol, qty) for symbol, qty in owned.items()))
    return Response(_encode(rows), status_code=207, media_type="application/json")


@router.delete(
    "/v2/positions/{symbol_or_asset_id:path}",
    response_model=OrderDocument,
    responses={
        **problem_responses(
            Unauthorized,
            NotFound,
            InvalidInput,
            NotPossible,
            *RISK_PROBLEMS,
            Unavailable,
            OutcomeUnknown,
        )
    },
)
async def close_position(
    request: Request,
    account_id: Writer,
    symbol_or_asset_id: str,
    qty: Annotated[str | None, Query(max_length=40, description="Shares; none: all.")] = None,
    percentage: Annotated[
        str | None, Query(max_length=40, description="Of the position, above 0 to 100.")
    ] = None,
) -> Response:
    """Sell a position, or a part of it, at the market. The order is answered."""
    if qty and percentage:
        raise InvalidInput("give qty or percentage, not both")
    desk = _desk(request)
    asset = await _asset(request, symbol_or_asset_id)
    owned = (await _owned(request, account_id)).get(asset.symbol, ZERO)
    if owned == ZERO:
        raise NotFound("position does not exist")
    amount = owned
    if qty:
        amount = parse_amount("qty", qty)
    elif percentage:
        amount = _share(owned, parse_amount("percentage", percentage), asset)
    made_id = new_id_for(request) if is_keyed(request) else None
    order, sold = await desk.placing.place(
        account_id, _sale(asset.symbol, amount), _deadline(request), made_id
    )
    return Response(_encode(order_document(order, sold)), media_type="application/json")


async def _row(
    request: Request,
    account_id: UUID,
    symbol: str,
    qty: Decimal,
    deadline: Deadline,
    made_id: UUID,
) -> dict[str, Any]:
    try:
        order, asset = await _desk(request).placing.place(
            account_id, _sale(symbol, qty), deadline, made_id
        )
    except Problem as problem:
        body = problem.document() | {"symbol": symbol}
        return {"symbol": symbol, "status": problem.status, "body": body}
    return {"symbol": symbol, "status": 200, "body": order_document(order, asset)}


def _sale(symbol: str, qty: Decimal) -> OrderRequest:
    return OrderRequest(
        symbol=symbol,
        side=Side.SELL,
        order_type=OrderType.MARKET,
        time_in_force=TimeInForce.DAY,
        qty=qty,
        limit_price=None,
        client_order_id=None,
    )


def _share(owned: Decimal, percentage: Decimal, asset: Asset) -> Decimal:
    """`percentage` of the position, in whole lots."""
    if percentage > 100:
        raise InvalidInput("percentage must be above 0 and at most 100")
    lots = (owned * percentage / 100 / asset.lot_size).to_integral_value(ROUND_FLOOR)
    if not lots:
        raise NotPossible("that is less than the smallest quantity that is traded")
    return lots * asset.lot_size


async def _owned(request: Request, account_id: UUID) -> dict[str, Decimal]:
    async with unavailable_when_away(), database_of(request).raw() as connection:
        rows = await connection.fetch(_OWNED, account_id, CASH)
    return {row["asset"]: row["qty"] for row in rows}


async def _asset(request: Request, symbol_or_id: str) -> Asset:
    async with unavailable_when_away():
        try:
            found: Asset = await request.app.state.assets.tradable(symbol_or_id)
        except NotPossible:
            raise NotFound("position does not exist") from None
    return found


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _deadline(request: Request) -> Deadline:
    clock: Clock = request.app.state.clock
    return deadline_from(request.headers, clock, DEFAULT_DEADLINE_S)
