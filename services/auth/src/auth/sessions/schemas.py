"""What log-ins and tokens look like on the wire."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from auth.users.schemas import Body, Username


class Credentials(Body):
    username: Username
    password: Annotated[str, StringConstraints(min_length=1, max_length=128)]


class RefreshToken(Body):
    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Tokens(BaseModel):
    access_token: Annotated[
        str, Field(description="A JWT; `Authorization: Bearer` of any request.")
    ]
    refresh_token: Annotated[str, Field(description="Good for one exchange at /v1/auth/refresh.")]
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme, no secret
    expires_in: Annotated[int, Field(description="Seconds for which the access token is good.")]
