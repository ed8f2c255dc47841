"""Log in, refresh, log out."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from prometheus_client import Counter

from auth.events import EventKind, record
from auth.sessions import cookie, queries
from auth.sessions.cookie import AsCookie, CookieToken
from auth.sessions.queries import EndReason
from auth.sessions.refresh import RefreshVerdict, judge
from auth.sessions.schemas import Credentials, RefreshToken, Tokens
from auth.settings import AuthSettings
from auth.tokens import TokenIssuer
from auth.users import queries as users
from auth.users.passwords import Verdict
from auth.users.queries import StoredUser
from auth.users.roles import scopes_of
from auth.wiring import Issuer, TheClock, TheDatabase, ThePasswords, TheSettings
from chassis.clock import Clock, utc_now
from chassis.database import Database, WriteConnection, Writing
from chassis.errors import (
    Forbidden,
    InvalidInput,
    MalformedRequest,
    Unauthorized,
    Unavailable,
    problem_response,
    problem_responses,
)
from chassis.identity import guards

router = APIRouter(tags=["sessions"])

# Log-out asks for a token only when no refresh token came.
signed_in = guards.user()
# A log-in that crosses a change of its user looks again this often.
ATTEMPTS = 3
LOGINS = Counter("auth_logins_total", "Log-ins tried.", ["outcome"])
REFRESHES = Counter("auth_refreshes_total", "Refresh tokens presented.", ["outcome"])


class WrongCredentials(Unauthorized):
    """Name or password is wrong; which of them is not told."""

    type, code = "wrong_credentials", 40110001


class InvalidRefreshToken(Unauthorized):
    """Unknown, expired, used before, or of a session that has ended: log in again."""

    type, code = "invalid_refresh_token", 40110002


class UserDisabled(Forbidden):
    """The password is right, but an admin has disabled the user."""

    type, code = "user_disabled", 40310001


class SessionHeaderMissing(Forbidden):
    """The cookie alone is not enough, since a browser sends it by itself: `X-Session-Cookie: 1` must come along."""

    type, code = "session_header_missing", 40310002


@dataclass(frozen=True, slots=True)
class Granted:
    """What a log-in or a refresh earned."""

    user: StoredUser
    session_id: UUID
    refresh_token: str


@router.post(
    "/v1/auth/login",
    responses=problem_responses(
        MalformedRequest, WrongCredentials, UserDisabled, InvalidInput, Unavailable
    ),
)
async def log_in(
    body: Credentials,
    response: Response,
    database: TheDatabase,
    passwords: ThePasswords,
    issuer: Issuer,
    settings: TheSettings,
    clock: TheClock,
    as_cookie: AsCookie = None,
) -> Tokens:
    """Begin a session: an access token for a quarter of an hour, and a refresh token for the next."""
    lifetime = timedelta(seconds=settings.refresh_token_lifetime_s)
    for _ in range(ATTEMPTS):
        # No connection is held while the password is hashed: that takes long, and others wait for both.
        async with database.read() as connection:
            user = await users.by_username(connection, body.username)
        verdict = await passwords.verify(body.password, user.password_hash if user else None)
        if user is None or not verdict.matches:
            await _tell_failure(database, clock, user, "wrong_password" if user else "unknown_user")
            raise WrongCredentials("the username or the password is wrong")
        if user.disabled:
            await _tell_failure(database, clock, user, "disabled")
            raise UserDisabled("this user is disabled")
        session_id = uuid4()
        token = await _open_session(database, clock, user, verdict, session_id, lifetime)
        if token is not None:
            LOGINS.labels("success").inc()
            granted = Granted(user, session_id, token)
            return _tokens(response, issuer, settings, granted, as_cookie=as_cookie is not None)
    raise Unavailable("this user is being changed; log in again", headers={"Retry-After": "1"})


@router.post(
    "/v1/auth/refresh",
    response_model=Tokens,
    responses=problem_responses(
        MalformedRequest, InvalidRefreshToken, SessionHeaderMissing, InvalidInput
    ),
)
async def refresh(
    response: Response,
    connection: Writing,
    issuer: Issuer,
    settings: TheSettings,
    clock: TheClock,
    body: RefreshToken | None = None,
    cookie_token: CookieToken = None,
    as_cookie: AsCookie = None,
) -> Tokens | Response:
    """Exchange a refresh token, once, for a new pair: the body's, else the cookie's.

    When the answer is lost the same token may be sent again for a few seconds. A token that comes back
    later has been stolen from somebody: its session ends.
    """
    sent = None if body is None else body.refresh_token
    if sent is None and as_cookie is None:
        raise SessionHeaderMissing(
            "send the refresh token in the body, or X-Session-Cookie: 1 to use the cookie"
        )
    granted = await _exchange(connection, clock, settings, sent or cookie_token)
    if isinstance(granted, InvalidRefreshToken):
        # Returned, not raised: an exception would undo what was written, and forget the cookie.
        refused = problem_response(granted)
        if sent is None:
            cookie.clear(refused, settings)
        return refused
    return _tokens(response, issuer, settings, granted, as_cookie=as_cookie is not None)


@router.post(
    "/v1/auth/logout",
    status_code=204,
    responses=problem_responses(MalformedRequest, Unauthorized, Forbidden, InvalidInput),
)
async def log_out(
    request: Request,
    response: Response,
    connection: Writing,
    settings: TheSettings,
    clock: TheClock,
    body: RefreshToken | None = None,
) -> None:
    """End a session: that of the refresh token in the body, else that of the bearer's access token.

    Says yes to any refresh token: afterwards none of it is good. Without one the cookie is cleared, too.
    """
    if body is not None and body.refresh_token is not None:
        presented = await queries.present(connection, body.refresh_token)
        if presented is not None:
            await _end(connection, clock, presented.session_id, presented.user_id)
        return
    caller = await signed_in(request)
    if caller.session_id is None:
        raise Forbidden("an API key has no session to end")
    await _end(connection, clock, UUID(caller.session_id), UUID(caller.subject))
    cookie.clear(response, settings)


async def _exchange(
    connection: WriteConnection, clock: Clock, settings: AuthSettings, token: str | None
) -> Granted | InvalidRefreshToken:
    """What the holder of `token` gets by the rule of `refresh.py`, written down."""
    now = utc_now(clock)
    presented = None if token is None else await queries.present(connection, token)
    if presented is None:
        REFRESHES.labels("unknown").inc()
        return InvalidRefreshToken("the refresh token is not valid")
    user = await users.by_id(connection, presented.user_id)
    assert user is not None, "users are never deleted"
    verdict = judge(presented, now, timedelta(seconds=settings.refresh_grace_s))
    if user.disabled and verdict is not RefreshVerdict.REUSED:
        verdict = RefreshVerdict.REFUSE
    REFRESHES.labels(verdict.name.lower()).inc()
    if verdict is RefreshVerdict.REUSED:
        await queries.end(connection, presented.session_id, EndReason.REFRESH_TOKEN_REUSED, now)
        await record(
            connection,
            clock,
            EventKind.REFRESH_TOKEN_REUSED,
            user_id=user.id,
            actor_id=None,
            username=user.username,
            session_id=str(presented.session_id),
        )
        return InvalidRefreshToken("the refresh token was used before; the session has ended")
    if verdict is RefreshVerdict.REFUSE:
        return InvalidRefreshToken("the refresh token is not valid any more")
    expires = now + timedelta(seconds=settings.refresh_token_lifetime_s)
    fresh = (
        await queries.rotate(connection, presented, now, expires)
        if verdict is RefreshVerdict.ROTATE
        else await queries.issue_again(connection, presented, expires)
    )
    return Granted(user, presented.session_id, fresh)


def _tokens(
    response: Response, issuer: TokenIssuer, settings: AuthSettings, to: Granted, *, as_cookie: bool
) -> Tokens:
    response.headers["Cache-Control"] = "no-store"
    if as_cookie:
        cookie.put(response, to.refresh_token, settings)
    return Tokens(
        access_token=issuer.for_session(to.user, scopes_of(to.user.roles), to.session_id),
        refresh_token=None if as_cookie else to.refresh_token,
        expires_in=issuer.lifetime_s,
    )


async def _end(connection: WriteConnection, clock: Clock, session_id: UUID, user_id: UUID) -> None:
    if not await queries.end(connection, session_id, EndReason.LOGGED_OUT, utc_now(clock)):
        return
    user = await users.by_id(connection, user_id)
    assert user is not None, "users are never deleted"
    await record(
        connection,
        clock,
        EventKind.USER_LOGGED_OUT,
        user_id=user.id,
        actor_id=user.id,
        username=user.username,
        session_id=str(session_id),
    )


async def _open_session(
    database: Database,
    clock: Clock,
    seen: StoredUser,
    verdict: Verdict,
    session_id: UUID,
    lifetime: timedelta,
) -> str | None:
    """Store the session of a user who proved themselves; returns its refresh token.

    None when the user is no longer as `seen`, on which the proof rests: it must be made anew.
    """
    now = utc_now(clock)
    async with database.write() as connection:
        if await users.locked(connection, seen.id) != seen:
            return None
        if verdict.fresh_hash is not None:
            await users.change(connection, seen.id, {"password_hash": verdict.fresh_hash})
        token = await queries.open_session(connection, session_id, seen.id, now, now + lifetime)
        await record(
            connection,
            clock,
            EventKind.USER_LOGGED_IN,
            user_id=seen.id,
            actor_id=seen.id,
            username=seen.username,
            session_id=str(session_id),
        )
        return token


async def _tell_failure(
    database: Database, clock: Clock, user: StoredUser | None, reason: str
) -> None:
    LOGINS.labels(reason).inc()
    async with database.write() as connection:
        await record(
            connection,
            clock,
            EventKind.LOGIN_FAILED,
            user_id=None if user is None else user.id,
            actor_id=None,
            # Not the name that was tried when nobody has it: people type passwords into that field.
            username=None if user is None else user.username,
            reason=reason,
        )
