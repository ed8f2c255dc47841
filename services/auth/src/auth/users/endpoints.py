"""Registration, and what a user may know about themselves."""

from uuid import uuid4

from fastapi import APIRouter

from auth.events import EventKind, record
from auth.users import queries
from auth.users.queries import StoredUser
from auth.users.roles import NEW_USER_ROLES, scopes_of
from auth.users.schemas import Me, Registration, User
from auth.wiring import Caller, SignedIn, TheClock, TheDatabase, ThePasswords
from chassis.clock import utc_now
from chassis.database import Reading
from chassis.errors import (
    Conflict,
    InvalidInput,
    MalformedRequest,
    Unauthorized,
    Unavailable,
    problem_responses,
)

router = APIRouter(tags=["users"])


class UsernameTaken(Conflict):
    """Somebody has this name, perhaps in another case."""

    type, code = "username_taken", 40910001


@router.post(
    "/v1/auth/register",
    status_code=201,
    responses=problem_responses(MalformedRequest, UsernameTaken, InvalidInput, Unavailable),
)
async def register(
    body: Registration, database: TheDatabase, passwords: ThePasswords, clock: TheClock
) -> User:
    """Make a user, who is a trader of the normal tier. Log in next."""
    # Asked twice: here to spare the hashing, and by the insert, which alone decides.
    async with database.read() as connection:
        if await queries.by_username(connection, body.username) is not None:
            raise UsernameTaken(f"the username {body.username} is taken")
    user = StoredUser(
        id=uuid4(),
        username=body.username,
        password_hash=await passwords.hash(body.password),
        roles=list(NEW_USER_ROLES),
        tier="normal",
        disabled=False,
        created_at=utc_now(clock),
    )
    async with database.write() as connection:
        if not await queries.add(connection, user):
            raise UsernameTaken(f"the username {body.username} is taken")
        await record(
            connection,
            clock,
            EventKind.USER_REGISTERED,
            user_id=user.id,
            actor_id=user.id,
            username=user.username,
            roles=user.roles,
            tier=user.tier,
        )
    return User.model_validate(user, from_attributes=True)


@router.get("/v1/auth/me", responses=problem_responses(Unauthorized))
async def me(caller: Caller, user_id: SignedIn, connection: Reading) -> Me:
    """The user whose token this is, as they are now: the token may still say what they were."""
    user = await queries.by_id(connection, user_id)
    if user is None:
        raise Unauthorized("the user of this token does not exist")
    scopes = scopes_of(user.roles) & caller.scopes
    shown = User.model_validate(user, from_attributes=True)
    return Me.model_validate(shown.model_dump() | {"scopes": sorted(scopes)})
