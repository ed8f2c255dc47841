"""FastAPI dependencies that let a request in: `Depends(user("trading:read"))`, `Depends(service("events:read"))`."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.requests import HTTPConnection

from chassis.errors import Forbidden, Unauthorized
from chassis.identity.principal import Principal
from chassis.identity.tokens import TokenVerifier

Guard = Callable[[Request], Awaitable[Principal]]


async def authenticate(request: HTTPConnection) -> Principal:
    """The verified caller of a request or of a websocket's handshake. Raises `Unauthorized`.

    The app's `state.token_verifier` does the work.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("unauthorized", headers={"WWW-Authenticate": "Bearer"})
    verifier: TokenVerifier = request.app.state.token_verifier
    return await verifier.verify(token.strip())


def user(*scopes: str) -> Guard:
    """A signed-in user whose token has all of `scopes`."""
    return _guard("user", scopes)


def service(*scopes: str) -> Guard:
    """Another service whose token has all of `scopes`."""
    return _guard("service", scopes)


def _guard(kind: str, scopes: tuple[str, ...]) -> Guard:
    needed = frozenset(scopes)

    async def guard(request: Request) -> Principal:
        principal = await authenticate(request)
        if principal.kind != kind:
            raise Forbidden(f"this needs a {kind} token")
        if not needed <= principal.scopes:
            raise Forbidden(f"the token lacks the scope {', '.join(sorted(needed))}")
        return principal

    return guard
