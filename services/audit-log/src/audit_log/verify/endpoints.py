"""`GET /v1/audit/verify`: the standing proof brought up to date, or a walk made for this caller."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from audit_log.verify.proof import NoSuchDay, Proof, prove
from audit_log.verify.standing import VERIFICATIONS, StandingProof
from chassis.database import database_of
from chassis.deadline import deadline_from
from chassis.errors import Forbidden, InvalidInput, NotFound, Unauthorized, Unavailable
from chassis.errors import problem_responses as problems
from chassis.identity.guards import user

PATIENCE_S = 60.0
"""How long a caller that names no deadline is taken to wait."""

router = APIRouter(tags=["audit"])


class DayHead(BaseModel):
    """One UTC day: verify it alone with `?day=`, and keep its head somewhere else as an anchor."""

    day: date
    first_position: int
    last_position: int
    head: str


class Verification(BaseModel):
    """`verified` with everything that was walked, or the first entry that does not fit (`broken_at`)."""

    verified: bool
    entries: int
    from_position: int
    to_position: int
    head: str
    day_heads: list[DayHead]
    source_positions: dict[str, int]
    broken_at: int | None = None
    reason: str | None = None


@router.get(
    "/v1/audit/verify",
    dependencies=[Depends(user("audit"))],
    responses=problems(Unauthorized, Forbidden, NotFound, InvalidInput, Unavailable),
)
async def verify(
    request: Request,
    day: Annotated[date | None, Query(description="Only this UTC day, anew.")] = None,
    full: Annotated[bool, Query(description="Every entry anew, however long it takes.")] = False,
) -> Verification:
    """That the chain, as of this moment, is whole and unchanged.

    Entries that this process has verified since it started are not hashed again, unless `full` asks for it.
    One walk of that kind, or of a day, at a time: each costs what all its entries cost.
    """
    standing: StandingProof = request.app.state.standing_proof
    deadline = deadline_from(request.headers, request.app.state.clock, PATIENCE_S)

    def check() -> None:
        if deadline.passed:
            raise Unavailable(
                f"not done in the time given: {standing.position} entries are verified so far;"
                " ask again, or for one day",
                headers={"Retry-After": "2"},
            )

    if day is None and not full:
        return _verification(await standing.up_to_now(check))
    walking: asyncio.Lock = request.app.state.walking
    if walking.locked():
        raise Unavailable("the chain is being verified already", headers={"Retry-After": "5"})
    async with walking:
        try:
            proof = await prove(database_of(request), day=day, check=check)
        except NoSuchDay:
            raise NotFound(f"nothing was recorded on {day}") from None
    VERIFICATIONS.labels("verified" if proof.verified else "broken").inc()
    return _verification(proof)


def _verification(proof: Proof) -> Verification:
    return Verification(
        verified=proof.verified,
        entries=proof.entries,
        from_position=proof.from_position,
        to_position=proof.to_position,
        head=proof.head.hex(),
        day_heads=[
            DayHead(
                day=day.day,
                first_position=day.first_position,
                last_position=day.last_position,
                head=day.head.hex(),
            )
            for day in proof.days
        ],
        source_positions=proof.source_positions,
        broken_at=proof.broken_at,
        reason=proof.reason,
    )
