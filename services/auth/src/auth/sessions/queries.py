"""The SQL of sessions and refresh tokens, which are stored as hashes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, exists, insert, select, update

from auth.random_tokens import new_token, token_hash
from auth.tables import refresh_tokens, sessions
from chassis.database import WriteConnection

PRUNE_BATCH = 1000


class EndReason(StrEnum):
    """Why a session ended before its time."""

    LOGGED_OUT = "logged_out"
    REFRESH_TOKEN_REUSED = "refresh_token_reused"  # noqa: S105
    USER_DISABLED = "user_disabled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token as it is stored, with the state of its session."""

    session_id: UUID
    user_id: UUID
    generation: int
    expires_at: datetime
    current_generation: int
    rotated_at: datetime
    """When the first token of the current generation was issued."""
    ended_at: datetime | None


async def open_session(
    connection: WriteConnection, session_id: UUID, user_id: UUID, now: datetime, expires: datetime
) -> str:
    """Store a new session; returns its first refresh token."""
    await connection.execute(
        insert(sessions).values(
            id=session_id,
            user_id=user_id,
            created_at=now,
            generation=1,
            rotated_at=now,
            expires_at=expires,
        )
    )
    return await _issue(connection, session_id, 1, expires)


async def present(connection: WriteConnection, token: str) -> PresentedToken | None:
    """Look `token` up and lock its session, so that two exchanges of one family never interleave."""
    query = (
        select(
            sessions.c.id,
            sessions.c.user_id,
            refresh_tokens.c.generation,
            refresh_tokens.c.expires_at,
            sessions.c.generation,
            sessions.c.rotated_at,
            sessions.c.ended_at,
        )
        .join_from(refresh_tokens, sessions, sessions.c.id == refresh_tokens.c.session_id)
        .where(refresh_tokens.c.token_hash == token_hash(token))
        .with_for_update(of=sessions)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else PresentedToken(*row)


async def rotate(
    connection: WriteConnection, presented: PresentedToken, now: datetime, expires: datetime
) -> str:
    """Begin the next generation; returns its first token."""
    generation = presented.current_generation + 1
    await connection.execute(
        update(sessions)
        .where(sessions.c.id == presented.session_id)
        .values(generation=generation, rotated_at=now, expires_at=expires)
    )
    return await _issue(connection, presented.session_id, generation, expires)


async def issue_again(
    connection: WriteConnection, presented: PresentedToken, expires: datetime
) -> str:
    """Another token of the current generation, for a caller who never saw the first."""
    return await _issue(connection, presented.session_id, presented.current_generation, expires)


async def end(
    connection: WriteConnection, session_id: UUID, reason: EndReason, now: datetime
) -> bool:
    """End a session; false when there is none that was still open."""
    ended = await connection.execute(
        update(sessions)
        .where(sessions.c.id == session_id, sessions.c.ended_at.is_(None))
        .values(ended_at=now, ended_reason=reason.value)
    )
    return ended.rowcount == 1


async def end_all_of(
    connection: WriteConnection, user_id: UUID, reason: EndReason, now: datetime
) -> None:
    """End every session of a user."""
    await connection.execute(
        update(sessions)
        .where(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
        .values(ended_at=now, ended_reason=reason.value)
    )


async def prune(connection: WriteConnection, now: datetime) -> int:
    """Delete some of what no longer means anything: expired tokens, and sessions without any.

    Returns how many rows went, at most two batches: zero means that all are gone.
    """
    expired = select(refresh_tokens.c.token_hash).where(refresh_tokens.c.expires_at < now)
    tokens = await connection.execute(
        delete(refresh_tokens).where(refresh_tokens.c.token_hash.in_(expired.limit(PRUNE_BATCH)))
    )
    empty = select(sessions.c.id).where(
        sessions.c.expires_at < now,
        ~exists().where(refresh_tokens.c.session_id == sessions.c.id),
    )
    gone = await connection.execute(
        delete(sessions).where(sessions.c.id.in_(empty.limit(PRUNE_BATCH)))
    )
    return tokens.rowcount + gone.rowcount


async def _issue(
    connection: WriteConnection, session_id: UUID, generation: int, expires: datetime
) -> str:
    token = new_token()
    await connection.execute(
        insert(refresh_tokens).values(
            token_hash=token_hash(token),
            session_id=session_id,
            generation=generation,
            expires_at=expires,
        )
    )
    return token
