"""What users look like on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from auth.users.roles import Role, Scope, Tier

USERNAME_PATTERN = r"^[A-Za-z0-9_.\-]{3,32}$"
Username = Annotated[
    str,
    StringConstraints(pattern=USERNAME_PATTERN),
    Field(description="3 to 32 letters, digits, `_`, `.` or `-`; unique without regard to case."),
]
NewPassword = Annotated[str, StringConstraints(min_length=10, max_length=128)]


class Body(BaseModel):
    """A request body: a field that we do not know is refused, since it would have no effect."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Registration(Body):
    username: Username
    password: NewPassword


class UserChange(Body):
    """What is absent stays as it is."""

    tier: Tier | None = None
    roles: Annotated[list[Role], Field(max_length=3)] | None = None
    disabled: bool | None = None


class User(BaseModel):
    id: UUID
    username: str
    roles: list[Role]
    tier: Tier
    disabled: bool
    created_at: datetime


class Me(User):
    scopes: Annotated[
        list[Scope],
        Field(description="What this token opens, of what its user may do today."),
    ]


class UserPage(BaseModel):
    users: list[User]
    next_cursor: Annotated[
        str | None, Field(description="`after` of the next page; null: this is the last one.")
    ]
