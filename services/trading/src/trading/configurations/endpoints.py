"""`/v2/account/configurations`: what an account's owner has chosen."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Reading, Writing
from chassis.errors import InvalidInput, problem_responses
from trading.accounts.directory import reading_account, writing_account
from trading.configurations.schemas import ConfigurationsDocument, ConfigurationsRequest
from trading.etags import (
    NOT_MODIFIED,
    IfMatch,
    IfNoneMatch,
    PreconditionFailed,
    check_unchanged,
    encode,
    tagged,
)
from trading.idempotency import KeyedRoute

router = APIRouter(prefix="/v2/account/configurations", tags=["account"], route_class=KeyedRoute)

_STORED = (
    "dtbp_check",
    "trade_confirm_email",
    "no_shorting",
    "fractional_trading",
    "max_margin_multiplier",
    "max_options_trading_level",
    "pdt_check",
    "ptp_no_exception_entry",
    "disable_overnight_trading",
)
_COLUMNS = ", ".join(_STORED)
_SELECT = f"SELECT suspend_trade, c.account_id, {_COLUMNS} FROM accounts a LEFT JOIN account_configurations c"
_READ = text(f"{_SELECT} ON c.account_id = a.id WHERE a.id = :id")
_LOCK = text(f"{_SELECT} ON c.account_id = a.id WHERE a.id = :id FOR UPDATE OF a")
_SUSPEND = text("UPDATE accounts SET suspend_trade = :suspend_trade WHERE id = :id")
_STORE = text(
    f"INSERT INTO account_configurations (account_id, {_COLUMNS})"
    f" VALUES (:id, {', '.join(f':{name}' for name in _STORED)})"
    " ON CONFLICT (account_id) DO UPDATE SET updated_at = now(), "
    + ", ".join(f"{name} = excluded.{name}" for name in _STORED)
)


@router.get(
    "",
    response_model=ConfigurationsDocument,
    responses=NOT_MODIFIED,
)
async def configurations(
    account_id: Annotated[UUID, Depends(reading_account)],
    connection: Reading,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The account's configurations."""
    return tagged(encode(await _read(connection, account_id, _READ)), if_none_match)


@router.patch(
    "",
    response_model=ConfigurationsDocument,
    responses=problem_responses(InvalidInput, PreconditionFailed),
)
async def configure(
    account_id: Annotated[UUID, Depends(writing_account)],
    connection: Writing,
    body: ConfigurationsRequest,
    if_match: IfMatch = None,
) -> Response:
    """Change some of them. `suspend_trade` holds from the next order on."""
    before = await _read(connection, account_id, _LOCK)
    check_unchanged(encode(before), if_match)
    changes = body.model_dump(exclude_none=True)
    if "suspend_trade" in changes:
        changes["trade_suspended_by_user"] = changes["suspend_trade"]
    after = before.model_copy(update=changes)
    if after != before:
        values = after.model_dump() | {"id": account_id}
        if after.suspend_trade != before.suspend_trade:
            await connection.execute(_SUSPEND, values)
        await connection.execute(_STORE, values)
    return tagged(encode(after))


async def _read(
    connection: AsyncConnection, account_id: UUID, statement: Any
) -> ConfigurationsDocument:
    row = (await connection.execute(statement, {"id": account_id})).mappings().one()
    chosen = {} if row["account_id"] is None else {name: row[name] for name in _STORED}
    suspended = row["suspend_trade"]
    return ConfigurationsDocument(
        suspend_trade=suspended, trade_suspended_by_user=suspended, **chosen
    )
