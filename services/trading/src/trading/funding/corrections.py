"""`POST /v1/admin/corrections`: what was booked wrongly is put right by a booking of its own, and never changed."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request
from sqlalchemy import text

from chassis.clock import Clock, from_ns
from chassis.database import WriteConnection, Writing
from chassis.errors import (
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
from trading.domain.ledger import CORRECTIONS, FEES, HOUSE, SYSTEM_ACCOUNTS, Ledger, Leg
from trading.domain.money import CASH_STEP, ZERO, is_multiple, plain
from trading.domain.order import CASH
from trading.funding.schemas import CorrectionDocument, CorrectionRequest
from trading.idempotency import KeyedRoute, is_keyed, new_id_for
from trading.records import lock_balances, write_ledger
from trading.transfers import driver_of

router = APIRouter(prefix="/v1/admin/corrections", tags=["funding"], route_class=KeyedRoute)

Administrator = Annotated[Principal, Depends(user("admin"))]

_INSERT = text(
    "INSERT INTO corrections (id, reason, actor_id, created_at)"
    " VALUES (:id, :reason, :actor_id, :created_at) ON CONFLICT (id) DO NOTHING RETURNING id"
)
_FIRST = text("SELECT created_at FROM corrections WHERE id = :id")
_INSERT_LEGS = text(
    "INSERT INTO transfers (id, account_id, kind, asset, amount, created_at, correction_id)"
    " VALUES (:id, :account_id, 'correction', :asset, :amount, :created_at, :correction_id)"
)
_CUSTOMERS = text("SELECT id FROM accounts WHERE id = ANY(:ids) AND user_id IS NOT NULL")
_STEPS = text("SELECT symbol, lot_size FROM assets WHERE symbol = ANY(:symbols)")
_OTHER_SIDES = frozenset({CORRECTIONS, FEES, HOUSE})


class KeyNeeded(InvalidInput):
    """A correction without an `Idempotency-Key`."""

    type = "idempotency_key_needed"


class Unbalanced(NotPossible):
    """The legs do not sum to zero for each asset."""

    type = "unbalanced"


class BalanceTooSmall(NotPossible):
    """A leg takes more than is available."""

    type = "balance_too_small"


@router.post(
    "",
    status_code=201,
    response_model=CorrectionDocument,
    responses=problem_responses(
        Unauthorized, Forbidden, NotFound, InvalidInput, KeyNeeded, Unbalanced, BalanceTooSmall
    ),
)
async def correct(
    request: Request, admin: Administrator, connection: Writing, body: CorrectionRequest
) -> dict[str, Any]:
    """Move cash or shares between accounts, with a reason. Needs an `Idempotency-Key`, and acts once for it.

    Shares that are given cost nothing; with shares that are taken goes their average cost.
    """
    if not is_keyed(request):
        raise KeyNeeded("a correction needs an Idempotency-Key")
    legs = _legs(body)
    clock: Clock = request.app.state.clock
    time_ns, correction_id = clock.time_ns(), new_id_for(request)
    values = {"id": correction_id, "reason": body.reason, "actor_id": admin.subject}
    created_at = from_ns(time_ns)
    inserted = await connection.execute(_INSERT, values | {"created_at": created_at})
    if inserted.one_or_none() is None:
        row = (await connection.execute(_FIRST, {"id": correction_id})).one()
        return _document(correction_id, body.reason, row.created_at, legs)
    await _require_known(connection, legs)
    await _post(connection, correction_id, legs)
    for number, leg in enumerate(legs):
        row_of = {
            "id": uuid5(correction_id, str(number)),
            "account_id": leg.account_id,
            "asset": leg.asset,
            "amount": leg.available,
            "created_at": created_at,
            "correction_id": correction_id,
        }
        await connection.execute(_INSERT_LEGS, row_of)
        await outbox.append(
            connection,
            time_ns=time_ns,
            kind="corrected",
            data={
                "correction_id": str(correction_id),
                "account_id": str(leg.account_id),
                "actor_id": admin.subject,
                "reason": body.reason,
                "asset": leg.asset,
                "change": plain(leg.available),
            },
        )
    return _document(correction_id, body.reason, created_at, legs)


def _legs(body: CorrectionRequest) -> list[Leg]:
    legs = [Leg(each.account_id, each.asset, each.amount) for each in body.legs]
    sums: dict[str, Decimal] = {}
    for leg in legs:
        sums[leg.asset] = sums.get(leg.asset, ZERO) + leg.available
    wrong = [f"{plain(total)} {asset}" for asset, total in sums.items() if total != ZERO]
    if wrong:
        raise Unbalanced(f"the legs do not sum to zero: {', '.join(wrong)} left over")
    twice = [
        key for key, n in Counter((leg.account_id, leg.asset) for leg in legs).items() if n > 1
    ]
    if twice:
        raise InvalidInput(f"legs: account {twice[0][0]} has two of {twice[0][1]}")
    return legs


async def _require_known(connection: WriteConnection, legs: list[Leg]) -> None:
    """Every account and asset is there, and amounts are whole steps."""
    wanted = {leg.account_id for leg in legs} - _OTHER_SIDES
    found = {
        UUID(int=row.id.int) for row in await connection.execute(_CUSTOMERS, {"ids": list(wanted)})
    }
    for missing in wanted - found:
        raise NotFound(f"account {missing} is none that can be corrected")
    symbols = {leg.asset for leg in legs} - {CASH}
    rows = await connection.execute(_STEPS, {"symbols": list(symbols)})
    steps = {row.symbol: row.lot_size for row in rows} | {CASH: CASH_STEP}
    for leg in legs:
        if leg.asset not in steps:
            raise NotFound(f"asset not found for {leg.asset}")
        if not is_multiple(leg.available, steps[leg.asset]):
            raise InvalidInput(f"amount: {leg.asset} comes in steps of {plain(steps[leg.asset])}")


async def _post(connection: WriteConnection, correction_id: UUID, legs: list[Leg]) -> None:
    driver = await driver_of(connection)
    ledger = await lock_balances(driver, [(leg.account_id, leg.asset) for leg in legs])
    for leg in legs:
        _take_cost(ledger, leg)
    ledger.post("correction", correction_id, legs)
    await write_ledger(driver, ledger)


def _take_cost(ledger: Ledger, leg: Leg) -> None:
    """Refuse what is not there, and let shares that go take their cost along. Raises `BalanceTooSmall`."""
    balance = ledger.balance(leg.account_id, leg.asset)
    may_be_negative = leg.account_id in SYSTEM_ACCOUNTS and leg.account_id != HOUSE
    if not may_be_negative and balance.available + leg.available < ZERO:
        raise BalanceTooSmall(
            f"account {leg.account_id} has {plain(balance.available)} {leg.asset} available",
            available=plain(balance.available),
        )
    if leg.asset != CASH and leg.available < ZERO and leg.account_id not in SYSTEM_ACCOUNTS:
        balance.cost -= balance.cost_of(-leg.available)


def _document(
    correction_id: UUID, reason: str, created_at: datetime, legs: list[Leg]
) -> dict[str, Any]:
    return {
        "id": correction_id,
        "reason": reason,
        "created_at": created_at,
        "legs": [
            {"account_id": leg.account_id, "asset": leg.asset, "amount": plain(leg.available)}
            for leg in legs
        ],
    }
