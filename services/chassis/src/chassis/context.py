"""What is known about the request being served, for logs and errors, without passing it through every call."""

from contextvars import ContextVar
from uuid import UUID, uuid4

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_id() -> str | None:
    """The id of the request being served; none outside of one."""
    return _request_id.get()


def begin_request(offered: str | None) -> str:
    """Take the caller's id when it is a UUID, else make one, and remember it for this request."""
    chosen = _as_uuid(offered) or str(uuid4())
    _request_id.set(chosen)
    return chosen


def _as_uuid(text: str | None) -> str | None:
    # Only a UUID is taken over: whatever else a client sends must not reach logs and stores as an id.
    if text is None or len(text) != 36:
        return None
    try:
        return str(UUID(text))
    except ValueError:
        return None
