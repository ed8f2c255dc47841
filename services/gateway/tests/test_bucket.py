"""The bucket against a plain model, and its copy inside Redis against it."""

from collections.abc import AsyncIterator
from fractions import Fraction
from math import floor

import pytest
import redis.asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.rate.bucket import LEASE_SHARE, Limit, take
from gateway.rate.leases import LEASE_MAX, RedisBuckets

limits = st.builds(
    Limit,
    tokens=st.sampled_from([1, 3, 7, 60, 200, 60_000]),
    period_s=st.sampled_from([1.0, 60.0]),
    burst=st.sampled_from([1, 2, 10, 200, 60_000]),
)
calls = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 999, 50_000, 300_000, 5_000_000, 61_000_000]),  # microseconds later
        st.integers(1, 30),  # want
        st.sampled_from([1, 20, LEASE_MAX]),
        st.integers(0, 3),  # give back
    ),
    min_size=1,
    max_size=40,
)


class PlainBucket:
    """Tokens in a bucket, counted in fractions: what everybody imagines."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.tokens = Fraction(limit.burst)
        self.now_us = 0

    def take(self, now_us: int, want: int, lease_max: int, give_back: int) -> tuple[int, int]:
        rate = Fraction(self.limit.tokens) / (Fraction(self.limit.period_s) * 1_000_000)
        flowed = (now_us - self.now_us) * rate
        self.tokens = min(Fraction(self.limit.burst), self.tokens + flowed + give_back)
        self.now_us = now_us
        there = floor(self.tokens + Fraction(1, 1_000_000))
        granted = min(there, max(want, min(lease_max, there // LEASE_SHARE)))
        self.tokens -= granted
        return granted, there - granted


@given(limit=limits, calls=calls)
def test_the_bucket_is_a_token_bucket(limit: Limit, calls: list[tuple[int, int, int, int]]) -> None:
    plain, full_at, now = PlainBucket(limit), 0.0, 0
    for later, want, lease_max, give_back in calls:
        now += later
        grant, full_at = take(full_at, now, limit, want, lease_max, give_back)
        assert (grant.granted, grant.remaining) == plain.take(now, want, lease_max, give_back)
        assert 0 <= grant.granted <= limit.burst
        if grant.granted == 0:
            # What it says of the time to come back is true, to the microsecond.
            soon, _ = take(full_at, now + grant.retry_after_us + 1, limit, 1, 1, 0)
            assert soon.granted == 1
            if grant.retry_after_us > 10 + limit.us_per_token / 1000:
                early = now + grant.retry_after_us - 10 - limit.us_per_token / 1000
                assert take(full_at, early, limit, 1, 1, 0)[0].granted == 0


@pytest.fixture
async def redis_client(redis_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        yield client


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(limit=limits, calls=calls)
async def test_redis_counts_as_we_do(
    redis_url: str, limit: Limit, calls: list[tuple[int, int, int, int]]
) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.flushdb()
        shared = RedisBuckets(client)
        # The moments are recent ones, as in life: that is where a double has least room for fractions.
        now = 20_000_000_000_000
        full_at = 0.0
        for later, want, _, give_back in calls:
            now += later
            grant, full_at = take(full_at, now, limit, want, LEASE_MAX, give_back)
            theirs = await shared.take("k", limit, want, give_back, now_us=now)
            assert theirs[:2] == grant[:2]
            assert theirs.full_after_us == pytest.approx(grant.full_after_us, abs=1)


async def test_redis_counts_by_its_own_clock_and_forgets_full_buckets(
    redis_client: redis.asyncio.Redis,
) -> None:
    shared = RedisBuckets(redis_client)
    limit = Limit(10, 60.0, 10)
    assert [(await shared.take("k", limit, 4, 0)).granted for _ in range(4)] == [4, 4, 2, 0]
    refused = await shared.take("k", limit, 1, 0)
    assert 0 < refused.retry_after_us <= 6e6
    assert 59_000 < await redis_client.pttl("gateway:rate:k") <= 61_500
