"""A token bucket as one number, the generic cell rate algorithm (ITU-T I.371, annex A). Pure.

The number is the moment at which the bucket will be full again; `bucket.lua` is the same arithmetic inside Redis,
and a test holds the two together.
"""

from dataclasses import dataclass
from math import floor
from typing import NamedTuple

# A whole token must not be lost to the last bit of a division.
_EPSILON = 1e-6
LEASE_SHARE = 20
"""A lease takes at most this part of what is left, so that near the limit every token is counted singly."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`tokens` flow in every `period_s` seconds, evenly; at most `burst` are ever there."""

    tokens: int
    period_s: float
    burst: int

    @property
    def us_per_token(self) -> float:
        """Microseconds in which one token flows in."""
        return self.period_s * 1e6 / self.tokens


class Grant(NamedTuple):
    """What one call took from a bucket."""

    granted: int
    remaining: int
    """Tokens left in the bucket."""
    retry_after_us: float
    """Until there is a token again; zero when some were granted."""
    full_after_us: float


def take(
    full_at_us: float,
    now_us: float,
    limit: Limit,
    want: int,
    lease_max: int,
    give_back: int,
) -> tuple[Grant, float]:
    """Take `want` tokens, or fewer if fewer are there, or up to `lease_max` while there are plenty.

    `give_back` tokens of an earlier lease are put in first. Returns the grant and the new `full_at_us`.
    """
    step = limit.us_per_token
    full_at_us = max(full_at_us - give_back * step, now_us)
    available = floor(limit.burst - (full_at_us - now_us) / step + _EPSILON)
    granted = max(0, min(available, max(want, min(lease_max, available // LEASE_SHARE))))
    full_at_us += granted * step
    full_after_us = full_at_us - now_us
    retry_after_us = 0.0 if granted else max(0.0, full_after_us - (limit.burst - 1) * step)
    return Grant(granted, max(0, available - granted), retry_after_us, full_after_us), full_at_us
