"""Leases: a replica takes tokens from the shared bucket by the handful and spends them without a round trip.

Unspent tokens of a lease that got old are given back with the next call, so a slow caller loses none. While
Redis is away every replica counts for itself, with the same limits; nobody is refused for want of Redis.
"""

import asyncio
import math
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chassis.clock import Clock
from gateway.metrics import LEASES, LIMITS_LOCAL
from gateway.rate.bucket import LEASE_SHARE, Grant, Limit, take

log = structlog.get_logger(__name__)

LEASE_MAX = 1_000
LEASE_S = 5.0
REDIS_TIMEOUT_S = 0.25
REDIS_RETRY_S = 1.0
KEYS_REMEMBERED = 50_000
_SCRIPT = Path(__file__).with_name("bucket.lua").read_text()


class Spent(NamedTuple):
    """What became of one token: whether there was one, and how the bucket stands."""

    allowed: bool
    remaining: int
    retry_after_s: float
    full_after_s: float


class Buckets(Protocol):
    """Buckets by key. Raises `BucketsAway` when they cannot be reached."""

    async def take(self, key: str, limit: Limit, want: int, give_back: int) -> Grant: ...


class BucketsAway(Exception):
    """The shared buckets do not answer."""


class RedisBuckets:
    """The buckets that all replicas share."""

    def __init__(self, redis: Redis) -> None:
        self._script = redis.register_script(_SCRIPT)

    async def take(
        self, key: str, limit: Limit, want: int, give_back: int, now_us: float = 0
    ) -> Grant:
        """`now_us` (since 2026-01-01) is the server's own time unless given."""
        numbers = [limit.us_per_token, limit.burst, want, LEASE_MAX, give_back, LEASE_SHARE, now_us]
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_S):
                answer = await self._script(
                    keys=[f"gateway:rate:{key}"], args=[repr(number) for number in numbers]
                )
        except (RedisError, OSError, TimeoutError) as error:
            raise BucketsAway(repr(error)) from error
        return Grant(int(answer[0]), int(answer[1]), float(answer[2]), float(answer[3]))


class LocalBuckets:
    """The buckets of this process alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._full_at_us: OrderedDict[str, float] = OrderedDict()

    async def take(self, key: str, limit: Limit, want: int, give_back: int) -> Grant:
        now_us = self._clock.monotonic() * 1e6
        # No leases from here: a round trip is what they would save.
        grant, full_at_us = take(
            self._full_at_us.get(key, now_us), now_us, limit, want, 1, give_back
        )
        self._full_at_us[key] = full_at_us
        self._full_at_us.move_to_end(key)
        if len(self._full_at_us) > KEYS_REMEMBERED:
            self._full_at_us.popitem(last=False)
        return grant

    def forget(self) -> None:
        self._full_at_us.clear()


class _Lease:
    __slots__ = ("blocked_until", "ends_at", "full_at", "left", "pending", "remaining", "waiting")

    def __init__(self) -> None:
        self.left = 0
        self.ends_at = 0.0
        self.remaining = 0
        self.full_at = 0.0
        self.blocked_until = 0.0
        self.pending: asyncio.Task[None] | None = None
        self.waiting = 0


class LeasedBuckets:
    """One token at a time, from leases of the shared buckets, or of local ones while those are away."""

    def __init__(self, shared: Buckets, clock: Clock) -> None:
        self._shared = shared
        self._local = LocalBuckets(clock)
        self._clock = clock
        self._leases: OrderedDict[str, _Lease] = OrderedDict()
        self._away_until: float | None = None

    def known_empty(self, key: str) -> Spent | None:
        """The refusal that `spend` would give without asking anybody; none where it would ask, or allow."""
        lease = self._leases.get(key)
        now = self._clock.monotonic()
        if lease is None or now >= lease.blocked_until:
            return None
        return _refused(lease, now)

    async def spend(self, key: str, limit: Limit) -> Spent:
        """Take one token of `key`'s bucket."""
        lease = self._leases.get(key)
        if lease is None:
            lease = self._remember(key)
        while True:
            now = self._clock.monotonic()
            if lease.left > 0 and now < lease.ends_at:
                lease.left -= 1
                remaining = lease.left + lease.remaining
                return Spent(True, remaining, 0.0, max(0.0, lease.full_at - now))
            if now < lease.blocked_until:
                return _refused(lease, now)
            # Whoever finds the lease spent renews it for all that wait by then.
            if lease.pending is None:
                lease.pending = asyncio.create_task(self._renew(key, limit, lease))
            lease.waiting += 1
            try:
                await asyncio.shield(lease.pending)
            finally:
                lease.waiting -= 1

    async def _renew(self, key: str, limit: Limit, lease: _Lease) -> None:
        try:
            # One turn of the loop, so that those who arrive together are counted together.
            await asyncio.sleep(0)
            give_back, lease.left = lease.left, 0
            grant = await self._take(key, limit, max(1, lease.waiting), give_back)
            now = self._clock.monotonic()
            lease.left = grant.granted
            lease.ends_at = now + LEASE_S
            lease.remaining = grant.remaining
            lease.full_at = now + grant.full_after_us / 1e6
            if grant.granted == 0:
                # At least a millisecond, so that a refused caller cannot make us ask in a circle.
                lease.blocked_until = now + max(0.001, grant.retry_after_us / 1e6)
        finally:
            lease.pending = None

    async def _take(self, key: str, limit: Limit, want: int, give_back: int) -> Grant:
        now = self._clock.monotonic()
        if self._away_until is None or now >= self._away_until:
            was_away = self._away_until is not None
            if was_away:
                # One request finds out whether Redis is back; the others go on without it.
                self._away_until = now + REDIS_RETRY_S
            try:
                grant = await self._shared.take(key, limit, want, give_back)
            except BucketsAway as away:
                if self._away_until is None:
                    log.warning("limits are local: redis does not answer", error=str(away))
                    LIMITS_LOCAL.set(1)
                self._away_until = self._clock.monotonic() + REDIS_RETRY_S
            else:
                if was_away:
                    log.info("limits are shared again: redis answers")
                    LIMITS_LOCAL.set(0)
                    self._away_until = None
                    self._local.forget()
                LEASES.labels("redis").inc()
                return grant
        LEASES.labels("local").inc()
        return await self._local.take(key, limit, want, give_back)

    def _remember(self, key: str) -> _Lease:
        lease = self._leases[key] = _Lease()
        if len(self._leases) > KEYS_REMEMBERED:
            self._leases.popitem(last=False)
        return lease


def _refused(lease: _Lease, now: float) -> Spent:
    return Spent(False, 0, lease.blocked_until - now, max(0.0, lease.full_at - now))


def whole_seconds(seconds: float) -> int:
    """Rounded up, and at least one: what `Retry-After` can say."""
    return max(1, math.ceil(seconds))
