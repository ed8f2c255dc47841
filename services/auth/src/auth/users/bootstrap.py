"""The admin that the operator names in the environment: how the first admin comes to be, and how a way in
is found again when every other is lost."""

from uuid import uuid4

import structlog
from pydantic import TypeAdapter, ValidationError

from auth.events import EventKind, record
from auth.sessions.queries import EndReason, end_all_of
from auth.settings import AuthSettings
from auth.users import queries
from auth.users.passwords import Passwords
from auth.users.queries import StoredUser
from auth.users.roles import ALL_ROLES
from auth.users.schemas import NewPassword, Username
from chassis.clock import Clock, utc_now
from chassis.database import Database, WriteConnection

log = structlog.get_logger(__name__)


class UnusableAdmin(Exception):
    """The name or the password in the environment is not one that a user may have."""


async def ensure_admin(
    database: Database, passwords: Passwords, settings: AuthSettings, clock: Clock
) -> None:
    """Make the user of `BOOTSTRAP_ADMIN_USERNAME` exist, enabled, with that password and every role.

    Changes nothing when that is already so. Raises `UnusableAdmin`.
    """
    if settings.bootstrap_admin_username is None or settings.bootstrap_admin_password is None:
        return
    username = settings.bootstrap_admin_username
    password = settings.bootstrap_admin_password.get_secret_value()
    _require_usable(username, password)
    async with database.read() as connection:
        before = await queries.by_username(connection, username)
    stored = None if before is None else before.password_hash
    same_password = (await passwords.verify(password, stored)).matches
    password_hash = stored if stored and same_password else await passwords.hash(password)
    user = StoredUser(
        id=uuid4(),
        username=username,
        password_hash=password_hash,
        roles=list(ALL_ROLES),
        tier="normal",
        disabled=False,
        created_at=utc_now(clock),
    )
    async with database.write() as connection:
        if await queries.add(connection, user):
            rights = {"roles": user.roles, "tier": user.tier}
            await _tell(connection, clock, EventKind.USER_REGISTERED, user, **rights)
            log.info("the bootstrap admin was created", username=username)
            return
        await _restore(connection, clock, username, None if same_password else password_hash)


async def _restore(
    connection: WriteConnection, clock: Clock, username: str, password_hash: str | None
) -> None:
    """Give an existing user back what an admin needs; `password_hash` is none when it need not change."""
    user = await queries.by_username(connection, username)
    assert user is not None, "users are never deleted"
    changed: dict[str, object] = {}
    if set(user.roles) != set(ALL_ROLES):
        changed["roles"] = list(ALL_ROLES)
    if user.disabled:
        changed["disabled"] = False
    if not changed and password_hash is None:
        return
    if password_hash is not None:
        await end_all_of(connection, user.id, EndReason.PASSWORD_CHANGED, utc_now(clock))
        await queries.change(connection, user.id, changed | {"password_hash": password_hash})
    else:
        await queries.change(connection, user.id, changed)
    told = changed | ({"password": "changed"} if password_hash is not None else {})
    await _tell(connection, clock, EventKind.USER_CHANGED, user, changed=told)
    log.info("the bootstrap admin was restored", username=user.username, changed=sorted(told))


async def _tell(
    connection: WriteConnection, clock: Clock, kind: EventKind, user: StoredUser, **data: object
) -> None:
    await record(
        connection, clock, kind, user_id=user.id, actor_id=None, username=user.username, **data
    )


def _require_usable(username: str, password: str) -> None:
    for name, kind, value in (
        ("BOOTSTRAP_ADMIN_USERNAME", Username, username),
        ("BOOTSTRAP_ADMIN_PASSWORD", NewPassword, password),
    ):
        try:
            TypeAdapter[str](kind).validate_python(value)
        except ValidationError as error:
            raise UnusableAdmin(f"{name}: {error.errors()[0]['msg']}") from None
