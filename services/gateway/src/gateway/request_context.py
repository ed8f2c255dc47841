"""What travels through the policies: one request on its way in, and its answer on the way out."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from starlette.types import Receive

from chassis.identity.principal import Principal
from gateway.proxy.headers import RequestHeaders
from gateway.routes import Route

HeaderList = list[tuple[bytes, bytes]]


class Quota(NamedTuple):
    """What the caller's bucket holds after this request; goes out as `X-RateLimit-*`."""

    limit: int
    remaining: int
    reset_at: int
    """Unix seconds at which the bucket is full again."""


@dataclass(slots=True)
class RequestContext:
    """One request. Policies fill in what they find out, in the order in which they are composed."""

    route: Route
    method: str
    raw_path: bytes
    query: bytes
    headers: RequestHeaders
    address: str
    """The client's address, as far as trusted proxies vouch for it."""
    request_id: str
    receive: Receive
    deadline_at: float = 0.0
    """Seconds of the monotonic clock; set by the deadline policy."""
    principal: Principal | None = None
    bearer: str | None = None
    """The user's token that goes upstream: the client's own, or the one its API key was exchanged for."""
    quota: Quota | None = None
    body: bytes | None = None
    """The whole body where it was small enough to wait for; none: there is none, or `body_stream` has it."""
    body_stream: "BodyStream | None" = None


class BodyStream(Protocol):
    """A body on its way through."""

    content_length: int | None
    began: bool
    """Whether some of it was taken; what was taken cannot be sent again."""
    refusal: Exception | None
    """Why the stream ended early: too long, or the client went away."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...


@dataclass(slots=True)
class Answer:
    """An upstream's answer: complete in `body`, or with `stream` still to be read (and then closed)."""

    status: int
    headers: HeaderList
    body: bytes = b""
    stream: AsyncIterator[bytes] | None = None
    problem_type: str | None = None
    """The `type` of a problem document; read for 5xx answers only."""


class Failure(StrEnum):
    """How an attempt went wrong when there is no answer."""

    CONNECT = "connect"
    """No connection: the request was not sent."""
    TIMEOUT = "timeout"
    BROKEN = "broken"
    """The connection ended before the answer did."""
    MALFORMED = "malformed"
    """The answer is no HTTP."""


class UpstreamFailed(Exception):
    """An attempt without an answer. `sent`: whether a byte of the request may have reached the upstream."""

    def __init__(self, failure: Failure, *, sent: bool) -> None:
        super().__init__(failure)
        self.failure = failure
        self.sent = sent


Handler = Callable[[RequestContext], Awaitable[Answer]]


class Policy(Protocol):
    """One rule for requests. It is asked once a row, at the start; what it returns runs for every request."""

    def around(self, route: Route, proceed: Handler) -> Handler:
        """`proceed`, wrapped by this policy as `route` wants it; `proceed` itself where it does not apply."""
        ...


def compose(route: Route, policies: tuple[Policy, ...], innermost: Handler) -> Handler:
    """One handler for a row: the first policy is the outermost."""
    handler = innermost
    for policy in reversed(policies):
        handler = policy.around(route, handler)
    return handler
