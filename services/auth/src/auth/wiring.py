"""What endpoints ask for: the service's own parts, as FastAPI dependencies."""

from collections.abc import AsyncIterator
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Request

from auth.settings import AuthSettings
from auth.signing_keys.keyring import KeyRing
from auth.tokens import TokenIssuer
from auth.users.passwords import Passwords
from chassis.clock import Clock
from chassis.database import Database, database_of, unavailable_when_away
from chassis.errors import Forbidden, Unauthorized
from chassis.identity.guards import user
from chassis.identity.principal import Principal


def _clock(request: Request) -> Clock:
    return cast(Clock, request.app.state.clock)


def _settings(request: Request) -> AuthSettings:
    return cast(AuthSettings, request.app.state.settings)


async def _database(request: Request) -> AsyncIterator[Database]:
    async with unavailable_when_away():
        yield database_of(request)


def _keys(request: Request) -> KeyRing:
    return cast(KeyRing, request.app.state.keys)


def _issuer(request: Request) -> TokenIssuer:
    return cast(TokenIssuer, request.app.state.issuer)


def _passwords(request: Request) -> Passwords:
    return cast(Passwords, request.app.state.passwords)


def _subject(principal: Principal) -> UUID:
    try:
        return UUID(principal.subject)
    except ValueError:
        raise Unauthorized("unauthorized") from None


async def _signed_in(principal: Annotated[Principal, Depends(user())]) -> UUID:
    return _subject(principal)


async def _in_person(principal: Annotated[Principal, Depends(user())]) -> UUID:
    # A stolen API key must not be able to make itself a successor.
    if principal.session_id is None:
        raise Forbidden("API keys are managed with a log-in, not with an API key")
    return _subject(principal)


async def _admin(principal: Annotated[Principal, Depends(user("admin"))]) -> UUID:
    return _subject(principal)


TheClock = Annotated[Clock, Depends(_clock)]
TheSettings = Annotated[AuthSettings, Depends(_settings)]
TheDatabase = Annotated[Database, Depends(_database, scope="function")]
"""For what must not hold one transaction from beginning to end; all else takes `Reading` or `Writing`."""
Keys = Annotated[KeyRing, Depends(_keys)]
Issuer = Annotated[TokenIssuer, Depends(_issuer)]
ThePasswords = Annotated[Passwords, Depends(_passwords)]

Caller = Annotated[Principal, Depends(user())]
"""All that the user's token says."""
SignedIn = Annotated[UUID, Depends(_signed_in)]
"""The id of the user whose token came with the request."""
InPerson = Annotated[UUID, Depends(_in_person)]
"""The same, who logged in with a password; an API key is not enough."""
Admin = Annotated[UUID, Depends(_admin)]
"""The same, with the scope `admin`."""
