"""How many streams may be open at once: per user, per address where nobody signed in, and in all.

Counted by this replica alone: a stream lives where it was opened, and a crash forgets it with its count.
"""

from collections import Counter
from dataclasses import dataclass

from chassis.errors import TooManyRequests, Unavailable
from chassis.identity.principal import Principal


class TooManyConnections(TooManyRequests):
    """The caller has as many streams open as it may have."""

    type, code = "too_many_connections", 42910001


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Streams open at once. A tier that is not known here has `per_identity`."""

    per_identity: int
    per_identity_of_tier: dict[str, int]
    per_address: int
    """Of those who have not signed in, or not yet."""
    total: int


class Connections:
    """The count of what is open."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._open: Counter[str] = Counter()
        self._total = 0

    def claim(self, principal: Principal | None, address: str) -> "Claim":
        """Count one more. Raises `TooManyConnections`, or `Unavailable` when this replica is full."""
        if self._total >= self._limits.total:
            raise Unavailable(
                "no more streams can be opened right now", headers={"Retry-After": "5"}
            )
        key = self._take(principal, address)
        self._total += 1
        return Claim(self, key)

    def _take(self, principal: Principal | None, address: str) -> str:
        limits = self._limits
        if principal is None:
            key, limit = f"address:{address}", limits.per_address
        else:
            key = f"user:{principal.subject}"
            limit = limits.per_identity_of_tier.get(principal.tier, limits.per_identity)
        if self._open[key] >= limit:
            raise TooManyConnections(
                f"at most {limit} streams may be open at once", headers={"Retry-After": "5"}
            )
        self._open[key] += 1
        return key

    def _give_back(self, key: str) -> None:
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]


class Claim:
    """One open stream's place in the count."""

    __slots__ = ("_connections", "_key")

    def __init__(self, connections: Connections, key: str) -> None:
        self._connections = connections
        self._key = key

    def belongs_to(self, principal: Principal) -> None:
        """The caller turned out to be `principal`, who now counts instead. Raises `TooManyConnections`."""
        key = self._connections._take(principal, "")
        self._connections._give_back(self._key)
        self._key = key

    def release(self) -> None:
        """The stream is closed."""
        self._connections._give_back(self._key)
        self._connections._total -= 1
