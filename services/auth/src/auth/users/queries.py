"""The SQL of users."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from auth.tables import users
from chassis.database import ReadConnection, WriteConnection


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A row of `users`."""

    id: UUID
    username: str
    password_hash: str
    roles: list[str]
    tier: str
    disabled: bool
    created_at: datetime


_COLUMNS = (
    users.c.id,
    users.c.username,
    users.c.password_hash,
    users.c.roles,
    users.c.tier,
    users.c.disabled,
    users.c.created_at,
)


async def by_username(
    connection: ReadConnection | WriteConnection, username: str
) -> StoredUser | None:
    """The user of this name, in whatever case it is written."""
    query = select(*_COLUMNS).where(users.c.username_key == username.lower())
    return await _one(connection, query)


async def by_id(connection: ReadConnection | WriteConnection, user_id: UUID) -> StoredUser | None:
    return await _one(connection, select(*_COLUMNS).where(users.c.id == user_id))


async def locked(connection: WriteConnection, user_id: UUID) -> StoredUser | None:
    """The user, who does not change until this transaction ends."""
    query = select(*_COLUMNS).where(users.c.id == user_id).with_for_update()
    return await _one(connection, query)


async def add(connection: WriteConnection, user: StoredUser) -> bool:
    """Store a new user; false when the name is taken."""
    query = (
        upsert(users)
        .values(
            id=user.id,
            username=user.username,
            username_key=user.username.lower(),
            password_hash=user.password_hash,
            roles=user.roles,
            tier=user.tier,
            disabled=user.disabled,
            created_at=user.created_at,
        )
        .on_conflict_do_nothing(index_elements=["username_key"])
    )
    return (await connection.execute(query)).rowcount == 1


async def change(connection: WriteConnection, user_id: UUID, values: dict[str, Any]) -> None:
    await connection.execute(update(users).where(users.c.id == user_id).values(**values))


async def page(connection: ReadConnection, after: str | None, limit: int) -> Sequence[StoredUser]:
    """Users in the order of their names, from the first one past `after`."""
    query: Select[*tuple[Any, ...]] = select(*_COLUMNS).order_by(users.c.username_key).limit(limit)
    if after is not None:
        query = query.where(users.c.username_key > after.lower())
    return [StoredUser(*row) for row in await connection.execute(query)]


async def _one(
    connection: ReadConnection | WriteConnection, query: Select[*tuple[Any, ...]]
) -> StoredUser | None:
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else StoredUser(*row)
