"""Who may read market data: anybody. Who says who they are must prove it all the same."""

from fastapi import Depends
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


async def reader_of(connection: HTTPConnection) -> Principal | None:
    """The caller, of a request or of a websocket's handshake; none: somebody without a token.

    Raises `Unauthorized` for a token that is not good, `Forbidden` for one that is no user's.
    """
    if "authorization" not in connection.headers:
        return None
    principal = await authenticate(connection)
    if principal.kind != "user":
        raise Forbidden("this needs a user token")
    return principal


READERS = Depends(reader_of)

REFUSALS = problem_responses(Unauthorized, Forbidden, InvalidInput, Unavailable)
"""What every route here may answer besides its data."""
