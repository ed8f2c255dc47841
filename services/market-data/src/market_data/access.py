"""Who may read market data: anybody. Who says who they are must prove it all the same."""

from fastapi import Depends, FastAPI
from fastapi.requests import HTTPConnection

from chassis.errors import (
    Forbidden,
    InvalidInput,
    Unauthorized,
    Unavailable,
    problem_responses,
)
from chassis.identity.guards import authenticate
from chassis.identity.principal import Principal
from chassis.identity.tokens import TokenVerifier


async def reader_of(connection: HTTPConnection) -> Principal | None:
    """The caller, of a request or of a websocket's handshake; none: somebody without a token.

    Raises `Unauthorized` for a token that is not good, `Forbidden` for one that is no user's.
    """
    if "authorization" not in connection.headers:
        return None
    return _require_user(await authenticate(connection))


async def user_of(app: FastAPI, token: str) -> Principal:
    """The user that `token`, which came in a websocket's frame, proves. Raises as `reader_of` does."""
    verifier: TokenVerifier = app.state.token_verifier
    return _require_user(await verifier.verify(token))


def _require_user(principal: Principal) -> Principal:
    if principal.kind != "user":
        raise Forbidden("this needs a user token")
    return principal


READERS = Depends(reader_of)

REFUSALS = problem_responses(Unauthorized, Forbidden, InvalidInput, Unavailable)
"""What every route here may answer besides its data."""
