"""Log in, refresh, log out."""

from datetime import timedelta
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from prometheus_client import Counter

from auth.events import EventKind, record
from auth.sessions import queries
from auth.sessions.queries import EndReason
from auth.sessions.refresh import RefreshVerdict, judge
from auth.sessions.schemas import Credentials, RefreshToken, Tokens
from auth.users import queries as users
from auth.users.passwords import Verdict
from auth.users.queries import StoredUser
from auth.users.roles import scopes_of
from auth.wiring import Issuer, TheClock, TheDatabase, ThePasswords, TheSettings
from chassis.clock import Clock, utc_now
from chassis.database import Database, Writing
from chassis.errors import (
    Forbidden,
    InvalidInput,
    MalformedRequest,
    Unauthorized,
    Unavailable,
    problem_response,
    problem_responses,
)

router = APIRouter(tags=["sessions"])

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
) -> Tokens:
    """Begin a session: an access token for a quarter of an hour, and a refresh token for the next."""
    response.headers["Cache-Control"] = "no-store"
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
            return Tokens(
                access_token=issuer.for_session(user, scopes_of(user.roles), session_id),
                refresh_token=token,
                expires_in=issuer.lifetime_s,
            )
    raise Unavailable("this user is being changed; log in again", headers={"Retry-After": "1"})


@router.post(
    "/v1/auth/refresh",
    response_model=Tokens,
    responses=problem_responses(MalformedRequest, InvalidRefreshToken, InvalidInput),
)
async def refresh(
    body: RefreshToken,
    response: Response,
    connection: Writing,
    issuer: Issuer,
    settings: TheSettings,
    clock: TheClock,
) -> Tokens | Response:
    """Exchange a refresh token, once, for a new pair.

    When the answer is lost the same token may be sent again for a few seconds. A token that comes back
    later has been stolen from somebody: its session ends.
    """
    now = utc_now(clock)
    presented = await queries.present(connection, body.refresh_token)
    if presented is None:
        REFRESHES.labels("unknown").inc()
        raise InvalidRefreshToken("the refresh token is not valid")
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
        # Returned, not raised: an exception would undo what was just written.
        return problem_response(
            InvalidRefreshToken("the refresh token was used before; the session has ended")
        )
    if verdict is RefreshVerdict.REFUSE:
        raise InvalidRefreshToken("the refresh token is not valid any more")
    expires = now + timedelta(seconds=settings.refresh_token_lifetime_s)
    token = (
        await queries.rotate(connection, presented, now, expires)
        if verdict is RefreshVerdict.ROTATE
        else await queries.issue_again(connection, presented, expires)
    )
    response.headers["Cache-Control"] = "no-store"
    return Tokens(
        access_token=issuer.for_session(user, scopes_of(user.roles), presented.session_id),
        refresh_token=token,
        expires_in=issuer.lifetime_s,
    )


@router.post(
    "/v1/auth/logout",
    status_code=204,
    responses=problem_responses(MalformedRequest, InvalidInput),
)
async def log_out(body: RefreshToken, connection: Writing, clock: TheClock) -> None:
    """End the session that the token belongs to. Says yes to any token: afterwards none of it is good."""
    presented = await queries.present(connection, body.refresh_token)
    if presented is None or presented.ended_at is not None:
        return
    user = await users.by_id(connection, presented.user_id)
    assert user is not None, "users are never deleted"
    await queries.end(connection, presented.session_id, EndReason.LOGGED_OUT, utc_now(clock))
    await record(
        connection,
        clock,
        EventKind.USER_LOGGED_OUT,
        user_id=user.id,
        actor_id=user.id,
        username=user.username,
        session_id=str(presented.session_id),
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
