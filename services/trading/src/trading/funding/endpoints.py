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
from trading.idempotency import KeyedRoute
from trading.transfers import IdempotencyKey, NotEnough, transfer

router = APIRouter(prefix="/v1/funding", tags=["funding"], route_class=KeyedRoute)

Caller = Annotated[Principal, Depends(user("trading:write"))]
CallersAccount = Annotated[UUID, Depends(writing_account)]
_RESPONSES = problem_responses(Unauthorized, Forbidden, InvalidInput)


class InsufficientCash(Forbidden):
    type = "insufficient_cash"


@router.post("/deposits", status_code=201, response_model=TransferDocument, responses=_RESPONSES)
async def deposit(
    request: Request,
    caller: Caller,
    account_id: CallersAccount,
    connection: Writing,
    body: TransferRequest,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Put paper cash into the caller's account. With an `Idempotency-Key`, once however often it is asked."""
    return await _transfer(
        request, caller, account_id, connection, body, "deposit", idempotency_key
    )


@router.post("/withdrawals", status_code=201, response_model=TransferDocument, responses=_RESPONSES)
async def withdraw(
    request: Request,
    caller: Caller,
    account_id: CallersAccount,
    connection: Writing,
    body: TransferRequest,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Take paper cash out. What open orders hold stays. `Idempotency-Key` as for deposits."""
    return await _transfer(
        request, caller, account_id, connection, body, "withdrawal", idempotency_key
    )


async def _transfer(
    request: Request,
    caller: Principal,
    account_id: UUID,
    connection: WriteConnection,
    body: TransferRequest,
    kind: str,
    idempotency_key: str | None,
) -> dict[str, Any]:
    clock: Clock = request.app.state.clock
    try:
        made = await transfer(
            connection,
            kind=kind,
            account_id=account_id,
            asset=CASH,
            amount=body.amount,
            time_ns=clock.time_ns(),
            actor_id=caller.subject,
            idempotency_key=idempotency_key,
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
    }
