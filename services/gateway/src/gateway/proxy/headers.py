"""Which headers pass, in both directions (RFC 9110, section 7.6).

Hop-by-hop headers, and those that `Connection` names, end here. So do the credentials and every header by which
the platform's services tell each other things: a client cannot speak in the gateway's name.
"""

import re
from collections.abc import Iterable

from chassis.errors import MalformedRequest

RawHeaders = Iterable[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_INTERNAL = frozenset(
    {
        b"x-request-id",
        b"x-deadline-ms",
        b"forwarded",
        b"x-real-ip",
        b"via",
        b"host",
        b"expect",
    }
)
_INTERNAL_PREFIXES = (b"x-forwarded-", b"x-internal-", b"x-ratelimit-")
# Read by the gateway itself; none of them passes as the client sent it.
_NOTED = frozenset(
    {
        b"authorization",
        b"apca-api-key-id",
        b"apca-api-secret-key",
        b"content-length",
        b"transfer-encoding",
        b"connection",
        b"x-forwarded-for",
        b"traceparent",
        b"tracestate",
        b"cookie",
    }
)
_ONCE = frozenset(
    {
        b"authorization",
        b"apca-api-key-id",
        b"apca-api-secret-key",
        b"content-length",
        b"transfer-encoding",
        b"traceparent",
    }
)
_DROPPED = HOP_BY_HOP | _INTERNAL | _NOTED
# The gateway's own server writes its date; request id and quota are the gateway's to tell.
_DROPPED_FROM_ANSWERS = HOP_BY_HOP | {b"date", b"server", b"x-request-id", b"content-length"}
_DROPPED_WITH_COOKIES = _DROPPED_FROM_ANSWERS | {b"set-cookie"}
_PLAIN = re.compile(rb"[\t\x20-\x7e]*")


class RequestHeaders:
    """A request's headers, sorted in one pass: `passed` go upstream, `noted` are for the gateway."""

    __slots__ = ("content_length", "has_body", "noted", "passed")

    def __init__(self, raw: RawHeaders) -> None:
        """Raises `MalformedRequest` for framing that two servers could read differently."""
        passed: list[tuple[bytes, bytes]] = []
        noted: dict[bytes, bytes] = {}
        for name, value in raw:
            if name in _DROPPED:
                if name in _NOTED:
                    if name in noted:
                        if name in _ONCE:
                            raise MalformedRequest(f"{name.decode()} is there more than once")
                        value = noted[name] + (b"; " if name == b"cookie" else b",") + value
                    noted[name] = value
            elif not name.startswith(_INTERNAL_PREFIXES):
                if _PLAIN.fullmatch(value) is None:
                    _require_text(name, value)
                passed.append((name, value))
        self.passed = passed
        self.noted = noted
        self.content_length: int | None = None
        self.has_body = False
        if b"content-length" in noted or b"transfer-encoding" in noted:
            self._read_framing()
        if b"connection" in noted:
            named = {token.strip().lower() for token in noted[b"connection"].split(b",")}
            self.passed = [pair for pair in passed if pair[0] not in named]

    def _read_framing(self) -> None:
        length = self.noted.get(b"content-length")
        coding = self.noted.get(b"transfer-encoding")
        if length is not None and coding is not None:
            raise MalformedRequest("Content-Length and Transfer-Encoding exclude each other")
        if coding is not None:
            if coding.strip().lower() != b"chunked":
                raise MalformedRequest("the only transfer coding taken is chunked")
            self.has_body = True
        elif length is not None:
            if not length.isdigit() or len(length) > 15:
                raise MalformedRequest("Content-Length is not a number")
            self.content_length = int(length)
            self.has_body = self.content_length > 0

    def text(self, name: bytes) -> str | None:
        """A noted header as text; none when it is absent or no ASCII."""
        value = self.noted.get(name)
        return value.decode("ascii") if value is not None and value.isascii() else None

    def cookies(self, names: frozenset[str]) -> str | None:
        """A `Cookie` with those of `names` that the client sent, the first of each; none: there are none.

        Browsers send the one of the narrowest path first: what a neighbouring site can add stands behind it.
        """
        found: dict[str, str] = {}
        for pair in (self.text(b"cookie") or "").split(";"):
            name, is_pair, value = pair.strip().partition("=")
            if is_pair and name in names:
                found.setdefault(name, value)
        return "; ".join(f"{name}={value}" for name, value in found.items()) or None


def answer_headers(raw: RawHeaders, *, with_cookies: bool = False) -> list[tuple[bytes, bytes]]:
    """What passes of an answer's headers (names in lower case); the length is set by whoever sends the body."""
    dropped = _DROPPED_FROM_ANSWERS if with_cookies else _DROPPED_WITH_COOKIES
    kept = []
    named: set[bytes] = set()
    for pair in raw:
        name = pair[0]
        if name in dropped:
            if name == b"connection":
                named.update(token.strip().lower() for token in pair[1].split(b","))
        elif not name.startswith(b"x-ratelimit-"):
            kept.append(pair)
    return [pair for pair in kept if pair[0] not in named] if named else kept


def _require_text(name: bytes, value: bytes) -> None:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise MalformedRequest(f"{name.decode('latin-1')} is no text") from None
    if not text.isprintable() and any(c < " " and c != "\t" for c in text):
        raise MalformedRequest(f"{name.decode('latin-1')} holds a control character")
