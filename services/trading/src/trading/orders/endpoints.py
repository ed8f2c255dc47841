"""`/v2/orders`: place, replace, read, cancel, in Alpaca's shapes; `/v1/orders`: the same with our own terms."""

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
    InvalidInput,
    MalformedRequest,
    NotFound,
    NotPossible,
    OutcomeUnknown,
    PayloadTooLarge,
    Unauthorized,
    Unavailable,
    problem_responses,
)
from trading.accounts.directory import reading_account, writing_account
from trading.assets.directory import AssetDirectory, as_uuid
from trading.domain.order import Order, OrderClass
from trading.idempotency import KeyedRoute, is_keyed, new_id_for
from trading.orders import queries
from trading.orders.desk import Desk
from trading.orders.placing import DuplicateClientOrderId
from trading.orders.request_schemas import (
    NESTED_OPENAPI,
    ORDER_ID_OPENAPI,
    ORDER_OPENAPI,
    OWN_ORDER_OPENAPI,
    OWN_REPLACE_OPENAPI,
    REPLACE_OPENAPI,
)
from trading.orders.requests import MAX_BODY_BYTES, parse_order, parse_replacement
from trading.orders.schemas import CanceledOrder, OrderDocument, order_document
from trading.orders.undoing import await_writers
from trading.query_text import QueryText
from trading.risk.problems import RISK_PROBLEMS
from trading.times import parse_time

router = APIRouter(tags=["orders"], route_class=KeyedRoute)

DEFAULT_DEADLINE_S = 10.0

_encode = msgspec.json.Encoder().encode
_READ_PROBLEMS = problem_responses(Unauthorized, NotFound, InvalidInput)
_WRITE_PROBLEMS = problem_responses(
    MalformedRequest,
    Unauthorized,
    InvalidInput,
    NotPossible,
    DuplicateClientOrderId,
    *RISK_PROBLEMS,
    PayloadTooLarge,
    Unavailable,
    OutcomeUnknown,
)
_REPLACE_PROBLEMS = _WRITE_PROBLEMS | problem_responses(NotFound)
Reader = Annotated[UUID, Depends(reading_account)]
Writer = Annotated[UUID, Depends(writing_account)]


@router.post(
    "/v2/orders",
    response_model=OrderDocument,
    responses=_WRITE_PROBLEMS,
    openapi_extra=ORDER_OPENAPI,
)
async def place_order(request: Request) -> Response:
    """Place an order. The answer shows it as settled; `pending_new` says that its fate is not known yet."""
    return await _place(request, ours=False)


@router.post(
    "/v1/orders",
    response_model=OrderDocument,
    responses=_WRITE_PROBLEMS,
    openapi_extra=OWN_ORDER_OPENAPI,
)
async def place_own_order(request: Request) -> Response:
    """Place an order with terms that Alpaca has not. Unknown members are refused; the answer is an order like any."""
    return await _place(request, ours=True)


@router.patch(
    "/v2/orders/{order_id}",
    response_model=OrderDocument,
    responses=_REPLACE_PROBLEMS,
    openapi_extra=REPLACE_OPENAPI,
)
async def replace_order(request: Request) -> Response:
    """Put a new order in an open one's place. When the old one ends first, the new one is `rejected`."""
    return await _replace(request, ours=False)


@router.patch(
    "/v1/orders/{order_id}",
    response_model=OrderDocument,
    responses=_REPLACE_PROBLEMS,
    openapi_extra=OWN_REPLACE_OPENAPI,
)
async def replace_own_order(request: Request) -> Response:
    """The same; unknown members are refused."""
    return await _replace(request, ours=True)


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
    nested: bool = False,
    symbols: QueryText | None = None,
    side: Literal["buy", "sell"] | None = None,
    asset_class: QueryText | None = None,
    before_order_id: UUID | None = None,
    after_order_id: UUID | None = None,
) -> Response:
    """Orders by submission time. `after` and `until` are exclusive, and so are the two order id cursors.

    With `nested`, exits are in `legs` of their parents, and the others have none.
    """
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
        symbols=_listed(symbols)[:500],
        side=side,
        asset_classes=_classes(asset_class),
        nested=nested,
        before_order_id=before_order_id,
        after_order_id=after_order_id,
    )
    legs: dict[UUID, list[Order]] = {}
    async with unavailable_when_away(), database_of(request).read() as connection:
        orders = await queries.list_orders(connection, account_id, wanted)
        if nested:
            parents = [o.id for o in orders if o.order_class is not OrderClass.SIMPLE]
            legs = await queries.legs_of(connection, parents)
    return _json([await _document(request, order, legs.get(order.id)) for order in orders])


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
                await await_writers(driver)
            async with database.read() as connection:
                order = await queries.by_client_order_id(connection, account_id, client_order_id)
    if order is None:
        raise NotFound("order not found")
    return _json(await _document(request, order))


@router.get(
    "/v2/orders/{order_id}",
    response_model=OrderDocument,
    responses={**_READ_PROBLEMS},
    openapi_extra=NESTED_OPENAPI,
)
async def order_by_id(request: Request) -> Response:
    """One order of the caller's."""
    account_id = await reading_account(request)
    nested = request.query_params.get("nested", "").lower() == "true"
    async with unavailable_when_away():
        order = await _desk(request).loader.load(_order_id(request))
    if order is None or order.account_id != account_id:
        raise NotFound("order not found")
    return _json(await _with_legs(request, order) if nested else await _document(request, order))


@router.delete(
    "/v2/orders/{order_id}",
    status_code=204,
    responses={
        **problem_responses(
            Unauthorized, NotFound, InvalidInput, NotPossible, Unavailable, OutcomeUnknown
        )
    },
    openapi_extra=ORDER_ID_OPENAPI,
)
async def cancel_order(request: Request) -> Response:
    """Cancel an order. 204 once that is settled; 503 `outcome_unknown` while it is stored but not decided.

    With an exit that waits for its entry, the entry is cancelled; with one of two exits, the other.
    """
    account_id = await writing_account(request)
    await _desk(request).canceling.cancel(account_id, _order_id(request), _deadline(request))
    return Response(status_code=204)


@router.delete(
    "/v2/orders",
    status_code=207,
    response_model=list[CanceledOrder],
    responses={**problem_responses(Unauthorized, Unavailable, OutcomeUnknown)},
)
async def cancel_all_orders(request: Request, account_id: Writer) -> Response:
    """Cancel every open order of the caller's, by one command; an HTTP status for each that was open."""
    rows = await _desk(request).canceling.cancel_all(account_id, _deadline(request))
    return _json(rows, status=207)


HOT = (place_order, order_by_id, cancel_order)
"""Answered bare (`chassis.bare_route`): dependencies and models would cost more than all else they do."""


async def _place(request: Request, *, ours: bool) -> Response:
    account_id = await writing_account(request)
    parsed = parse_order(await _small_body(request), ours=ours)
    made_id = new_id_for(request) if is_keyed(request) else None
    placing = _desk(request).placing
    order, asset = await placing.place(account_id, parsed, _deadline(request), made_id)
    if order.order_class is OrderClass.SIMPLE:
        return _json(order_document(order, asset))
    return _json(await _with_legs(request, order))


async def _replace(request: Request, *, ours: bool) -> Response:
    account_id = await writing_account(request)
    old_id = _order_id(request)
    parsed = parse_replacement(await _small_body(request), ours=ours)
    made_id = new_id_for(request) if is_keyed(request) else None
    replacing = _desk(request).replacing
    order, asset = await replacing.replace(account_id, old_id, parsed, _deadline(request), made_id)
    return _json(order_document(order, asset))


async def _small_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise PayloadTooLarge(f"an order has at most {MAX_BODY_BYTES} bytes")
    return bytes(body)


async def _with_legs(request: Request, order: Order) -> dict[str, Any]:
    async with unavailable_when_away(), database_of(request).read() as connection:
        legs = await queries.legs_of(connection, [order.id])
    return await _document(request, order, legs.get(order.id))


async def _document(
    request: Request, order: Order, legs: list[Order] | None = None
) -> dict[str, Any]:
    # With no connection in hand: whoever waits for a second one while holding a first can lock everybody out.
    assets: AssetDirectory = request.app.state.assets
    async with unavailable_when_away():
        return order_document(order, await assets.by_symbol(order.symbol), legs)


def _order_id(request: Request) -> UUID:
    order_id = as_uuid(request.path_params["order_id"])
    if order_id is None:
        raise InvalidInput("order_id must be a UUID")
    return order_id


def _listed(names: str | None) -> list[str]:
    return [name for name in (names or "").split(",") if name]


def _classes(names: str | None) -> list[str]:
    """Alpaca's classes: one that is not traded here has no orders, and `all` is as good as none."""
    wanted = _listed(names)
    known = {"us_equity", "us_option", "crypto", "all"}
    for name in wanted:
        if name not in known:
            raise InvalidInput(f"asset_class must be of {', '.join(sorted(known))}")
    return [] if "all" in wanted else wanted


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
