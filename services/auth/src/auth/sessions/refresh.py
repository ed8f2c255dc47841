"""The rule of refresh tokens, without a database: what an exchange means.

A session's tokens form generations. The first exchange of a token of the current generation begins the next
one. A token of an older generation is a token that was used before: either a thief or its owner comes second,
so the session ends for both.

One case is innocent: the answer with the successor was lost on its way. So for a short grace the last
generation's token may be exchanged again, if nobody has used a successor yet. Whoever was handed a successor
can use it; as soon as one is used, every other token of its generation is old and ends the session. A thief
who exchanges inside the grace is thus found out by the owner's next refresh.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

from auth.sessions.queries import PresentedToken


class RefreshVerdict(Enum):
    """What the holder of a refresh token gets."""

    ROTATE = auto()
    """A token of the next generation."""
    AGAIN = auto()
    """Another token of the current generation: the first was probably lost."""
    REFUSE = auto()
    """Nothing: the token has expired, or its session has ended."""
    REUSED = auto()
    """Nothing, and the session ends."""


def judge(token: PresentedToken, now: datetime, grace: timedelta) -> RefreshVerdict:
    """What exchanging `token` at `now` means."""
    if token.ended_at is not None or now >= token.expires_at:
        return RefreshVerdict.REFUSE
    if token.generation == token.current_generation:
        return RefreshVerdict.ROTATE
    # The session's generation has not moved on since the token was used: no successor was.
    unused = token.generation == token.current_generation - 1
    if unused and now - token.rotated_at <= grace:
        return RefreshVerdict.AGAIN
    return RefreshVerdict.REUSED
