"""Rate limits: a bucket per user and route class by the user's tier; per client address where nobody signed in.

A refusal (429) comes before any effect, always: clients send again blindly.
"""

from dataclasses import dataclass
from math import ceil

from chassis.clock import Clock
from chassis.errors import TooManyRequests
from gateway.metrics import RATE_LIMITED
from gateway.rate.bucket import Limit
from gateway.rate.leases import LeasedBuckets, Spent, whole_seconds
from gateway.request_context import Answer, Handler, Quota, RequestContext
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
    """Draws one token a request, and leaves in the request's context how the bucket stands."""

    def __init__(self, buckets: LeasedBuckets, tiers: Tiers, clock: Clock) -> None:
        self._buckets = buckets
        self._tiers = tiers
        self._clock = clock

    def around(self, route: Route, proceed: Handler) -> Handler:
        rate = route.rate
        tiers = self._tiers
        if rate == "sign_in" or rate == "public":
            by_address = tiers.sign_in if rate == "sign_in" else tiers.public

            async def limit_address(context: RequestContext) -> Answer:
                context.quota = await self.draw(rate, context.address, by_address)
                return await proceed(context)

            return limit_address

        async def limit_user(context: RequestContext) -> Answer:
            principal = context.principal
            if principal is None:
                assert route.auth == "optional", "identity comes before limits"
                context.quota = await self.draw("public", context.address, tiers.public)
                return await proceed(context)
            limit = tiers.admin
            if rate == "api":
                limit = tiers.api.get(principal.tier) or tiers.api["normal"]
            context.quota = await self.draw(rate, principal.subject, limit)
            return await proceed(context)

        return limit_user

    async def draw_for_stranger(self, address: str) -> Quota:
        """One token for a request that was refused before anybody was identified."""
        return await self.draw("unidentified", address, self._tiers.unidentified)

    def refuse_emptied(self, address: str) -> None:
        """Raises `TooManyRequests` when the address is known to have none of those left; takes none."""
        limit = self._tiers.unidentified
        spent = self._buckets.known_empty(f"unidentified:{address}")
        if spent is not None:
            raise self._refusal("unidentified", limit, spent)

    async def draw(self, rate: RateClass | str, identity: str, limit: Limit) -> Quota:
        """One token. Raises `TooManyRequests`, with the headers that say when to come back."""
        spent = await self._buckets.spend(f"{rate}:{identity}", limit)
        if not spent.allowed:
            raise self._refusal(rate, limit, spent)
        return self._quota(limit, spent)

    def _refusal(self, rate: str, limit: Limit, spent: Spent) -> TooManyRequests:
        RATE_LIMITED.labels(rate).inc()
        retry_after = whole_seconds(spent.retry_after_s)
        return TooManyRequests(
            "too many requests",
            headers={"Retry-After": str(retry_after)} | quota_headers(self._quota(limit, spent)),
        )

    def _quota(self, limit: Limit, spent: Spent) -> Quota:
        now_s = self._clock.time_ns() / 1e9
        return Quota(limit.burst, spent.remaining, ceil(now_s + spent.full_after_s))


def quota_headers(quota: Quota) -> dict[str, str]:
    """The three headers that Alpaca's clients read."""
    return {
        "X-RateLimit-Limit": str(quota.limit),
        "X-RateLimit-Remaining": str(quota.remaining),
        "X-RateLimit-Reset": str(quota.reset_at),
    }


def quota_header_list(quota: Quota) -> list[tuple[bytes, bytes]]:
    """The same, as ASGI has them."""
    return [
        (b"x-ratelimit-limit", b"%d" % quota.limit),
        (b"x-ratelimit-remaining", b"%d" % quota.remaining),
        (b"x-ratelimit-reset", b"%d" % quota.reset_at),
    ]
