"""The way in for a websocket: find the row, ask who it is, count, open the upstream, and only then say yes.

Every refusal is a problem document with its real status. Who may come in, and how often, is decided by the
policies of plain requests, which run over the handshake.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from opentelemetry.trace import Span
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from chassis.clock import Clock
from chassis.context import begin_request
from chassis.context import traceparent as client_traceparent
from chassis.errors import MalformedRequest, Problem, Unauthorized, Unavailable, problem_response
from chassis.telemetry.tracing import current_traceparent
from chassis.websockets import frames_of
from gateway.matching import StreamIndex
from gateway.metrics import STREAMS_CLOSED, STREAMS_OPEN, STREAMS_REFUSED
from gateway.policies.limits import Limits, quota_header_list
from gateway.proxy.client_address import Networks, client_address
from gateway.proxy.headers import RequestHeaders
from gateway.proxy.stream_upstream import StreamUpstream
from gateway.proxy.websockets import (
    GATEWAY_ENDS,
    FrameRate,
    Passage,
    StreamConnector,
)
from gateway.refusals import completed
from gateway.request_context import Answer, Handler, Policy, RequestContext, compose
from gateway.routes import READ_DEADLINE_S, Auth, RateClass, Route, Stream, Upstream
from gateway.streams.authentication import Credentials, FirstFrames
from gateway.streams.connections import Claim, Connections
from gateway.streams.first_frame import Codec, codec_of
from gateway.streams.origin import check_origin
from gateway.streams.tickets import Tickets, take_tickets
from gateway.streams.tracing import handshake_span

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StreamRules:
    """What bounds one stream."""

    frames_per_second: int
    first_frame_within_s: float
    origins: frozenset[str]
    """Of pages that are not the gateway's own, as browsers write them: `https://example.com`."""
    trace_share: float


@dataclass(frozen=True, slots=True)
class _Row:
    """The policies of a stream's handshake: with credentials, and without."""

    stream: Stream
    as_user: Handler
    as_stranger: Handler
    user_route: Route
    stranger_route: Route


@dataclass(slots=True)
class _Opened:
    stream: Stream
    context: RequestContext
    claim: Claim
    upstream: StreamUpstream


class StreamDoor:
    """Opens streams, knows which are open, and closes them all when the gateway ends."""

    def __init__(
        self,
        table: Iterable[Stream],
        policies: tuple[Policy, ...],
        *,
        bases: dict[Upstream, str],
        limits: Limits,
        connections: Connections,
        tickets: Tickets,
        credentials: Credentials,
        rules: StreamRules,
        trusted: Networks,
        clock: Clock,
    ) -> None:
        streams = tuple(table)
        self._index = StreamIndex(streams)
        self._rows = {stream: _row(stream, policies) for stream in streams}
        self._connector = StreamConnector()
        self._bases = bases
        self._limits = limits
        self._connections = connections
        self._tickets = tickets
        self._credentials = credentials
        self._rules = rules
        self._trusted = trusted
        self._clock = clock
        self._passages: set[Passage] = set()
        self._closing = False

    def close(self) -> None:
        """End every stream with 1001, and open no more."""
        self._closing = True
        for passage in list(self._passages):
            passage.end(GATEWAY_ENDS)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One websocket, from its handshake to its end."""
        # Out of the scope itself, which the HTTP server writes to its log.
        tickets, scope["query_string"] = take_tickets(scope["query_string"])
        headers = Headers(scope=scope)
        traceparent = headers.get("traceparent")
        request_id = begin_request(headers.get("x-request-id"), traceparent)
        await receive()
        with handshake_span(traceparent, self._rules.trace_share) as span:
            opened = await self._open(scope, tickets, receive, send, request_id, span)
        if opened is not None:
            await self._pass(opened, scope, receive, send)

    async def _open(
        self,
        scope: Scope,
        tickets: list[bytes],
        receive: Receive,
        send: Send,
        request_id: str,
        span: Span | None,
    ) -> _Opened | None:
        """The stream, ready to be accepted; none when it was refused."""
        context: RequestContext | None = None
        address = scope["client"][0] if scope.get("client") else "unknown"
        label, status = "unmatched", 101
        try:
            stream = self._index.find(scope["raw_path"], scope["query_string"])
            label = stream.path
            headers = RequestHeaders(scope["headers"])
            if self._trusted:
                address = client_address(address, headers.text(b"x-forwarded-for"), self._trusted)
            row = self._rows[stream]
            context = RequestContext(
                row.stranger_route,
                "GET",
                scope["raw_path"],
                scope["query_string"],
                headers,
                address,
                request_id,
                receive,
            )
            await self._admit(row, context, scope, tickets)
            claim = self._connections.claim(context.principal, address)
            try:
                upstream = await self._connect(stream, context, scope)
            except BaseException:
                claim.release()
                raise
            return _Opened(stream, context, claim, upstream)
        except Problem as refused:
            STREAMS_REFUSED.labels(label, refused.type).inc()
            problem = await completed(refused, context, address, self._limits)
            problem.headers = (problem.headers or {}) | {"X-Request-ID": request_id}
            status = problem.status
            await problem_response(problem)(scope, receive, send)
            return None
        finally:
            if span is not None:
                span.update_name(f"GET {label}")
                span.set_attributes({"http.route": label, "http.response.status_code": status})

    async def _admit(
        self, row: _Row, context: RequestContext, scope: Scope, tickets: list[bytes]
    ) -> None:
        """Raises the problem for which this handshake is refused."""
        if self._closing:
            raise Unavailable("the gateway shuts down; connect again")
        check_origin(scope["headers"], self._rules.origins)
        noted = context.headers.noted
        signed = not _CREDENTIALS.isdisjoint(noted)
        if tickets:
            if signed or len(tickets) > 1:
                raise MalformedRequest("give one ticket, or other credentials, not both")
            token = await self._tickets.redeem(tickets[0], context.address)
            noted[b"authorization"] = b"Bearer " + token.encode()
            signed = True
        if signed:
            context.route = row.user_route
            await row.as_user(context)
        elif row.stream.auth == "user" and row.stream.first_frame == "none":
            raise Unauthorized("unauthorized")
        else:
            await row.as_stranger(context)

    async def _connect(
        self, stream: Stream, context: RequestContext, scope: Scope
    ) -> StreamUpstream:
        url = self._bases[stream.upstream] + context.raw_path.decode("ascii")
        if context.query:
            url += "?" + context.query.decode("ascii")
        sent = Headers(scope=scope)
        headers = {name: sent[name] for name in ("Content-Type", "User-Agent") if name in sent}
        if context.bearer is not None:
            headers["Authorization"] = "Bearer " + context.bearer
        headers["X-Request-ID"] = context.request_id
        headers["X-Forwarded-For"] = context.address
        headers["Via"] = "1.1 gateway"
        if (traceparent := current_traceparent() or client_traceparent()) is not None:
            headers["traceparent"] = traceparent
        within_s = context.deadline_at - self._clock.monotonic()
        return await self._connector.open(url, headers, within_s)

    async def _pass(self, opened: _Opened, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept, pass frames until the end, and count."""
        stream, context, upstream = opened.stream, opened.context, opened.upstream
        gate = self._gate(opened)
        passage = Passage(
            receive,
            frames_of(scope),
            upstream,
            route=stream.path,
            rate=FrameRate(self._rules.frames_per_second, self._clock),
            gate=gate,
        )
        self._passages.add(passage)
        is_open = STREAMS_OPEN.labels(stream.path)
        is_open.inc()
        try:
            headers = [(b"x-request-id", context.request_id.encode())]
            if context.quota is not None:
                headers += quota_header_list(context.quota)
            try:
                await send({"type": "websocket.accept", "headers": headers})
            except BaseException:
                upstream.abort()
                raise
            if self._closing:
                passage.end(GATEWAY_ENDS)
            if gate is not None:
                gate.start(passage)
            closing = await passage.run()
            STREAMS_CLOSED.labels(stream.path, closing.by, code_label(closing.code)).inc()
        finally:
            if gate is not None:
                gate.stop()
            is_open.dec()
            self._passages.discard(passage)
            opened.claim.release()

    def _gate(self, opened: _Opened) -> FirstFrames | None:
        stream, context = opened.stream, opened.context
        if stream.first_frame == "none":
            return None
        content_type = next(
            (value.decode() for name, value in context.headers.passed if name == b"content-type"),
            None,
        )
        # The trading stream is JSON, whatever the handshake says.
        packs = stream.first_frame == "market_data"
        return FirstFrames(
            stream.first_frame,
            codec_of(content_type) if packs else Codec.JSON,
            self._credentials,
            opened.claim,
            context.address,
            signed_in=context.principal is not None,
            within_s=self._rules.first_frame_within_s,
        )


def code_label(code: int) -> str:
    """Codes of applications (3000 and above) are anybody's choice: one label for all."""
    return str(code) if code < 3000 else "application"


_CREDENTIALS = frozenset({b"authorization", b"apca-api-key-id", b"apca-api-secret-key"})


def _row(stream: Stream, policies: tuple[Policy, ...]) -> _Row:
    async def admitted(_: RequestContext) -> Answer:
        return Answer(101, [])

    user, stranger = _handshake(stream, "user", "api"), _handshake(stream, "public", "public")
    return _Row(
        stream,
        compose(user, policies, admitted),
        compose(stranger, policies, admitted),
        user,
        stranger,
    )


def _handshake(stream: Stream, auth: Auth, rate: RateClass) -> Route:
    """The row that a plain request like this handshake would have."""
    scopes = stream.scopes if auth == "user" else frozenset[str]()
    return Route(
        path=stream.path,
        methods=frozenset({"GET"}),
        upstream=stream.upstream,
        auth=auth,
        scopes=scopes,
        rate=rate,
        deadline_s=READ_DEADLINE_S,
        retry="safe",
        breaker="reads",
        body_limit_bytes=0,
    )
