"""`/v1/admin/fee-tiers`, `/v1/admin/accounts/{id}/fee-tier`: what orders cost, for administrators."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy import text

from chassis.clock import Clock
from chassis.database import WriteConnection, database_of, unavailable_when_away
from chassis.errors import Forbidden, InvalidInput, NotFound, Unauthorized, problem_responses
from chassis.event_log import outbox
from chassis.identity.guards import user
from chassis.identity.principal import Principal
from trading.domain.money import plain
from trading.fees.schedule import DEFAULT_TIER, FeeSchedule
from trading.fees.schemas import (
    AccountFeeTierDocument,
    AccountFeeTierRequest,
    FeeTierDocument,
    FeeTierRequest,
    FeeTiersDocument,
    TierName,
)
from trading.idempotency import KeyedRoute

router = APIRouter(prefix="/v1/admin", tags=["fees"], route_class=KeyedRoute)

Administrator = Annotated[Principal, Depends(user("admin"))]
_RESPONSES = problem_responses(Unauthorized, Forbidden, InvalidInput)
_RESPONSES_OF_ONE = problem_responses(Unauthorized, Forbidden, NotFound, InvalidInput)

_NEXT_REVISION = text("UPDATE fee_revision SET revision = revision + 1 RETURNING revision")
_SET_TIER = text(
    "INSERT INTO fee_tiers (name, maker_rate, taker_rate, revision)"
    " VALUES (:name, :maker, :taker, :revision) ON CONFLICT (name) DO UPDATE"
    " SET maker_rate = :maker, taker_rate = :taker, revision = :revision"
)
_SET_ACCOUNT = text(
    "INSERT INTO account_fee_tiers (account_id, tier, revision) VALUES (:account, :tier, :revision)"
    " ON CONFLICT (account_id) DO UPDATE SET tier = :tier, revision = :revision"
)
_CUSTOMER = text("SELECT id FROM accounts WHERE id = :id AND user_id IS NOT NULL")
_TIER = text("SELECT name FROM fee_tiers WHERE name = :name")


@router.get("/fee-tiers", response_model=FeeTiersDocument, responses=_RESPONSES)
async def list_fee_tiers(request: Request, admin: Administrator) -> dict[str, Any]:
    """Every tier. `default` is every account's that has no other; its rates are the settings' until it is set."""
    fees: FeeSchedule = request.app.state.fees
    async with unavailable_when_away():
        await fees.refresh()
    return {"fee_tiers": [_tier(fees, name) for name in sorted(fees.tiers)]}


@router.put("/fee-tiers/{name}", response_model=FeeTierDocument, responses=_RESPONSES)
async def set_fee_tier(
    request: Request, admin: Administrator, name: Annotated[TierName, Path()], body: FeeTierRequest
) -> dict[str, Any]:
    """Make a tier, or change its rates: for orders accepted from now on, in every replica within ten seconds."""
    clock: Clock = request.app.state.clock
    fees: FeeSchedule = request.app.state.fees
    async with unavailable_when_away():
        async with database_of(request).write() as connection:
            await _set_tier(connection, name, body)
            await outbox.append(
                connection,
                time_ns=clock.time_ns(),
                kind="fee_tier_set",
                data={
                    "tier": name,
                    "maker_rate": plain(body.maker_rate),
                    "taker_rate": plain(body.taker_rate),
                    "actor_id": admin.subject,
                },
            )
        await fees.refresh()
    return _tier(fees, name)


@router.put(
    "/accounts/{account_id}/fee-tier",
    response_model=AccountFeeTierDocument,
    responses=_RESPONSES_OF_ONE,
)
async def set_account_fee_tier(
    request: Request, admin: Administrator, account_id: UUID, body: AccountFeeTierRequest
) -> dict[str, Any]:
    """Put an account into a tier, for its orders from now on."""
    clock: Clock = request.app.state.clock
    fees: FeeSchedule = request.app.state.fees
    async with unavailable_when_away():
        async with database_of(request).write() as connection:
            await _require(connection, account_id, body.tier)
            revision = (await connection.execute(_NEXT_REVISION)).scalar_one()
            tier = None if body.tier == DEFAULT_TIER else body.tier
            values = {"account": account_id, "tier": tier, "revision": revision}
            await connection.execute(_SET_ACCOUNT, values)
            await outbox.append(
                connection,
                time_ns=clock.time_ns(),
                kind="account_fee_tier_set",
                data={
                    "account_id": str(account_id),
                    "tier": body.tier,
                    "actor_id": admin.subject,
                },
            )
        await fees.refresh()
    rates = fees.rates(body.tier)
    return {
        "account_id": account_id,
        "tier": body.tier,
        "maker_rate": plain(rates.maker),
        "taker_rate": plain(rates.taker),
    }


async def _set_tier(connection: WriteConnection, name: str, body: FeeTierRequest) -> None:
    revision = (await connection.execute(_NEXT_REVISION)).scalar_one()
    values = {"name": name, "maker": body.maker_rate, "taker": body.taker_rate}
    await connection.execute(_SET_TIER, values | {"revision": revision})


async def _require(connection: WriteConnection, account_id: UUID, tier: str) -> None:
    if (await connection.execute(_CUSTOMER, {"id": account_id})).one_or_none() is None:
        raise NotFound("account not found")
    known = await connection.execute(_TIER, {"name": tier})
    if tier != DEFAULT_TIER and known.one_or_none() is None:
        raise NotFound(f"there is no fee tier {tier}")


def _tier(fees: FeeSchedule, name: str) -> dict[str, Any]:
    rates = fees.tiers[name]
    return {"name": name, "maker_rate": plain(rates.maker), "taker_rate": plain(rates.taker)}
