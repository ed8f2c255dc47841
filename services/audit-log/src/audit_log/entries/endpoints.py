"""`GET /v1/audit/entries` and `/v1/audit/entries/{position}`."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from audit_log.entries import queries
from audit_log.entries.reader import reader_of
from audit_log.entries.schemas import EntriesPage, EntryView, Filters
from chassis.database import Reading
from chassis.errors import Forbidden, InvalidInput, NotFound, Unauthorized
from chassis.errors import problem_responses as problems
from chassis.identity.guards import user
from chassis.identity.principal import Principal

router = APIRouter(tags=["audit"])

User = Annotated[Principal, Depends(user())]


@router.get(
    "/v1/audit/entries",
    response_model=EntriesPage,
    responses=problems(Unauthorized, Forbidden, InvalidInput),
)
async def entries(
    connection: Reading, principal: User, filters: Annotated[Filters, Query()]
) -> Response:
    """The record in order, a page at a time; all of it for an auditor, a trader's own for a trader."""
    reader = await reader_of(principal, connection)
    found = await queries.page(connection, filters, reader)
    next_after = found[-1]["position"] if len(found) == filters.limit else None
    return _json({"entries": [_view(reader.redact(e)) for e in found], "next_after": next_after})


@router.get(
    "/v1/audit/entries/{position}",
    response_model=EntryView,
    responses=problems(Unauthorized, Forbidden, NotFound, InvalidInput),
)
async def entry(
    connection: Reading,
    principal: User,
    position: Annotated[int, Path(ge=1, le=2**63 - 1)],
) -> Response:
    """One entry. What the caller may not see does not exist for them."""
    reader = await reader_of(principal, connection)
    found = await queries.one(connection, position)
    if found is None or not reader.may_see(found):
        raise NotFound(f"there is no entry {position}")
    return _json(_view(reader.redact(found)))


def _view(entry: dict[str, Any]) -> dict[str, Any]:
    return {"redacted": []} | entry


def _json(value: dict[str, Any]) -> Response:
    # Already checked rows of ours: validating them again would cost more than reading them.
    return Response(msgspec.json.encode(value), media_type="application/json")
