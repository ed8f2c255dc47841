"""What is known about the request being served, for logs and errors, without passing it through every call."""

import re
from contextvars import ContextVar
from uuid import UUID, uuid4

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
_WELL_FORMED = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def request_id() -> str | None:
    """The id of the request being served; none outside of one."""
    return _request_id.get()


def traceparent() -> str | None:
    """The W3C trace context that came with the request, sampled or not; none where it is malformed."""
    offered = _traceparent.get()
    return offered if offered is not None and _WELL_FORMED.fullmatch(offered) else None


def trace_id() -> str | None:
    """What joins the log lines of one request over all services, 32 hexadecimal digits; none outside of one.

    Most requests are not sampled and have no span. Their trace id is the caller's, or else that of the request:
    every service knows it without being told anything more.
    """
    if (offered := traceparent()) is not None:
        return offered[3:35]
    current = _request_id.get()
    return current.replace("-", "") if current is not None else None


def begin_request(offered: str | None, traceparent: str | None = None) -> str:
    """Take the caller's id when it is a UUID, else make one, and remember it and the trace for this request."""
    chosen = _as_uuid(offered) or str(uuid4())
    _request_id.set(chosen)
    _traceparent.set(traceparent)
    return chosen


def _as_uuid(text: str | None) -> str | None:
    # Only a UUID is taken over: whatever else a client sends must not reach logs and stores as an id.
    if text is None or len(text) != 36:
        return None
    try:
        return str(UUID(text))
    except ValueError:
        return None
