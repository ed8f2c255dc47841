"""`/stream` (Alpaca's trading stream) and the same updates page by page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, WebSocket
from fastapi.responses import Response

from chassis.database import database_of, unavailable_when_away
from chassis.errors import Forbidden, InvalidInput, Problem, Unauthorized, problem_responses
from chassis.errors import problem_response as answer
from chassis.identity.guards import authenticate
from chassis.identity.principal import Principal
from chassis.identity.tokens import TokenVerifier
from trading.accounts.directory import AccountDirectory, reading_account
from trading.streams.client import StreamClient
from trading.streams.queries import read_page
from trading.streams.schemas import TradeUpdateDocument

router = APIRouter(tags=["trade updates"])

Number = Annotated[int, Query(ge=0, lt=10**18)]


@router.websocket("/stream")
async def stream(websocket: WebSocket) -> None:
    """Authenticate in the handshake or in the first frame, then listen. A bad token in the handshake refuses it."""

    state = websocket.app.state
    verifier: TokenVerifier = state.token_verifier

    async def account_of(token: str) -> UUID:
        return await _account_of(websocket, await verifier.verify(token))

    account_id = None
    if "authorization" in websocket.headers:
        try:
            account_id = await _account_of(websocket, await authenticate(websocket))
        except Problem as problem:
            await websocket.send_denial_response(answer(problem))
            return
    await websocket.accept()
    await StreamClient(websocket, state.database, state.updates, account_of, account_id).run()


@router.get(
    "/v1/account/trade-updates",
    response_model=list[TradeUpdateDocument],
    responses={**problem_responses(Unauthorized, InvalidInput)},
)
async def trade_updates(
    request: Request,
    account_id: Annotated[UUID, Depends(reading_account)],
    after: Number = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """The caller's trade updates past the one whose `event_id` is `after`, oldest first, as the stream sends them."""
    async with unavailable_when_away(), database_of(request).raw() as connection:
        page = await read_page(connection, account_id, after, limit)
    body = f"[{','.join(data for _, data in page)}]"
    return Response(body, media_type="application/json")


async def _account_of(websocket: WebSocket, principal: Principal) -> UUID:
    """The account of a user whose token may read. Raises a `Problem`."""
    if principal.kind != "user":
        raise Forbidden("this needs a user token")
    if "trading:read" not in principal.scopes:
        raise Forbidden("the token lacks the scope trading:read")
    directory: AccountDirectory = websocket.app.state.accounts
    async with unavailable_when_away():
        return await directory.account_of(principal)
