"""Who is calling: a bearer token, or an API key pair that becomes one. Upstream always sees a user token.

Each upstream verifies that token again; what is refused here is refused early, not instead.
"""

import base64
import binascii
from typing import Protocol

from chassis.errors import Forbidden, Unauthorized
from chassis.identity.principal import Principal
from gateway.proxy.headers import RequestHeaders
from gateway.request_context import Answer, Handler, RequestContext
from gateway.routes import Route

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class Verifier(Protocol):
    def remembered(self, token: str) -> Principal | None: ...

    async def verify(self, token: str) -> Principal: ...


class Keys(Protocol):
    def remembered(self, key_id: str, secret: str) -> str | None: ...

    async def exchange(self, key_id: str, secret: str) -> str: ...


class AddressLimits(Protocol):
    async def draw_for_stranger(self, address: str) -> object: ...

    def refuse_emptied(self, address: str) -> None: ...


class Identity:
    """Lets in users whose token has the route's scopes; what is public passes without a look."""

    def __init__(self, verifier: Verifier, keys: Keys, limits: AddressLimits) -> None:
        self._verifier = verifier
        self._keys = keys
        self._limits = limits

    def around(self, route: Route, proceed: Handler) -> Handler:
        if route.auth == "public":
            return proceed
        if route.auth == "unverified":
            return _passing_on(proceed)
        scopes, verifier = route.scopes, self._verifier

        async def identify(context: RequestContext) -> Answer:
            token = bearer_token(context.headers)
            if token is None:
                token = await self._token_for_key(context)
                principal = await verifier.verify(token)
            else:
                known = verifier.remembered(token)
                if known is None:
                    # A signature costs far more to check than a flood of bad ones costs to send.
                    self._limits.refuse_emptied(context.address)
                principal = known or await verifier.verify(token)
            if principal.kind != "user":
                raise Unauthorized("this needs a user's token", headers=_CHALLENGE)
            context.principal = principal
            context.bearer = token
            if not scopes <= principal.scopes:
                missing = ", ".join(sorted(scopes - principal.scopes))
                raise Forbidden(f"the token lacks the scope {missing}")
            return await proceed(context)

        if route.auth == "user":
            return identify

        async def identify_if_asked(context: RequestContext) -> Answer:
            if has_credentials(context.headers):
                return await identify(context)
            return await proceed(context)

        return identify_if_asked

    async def _token_for_key(self, context: RequestContext) -> str:
        key_id, secret = key_pair(context.headers)
        token = self._keys.remembered(key_id, secret)
        if token is None:
            # Guessing keys costs auth a look-up each: an address gets only so many.
            await self._limits.draw_for_stranger(context.address)
            token = await self._keys.exchange(key_id, secret)
        return token


def _passing_on(proceed: Handler) -> Handler:
    async def pass_on(context: RequestContext) -> Answer:
        context.bearer = bearer_token(context.headers)
        return await proceed(context)

    return pass_on


def has_credentials(headers: RequestHeaders) -> bool:
    """Whether the caller says who they are, rightly or not."""
    noted = headers.noted
    return (
        b"authorization" in noted or b"apca-api-key-id" in noted or b"apca-api-secret-key" in noted
    )


def bearer_token(headers: RequestHeaders) -> str | None:
    """The token of `Authorization: Bearer`; none when there is no such header."""
    value = headers.noted.get(b"authorization")
    if value is None:
        return None
    scheme, _, token = value.partition(b" ")
    if scheme.lower() != b"bearer":
        return None
    if not value.isascii():
        raise Unauthorized("unauthorized", headers=_CHALLENGE)
    return token.strip().decode()


def key_pair(headers: RequestHeaders) -> tuple[str, str]:
    """Key id and secret, from Alpaca's headers or `Authorization: Basic`. Raises `Unauthorized`."""
    key_id, secret = headers.text(b"apca-api-key-id"), headers.text(b"apca-api-secret-key")
    if key_id is None and secret is None:
        scheme, _, value = (headers.text(b"authorization") or "").partition(" ")
        if scheme.lower() == "basic":
            try:
                text = base64.b64decode(value.strip(), validate=True).decode("ascii")
            except (binascii.Error, UnicodeDecodeError):
                raise Unauthorized("unauthorized", headers=_CHALLENGE) from None
            key_id, _, secret = text.partition(":")
    if not key_id or not secret:
        raise Unauthorized("unauthorized", headers=_CHALLENGE)
    return key_id, secret
