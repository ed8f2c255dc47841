"""Hand out stream tickets; and take one in for a token, which only the gateway may ask."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from prometheus_client import Counter

from auth.api_keys.schemas import AccessToken
from auth.random_tokens import new_token
from auth.stream_tickets import queries
from auth.stream_tickets.queries import NewTicket
from auth.stream_tickets.schemas import PresentedTicket, StreamTicket
from auth.users import queries as users
from auth.users.roles import scopes_of
from auth.wiring import Caller, Issuer, SignedIn, TheClock
from chassis.clock import utc_now
from chassis.database import WriteConnection, Writing
from chassis.errors import (
    Forbidden,
    InvalidInput,
    MalformedRequest,
    Unauthorized,
    problem_response,
    problem_responses,
)
from chassis.identity.guards import service
from chassis.identity.principal import Principal

router = APIRouter(tags=["stream tickets"])

LIFETIME = timedelta(seconds=30)
MAX_TICKETS_PER_USER = 32
"""Several tabs that all reconnect at once; of more, the oldest stop working."""
EXCHANGES = Counter("auth_stream_ticket_exchanges_total", "Stream tickets presented.", ["outcome"])


class WrongStreamTicket(Unauthorized):
    """Unknown, used before, expired, or of somebody who may not come in any more."""

    type, code = "wrong_stream_ticket", 40110004


@router.post("/v1/auth/stream-tickets", status_code=201, responses=problem_responses(Unauthorized))
async def create_ticket(
    caller: Caller, user_id: SignedIn, response: Response, connection: Writing, clock: TheClock
) -> StreamTicket:
    """A ticket for one websocket, to be used within 30 s as `?ticket=`.

    An address may end up in logs, so it must never hold what is good for longer, or twice.
    """
    # The lock makes the bound below hold, however many ask together.
    user = await users.locked(connection, user_id)
    if user is None or user.disabled:
        raise Unauthorized("the user of this token does not exist or is disabled")
    new = NewTicket(new_token(), sorted(caller.scopes), utc_now(clock) + LIFETIME)
    if not await _store(connection, new, user_id, caller):
        raise Unauthorized("the session or the API key of this token has ended")
    await queries.keep_newest(connection, user_id, MAX_TICKETS_PER_USER)
    response.headers["Cache-Control"] = "no-store"
    return StreamTicket(ticket=new.ticket, expires_at=new.expires_at)


@router.post(
    "/v1/auth/stream-tickets/exchange",
    response_model=AccessToken,
    responses=problem_responses(
        MalformedRequest, WrongStreamTicket, Unauthorized, Forbidden, InvalidInput
    ),
)
async def exchange_ticket(
    body: PresentedTicket,
    _: Annotated[Principal, Depends(service("keys:exchange"))],
    response: Response,
    connection: Writing,
    issuer: Issuer,
    clock: TheClock,
) -> AccessToken | Response:
    """An access token like that with which the ticket was asked for; the ticket is used up."""
    token = None
    ticket = await queries.redeem(connection, body.ticket)
    if ticket is not None and utc_now(clock) < ticket.expires_at and not ticket.session_ended:
        user = await users.by_id(connection, ticket.user_id)
        if user is not None and not user.disabled:
            # No more than the token had that asked, and no more than its user may have today.
            scopes = scopes_of(user.roles) & set(ticket.scopes)
            if ticket.session_id is not None:
                token = issuer.for_session(user, scopes, ticket.session_id)
            elif ticket.key_id is not None:
                token = issuer.for_api_key(user, scopes, ticket.key_id)
    if token is None:
        EXCHANGES.labels("refused").inc()
        # Returned, not raised: an exception would undo that the ticket is gone.
        return problem_response(
            WrongStreamTicket("the stream ticket is not valid; ask for another one")
        )
    EXCHANGES.labels("success").inc()
    response.headers["Cache-Control"] = "no-store"
    return AccessToken(access_token=token, expires_in=issuer.lifetime_s)


async def _store(
    connection: WriteConnection, new: NewTicket, user_id: UUID, caller: Principal
) -> bool:
    if caller.key_id is not None:
        return await queries.add_for_api_key(connection, new, user_id, caller.key_id)
    if caller.session_id is not None:
        return await queries.add_for_session(connection, new, user_id, UUID(caller.session_id))
    return False
