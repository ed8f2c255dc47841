"""RFC 3339 times of a request into nanoseconds, exactly: `datetime` would drop the last three digits."""

import re
from datetime import UTC, datetime, timedelta

DAY_NS = 86_400_000_000_000

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+ -])(\d\d):(\d\d)))?"
)


def parse_ns(text: str) -> int:
    """Nanoseconds since the epoch of an RFC 3339 time, or of the first moment (UTC) of a date.

    A blank before the offset is taken for the plus sign that it was before somebody forgot to encode it.
    Raises `ValueError` with a sentence for anything else, and for years before 1970 or after 2261.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is neither an RFC 3339 time nor a date")
    date, clock_time, fraction, sign, hours, minutes = match.groups()
    try:
        moment = datetime.fromisoformat(f"{date}T{clock_time or '00:00:00'}+00:00")
    except ValueError:
        raise ValueError(f"{text!r} is no time that exists") from None
    if sign is not None:
        if int(hours) > 23 or int(minutes) > 59:
            raise ValueError(f"{text!r} has no offset that exists")
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        moment = moment + offset if sign == "-" else moment - offset
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    if not 0 <= seconds < 9_200_000_000:
        raise ValueError(f"{text!r} is out of range")
    return seconds * 1_000_000_000 + int((fraction or "").ljust(9, "0"))
