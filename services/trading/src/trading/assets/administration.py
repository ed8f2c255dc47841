"""`/v1/admin/assets/{symbol}`: the band of its prices, its halt and the end of that."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from sqlalchemy import text

from chassis.clock import Clock
from chassis.database import (
    ReadConnection,
    WriteConnection,
    database_of,
    unavailable_when_away,
)
from chassis.errors import Forbidden, InvalidInput, NotFound, Unauthorized, problem_responses
from chassis.event_log import outbox
from chassis.identity.guards import user
from chassis.identity.principal import Principal
from trading.assets.documents import COLUMNS, asset_document
from trading.assets.schemas import AssetDocument
from trading.domain.money import plain
from trading.engine import commands
from trading.idempotency import KeyedRoute
from trading.risk.markets import Markets
from trading.risk.schemas import BandRequest
from trading.settlement.waiters import SettledCursor

router = APIRouter(prefix="/v1/admin/assets", tags=["assets"], route_class=KeyedRoute)

PHASE_WAIT_S = 5.0
"""How long an answer waits for the engine's own word."""
Administrator = Annotated[Principal, Depends(user("admin"))]
_PROBLEMS = problem_responses(Unauthorized, Forbidden, NotFound, InvalidInput)
# `asked`: the last thing that the engine was told of it and has not done yet.
_ASSET = text(
    f"SELECT {COLUMNS}, (SELECT kind FROM commands WHERE kind IN ('halt_symbol', 'resume_symbol')"
    " AND payload::json ->> 'symbol' = assets.symbol ORDER BY place DESC LIMIT 1) AS asked"
    " FROM assets WHERE symbol = :asset OR id::text = :asset"
)
# Of two who halt and resume at once, the later one sees what the earlier one asked for.
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtext('asset phase'), hashtext(:symbol))")
# What is sent again is sent in the order in which it was stored, if it is due together: a command that goes out later
# than the one behind it would have the last word.
_SEND_WITH_NEXT = text(
    "UPDATE commands SET sent_at = '-infinity' WHERE kind IN ('halt_symbol', 'resume_symbol')"
    " AND payload::json ->> 'symbol' = :symbol"
)
_SET_BAND = text("UPDATE assets SET price_band = :band WHERE id = :id")
_INSERT = text(
    "INSERT INTO commands (id, kind, payload, attempts) VALUES (:id, :kind, :payload, 0)"
)


@router.post("/{symbol:path}/halt", response_model=AssetDocument, responses=_PROBLEMS)
async def halt(request: Request, admin: Administrator, symbol: str) -> dict[str, Any]:
    """Nothing of it trades and no order is taken; what is open stays, suspended. `halted` once the engine says so."""
    return await _change_phase(request, admin, symbol, halted=True)


@router.post("/{symbol:path}/resume", response_model=AssetDocument, responses=_PROBLEMS)
async def resume(request: Request, admin: Administrator, symbol: str) -> dict[str, Any]:
    """It trades again."""
    return await _change_phase(request, admin, symbol, halted=False)


@router.patch("/{symbol:path}", response_model=AssetDocument, responses=_PROBLEMS)
async def change(
    request: Request, admin: Administrator, symbol: str, body: BandRequest
) -> dict[str, Any]:
    """Set how far from the last price a limit may be. In every replica within a second."""
    clock: Clock = request.app.state.clock
    markets: Markets = request.app.state.desk.markets
    async with unavailable_when_away():
        async with database_of(request).write() as connection:
            row = await _asset(connection, symbol)
            await connection.execute(_SET_BAND, {"id": row.id, "band": body.price_band})
            band = None if body.price_band is None else plain(body.price_band)
            await outbox.append(
                connection,
                time_ns=clock.time_ns(),
                kind="asset_band_set",
                data={
                    "asset_id": str(row.id),
                    "symbol": row.symbol,
                    "price_band": band,
                    "actor_id": admin.subject,
                },
            )
        markets.forget(row.symbol)
        async with database_of(request).read() as reading:
            return asset_document(await _asset(reading, symbol))


async def _change_phase(
    request: Request, admin: Principal, symbol: str, *, halted: bool
) -> dict[str, Any]:
    clock: Clock = request.app.state.clock
    kind = "halt_symbol" if halted else "resume_symbol"
    async with unavailable_when_away():
        async with database_of(request).write() as connection:
            row = await _asset(connection, symbol)
            await connection.execute(_TAKE_TURNS, {"symbol": row.symbol})
            row = await _asset(connection, symbol)
            # Not what is settled decides, but what it will be when everything asked for has been done.
            coming = row.halted if row.asked is None else row.asked == "halt_symbol"
            if coming != halted:
                command_id = uuid4()
                ask = commands.halt_symbol if halted else commands.resume_symbol
                payload = ask(command_id, row.symbol).decode()
                values = {"id": command_id, "kind": kind, "payload": payload}
                await connection.execute(_SEND_WITH_NEXT, {"symbol": row.symbol})
                await connection.execute(_INSERT, values)
                await outbox.append(
                    connection,
                    time_ns=clock.time_ns(),
                    kind="symbol_halt_asked" if halted else "symbol_resume_asked",
                    data={
                        "asset_id": str(row.id),
                        "symbol": row.symbol,
                        "actor_id": admin.subject,
                    },
                )
        return await _settled_phase(request, row.symbol)


async def _settled_phase(request: Request, symbol: str) -> dict[str, Any]:
    """The asset as it is once the engine has done what it was asked, or when patience ends."""
    clock: Clock = request.app.state.clock
    settled: SettledCursor = request.app.state.settled
    until = clock.monotonic() + PHASE_WAIT_S
    while True:
        seen = settled.sequence
        async with database_of(request).read() as reading:
            row = await _asset(reading, symbol)
        left = until - clock.monotonic()
        if row.asked is None or left <= 0:
            return asset_document(row)
        await settled.passed(seen + 1, left)


async def _asset(connection: ReadConnection | WriteConnection, symbol: str) -> Any:
    values = {"asset": symbol.replace("\0", "")}
    row = (await connection.execute(_ASSET, values)).one_or_none()
    if row is None:
        raise NotFound(f"asset not found for {symbol}")
    return row
