"""One attempt at an upstream, over a pool of connections that are kept open (docs/adr/0002-gateway-transport.md).

It tells the two ways of failing apart that everything above depends on: no connection, so that nothing was
sent; and every other, after which the upstream may have done what it was asked.
"""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import aiohttp
import msgspec
import structlog
from multidict import istr
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind
from yarl import URL

from chassis.clock import Clock
from chassis.context import traceparent as client_traceparent
from chassis.errors import MEDIA_TYPE
from chassis.telemetry.tracing import current_traceparent, tracer
from gateway.metrics import UpstreamMetrics
from gateway.proxy.headers import answer_headers
from gateway.request_context import Answer, Failure, Handler, RequestContext, UpstreamFailed
from gateway.routes import Route, Upstream

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT_S = 1.0
KEEP_ALIVE_S = 3.0
"""Shorter than the 5 s after which uvicorn closes an idle connection: a request must not meet that moment."""
WHOLE_ANSWER_BYTES = 64 * 1024
"""Answers up to this size are read before the client sees a status, so that one cut short is still an error."""

_AUTHORIZATION = istr("Authorization")
_COOKIE = istr("Cookie")
_REQUEST_ID = istr("X-Request-ID")
_DEADLINE = istr("X-Deadline-Ms")
_FORWARDED_FOR = istr("X-Forwarded-For")
_VIA = istr("Via")
_TRACEPARENT = istr("traceparent")
_TRACESTATE = istr("tracestate")
_CONTENT_LENGTH = istr("Content-Length")


class _ProblemType(msgspec.Struct):
    type: str = ""


_problem_type = msgspec.json.Decoder(_ProblemType)


def open_session(connections: int) -> aiohttp.ClientSession:
    """The tuned client: it adds no header, follows nothing, decodes nothing, keeps no cookie, retries nothing."""
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=connections, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=5
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S),
    )
    # aiohttp sends a DELETE again when a kept connection breaks, and has no public way to say no. Whether to send
    # again is the retry policy's decision; a test with a breaking upstream holds this line to its purpose.
    if not hasattr(session, "_retry_connection"):
        raise RuntimeError("this aiohttp hides its own retries; the gateway must not run with it")
    session._retry_connection = False
    return session


class Transport:
    """The innermost handler of every route."""

    def __init__(
        self, session: aiohttp.ClientSession, bases: dict[Upstream, str], clock: Clock
    ) -> None:
        self._session = session
        self._bases = {upstream: base.rstrip("/") for upstream, base in bases.items()}
        self._clock = clock

    def handler(self, route: Route) -> Handler:
        """One attempt at this route's upstream. Raises `UpstreamFailed`, or what ended the request's body."""
        base = self._bases[route.upstream]
        fixed = (
            None if "{" in route.path or "*" in route.path else URL(base + route.path, encoded=True)
        )
        metrics = UpstreamMetrics(route.upstream)

        async def attempt(context: RequestContext) -> Answer:
            started = self._clock.monotonic()
            outcome = "cancelled"
            with _client_span(context, route) as span:
                try:
                    answer = await self._send(context, _url(context, fixed, base))
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

    async def _send(self, context: RequestContext, url: URL) -> Answer:
        remaining_s = context.deadline_at - self._clock.monotonic()
        if remaining_s <= 0:
            raise UpstreamFailed(Failure.TIMEOUT, sent=False)
        stream = context.body_stream
        try:
            async with asyncio.timeout(remaining_s):
                response = await self._session.request(
                    # Upstreams need not know HEAD: what it leaves out is left out here.
                    "GET" if context.method == "HEAD" else context.method,
                    url,
                    headers=_headers(context, remaining_s),
                    data=context.body or stream,
                    allow_redirects=False,
                )
                return await self._read(context, response)
        except aiohttp.ConnectionTimeoutError:
            raise UpstreamFailed(Failure.CONNECT, sent=False) from None
        except TimeoutError:
            raise UpstreamFailed(Failure.TIMEOUT, sent=True) from None
        except aiohttp.ClientConnectorError:
            raise UpstreamFailed(Failure.CONNECT, sent=False) from None
        except aiohttp.ClientResponseError as error:
            log.warning("an upstream's answer is malformed", error=repr(error))
            raise UpstreamFailed(Failure.MALFORMED, sent=True) from None
        except (aiohttp.ClientError, OSError):
            if stream is not None and stream.refusal is not None:
                raise stream.refusal from None
            raise UpstreamFailed(Failure.BROKEN, sent=True) from None

    async def _read(self, context: RequestContext, response: aiohttp.ClientResponse) -> Answer:
        raw = response.raw_headers
        with_cookies = context.route.may_set_cookies
        answer = Answer(response.status, answer_headers(raw, with_cookies=with_cookies))
        length = response.content_length
        if context.method == "HEAD" or response.status in (204, 304):
            if length is not None and response.status not in (204, 304):
                answer.headers.append((b"content-length", b"%d" % length))
            # The rest of a HEAD's answer is on its way here; the connection is worth less than reading it.
            if length:
                response.close()
            else:
                await response.release()
        elif length is not None and length <= WHOLE_ANSWER_BYTES:
            answer.body = await response.read()
            answer.headers.append((b"content-length", b"%d" % length))
            if response.status >= 500 and response.content_type == MEDIA_TYPE:
                answer.problem_type = _type_of(answer.body)
        else:
            if length is not None:
                answer.headers.append((b"content-length", b"%d" % length))
            answer.stream = self._stream(response, context.deadline_at)
        return answer

    async def _stream(
        self, response: aiohttp.ClientResponse, deadline_at: float
    ) -> AsyncIterator[bytes]:
        try:
            while True:
                async with asyncio.timeout(deadline_at - self._clock.monotonic()):
                    chunk = await response.content.readany()
                if not chunk:
                    return
                yield chunk
        except TimeoutError:
            raise UpstreamFailed(Failure.TIMEOUT, sent=True) from None
        except (aiohttp.ClientError, OSError):
            raise UpstreamFailed(Failure.BROKEN, sent=True) from None
        finally:
            # A connection whose answer was read to the end has been given back already; any other is of no use.
            response.close()


def _url(context: RequestContext, fixed: URL | None, base: str) -> URL:
    if fixed is not None and not context.query:
        return fixed
    text = base + context.raw_path.decode("ascii")
    if context.query:
        text += "?" + context.query.decode("ascii")
    return URL(text, encoded=True)


def _headers(context: RequestContext, remaining_s: float) -> Any:
    headers = context.headers.for_upstream()
    if context.bearer is not None:
        headers[_AUTHORIZATION] = "Bearer " + context.bearer
    if (names := context.route.cookies) and (cookie := context.headers.cookies(names)) is not None:
        headers[_COOKIE] = cookie
    headers[_REQUEST_ID] = context.request_id
    headers[_DEADLINE] = str(max(1, math.floor(remaining_s * 1000)))
    headers[_FORWARDED_FOR] = context.address
    headers[_VIA] = "1.1 gateway"
    # A trace that the client did not sample is passed on too, for the log lines of everybody behind.
    if (traceparent := current_traceparent() or client_traceparent()) is not None:
        headers[_TRACEPARENT] = traceparent
        if (state := context.headers.text(b"tracestate")) is not None:
            headers[_TRACESTATE] = state
    if context.body_stream is not None and context.body_stream.content_length is not None:
        headers[_CONTENT_LENGTH] = str(context.body_stream.content_length)
    return headers


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
