"""The SQL of API keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update

from auth.tables import api_keys
from chassis.database import ReadConnection, WriteConnection

USE_RESOLUTION = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StoredApiKey:
    """A row of `api_keys`."""

    id: UUID
    user_id: UUID
    key_id: str
    secret_hash: bytes
    name: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None


_COLUMNS = (
    api_keys.c.id,
    api_keys.c.user_id,
    api_keys.c.key_id,
    api_keys.c.secret_hash,
    api_keys.c.name,
    api_keys.c.scopes,
    api_keys.c.created_at,
    api_keys.c.last_used_at,
)


async def of_user(connection: ReadConnection, user_id: UUID) -> Sequence[StoredApiKey]:
    """A user's keys, oldest first."""
    query = (
        select(*_COLUMNS)
        .where(api_keys.c.user_id == user_id)
        .order_by(api_keys.c.created_at, api_keys.c.id)
    )
    return [StoredApiKey(*row) for row in await connection.execute(query)]


async def count_of(connection: WriteConnection, user_id: UUID) -> int:
    query = select(func.count()).select_from(api_keys).where(api_keys.c.user_id == user_id)
    return (await connection.execute(query)).scalar_one()


async def by_key_id(connection: WriteConnection, key_id: str) -> StoredApiKey | None:
    query = select(*_COLUMNS).where(api_keys.c.key_id == key_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else StoredApiKey(*row)


async def add(connection: WriteConnection, key: StoredApiKey) -> None:
    await connection.execute(
        insert(api_keys).values(
            id=key.id,
            user_id=key.user_id,
            key_id=key.key_id,
            secret_hash=key.secret_hash,
            name=key.name,
            scopes=key.scopes,
            created_at=key.created_at,
        )
    )


async def remove(
    connection: WriteConnection, user_id: UUID, api_key_id: UUID
) -> tuple[str, str] | None:
    """Delete a user's key; returns its key id and name, none when the user has no such key."""
    query = (
        delete(api_keys)
        .where(api_keys.c.id == api_key_id, api_keys.c.user_id == user_id)
        .returning(api_keys.c.key_id, api_keys.c.name)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else (row.key_id, row.name)


async def mark_used(connection: WriteConnection, api_key_id: UUID, now: datetime) -> None:
    """Note the use, unless one was noted a moment ago: a busy key shall not write with every exchange."""
    await connection.execute(
        update(api_keys)
        .where(
            api_keys.c.id == api_key_id,
            or_(
                api_keys.c.last_used_at.is_(None),
                api_keys.c.last_used_at < now - USE_RESOLUTION,
            ),
        )
        .values(last_used_at=now)
    )
