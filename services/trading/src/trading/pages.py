"""Cursors of our own lists (`/v1`): where the next page begins, as text that means nothing to clients."""

import base64
import binascii
import json
from typing import Annotated

from fastapi import Query

from chassis.errors import InvalidInput

Cursor = Annotated[
    str | None,
    Query(max_length=1_000, description="`next_cursor` of the page before; none: the first."),
]


def encode_cursor(*place: str) -> str:
    """The sort key of the last item of a page."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """The sort key again. Raises `InvalidInput` for what was never a cursor of this list."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        place = None
    if (
        not isinstance(place, list)
        or len(place) != parts
        or not all(isinstance(part, str) and part.isprintable() for part in place)
    ):
        raise InvalidInput("cursor must be a next_cursor of this list")
    return place
