"""What a request meets before FastAPI: telemetry, answers to errors, and the hottest doors.

FastAPI's own stack costs more than most of what a hot endpoint does, so it stands behind this front, which answers
what it can and passes on the rest.
"""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.body_limit import BodyLimitMiddleware
from chassis.telemetry.middleware import TelemetryMiddleware

Endpoint = Callable[[Request], Awaitable[Response]]


class BareRoute:
    """A path with the endpoint that answers it; metrics and spans are named for the path."""

    __slots__ = ("endpoint", "parameter", "path")

    def __init__(self, path: str, endpoint: Endpoint) -> None:
        """Raises ValueError for a path with a parameter anywhere but at its end."""
        parent, _, last = path.rpartition("/")
        if "{" in parent or last.startswith("{") != last.endswith("}"):
            raise ValueError(f"{path} cannot be answered bare: one parameter, at the end, may be")
        self.path = path
        self.parameter = last[1:-1] if last.startswith("{") else None
        self.endpoint = endpoint


class BareRoutes:
    """Answers its routes and passes on everything else: other paths, other methods, websockets."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._fixed: dict[tuple[str, str], BareRoute] = {}
        self._by_parent: dict[tuple[str, str], BareRoute] = {}

    def add(self, method: str, path: str, endpoint: Endpoint) -> None:
        """Raises ValueError for what `BareRoute` does not take."""
        route = BareRoute(path, endpoint)
        if route.parameter is None:
            self._fixed[(method, path)] = route
        else:
            self._by_parent[(method, path.rpartition("/")[0])] = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._find(scope) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = route
        answer = await route.endpoint(Request(scope, receive, send))
        await answer(scope, receive, send)

    def _find(self, scope: Scope) -> BareRoute | None:
        method, path = scope["method"], scope["path"]
        route = self._fixed.get((method, path))
        if route is not None:
            scope["path_params"] = {}
            return route
        parent, _, last = path.rpartition("/")
        route = self._by_parent.get((method, parent)) if last else None
        if route is not None:
            scope["path_params"] = {route.parameter: last}
        return route


class ErrorAnswers:
    """Answers what `inner` raises as `app`'s own exception handlers do. Unforeseen errors are raised again."""

    def __init__(self, app: FastAPI, inner: ASGIApp) -> None:
        self._app = app
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        began = False

        async def noting_send(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._inner(scope, receive, noting_send)
        except Exception as error:
            if began:
                raise
            handler = self._handler(error)
            if handler is None:
                raise
            answer = await handler(Request(scope), error)
            await answer(scope, receive, send)
            if handler is self._app.exception_handlers.get(Exception):
                raise

    def _handler(
        self, error: Exception
    ) -> Callable[[Request, Exception], Awaitable[Response]] | None:
        for kind in type(error).__mro__:
            handler = self._app.exception_handlers.get(kind)
            if handler is not None:
                return handler  # type: ignore[return-value]  # all of ours are coroutines
        return None


class ServiceApp(FastAPI):
    """FastAPI behind a front. `stand_in_front` adds to it before the first request."""

    bare: BareRoutes
    _front: ASGIApp
    _inner: ASGIApp

    def open_front(
        self, telemetry: Callable[[ASGIApp], TelemetryMiddleware], max_body_bytes: int | None
    ) -> None:
        """Put the front together; `create_app` does it once, when error handlers are in place."""
        self._telemetry_of = telemetry
        self._max_body_bytes = max_body_bytes
        self.bare = BareRoutes(self._framework)
        self.stand_in_front(lambda _: self.bare)

    def stand_in_front(self, wrap: Callable[[ASGIApp], ASGIApp]) -> None:
        """Let `wrap`, given what came first until now, come first: right behind telemetry, errors and body limit."""
        self._inner = wrap(getattr(self, "_inner", self._framework))
        bounded = self._inner
        if self._max_body_bytes is not None:
            bounded = BodyLimitMiddleware(bounded, max_bytes=self._max_body_bytes)
        self._front = self._telemetry_of(ErrorAnswers(self, bounded))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._framework(scope, receive, send)
            return
        scope["app"] = self
        await self._front(scope, receive, send)

    async def _framework(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)
