"""The one middleware of every service, at ASGI level: request id, server span, RED metrics.

Pure ASGI, since each `BaseHTTPMiddleware` costs more than a whole route.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from random import random
from uuid import UUID

from opentelemetry.trace import Span, SpanKind
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.clock import Clock, SystemClock
from chassis.context import begin_request
from chassis.telemetry.tracing import context_of, is_sampled, tracer

REQUESTS = Counter(
    "http_server_requests_total", "Requests answered.", ["method", "route", "status"]
)
DURATION = Histogram(
    "http_server_request_duration_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_ID = b"x-request-id"
_UNCOUNTED = frozenset({"/healthz", "/readyz", "/metrics"})


class TelemetryMiddleware:
    """`begin_share`: the share of requests arriving without a trace for which one is begun.

    It is decided here, before any span exists: an unsampled span costs nearly what a sampled one does.
    """

    def __init__(
        self, app: ASGIApp, *, begin_share: float = 0.0, clock: Clock | None = None
    ) -> None:
        self._app = app
        self._begin_share = begin_share
        self._clock = clock or SystemClock()
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._durations: dict[tuple[str, str], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _UNCOUNTED:
            await self._app(scope, receive, send)
            return
        traceparent, offered_id = _offered(scope["headers"])
        request_id = begin_request(offered_id, traceparent)
        status = 500
        started = self._clock.monotonic()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                if not any(name == _REQUEST_ID for name, _ in headers):
                    message["headers"] = [*headers, (_REQUEST_ID, request_id.encode())]
            await send(message)

        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        with self._span(traceparent, method) as span:
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                route = route_of(scope)
                if span is not None:
                    span.update_name(f"{method} {route}")
                    span.set_attributes(
                        {
                            "http.request.method": method,
                            "http.route": route,
                            "http.response.status_code": status,
                            "request.id": str(UUID(request_id)),
                        }
                    )
                self._count(method, route, status, self._clock.monotonic() - started)

    def _span(self, traceparent: str | None, method: str) -> AbstractContextManager[Span | None]:
        if is_sampled(traceparent):
            assert traceparent is not None
            context = context_of(traceparent)
            return tracer.start_as_current_span(method, context=context, kind=SpanKind.SERVER)
        # S311: which requests are traced is no secret.
        if traceparent is None and self._begin_share and random() < self._begin_share:  # noqa: S311
            return tracer.start_as_current_span(method, kind=SpanKind.SERVER)
        return nullcontext()

    def _count(self, method: str, route: str, status: int, seconds: float) -> None:
        # Looking a labelled child up costs four times what using one does.
        counter = self._counters.get((method, route, status))
        if counter is None:
            counter = REQUESTS.labels(method, route, str(status))
            self._counters[(method, route, status)] = counter
        duration = self._durations.get((method, route))
        if duration is None:
            duration = DURATION.labels(method, route)
            self._durations[(method, route)] = duration
        counter.inc()
        duration.observe(seconds)


def route_of(scope: Scope) -> str:
    """The path template that matched, never the path itself: labels must stay few."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    return path if isinstance(path, str) else str(scope.get("route_template", "unmatched"))


def _offered(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str | None, str | None]:
    """The first `traceparent` and `X-Request-ID` of a request, in one pass: nothing else is looked at here."""
    traceparent = request_id = None
    for name, value in headers:
        if name == b"traceparent":
            traceparent = traceparent or value
        elif name == _REQUEST_ID:
            request_id = request_id or value
    return (
        None if traceparent is None else traceparent.decode("latin-1"),
        None if request_id is None else request_id.decode("latin-1"),
    )
