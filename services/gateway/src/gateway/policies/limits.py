"""Rate limits: a bucket per user and route class by the user's tier; per client address where nobody signed in.

A refusal (429) comes before any effect, always: clients send again blindly.
"""

from dataclasses import dataclass
from math import ceil

from chassis.clock import Clock
from chassis.errors import TooManyRequests
from gateway.exchange import Answer, Exchange, Handler, Quota
from gateway.metrics import RATE_LIMITED
from gateway.rate.bucket import Limit
from gateway.rate.leases import LeasedBuckets, whole_seconds
from gateway.routes import RateClass, Route


@dataclass(frozen=True, slots=True)
class Tiers:
    """The limits. A tier that is not known here has those of `normal`."""

    api: dict[str, Limit]
    admin: Limit
    sign_in: Limit
    public: Limit
    unidentified: Limit
    """Of an address whose requests name no route or carry no good credentials."""


class Limits:
    """Draws one token a request, and leaves in the exchange how the bucket stands."""

    def __init__(self, buckets: LeasedBuckets, tiers: Tiers, clock: Clock) -> None:
        self._buckets = buckets
        self._tiers = tiers
        self._clock = clock

    def around(self, route: Route, proceed: Handler) -> Handler:
        rate = route.rate
        tiers = self._tiers
        if rate == "sign_in" or rate == "public":
            by_address = tiers.sign_in if rate == "sign_in" else tiers.public

            async def limit_address(exchange: Exchange) -> Answer:
                exchange.quota = await self.draw(rate, exchange.address, by_address)
                return await proceed(exchange)

            return limit_address

        async def limit_user(exchange: Exchange) -> Answer:
            principal = exchange.principal
            assert principal is not None, "identity comes before limits"
            limit = tiers.admin
            if rate == "api":
                limit = tiers.api.get(principal.tier) or tiers.api["normal"]
            exchange.quota = await self.draw(rate, principal.subject, limit)
            return await proceed(exchange)

        return limit_user

    async def draw_for_stranger(self, address: str) -> Quota:
        """One token for a request that was refused before anybody was identified."""
        return await self.draw("unidentified", address, self._tiers.unidentified)

    async def draw(self, rate: RateClass | str, identity: str, limit: Limit) -> Quota:
        """One token. Raises `TooManyRequests`, with the headers that say when to come back."""
        spent = await self._buckets.spend(f"{rate}:{identity}", limit)
        now_s = self._clock.time_ns() / 1e9
        quota = Quota(limit.burst, spent.remaining, ceil(now_s + spent.full_after_s))
        if spent.allowed:
            return quota
        RATE_LIMITED.labels(rate).inc()
        retry_after = whole_seconds(spent.retry_after_s)
        raise TooManyRequests(
            "too many requests",
            headers={"Retry-After": str(retry_after)} | quota_headers(quota),
        )


def quota_headers(quota: Quota) -> dict[str, str]:
    """The three headers that Alpaca's clients read."""
    return {
        "X-RateLimit-Limit": str(quota.limit),
        "X-RateLimit-Remaining": str(quota.remaining),
        "X-RateLimit-Reset": str(quota.reset_at),
    }
