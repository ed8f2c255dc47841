"""What the auth service tells the world, in the transaction that it tells about. Never a secret."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.clock import Clock
from chassis.database import WriteConnection
from chassis.event_log import outbox


class EventKind(StrEnum):
    """The kinds of event in this log. Every `data` has `user_id`, `actor_id` and `username`."""

    USER_REGISTERED = "user_registered"
    USER_LOGGED_IN = "user_logged_in"
    LOGIN_FAILED = "login_failed"
    REFRESH_TOKEN_REUSED = "refresh_token_reused"  # noqa: S105
    USER_LOGGED_OUT = "user_logged_out"
    API_KEY_CREATED = "api_key_created"
    API_KEY_DELETED = "api_key_deleted"
    USER_CHANGED = "user_changed"


async def record(
    connection: WriteConnection,
    clock: Clock,
    kind: EventKind,
    *,
    user_id: UUID | None,
    actor_id: UUID | None,
    username: str | None,
    **data: Any,
) -> None:
    """Append an event. `user_id` is whom it is about; `actor_id` who did it, none when nobody proved
    to be anyone (a failed log-in) or when the operator's configuration did."""
    await outbox.append(
        connection,
        time_ns=clock.time_ns(),
        kind=kind.value,
        data={
            "user_id": None if user_id is None else str(user_id),
            "actor_id": None if actor_id is None else str(actor_id),
            "username": username,
        }
        | data,
    )
