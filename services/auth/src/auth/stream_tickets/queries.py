"""The SQL of stream tickets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, insert, literal, null, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, LargeBinary, Text, Uuid

from auth.random_tokens import token_hash
from auth.tables import api_keys, sessions, stream_tickets
from chassis.database import WriteConnection

PRUNE_BATCH = 1000
_COLUMNS = ("ticket_hash", "user_id", "scopes", "expires_at", "session_id", "api_key_id")


@dataclass(frozen=True, slots=True)
class RedeemedTicket:
    """A ticket that was just taken out of the database; nobody gets it again."""

    user_id: UUID
    scopes: list[str]
    expires_at: datetime
    session_id: UUID | None
    key_id: str | None
    """Of the API key whose token asked for it; none when that was a session's."""
    session_ended: bool


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is stored of a ticket, but for whose it is."""

    ticket: str
    scopes: list[str]
    expires_at: datetime


async def add_for_session(
    connection: WriteConnection, new: NewTicket, user_id: UUID, session_id: UUID
) -> bool:
    """Store a ticket; false when the user has no such session that is open."""
    owner = (
        _values(new, user_id)
        .add_columns(sessions.c.id, null())
        .where(
            sessions.c.id == session_id,
            sessions.c.user_id == user_id,
            sessions.c.ended_at.is_(None),
        )
        .with_for_update(read=True, key_share=True, of=sessions)
    )
    return await _add(connection, owner)


async def add_for_api_key(
    connection: WriteConnection, new: NewTicket, user_id: UUID, key_id: str
) -> bool:
    """Store a ticket; false when the user has no such API key (any more)."""
    owner = (
        _values(new, user_id)
        .add_columns(null(), api_keys.c.id)
        .where(api_keys.c.key_id == key_id, api_keys.c.user_id == user_id)
        .with_for_update(read=True, key_share=True, of=api_keys)
    )
    return await _add(connection, owner)


async def keep_newest(connection: WriteConnection, user_id: UUID, count: int) -> None:
    """Delete all tickets of the user but the `count` newest."""
    older = (
        select(stream_tickets.c.ticket_hash)
        .where(stream_tickets.c.user_id == user_id)
        .order_by(stream_tickets.c.expires_at.desc())
        .offset(count)
    )
    await connection.execute(delete(stream_tickets).where(stream_tickets.c.ticket_hash.in_(older)))


async def redeem(connection: WriteConnection, ticket: str) -> RedeemedTicket | None:
    """Take a ticket out, whatever its age; of any number who come together one gets it."""
    taken = (
        delete(stream_tickets)
        .where(stream_tickets.c.ticket_hash == token_hash(ticket))
        .returning(stream_tickets)
        .cte("taken")
    )
    query = (
        select(
            taken.c.user_id,
            taken.c.scopes,
            taken.c.expires_at,
            taken.c.session_id,
            api_keys.c.key_id,
            sessions.c.ended_at.is_not(None),
        )
        .select_from(taken)
        .outerjoin(sessions, sessions.c.id == taken.c.session_id)
        .outerjoin(api_keys, api_keys.c.id == taken.c.api_key_id)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else RedeemedTicket(*row)


async def prune(connection: WriteConnection, now: datetime) -> int:
    """Delete some of the tickets that expired; returns how many."""
    expired = select(stream_tickets.c.ticket_hash).where(stream_tickets.c.expires_at < now)
    gone = await connection.execute(
        delete(stream_tickets).where(stream_tickets.c.ticket_hash.in_(expired.limit(PRUNE_BATCH)))
    )
    return gone.rowcount


def _values(new: NewTicket, user_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(
        literal(token_hash(new.ticket), LargeBinary),
        literal(user_id, Uuid),
        literal(new.scopes, ARRAY(Text)),
        literal(new.expires_at, DateTime(timezone=True)),
    )


async def _add(connection: WriteConnection, row: Select[*tuple[Any, ...]]) -> bool:
    # `row` locks the owner, which could otherwise be deleted between being found and being referred to.
    stored = await connection.execute(insert(stream_tickets).from_select(_COLUMNS, row))
    return stored.rowcount == 1
