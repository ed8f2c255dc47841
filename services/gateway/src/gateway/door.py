"""The door itself, at ASGI level: find the row, run its policies, send the answer.

It stands in front of the FastAPI app, which serves only health and metrics here: a framework's routing and
request objects would cost more than the whole way through this file.
"""

from collections.abc import Iterable

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.context import begin_request, request_id
from chassis.errors import NotFound, Problem, problem_response
from gateway.matching import RouteIndex
from gateway.metrics import ANSWERS_CUT
from gateway.policies.limits import Limits, quota_header_list
from gateway.proxy.bodies import ClientGone
from gateway.proxy.client_address import Networks, client_address
from gateway.proxy.headers import RequestHeaders
from gateway.refusals import completed
from gateway.request_context import Answer, Handler, RequestContext, UpstreamFailed
from gateway.routes import Route
from gateway.streams.handshake import StreamDoor
from gateway.ui import Ui

log = structlog.get_logger(__name__)

_OWN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
_BODYLESS = frozenset({204, 304})


class Door:
    """Everything the gateway knows while it is open; `handlers` are the composed policies, by row."""

    def __init__(
        self,
        routes: Iterable[Route],
        handlers: dict[Route, Handler],
        limits: Limits,
        trusted: Networks,
    ) -> None:
        self._index = RouteIndex(routes)
        self._handlers = handlers
        self._limits = limits
        self._trusted = trusted

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with a problem where it is refused."""
        context: RequestContext | None = None
        address = scope["client"][0] if scope.get("client") else "unknown"
        try:
            route = self._index.find(scope["method"], scope["raw_path"], scope["query_string"])
            scope["route_template"] = route.path
            headers = RequestHeaders(scope["headers"])
            if self._trusted:
                forwarded = headers.text(b"x-forwarded-for")
                address = client_address(address, forwarded, self._trusted)
            context = RequestContext(
                route,
                scope["method"],
                scope["raw_path"],
                scope["query_string"],
                headers,
                address,
                request_id() or begin_request(None),
                receive,
            )
            answer = await self._handlers[route](context)
        except Problem as problem:
            await self._refuse(problem, context, address, scope, receive, send)
        except ClientGone:
            log.info("the client went away before its body was complete")
        else:
            await _send(answer, context, send)

    async def _refuse(
        self,
        problem: Problem,
        context: RequestContext | None,
        address: str,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        problem = await completed(problem, context, address, self._limits)
        await problem_response(problem)(scope, receive, send)


class DoorMiddleware:
    """Sends the platform's requests to the door, a browser's for the UI to it, and the gateway's own on to the app."""

    def __init__(self, app: ASGIApp, door: "OpenDoor") -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["path"] in _OWN_PATHS:
                await self._app(scope, receive, send)
            elif self._door.ui().takes(scope):
                await self._door.ui().serve(scope, receive, send)
            else:
                await self._door.get().serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._door.streams().serve(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class OpenDoor:
    """The door between the start and the end of the app's life."""

    def __init__(self) -> None:
        self._door: Door | None = None
        self._streams: StreamDoor | None = None
        self._ui: Ui | None = None

    def open(self, door: Door, streams: StreamDoor, ui: Ui) -> None:
        self._door = door
        self._streams = streams
        self._ui = ui

    def get(self) -> Door:
        if self._door is None:
            raise NotFound("the gateway is not open")
        return self._door

    def streams(self) -> StreamDoor:
        if self._streams is None:
            raise NotFound("the gateway is not open")
        return self._streams

    def ui(self) -> Ui:
        if self._ui is None:
            raise NotFound("the gateway is not open")
        return self._ui


async def _send(answer: Answer, context: RequestContext, send: Send) -> None:
    headers = answer.headers
    if context.quota is not None:
        headers.extend(quota_header_list(context.quota))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    stream = answer.stream
    if stream is None:
        body = b"" if answer.status in _BODYLESS else answer.body
        await send({"type": "http.response.body", "body": body, "more_body": False})
        return
    try:
        async for chunk in stream:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except UpstreamFailed as failed:
        # The status is out: all that is left is to end the connection, so that the client sees it was cut.
        ANSWERS_CUT.labels(context.route.upstream).inc()
        log.warning("an answer was cut", route=context.route.path, failure=failed.failure)
        return
    await send({"type": "http.response.body", "body": b"", "more_body": False})
