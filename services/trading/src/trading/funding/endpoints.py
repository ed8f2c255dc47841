"""`POST /v1/funding/{deposits,withdrawals}`: paper cash."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from chassis.clock import Clock
from chassis.database import WriteConnection, Writing
from chassis.errors import Forbidden, InvalidInput, Unauthorized, problem_responses
from chassis.identity.guards import user
from chassis.identity.principal import Principal
from trading.accounts.directory import writing_account
from trading.domain.money import plain
from trading.domain.order import CASH
from trading.funding.schemas import TransferDocument, TransferRequest
from trading.idempotency import KeyedRoute, new_id_for
from trading.settings import TradingSettings
from trading.transfers import NotEnough, announce_deposit, transfer

router = APIRouter(prefix="/v1/funding", tags=["funding"], route_class=KeyedRoute)

Caller = Annotated[Principal, Depends(user("trading:write"))]
CallersAccount = Annotated[UUID, Depends(writing_account)]
_RESPONSES = problem_responses(Unauthorized, Forbidden, InvalidInput)


class InsufficientCash(Forbidden):
    """More than is available: open orders may hold the rest."""

    type = "insufficient_cash"


@router.post("/deposits", status_code=201, response_model=TransferDocument, responses=_RESPONSES)
async def deposit(
    request: Request,
    caller: Caller,
    account_id: CallersAccount,
    connection: Writing,
    body: TransferRequest,
) -> dict[str, Any]:
    """Put paper cash into the caller's account: at once, or in transit for as long as the house has set.

    With an `Idempotency-Key`, once however often it is asked.
    """
    clock: Clock = request.app.state.clock
    settings: TradingSettings = request.app.state.settings
    transfer_id = new_id_for(request)
    if not settings.deposit_settles_after_s:
        return await _at_once(request, caller, account_id, connection, body, "deposit")
    created_at, settles_at = await announce_deposit(
        connection,
        transfer_id=transfer_id,
        account_id=account_id,
        amount=body.amount,
        time_ns=clock.time_ns(),
        settles_after_s=settings.deposit_settles_after_s,
        actor_id=caller.subject,
    )
    return {
        "id": transfer_id,
        "kind": "deposit",
        "amount": plain(body.amount),
        "created_at": created_at,
        "settles_at": settles_at,
    }


@router.post(
    "/withdrawals",
    status_code=201,
    response_model=TransferDocument,
    responses=problem_responses(Unauthorized, Forbidden, InsufficientCash, InvalidInput),
)
async def withdraw(
    request: Request,
    caller: Caller,
    account_id: CallersAccount,
    connection: Writing,
    body: TransferRequest,
) -> dict[str, Any]:
    """Take paper cash out. What open orders hold, and what is in transit, stays. `Idempotency-Key` as for deposits."""
    return await _at_once(request, caller, account_id, connection, body, "withdrawal")


async def _at_once(
    request: Request,
    caller: Principal,
    account_id: UUID,
    connection: WriteConnection,
    body: TransferRequest,
    kind: str,
) -> dict[str, Any]:
    clock: Clock = request.app.state.clock
    try:
        made = await transfer(
            connection,
            transfer_id=new_id_for(request),
            kind=kind,
            account_id=account_id,
            asset=CASH,
            amount=body.amount,
            time_ns=clock.time_ns(),
            actor_id=caller.subject,
        )
    except NotEnough as error:
        raise InsufficientCash(
            f"insufficient cash (requested: {plain(body.amount)}, available: {plain(error.available)})",
            available=plain(error.available),
        ) from None
    return {
        "id": made.id,
        "kind": kind,
        "amount": plain(body.amount),
        "created_at": made.created_at,
        "settles_at": made.created_at,
    }
