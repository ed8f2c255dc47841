"""From a method and a raw path to the row of the table; refuses paths that two servers could read differently."""

import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from chassis.errors import MalformedRequest, NotFound, Problem
from gateway.routes import BETWEEN_SERVICES, Route, Stream, faults, stream_faults

# RFC 3986 pchar, in its encoded form. Whatever else a client sends (control characters, backslashes, bytes above
# 127) has no business in a path of ours.
_SEGMENT = r"[A-Za-z0-9\-._~!$&'()*+,;=:@%]+"
_WELL_FORMED = re.compile(rf"(?:/{_SEGMENT})+".encode())
_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_FORBIDDEN_DECODED = re.compile(rb"[\x00-\x1f\x7f/\\%]")
_QUERY = re.compile(rb"[\x21\x22\x24-\x7e]*")
_MAX_TARGET_BYTES = 8_000


class MethodNotAllowed(Problem):
    status, type, code = 405, "method_not_allowed", 40510000


class RouteIndex:
    """Finds rows: fixed paths by one dictionary look-up, the others by one expression compiled at the start."""

    def __init__(self, table: Iterable[Route]) -> None:
        rows = tuple(table)
        if sentences := faults(rows):
            raise ValueError("the route table is wrong:\n" + "\n".join(sentences))
        by_path: dict[str, dict[str, Route]] = {}
        for route in rows:
            by_path.setdefault(route.path, {}).update(dict.fromkeys(route.methods, route))
        self._fixed = {
            path.encode(): methods
            for path, methods in by_path.items()
            if "{" not in path and "*" not in path
        }
        self._fixed.update((path.encode(), {}) for path in BETWEEN_SERVICES)
        self._patterned = [
            methods for path, methods in by_path.items() if "{" in path or "*" in path
        ]
        patterns = [path for path in by_path if "{" in path or "*" in path]
        self._pattern = re.compile(
            "|".join(f"(?P<r{n}>{_expression(path)})" for n, path in enumerate(patterns)).encode()
        )

    def find(self, method: str, raw_path: bytes, query: bytes) -> Route:
        """The row for a request. Raises `MalformedRequest`, `NotFound` or `MethodNotAllowed`."""
        methods = self._fixed.get(raw_path)
        if methods is None:
            check_path(raw_path)
            match = self._pattern.fullmatch(raw_path)
            if match is None or match.lastgroup is None:
                raise NotFound("there is nothing at this path")
            methods = self._patterned[int(match.lastgroup[1:])]
        if not methods:
            raise NotFound("there is nothing at this path")
        check_query(raw_path, query)
        route = methods.get(method)
        if route is None:
            allow = ", ".join(sorted(methods))
            raise MethodNotAllowed(f"this path answers only {allow}", headers={"Allow": allow})
        return route


class StreamIndex:
    """Finds rows of the websockets; the first that matches, in the order of the table."""

    def __init__(self, table: Iterable[Stream]) -> None:
        rows = tuple(table)
        if sentences := stream_faults(rows):
            raise ValueError("the table of streams is wrong:\n" + "\n".join(sentences))
        self._rows = [(re.compile(_expression(row.path).encode()), row) for row in rows]

    def find(self, raw_path: bytes, query: bytes) -> Stream:
        """The row for a handshake. Raises `MalformedRequest` or `NotFound`."""
        check_path(raw_path)
        check_query(raw_path, query)
        for pattern, row in self._rows:
            if pattern.fullmatch(raw_path):
                return row
        raise NotFound("there is no stream at this path")


def check_query(raw_path: bytes, query: bytes) -> None:
    """Refuse a query that is too long together with its path, or not encoded."""
    if query and (
        _QUERY.fullmatch(query) is None or len(query) + len(raw_path) > _MAX_TARGET_BYTES
    ):
        raise MalformedRequest("the query is too long, or holds characters that must be encoded")


def check_path(raw_path: bytes) -> None:
    """Refuse empty and dot segments, encoded slashes, control characters and broken encodings."""
    if len(raw_path) > _MAX_TARGET_BYTES:
        raise MalformedRequest("the path is too long")
    if raw_path == b"/":
        raise NotFound("there is nothing at this path")
    if _WELL_FORMED.fullmatch(raw_path) is None or _PERCENT.search(raw_path):
        if raw_path.endswith(b"/") and _WELL_FORMED.fullmatch(raw_path[:-1]):
            # Never a redirect to the path without the slash: clients are told not to follow any.
            raise NotFound("there is nothing at this path; it ends with a slash")
        raise MalformedRequest("the path is malformed")
    for segment in raw_path[1:].split(b"/"):
        decoded = unquote_to_bytes(segment) if b"%" in segment else segment
        if decoded in (b".", b"..") or _FORBIDDEN_DECODED.search(decoded):
            raise MalformedRequest("the path holds a segment that servers may read differently")


def _expression(path: str) -> str:
    parts = []
    for segment in path[1:].split("/"):
        if segment == "*":
            parts.append(rf"/{_SEGMENT}(?:/{_SEGMENT})*")
        elif segment.startswith("{"):
            parts.append(rf"/{_SEGMENT}")
        else:
            parts.append("/" + re.escape(segment))
    return "".join(parts)
