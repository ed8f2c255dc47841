"""One attempt at an upstream, over connections that are kept open (docs/adr/0002-gateway-transport.md).

It tells the two ways of failing apart that everything above depends on: no connection, so that nothing was
sent; and every other, after which the upstream may have done what it was asked.
"""

import math
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext

import msgspec
import structlog
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind

from chassis import http1
from chassis.clock import Clock
from chassis.context import traceparent as client_traceparent
from chassis.errors import MEDIA_TYPE
from chassis.http1 import HttpClient, HttpFailed
from chassis.telemetry.tracing import current_traceparent, tracer
from gateway.metrics import UpstreamMetrics
from gateway.proxy.headers import answer_headers
from gateway.proxy.plain_transport import HttpxClient
from gateway.request_context import Answer, Failure, Handler, RequestContext, UpstreamFailed
from gateway.routes import Route, Upstream

log = structlog.get_logger(__name__)

_PROBLEM = MEDIA_TYPE.encode()
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class _ProblemType(msgspec.Struct):
    type: str = ""


_problem_type = msgspec.json.Decoder(_ProblemType)


class Transport:
    """The innermost handler of every route. It keeps at most `connections` to each upstream.

    `plain`: over httpx as it comes, to compare with.
    """

    def __init__(
        self, bases: dict[Upstream, str], connections: int, clock: Clock, *, plain: bool = False
    ) -> None:
        self._servers = {
            upstream: _Server(base.rstrip("/"), connections, plain)
            for upstream, base in bases.items()
        }
        self._clock = clock

    async def close(self) -> None:
        for server in self._servers.values():
            if isinstance(server.client, HttpxClient):
                await server.client.close()
            else:
                server.client.close()

    def handler(self, route: Route) -> Handler:
        """One attempt at this route's upstream. Raises `UpstreamFailed`, or what ended the request's body."""
        server = self._servers[route.upstream]
        metrics = UpstreamMetrics(route.upstream)

        async def attempt(context: RequestContext) -> Answer:
            started = self._clock.monotonic()
            outcome = "cancelled"
            with _client_span(context, route) as span:
                try:
                    answer = await self._send(context, server)
                    outcome = f"{answer.status // 100}xx"
                    if span is not None:
                        span.set_attribute("http.response.status_code", answer.status)
                    return answer
                except UpstreamFailed as failed:
                    outcome = failed.failure
                    if span is not None:
                        span.set_attribute("error.type", failed.failure)
                    raise
                finally:
                    metrics.observe(outcome, self._clock.monotonic() - started)

        return attempt

    async def _send(self, context: RequestContext, server: "_Server") -> Answer:
        remaining_s = context.deadline_at - self._clock.monotonic()
        if remaining_s <= 0:
            raise UpstreamFailed(Failure.TIMEOUT, sent=False)
        stream = context.body_stream
        head = _head(context, server, remaining_s)
        try:
            if stream is None:
                response = await server.client.send(head + (context.body or b""), remaining_s)
            else:
                chunked = stream.content_length is None
                response = await server.client.send(head, remaining_s, stream, chunked=chunked)
        except HttpFailed as failed:
            raise _failure(failed) from None
        return self._answer(context, response)

    def _answer(self, context: RequestContext, response: http1.Answer) -> Answer:
        with_cookies = context.route.may_set_cookies
        answer = Answer(
            response.status, answer_headers(response.headers, with_cookies=with_cookies)
        )
        if response.length is not None and response.status not in (204, 304):
            answer.headers.append((b"content-length", b"%d" % response.length))
        if context.method == "HEAD":
            response.discard()
        elif response.body is None:
            answer.stream = self._stream(response, context.deadline_at)
        else:
            answer.body = response.body
            if response.status >= 500 and _is_problem(response.headers):
                answer.problem_type = _type_of(answer.body)
        return answer

    async def _stream(self, response: http1.Answer, deadline_at: float) -> AsyncIterator[bytes]:
        try:
            async for chunk in response.chunks(lambda: deadline_at - self._clock.monotonic()):
                yield chunk
        except HttpFailed as failed:
            raise _failure(failed) from None


class _Server:
    """An upstream's client, and what every request to it has in common."""

    def __init__(self, base: str, connections: int, plain: bool) -> None:
        scheme, _, rest = base.partition("://")
        authority, slash, path = rest.partition("/")
        origin = f"{scheme}://{authority}"
        self.client: HttpClient | HttpxClient = (
            HttpxClient(origin) if plain else HttpClient(origin, connections=connections)
        )
        self.prefix = (slash + path).encode("ascii")
        host = authority.rpartition("@")[2].encode("ascii")
        self.opening = b" HTTP/1.1\r\nhost: %b\r\nvia: 1.1 gateway\r\n" % host


def _head(context: RequestContext, server: _Server, remaining_s: float) -> bytes:
    # Upstreams need not know HEAD: what it leaves out is left out on the way back.
    method = "GET" if context.method == "HEAD" else context.method
    target = context.raw_path + b"?" + context.query if context.query else context.raw_path
    lines = [b"%b %b%b" % (method.encode(), server.prefix, target), server.opening]
    lines += [b"%b: %b\r\n" % pair for pair in context.headers.passed]
    lines.append(
        b"x-request-id: %b\r\nx-deadline-ms: %d\r\nx-forwarded-for: %b\r\n"
        % (
            context.request_id.encode(),
            max(1, math.floor(remaining_s * 1000)),
            context.address.encode(),
        )
    )
    if context.bearer is not None:
        lines.append(b"authorization: Bearer %b\r\n" % context.bearer.encode())
    if (names := context.route.cookies) and (cookie := context.headers.cookies(names)) is not None:
        lines.append(b"cookie: %b\r\n" % cookie.encode())
    # A trace that the client did not sample is passed on too, for the log lines of everybody behind.
    if (traceparent := current_traceparent() or client_traceparent()) is not None:
        lines.append(b"traceparent: %b\r\n" % traceparent.encode())
        if (state := context.headers.text(b"tracestate")) is not None:
            lines.append(b"tracestate: %b\r\n" % state.encode())
    lines.append(_framing(context, method))
    return b"".join(lines)


def _framing(context: RequestContext, method: str) -> bytes:
    """The length of the body, or how it ends, and the end of the head."""
    if context.body_stream is not None:
        length = context.body_stream.content_length
        if length is None:
            return b"transfer-encoding: chunked\r\n\r\n"
        return b"content-length: %d\r\n\r\n" % length
    if context.body or method in _WITH_BODY:
        return b"content-length: %d\r\n\r\n" % len(context.body or b"")
    return b"\r\n"


def _failure(failed: HttpFailed) -> UpstreamFailed:
    if isinstance(failed, http1.NotConnected):
        return UpstreamFailed(Failure.CONNECT, sent=False)
    if isinstance(failed, http1.TimedOut):
        return UpstreamFailed(Failure.TIMEOUT, sent=failed.sent)
    if isinstance(failed, http1.Malformed):
        log.warning("an upstream's answer is malformed", error=str(failed))
        return UpstreamFailed(Failure.MALFORMED, sent=True)
    return UpstreamFailed(Failure.BROKEN, sent=True)


def _is_problem(headers: http1.Headers) -> bool:
    return any(n == b"content-type" and v.startswith(_PROBLEM) for n, v in headers)


def _client_span(context: RequestContext, route: Route) -> AbstractContextManager[Span | None]:
    if not trace.get_current_span().is_recording():
        return nullcontext()
    return tracer.start_as_current_span(
        f"{context.method} {route.upstream}",
        kind=SpanKind.CLIENT,
        attributes={
            "http.request.method": context.method,
            "url.template": route.path,
            "peer.service": route.upstream.value,
        },
    )


def _type_of(body: bytes) -> str | None:
    try:
        return _problem_type.decode(body).type
    except msgspec.MsgspecError:
        return None
