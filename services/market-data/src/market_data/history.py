"""What all historical queries share: the span of time, the limit over all symbols, and page tokens.

A token names the last item of its page, not a count of items, so that pages neither repeat nor skip anything
while new trades arrive.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, TypeVar

import msgspec
from fastapi import Depends, Query, Request

from chassis.clock import Clock
from chassis.errors import InvalidInput
from market_data.timestamps import DAY_NS, parse_ns

MAX_LIMIT = 10_000
FOR_EVER_NS = 2**63 - 1


class Place(msgspec.Struct, frozen=True, array_like=True):
    """An item's place in the order of an answer: by symbol, then by time, then by sequence."""

    symbol: str
    time_ns: int
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """Both ends belong to it."""

    start_ns: int
    end_ns: int
    limit: int
    ascending: bool
    after: Place | None


class Placed(Protocol):
    """Anything that a page can be made of."""

    @property
    def place(self) -> Place: ...


_Item = TypeVar("_Item", bound=Placed)

Fetch = Callable[[str, Place | None, int], Awaitable[Sequence[_Item]]]
"""At most so many items of a symbol, in the span's order, that follow the place (none: from the start)."""


async def collect(
    span: Span, symbols: Sequence[str], fetch: Fetch[_Item]
) -> tuple[dict[str, list[_Item]], str | None]:
    """One page over all `symbols` (sorted), and the token of the next; none after the last."""
    page: dict[str, list[_Item]] = {}
    room = span.limit
    last: Place | None = None
    for symbol in symbols:
        if span.after is not None and symbol < span.after.symbol:
            continue
        after = span.after if span.after is not None and symbol == span.after.symbol else None
        # One more than there is room for tells whether anything follows.
        items = await fetch(symbol, after, room + 1)
        if items and room == 0:
            return page, _token(last)
        if items:
            page[symbol] = list(items[:room])
            last = page[symbol][-1].place
            if len(items) > room:
                return page, _token(last)
            room -= len(items)
    return page, None


def _token(place: Place | None) -> str | None:
    assert place is not None, "a page with room for nothing was asked for"
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_token(token: str) -> Place:
    """The place that a page ended at. Raises `InvalidInput`."""
    try:
        padded = token + "=" * (-len(token) % 4)
        place = msgspec.json.decode(base64.b64decode(padded, b"-_", validate=True), type=Place)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        raise InvalidInput("page_token: not a token of this service") from None
    if not (0 <= place.time_ns <= FOR_EVER_NS and 0 <= place.sequence <= FOR_EVER_NS):
        raise InvalidInput("page_token: not a token of this service")
    return place


def _span(
    request: Request,
    start: Annotated[
        str, Query(description="RFC 3339 or a date; by default the start of the day (UTC).")
    ] = "",
    end: Annotated[str, Query(description="RFC 3339 or a date; by default now.")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Over all symbols.")] = 1000,
    page_token: Annotated[str, Query(max_length=256)] = "",
    sort: Annotated[Literal["asc", "desc"], Query(description="By time.")] = "asc",
) -> Span:
    clock: Clock = request.app.state.clock
    today_ns = clock.time_ns() // DAY_NS * DAY_NS
    try:
        start_ns = parse_ns(start) if start else today_ns
        end_ns = parse_ns(end) if end else FOR_EVER_NS
    except ValueError as error:
        raise InvalidInput(str(error)) from None
    if start_ns > end_ns:
        raise InvalidInput("start: later than end")
    return Span(
        start_ns, end_ns, limit, sort == "asc", read_token(page_token) if page_token else None
    )


InSpan = Annotated[Span, Depends(_span)]
