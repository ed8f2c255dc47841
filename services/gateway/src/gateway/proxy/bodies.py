"""Request bodies: waited for when small, streamed when not, and never longer than the route allows."""

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Message, Receive

from chassis.errors import PayloadTooLarge, Problem

WAIT_FOR_BYTES = 16 * 1024
"""A body up to this size is read whole before the upstream is called: it can be sent again, and a slow client
holds no upstream connection."""


class ClientGone(Exception):
    """The client went away before its body was complete; there is nobody to answer."""


class ClientTooSlow(Problem):
    status, type, code = 408, "client_too_slow", 40810000


class StreamedBody:
    """A body of which `head` was read already, and the rest is taken from `receive` as it comes."""

    def __init__(
        self, head: bytes, receive: Receive, limit_bytes: int, content_length: int | None
    ) -> None:
        self.content_length = content_length
        self.began = False
        self.refusal: Exception | None = None
        self._head = head
        self._receive = receive
        self._limit_bytes = limit_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.began = True
        size = len(self._head)
        yield self._head
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.refusal = ClientGone()
                raise self.refusal
            chunk: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            size += len(chunk)
            if size > self._limit_bytes:
                self.refusal = too_large(self._limit_bytes)
                raise self.refusal
            if chunk:
                yield chunk


async def read_body(
    receive: Receive, content_length: int | None, limit_bytes: int, within_s: float
) -> bytes | StreamedBody:
    """The whole body when it is small, else a stream of it.

    Raises `PayloadTooLarge`, `ClientTooSlow`, `ClientGone`.
    """
    if content_length is not None and content_length > limit_bytes:
        raise too_large(limit_bytes)
    message = await _next(receive, within_s)
    head: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        if len(head) > limit_bytes:
            raise too_large(limit_bytes)
        return head
    try:
        async with asyncio.timeout(within_s):
            while len(head) < WAIT_FOR_BYTES:
                message = await _next(receive, None)
                head += message.get("body", b"")
                if len(head) > limit_bytes:
                    raise too_large(limit_bytes)
                if not message.get("more_body", False):
                    return head
    except TimeoutError:
        raise too_slow() from None
    if len(head) > limit_bytes:
        raise too_large(limit_bytes)
    return StreamedBody(head, receive, limit_bytes, content_length)


def too_large(limit_bytes: int) -> PayloadTooLarge:
    # The rest of the body is not read, so the connection cannot be used again.
    return PayloadTooLarge(
        f"the body is longer than {limit_bytes} bytes", headers={"Connection": "close"}
    )


def too_slow() -> ClientTooSlow:
    return ClientTooSlow("the body did not arrive in time", headers={"Connection": "close"})


async def _next(receive: Receive, within_s: float | None) -> Message:
    try:
        async with asyncio.timeout(within_s):
            message = await receive()
    except TimeoutError:
        raise too_slow() from None
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message
