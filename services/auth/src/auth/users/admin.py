"""What an admin sees and changes of users."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from auth.events import EventKind, record
from auth.sessions.queries import EndReason, end_all_of
from auth.users import queries
from auth.users.schemas import USERNAME_PATTERN, User, UserChange, UserPage
from auth.wiring import Admin, TheClock
from chassis.clock import utc_now
from chassis.database import Reading, Writing
from chassis.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    MalformedRequest,
    NotFound,
    Unauthorized,
    problem_responses,
)

router = APIRouter(tags=["admin"])


class OwnRights(Conflict):
    """An admin may not take rights from themselves: there would soon be nobody left to give them back."""

    type, code = "own_rights", 40910002


@router.get("/v1/admin/users", responses=problem_responses(Unauthorized, Forbidden, InvalidInput))
async def list_users(
    _: Admin,
    connection: Reading,
    after: Annotated[str | None, Query(pattern=USERNAME_PATTERN)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> UserPage:
    """All users in the order of their names, a page at a time."""
    found = await queries.page(connection, after, limit + 1)
    shown = [User.model_validate(user, from_attributes=True) for user in found[:limit]]
    return UserPage(users=shown, next_cursor=shown[-1].username if len(found) > limit else None)


@router.patch(
    "/v1/admin/users/{user_id}",
    responses=problem_responses(
        MalformedRequest, Unauthorized, Forbidden, NotFound, OwnRights, InvalidInput
    ),
)
async def change_user(
    user_id: UUID, body: UserChange, admin_id: Admin, connection: Writing, clock: TheClock
) -> User:
    """Change tier or roles, disable or enable.

    Tokens issued before live on for at most their 15 minutes; a disabled user's sessions end at once.
    """
    user = await queries.locked(connection, user_id)
    if user is None:
        raise NotFound(f"there is no user {user_id}")
    wanted = body.model_dump(exclude_none=True)
    if "roles" in wanted:
        wanted["roles"] = sorted(set(wanted["roles"]))
    changed = {name: value for name, value in wanted.items() if getattr(user, name) != value}
    if user_id == admin_id and (
        changed.get("disabled") or "admin" not in changed.get("roles", ["admin"])
    ):
        raise OwnRights("an admin cannot disable or demote themselves; another admin can")
    if changed:
        await queries.change(connection, user_id, changed)
        if changed.get("disabled"):
            await end_all_of(connection, user_id, EndReason.USER_DISABLED, utc_now(clock))
        await record(
            connection,
            clock,
            EventKind.USER_CHANGED,
            user_id=user_id,
            actor_id=admin_id,
            username=user.username,
            changed=changed,
        )
        user = await queries.by_id(connection, user_id)
    return User.model_validate(user, from_attributes=True)
