"""Times in queries: RFC 3339 with `Z`, an offset or nanoseconds, and plain dates."""

import re
from datetime import UTC, datetime

from chassis.errors import InvalidInput

_FRACTION = re.compile(r"(\.\d{1,6})\d*")


def parse_time(name: str, text: str) -> datetime:
    """`text` as an aware UTC datetime; a date is its midnight. Raises `InvalidInput`."""
    try:
        # A "+" that was not percent-encoded arrives as a blank.
        moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text.strip().replace(" ", "+")))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(f"{name} must be a time (RFC 3339) or a date (YYYY-MM-DD)") from None
