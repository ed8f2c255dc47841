"""What log-ins and tokens look like on the wire."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from auth.users.schemas import Body, Username


class Credentials(Body):
    username: Username
    password: Annotated[str, StringConstraints(min_length=1, max_length=128)]


class RefreshToken(Body):
    """Clients that keep the token themselves send it; browsers, whose cookie has it, send none."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None


class Tokens(BaseModel):
    access_token: Annotated[
        str, Field(description="A JWT; `Authorization: Bearer` of any request.")
    ]
    refresh_token: Annotated[
        str | None,
        Field(
            description="Good for one exchange at /v1/auth/refresh; null when it is in the cookie."
        ),
    ]
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme, no secret
    expires_in: Annotated[int, Field(description="Seconds for which the access token is good.")]
