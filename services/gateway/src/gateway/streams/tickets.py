"""Tickets: how a browser, which can set no header on a websocket, says who it is.

A ticket is redeemed at auth for a token, once; nothing here remembers either. It must never be seen again:
not upstream, not in a log, not in a trace.
"""

from typing import Protocol
from urllib.parse import unquote_to_bytes

import httpx
import msgspec
import structlog

from chassis.errors import Unauthorized, Unavailable
from chassis.identity.service_tokens import ServiceAuth

log = structlog.get_logger(__name__)

REDEEM_TIMEOUT_S = 2.0
MAX_TICKET_BYTES = 256


class _Token(msgspec.Struct):
    access_token: str


_token = msgspec.json.Decoder(_Token)


class AddressLimits(Protocol):
    async def draw_for_stranger(self, address: str) -> object: ...


def take_tickets(query: bytes) -> tuple[list[bytes], bytes]:
    """The tickets in `query` (more than one is a mistake), and `query` without them."""
    tickets: list[bytes] = []
    others: list[bytes] = []
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        if unquote_to_bytes(name) == b"ticket":
            tickets.append(unquote_to_bytes(value))
        else:
            others.append(part)
    return tickets, b"&".join(others)


class Tickets:
    """Redeems tickets at auth."""

    def __init__(
        self, client: httpx.AsyncClient, auth_url: str, auth: ServiceAuth, limits: AddressLimits
    ) -> None:
        self._client = client
        self._url = f"{auth_url.rstrip('/')}/v1/auth/stream-tickets/exchange"
        self._auth = auth
        self._limits = limits

    async def redeem(self, ticket: bytes, address: str) -> str:
        """The owner's token. Raises `Unauthorized`, `Unavailable`, or `TooManyRequests` for an address that guesses."""
        if not ticket or len(ticket) > MAX_TICKET_BYTES or not ticket.isascii():
            raise Unauthorized("unauthorized")
        await self._limits.draw_for_stranger(address)
        try:
            answer = await self._client.post(
                self._url,
                json={"ticket": ticket.decode()},
                auth=self._auth,
                timeout=REDEEM_TIMEOUT_S,
            )
        except httpx.HTTPError as error:
            log.warning("auth cannot be asked about a ticket", error=type(error).__name__)
            raise _away() from error
        if answer.status_code == 200:
            try:
                return _token.decode(answer.content).access_token
            except msgspec.MsgspecError as error:
                log.error("auth's answer to a ticket makes no sense", error=str(error))
                raise _away() from error
        if answer.status_code in (400, 401, 403, 404, 422):
            raise Unauthorized("the ticket is not good, or no longer; get a new one")
        log.warning("auth did not decide about a ticket", status=answer.status_code)
        raise _away()


def _away() -> Unavailable:
    return Unavailable(
        "tickets cannot be checked right now; get a new one and try again",
        headers={"Retry-After": "1"},
    )
