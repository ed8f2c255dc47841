"""`GET /v1/events` of a Python service: its log for those who may read it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.database import database_of, unavailable_when_away
from chassis.event_log.events import encode
from chassis.event_log.relay import POLL_S, read_page
from chassis.identity.guards import service

router = APIRouter(tags=["event log"])


@router.get("/v1/events", dependencies=[Depends(service("events:read"))])
async def events(
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    wait_ms: Annotated[int, Query(ge=0, le=30_000)] = 0,
) -> Response:
    """One page of the log: the events after `after`, in order and without a gap.

    With `wait_ms` an answer that would be empty is held back until an event arrives or the time is over.
    """
    database = database_of(request)
    patience = wait_ms / 1000
    while True:
        async with unavailable_when_away(), database.raw() as connection:
            page = await read_page(connection, after, limit)
        if page.events or patience <= 0 or after > page.last_sequence:
            return Response(encode(page), media_type="application/json")
        await asyncio.sleep(min(POLL_S, patience))
        patience -= POLL_S
