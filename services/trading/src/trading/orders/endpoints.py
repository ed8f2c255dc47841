"""`/v2/orders`: place, read, cancel, in Alpaca's shapes."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.clock import Clock
from chassis.database import database_of, unavailable_when_away
from chassis.deadline import Deadline, deadline_from
from chassis.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    NotPossible,
    OutcomeUnknown,
    PayloadTooLarge,
    Problem,
    Unauthorized,
    Unavailable,
    problem_responses,
)
from trading.accounts.directory import reading_account, writing_account
from trading.assets.directory import AssetDirectory, as_uuid
from trading.domain.order import Order
from trading.idempotency import KeyedRoute
from trading.orders import queries
from trading.orders.desk import Desk
from trading.orders.requests import MAX_BODY_BYTES, parse_order
from trading.orders.schemas import (
    ORDER_ID_OPENAPI,
    ORDER_OPENAPI,
    CanceledOrder,
    OrderDocument,
    order_document,
)
from trading.orders.transaction import await_writers
from trading.query_text import QueryText
from trading.times import parse_time

router = APIRouter(tags=["orders"], route_class=KeyedRoute)

DEFAULT_DEADLINE_S = 10.0
CANCEL_ALL_LIMIT = 500

_encode = msgspec.json.Encoder().encode
_READ_PROBLEMS = problem_responses(Unauthorized, NotFound, InvalidInput)
Reader = Annotated[UUID, Depends(reading_account)]
Writer = Annotated[UUID, Depends(writing_account)]


@router.post(
    "/v2/orders",
    response_model=OrderDocument,
    responses={
        **problem_responses(Unauthorized, Forbidden, NotPossible, PayloadTooLarge, Unavailable),
    },
    openapi_extra=ORDER_OPENAPI,
)
async def place_order(request: Request) -> Response:
    """Place an order. The answer shows it as settled; `pending_new` says that its fate is not known yet."""
    account_id = await writing_account(request)
    parsed = parse_order(await _small_body(request))
    order, asset = await _desk(request).place(account_id, parsed, _deadline(request))
    return _json(order_document(order, asset))


@router.get(
    "/v2/orders",
    response_model=list[OrderDocument],
    responses={**problem_responses(Unauthorized, InvalidInput)},
)
async def list_orders(
    request: Request,
    account_id: Reader,
    status: Literal["open", "closed", "all"] = "open",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: str | None = None,
    until: str | None = None,
    direction: Literal["asc", "desc"] = "desc",
    symbols: QueryText | None = None,
    side: Literal["buy", "sell"] | None = None,
    before_order_id: UUID | None = None,
    after_order_id: UUID | None = None,
) -> Response:
    """Orders by submission time. `after` and `until` are exclusive, and so are the two order id cursors."""
    if before_order_id and after_order_id:
        raise InvalidInput("give before_order_id or after_order_id, not both")
    if (before_order_id or after_order_id) and (after or until):
        raise InvalidInput("order id cursors do not go together with after and until")
    wanted = queries.OrderFilter(
        status=status,
        limit=limit,
        after=_moment("after", after),
        until=_moment("until", until),
        ascending=direction == "asc",
        symbols=[symbol for symbol in (symbols or "").split(",") if symbol],
        side=side,
        before_order_id=before_order_id,
        after_order_id=after_order_id,
    )
    async with unavailable_when_away(), database_of(request).read() as connection:
        orders = await queries.list_orders(connection, account_id, wanted)
    return _json([await _document(request, order) for order in orders])


@router.get(
    "/v2/orders:by_client_order_id", response_model=OrderDocument, responses={**_READ_PROBLEMS}
)
async def order_by_client_order_id(
    request: Request, account_id: Reader, client_order_id: QueryText
) -> Response:
    """The order with this client order id. 404 only when there certainly is none, also none on its way in."""
    desk = _desk(request)
    await desk.gate.settle_inside(account_id, client_order_id)
    database = database_of(request)
    async with unavailable_when_away():
        async with database.read() as connection:
            order = await queries.by_client_order_id(connection, account_id, client_order_id)
        if order is None:
            async with database.raw() as driver:
                await await_writers(driver, account_id, client_order_id)
            async with database.read() as connection:
                order = await queries.by_client_order_id(connection, account_id, client_order_id)
    if order is None:
        raise NotFound("order not found")
    return _json(await _document(request, order))


@router.get(
    "/v2/orders/{order_id}",
    response_model=OrderDocument,
    responses={**_READ_PROBLEMS},
    openapi_extra=ORDER_ID_OPENAPI,
)
async def order_by_id(request: Request) -> Response:
    """One order of the caller's."""
    account_id = await reading_account(request)
    async with unavailable_when_away():
        order = await _desk(request).loader.load(_order_id(request))
    if order is None or order.account_id != account_id:
        raise NotFound("order not found")
    return _json(await _document(request, order))


@router.delete(
    "/v2/orders/{order_id}",
    status_code=204,
    responses={**problem_responses(Unauthorized, NotFound, NotPossible, OutcomeUnknown)},
    openapi_extra=ORDER_ID_OPENAPI,
)
async def cancel_order(request: Request) -> Response:
    """Cancel an order. 204 once that is settled; 503 `outcome_unknown` while it is stored but not decided."""
    account_id = await writing_account(request)
    await _desk(request).cancel(account_id, _order_id(request), _deadline(request))
    return Response(status_code=204)


@router.delete(
    "/v2/orders",
    status_code=207,
    response_model=list[CanceledOrder],
    responses={**problem_responses(Unauthorized, Unavailable)},
)
async def cancel_all_orders(request: Request, account_id: Writer) -> Response:
    """Cancel every open order of the caller's (the newest 500); an HTTP status for each."""
    desk, deadline = _desk(request), _deadline(request)
    async with unavailable_when_away(), database_of(request).read() as connection:
        wanted = queries.OrderFilter(status="open", limit=CANCEL_ALL_LIMIT)
        orders = await queries.list_orders(connection, account_id, wanted)
    rows = await asyncio.gather(
        *(_cancel_row(desk, account_id, order.id, deadline) for order in orders)
    )
    return _json(rows, status=207)


HOT = (place_order, order_by_id, cancel_order)
"""Answered bare (`chassis.bare_route`): dependencies and models would cost more than all else they do."""


async def _cancel_row(
    desk: Desk, account_id: UUID, order_id: UUID, deadline: Deadline
) -> dict[str, Any]:
    try:
        await desk.cancel(account_id, order_id, deadline)
    except Problem as problem:
        return {"id": str(order_id), "status": problem.status, "body": problem.document()}
    return {"id": str(order_id), "status": 200}


async def _small_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise PayloadTooLarge(f"an order has at most {MAX_BODY_BYTES} bytes")
    return bytes(body)


async def _document(request: Request, order: Order) -> dict[str, Any]:
    # With no connection in hand: whoever waits for a second one while holding a first can lock everybody out.
    assets: AssetDirectory = request.app.state.assets
    async with unavailable_when_away():
        return order_document(order, await assets.by_symbol(order.symbol))


def _order_id(request: Request) -> UUID:
    order_id = as_uuid(request.path_params["order_id"])
    if order_id is None:
        raise InvalidInput("order_id must be a UUID")
    return order_id


def _moment(name: str, text: str | None) -> datetime | None:
    return None if not text else parse_time(name, text)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _deadline(request: Request) -> Deadline:
    clock: Clock = request.app.state.clock
    return deadline_from(request.headers, clock, DEFAULT_DEADLINE_S)


def _json(document: Any, status: int = 200) -> Response:
    return Response(_encode(document), status_code=status, media_type="application/json")
