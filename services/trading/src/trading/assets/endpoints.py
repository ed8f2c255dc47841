"""`/v2/assets` for everybody, `/v1/admin/assets` for administrators."""

from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import text

from chassis.clock import Clock
from chassis.database import Reading, WriteConnection, database_of, unavailable_when_away
from chassis.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    NotPossible,
    Unauthorized,
    problem_responses,
)
from chassis.event_log import outbox
from chassis.identity.guards import user
from chassis.identity.principal import Principal
from trading.assets.directory import AssetDirectory
from trading.assets.documents import COLUMNS, asset_document
from trading.assets.schemas import AssetDocument, AssetRequest, GrantDocument, GrantRequest
from trading.domain.money import plain
from trading.domain.order import CASH
from trading.domain.risk import Refused, check_quantity
from trading.engine.commands import list_symbol
from trading.etags import NOT_MODIFIED, IfNoneMatch, encode, tagged
from trading.idempotency import KeyedRoute, new_id_for
from trading.query_text import QueryText
from trading.settlement.waiters import SettledCursor
from trading.transfers import transfer

router = APIRouter(tags=["assets"], route_class=KeyedRoute)

LISTING_WAIT_S = 5.0
Administrator = Annotated[Principal, Depends(user("admin"))]


class AssetExists(Conflict):
    type = "asset_exists"


@router.get(
    "/v2/assets",
    response_model=list[AssetDocument],
    responses={**problem_responses(Unauthorized, InvalidInput), **NOT_MODIFIED},
    dependencies=[Depends(user("trading:read"))],
)
async def list_assets(
    connection: Reading,
    status: Literal["active", "inactive", ""] | None = None,
    asset_class: QueryText | None = None,
    exchange: QueryText | None = None,
    attributes: QueryText | None = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Every asset, by symbol. `attributes` (a comma list) asks for those that have any of them."""
    rows = await connection.execute(
        text(
            f"SELECT {COLUMNS} FROM assets"
            " WHERE (CAST(:active AS boolean) IS NULL OR active = :active)"
            " AND (CAST(:class AS text) IS NULL OR asset_class = :class) ORDER BY symbol"
        ),
        {"active": status == "active" if status else None, "class": asset_class or None},
    )
    wanted = frozenset(filter(None, (attributes or "").split(",")))
    assets = [AssetDocument.model_validate(asset_document(row)) for row in rows]
    document = [
        each
        for each in assets
        if (not wanted or wanted.intersection(each.attributes))
        and exchange in (None, "", each.exchange)
    ]
    return tagged(encode(document, list[AssetDocument]), if_none_match)


@router.get(
    "/v2/assets/{symbol_or_asset_id:path}",
    response_model=AssetDocument,
    responses={**problem_responses(Unauthorized, NotFound, InvalidInput), **NOT_MODIFIED},
    dependencies=[Depends(user("trading:read"))],
)
async def asset(
    connection: Reading, symbol_or_asset_id: str, if_none_match: IfNoneMatch = None
) -> Response:
    """One asset."""
    row = (
        await connection.execute(
            text(f"SELECT {COLUMNS} FROM assets WHERE symbol = :asset OR id::text = :asset"),
            {"asset": symbol_or_asset_id.replace("\0", "")},
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"asset not found for {symbol_or_asset_id}")
    return tagged(encode(AssetDocument.model_validate(asset_document(row))), if_none_match)


@router.post(
    "/v1/admin/assets",
    status_code=201,
    response_model=AssetDocument,
    responses={**problem_responses(Unauthorized, Forbidden, AssetExists, InvalidInput)},
)
async def create_asset(
    request: Request, admin: Administrator, body: AssetRequest
) -> dict[str, Any]:
    """Make an asset. It is `inactive` until the engine has listed it, which is usually before the answer."""
    if body.symbol == CASH:
        raise InvalidInput(f"symbol: {CASH} is the cash of every account")
    state = request.app.state
    settled: SettledCursor = state.settled
    async with unavailable_when_away(), database_of(request).write() as connection:
        await _insert(connection, new_id_for(request), body, state.clock.time_ns(), admin)
    assets: AssetDirectory = state.assets
    until = state.clock.monotonic() + LISTING_WAIT_S
    while True:
        seen = settled.sequence
        async with unavailable_when_away():
            made = await assets.by_symbol(body.symbol)
        left = until - state.clock.monotonic()
        if made.active or left <= 0:
            return asset_document(made)
        await settled.passed(seen + 1, left)


@router.post(
    "/v1/admin/assets/{symbol:path}/grants",
    status_code=201,
    response_model=GrantDocument,
    responses={**problem_responses(Unauthorized, Forbidden, NotFound, NotPossible)},
)
async def grant_shares(
    request: Request,
    admin: Administrator,
    symbol: str,
    body: GrantRequest,
) -> dict[str, Any]:
    """Give shares to an account, at no cost. With an `Idempotency-Key`, once however often it is asked."""
    assets: AssetDirectory = request.app.state.assets
    clock: Clock = request.app.state.clock
    async with unavailable_when_away():
        granted = await assets.by_symbol(symbol)
        try:
            check_quantity(granted, body.qty)
        except Refused as error:
            raise NotPossible(str(error)) from None
        async with database_of(request).write() as connection:
            made = await transfer(
                connection,
                transfer_id=new_id_for(request),
                kind="grant",
                account_id=await _account(connection, body),
                asset=granted.symbol,
                amount=body.qty,
                time_ns=clock.time_ns(),
                actor_id=admin.subject,
            )
    return {
        "id": made.id,
        "account_id": made.account_id,
        "symbol": granted.symbol,
        "qty": plain(body.qty),
    }


async def _insert(
    connection: WriteConnection, asset_id: UUID, body: AssetRequest, time_ns: int, admin: Principal
) -> None:
    made = await connection.execute(
        text(
            "INSERT INTO assets (id, symbol, name, asset_class, tick_size, lot_size)"
            " VALUES (:id, :symbol, :name, :class, :tick, :lot)"
            " ON CONFLICT (symbol) DO NOTHING RETURNING id"
        ),
        {
            "id": asset_id,
            "symbol": body.symbol,
            "name": body.name or body.symbol,
            "class": body.asset_class,
            "tick": body.tick_size,
            "lot": body.lot_size,
        },
    )
    if made.one_or_none() is None:
        if await _is_there(connection, asset_id):
            return  # made by the first of these requests, whose answer was lost
        raise AssetExists(f"there already is an asset {body.symbol}")
    command_id = uuid4()
    await connection.execute(
        text(
            "INSERT INTO commands (id, kind, payload, attempts)"
            " VALUES (:id, 'list_symbol', :payload, 0)"
        ),
        {"id": command_id, "payload": list_symbol(command_id, body.symbol).decode()},
    )
    await outbox.append(
        connection,
        time_ns=time_ns,
        kind="asset_created",
        data={
            "asset_id": str(asset_id),
            "symbol": body.symbol,
            "name": body.name or body.symbol,
            "asset_class": body.asset_class,
            "tick_size": plain(body.tick_size),
            "lot_size": plain(body.lot_size),
            "fractionable": body.lot_size < 1,
            "actor_id": admin.subject,
        },
    )


async def _is_there(connection: WriteConnection, asset_id: UUID) -> bool:
    found = await connection.execute(text("SELECT 1 FROM assets WHERE id = :id"), {"id": asset_id})
    return found.one_or_none() is not None


async def _account(connection: WriteConnection, body: GrantRequest) -> UUID:
    if (body.account_id is None) == (body.user_id is None):
        raise InvalidInput("give account_id or user_id, and not both")
    column, value = (
        ("id", body.account_id) if body.account_id is not None else ("user_id", body.user_id)
    )
    row = (
        await connection.execute(
            text(f"SELECT id FROM accounts WHERE {column} = :value AND user_id IS NOT NULL"),
            {"value": value},
        )
    ).one_or_none()
    if row is None:
        raise NotFound("account not found: it is opened at its user's first authenticated request")
    return UUID(int=row.id.int)
