"""A browser's refresh token: in a cookie that no script can read and that only the refresh path is sent.

Whoever asks for it, or lives on it, sends the header `X-Session-Cookie: 1`. No form and no image of another site
can send that; its scripts would have to ask first (CORS), and nobody here says yes.
"""

from typing import Annotated, Literal

from fastapi import Cookie, Header, Response

from auth.settings import AuthSettings

NAME = "refresh_token"
PATH = "/v1/auth/refresh"

AsCookie = Annotated[
    Literal["1"] | None,
    Header(
        alias="X-Session-Cookie",
        description="`1`: the refresh token goes into an HttpOnly cookie, and is null in the body.",
    ),
]
CookieToken = Annotated[
    str | None, Cookie(alias=NAME, description="Used when the body holds no refresh token.")
]


def put(response: Response, token: str, settings: AuthSettings) -> None:
    """Give the browser its refresh token, for as long as it is good."""
    response.set_cookie(
        NAME,
        token,
        max_age=settings.refresh_token_lifetime_s,
        path=PATH,
        secure=settings.session_cookie_secure,
        httponly=True,
        samesite="strict",
    )


def clear(response: Response, settings: AuthSettings) -> None:
    """Take it away."""
    response.delete_cookie(
        NAME, path=PATH, secure=settings.session_cookie_secure, httponly=True, samesite="strict"
    )
