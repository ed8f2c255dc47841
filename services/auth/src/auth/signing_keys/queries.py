"""The SQL of signing keys.

A key is `announced` (published, signs nothing yet), `active` (signs; exactly one) or `retired` (published
until the last token it signed has expired, then deleted). Rotation moves keys along these states.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, insert, select

from auth.tables import signing_keys
from chassis.database import ReadConnection, WriteConnection

State = Literal["announced", "active", "retired"]
_FIRST_KEY_LOCK = 7_203_120


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of `signing_keys`."""

    kid: str
    public_key: bytes
    private_key_encrypted: bytes
    state: State
    created_at: datetime


async def lock(connection: WriteConnection) -> None:
    """Until this transaction ends no other replica makes a key."""
    await connection.execute(select(func.pg_advisory_xact_lock(_FIRST_KEY_LOCK)))


async def all_keys(connection: ReadConnection | WriteConnection) -> Sequence[StoredKey]:
    """Every key, oldest first."""
    columns = (
        signing_keys.c.kid,
        signing_keys.c.public_key,
        signing_keys.c.private_key_encrypted,
        signing_keys.c.state,
        signing_keys.c.created_at,
    )
    rows = await connection.execute(select(*columns).order_by(signing_keys.c.created_at))
    return [StoredKey(*row) for row in rows]


async def add(connection: WriteConnection, key: StoredKey) -> None:
    await connection.execute(
        insert(signing_keys).values(
            kid=key.kid,
            public_key=key.public_key,
            private_key_encrypted=key.private_key_encrypted,
            state=key.state,
            created_at=key.created_at,
        )
    )
