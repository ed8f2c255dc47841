"""What API keys look like on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from auth.users.roles import Scope
from auth.users.schemas import Body

Name = Annotated[
    str,
    # Printable, so that lists and logs stay what they are.
    StringConstraints(min_length=1, max_length=64, pattern=r"^[^\p{C}]+$", strip_whitespace=True),
]


DEFAULT_SCOPES: tuple[Scope, ...] = ("trading:read", "trading:write")


class NewApiKey(Body):
    name: Name
    scopes: Annotated[
        list[Scope],
        Field(
            default_factory=lambda: list(DEFAULT_SCOPES),
            min_length=1,
            max_length=4,
            description="None that the user does not have; to trade, when none are named.",
        ),
    ]


class ApiKey(BaseModel):
    id: UUID
    key_id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: Annotated[datetime | None, Field(description="Exact to about a minute.")]


class ApiKeyWithSecret(ApiKey):
    secret: Annotated[str, Field(description="Shown this once; it cannot be read again.")]


class KeyPair(Body):
    # Whatever a client sends as a key: what cannot be one is simply wrong.
    key_id: Annotated[str, StringConstraints(max_length=256)]
    secret: Annotated[str, StringConstraints(max_length=256)]


class AccessToken(BaseModel):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme, no secret
    expires_in: Annotated[int, Field(description="Seconds for which the token is good.")]
