"""`/v1/admin/halts`: the kill switch; `/v1/admin/accounts/{id}/risk`: what one account may do."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import text

from chassis.clock import Clock, utc_now
from chassis.database import (
    ReadConnection,
    Reading,
    WriteConnection,
    database_of,
    unavailable_when_away,
)
from chassis.errors import Forbidden, InvalidInput, NotFound, Unauthorized, problem_responses
from chassis.event_log import outbox
from chassis.identity.guards import user
from chassis.identity.principal import Principal
from trading.domain.money import plain
from trading.domain.risk import RiskLimits
from trading.idempotency import KeyedRoute
from trading.pages import Cursor, decode_cursor, encode_cursor
from trading.risk.kill_switch import Halt, halts_after, lift, open_left, pull
from trading.risk.limits import COLUMNS, LimitsDirectory
from trading.risk.schemas import (
    AccountRiskDocument,
    HaltRequest,
    HaltsDocument,
    HaltSetDocument,
    RiskRequest,
)
from trading.settlement.waiters import SettledCursor

router = APIRouter(prefix="/v1/admin", tags=["risk"], route_class=KeyedRoute)

CANCEL_WAIT_S = 5.0
"""How long a halt's answer waits for the open orders to go."""
Administrator = Annotated[Principal, Depends(user("admin"))]
_PROBLEMS = problem_responses(Unauthorized, Forbidden, InvalidInput)
_PROBLEMS_OF_ONE = problem_responses(Unauthorized, Forbidden, NotFound, InvalidInput)
_ACCOUNT = text(
    "SELECT id, account_blocked, suspend_trade FROM accounts"
    " WHERE (id = :id OR user_id = :id) AND user_id IS NOT NULL"
)
_SYMBOL = text("SELECT symbol FROM assets WHERE symbol = :asset OR id::text = :asset")
_BLOCK = text("UPDATE accounts SET account_blocked = :blocked WHERE id = :id")
_SET_LIMITS = text(
    f"INSERT INTO account_risk_limits (account_id, updated_at, {', '.join(COLUMNS)})"
    f" VALUES (:account_id, :updated_at, {', '.join(f':{name}' for name in COLUMNS)})"
    " ON CONFLICT (account_id) DO UPDATE SET updated_at = excluded.updated_at, "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS)
)
_GET_LIMITS = text(
    f"SELECT {', '.join(COLUMNS)} FROM account_risk_limits WHERE account_id = :account_id"
)


@router.get("/halts", response_model=HaltsDocument, responses=_PROBLEMS)
async def list_halts(
    admin: Administrator,
    connection: Reading,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """What the kill switch holds, by scope and target."""
    after = decode_cursor(cursor, 2) if cursor else ["", ""]
    found = await halts_after(connection, (after[0], after[1]), limit + 1)
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return {
        "halts": [halt.document() for halt in found[:limit]],
        "next_cursor": None if last is None else encode_cursor(last.scope, last.target),
    }


@router.put("/halts/all", response_model=HaltSetDocument, responses=_PROBLEMS)
async def halt_all(request: Request, admin: Administrator, body: HaltRequest) -> dict[str, Any]:
    """Take no orders of anybody, and cancel all that are open."""
    return await _halt(request, admin, "all", "", body.reason)


@router.delete("/halts/all", status_code=204, responses=_PROBLEMS_OF_ONE)
async def resume_all(request: Request, admin: Administrator) -> Response:
    """Take orders again, where nothing else stands in the way."""
    return await _resume(request, admin, "all", "")


@router.put(
    "/halts/accounts/{account_id}", response_model=HaltSetDocument, responses=_PROBLEMS_OF_ONE
)
async def halt_account(
    request: Request, admin: Administrator, account_id: UUID, body: HaltRequest
) -> dict[str, Any]:
    """Take no orders of one account (given by its id or its user's), and cancel its open ones."""
    return await _halt(
        request, admin, "account", await _account_id(request, account_id), body.reason
    )


@router.delete("/halts/accounts/{account_id}", status_code=204, responses=_PROBLEMS_OF_ONE)
async def resume_account(request: Request, admin: Administrator, account_id: UUID) -> Response:
    """Take its orders again."""
    return await _resume(request, admin, "account", await _account_id(request, account_id))


@router.put(
    "/halts/symbols/{symbol:path}", response_model=HaltSetDocument, responses=_PROBLEMS_OF_ONE
)
async def halt_symbol(
    request: Request, admin: Administrator, symbol: str, body: HaltRequest
) -> dict[str, Any]:
    """Take no orders for a symbol, and cancel the open ones."""
    return await _halt(request, admin, "symbol", await _symbol(request, symbol), body.reason)


@router.delete("/halts/symbols/{symbol:path}", status_code=204, responses=_PROBLEMS_OF_ONE)
async def resume_symbol(request: Request, admin: Administrator, symbol: str) -> Response:
    """Take its orders again."""
    return await _resume(request, admin, "symbol", await _symbol(request, symbol))


@router.get(
    "/accounts/{account_id}/risk", response_model=AccountRiskDocument, responses=_PROBLEMS_OF_ONE
)
async def account_risk(
    request: Request, admin: Administrator, connection: Reading, account_id: UUID
) -> dict[str, Any]:
    """What an account (given by its id or its user's) has of its own, and the house's limits."""
    return await _risk_document(request, connection, account_id)


@router.put(
    "/accounts/{account_id}/risk", response_model=AccountRiskDocument, responses=_PROBLEMS_OF_ONE
)
async def set_account_risk(
    request: Request, admin: Administrator, account_id: UUID, body: RiskRequest
) -> dict[str, Any]:
    """Give an account limits of its own. A block is in force at once, limits in every replica within seconds."""
    clock: Clock = request.app.state.clock
    limits: LimitsDirectory = request.app.state.desk.limits
    async with unavailable_when_away():
        async with database_of(request).write() as connection:
            account = await _account(connection, account_id)
            own = {name: getattr(body, name) for name in COLUMNS}
            values = {"account_id": account.id, "updated_at": utc_now(clock)}
            await connection.execute(_SET_LIMITS, values | own)
            await connection.execute(_BLOCK, {"id": account.id, "blocked": body.blocked})
            await outbox.append(
                connection,
                time_ns=clock.time_ns(),
                kind="account_risk_set",
                data={
                    "account_id": str(account.id),
                    "actor_id": admin.subject,
                    "blocked": body.blocked,
                    "limits": {n: _shown(v) for n, v in own.items() if v is not None},
                },
            )
        limits.forget(UUID(int=account.id.int))
        async with database_of(request).read() as reading:
            return await _risk_document(request, reading, account_id)


async def _halt(
    request: Request, admin: Principal, scope: str, target: str, reason: str
) -> dict[str, Any]:
    clock: Clock = request.app.state.clock
    halt = Halt(scope, target, reason, UUID(admin.subject), utc_now(clock))
    async with unavailable_when_away():
        async with database_of(request).write() as connection:
            await pull(connection, halt)
            data = {"scope": scope, "target": target or None, "reason": reason}
            data["actor_id"] = admin.subject
            await outbox.append(
                connection, time_ns=clock.time_ns(), kind="trading_halted", data=data
            )
        left = await _until_closed(request, scope, target)
    return halt.document() | {"open_orders": left}


async def _until_closed(request: Request, scope: str, target: str) -> int:
    """How many orders in scope are open yet when none is, or patience ends."""
    clock: Clock = request.app.state.clock
    settled: SettledCursor = request.app.state.settled
    database = database_of(request)
    until = clock.monotonic() + CANCEL_WAIT_S
    while True:
        seen = settled.sequence
        async with database.read() as reading:
            left = await open_left(reading, scope, target)
        patience = until - clock.monotonic()
        if not left or patience <= 0:
            return left
        await settled.passed(seen + 1, patience)


async def _resume(request: Request, admin: Principal, scope: str, target: str) -> Response:
    clock: Clock = request.app.state.clock
    async with unavailable_when_away(), database_of(request).write() as connection:
        if not await lift(connection, scope, target):
            raise NotFound("there is no such halt")
        data = {"scope": scope, "target": target or None, "actor_id": admin.subject}
        await outbox.append(connection, time_ns=clock.time_ns(), kind="trading_resumed", data=data)
    return Response(status_code=204)


async def _account(connection: ReadConnection | WriteConnection, account_id: UUID) -> Any:
    row = (await connection.execute(_ACCOUNT, {"id": account_id})).one_or_none()
    if row is None:
        raise NotFound("account not found: it is opened at its user's first authenticated request")
    return row


async def _account_id(request: Request, account_id: UUID) -> str:
    async with unavailable_when_away(), database_of(request).read() as connection:
        return str((await _account(connection, account_id)).id)


async def _symbol(request: Request, symbol: str) -> str:
    async with unavailable_when_away(), database_of(request).read() as connection:
        values = {"asset": symbol.replace("\0", "")}
        row = (await connection.execute(_SYMBOL, values)).one_or_none()
    if row is None:
        raise NotFound(f"asset not found for {symbol}")
    return str(row.symbol)


async def _risk_document(
    request: Request, connection: ReadConnection, account_id: UUID
) -> dict[str, Any]:
    account = await _account(connection, account_id)
    own = (await connection.execute(_GET_LIMITS, {"account_id": account.id})).one_or_none()
    house: RiskLimits = request.app.state.desk.limits.house
    return {
        "account_id": account.id,
        "blocked": account.account_blocked,
        "trade_suspended": account.suspend_trade,
        **{name: None if own is None else _shown(getattr(own, name)) for name in COLUMNS},
        "defaults": {name: _shown(getattr(house, name)) for name in COLUMNS},
    }


def _shown(value: Decimal | int | None) -> str | int | None:
    return plain(value) if isinstance(value, Decimal) else value
