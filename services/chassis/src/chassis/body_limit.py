"""A bound on request bodies, at ASGI level: what is too large is refused before anybody keeps or parses it."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.errors import PayloadTooLarge, problem_response

_MOST_DIGITS = 18


class BodyLimitMiddleware:
    """Answers 413 to bodies of more than `max_bytes`, whether or not they announce their length."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._sentence = f"the body is larger than {max_bytes} bytes"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = next(
            (value for name, value in scope["headers"] if name == b"content-length"), b"0"
        )
        if self._announces_too_much(length.decode("latin-1")):
            await problem_response(PayloadTooLarge(self._sentence))(scope, receive, send)
            return
        received = 0

        async def bounded_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                # The one exception that FastAPI lets pass while it reads a body.
                raise HTTPException(413, self._sentence)
            return message

        await self._app(scope, bounded_receive, send)

    def _announces_too_much(self, length: str) -> bool:
        if not length.isdecimal():
            return False  # no length at all: what arrives is counted
        return len(length) > _MOST_DIGITS or int(length) > self._max_bytes
