"""How fast an account sends orders, and whether it sends the same one again and again.

Counted in this process: with n replicas an account may reach n times the limit. The gateway's own limit of requests
stands before it; this one keeps a program gone wild from the book.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from uuid import UUID

from chassis.clock import Clock
from trading.domain.risk import RiskLimits
from trading.risk.problems import DuplicateBurst, TooManyOrdersPerSecond

MOMENT_S = 1.0
"""Within which orders that are alike count as a burst."""
KEPT = 20_000
"""Accounts remembered; the one that was quiet for longest makes room."""


@dataclass(slots=True)
class _Pace:
    """A bucket of tokens that fills at the limit's rate, and is never fuller than one second's."""

    tokens: float
    at: float
    alike: dict[Hashable, tuple[float, int]] = field(default_factory=dict)
    """Terms of orders to the begin of their moment, and how many there were in it."""


class OrderRates:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._paces: OrderedDict[UUID, _Pace] = OrderedDict()

    def admit(self, account_id: UUID, limits: RiskLimits, terms: Hashable | None) -> None:
        """Count an order. `terms`: what makes it the same as another; none for one that has an id of its own.

        Raises `TooManyOrdersPerSecond` or `DuplicateBurst`, and then nothing was done.
        """
        now = self._clock.monotonic()
        pace = self._pace(account_id, limits.max_orders_per_second, now)
        if pace.tokens < 1:
            wait = (1 - pace.tokens) / limits.max_orders_per_second
            raise TooManyOrdersPerSecond(
                f"more than {limits.max_orders_per_second} orders per second; nothing was done",
                headers={"Retry-After": str(max(1, round(wait)))},
            )
        pace.tokens -= 1
        if terms is not None:
            _count_alike(pace, terms, limits.max_identical_orders, now)

    def _pace(self, account_id: UUID, rate: int, now: float) -> _Pace:
        pace = self._paces.get(account_id)
        if pace is None:
            pace = self._paces[account_id] = _Pace(float(rate), now)
            if len(self._paces) > KEPT:
                self._paces.popitem(last=False)
            return pace
        self._paces.move_to_end(account_id)
        pace.tokens = min(float(rate), pace.tokens + (now - pace.at) * rate)
        pace.at = now
        return pace


def _count_alike(pace: _Pace, terms: Hashable, most: int, now: float) -> None:
    since, count = pace.alike.get(terms, (now, 0))
    if now - since >= MOMENT_S:
        since, count = now, 0
    if count >= most:
        raise DuplicateBurst(
            f"more than {most} orders with the same terms and without a client_order_id within a moment;"
            " give each a client_order_id if that is meant"
        )
    if len(pace.alike) > 1000:
        pace.alike = {k: v for k, v in pace.alike.items() if now - v[0] < MOMENT_S}
    pace.alike[terms] = (since, count + 1)
