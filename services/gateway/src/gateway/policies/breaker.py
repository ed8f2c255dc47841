"""Circuit breakers, one per upstream and route class: an upstream that fails is left alone for a while.

A failure is an attempt without an answer (no connection, no time left, connection lost, no HTTP) or a 500, 502,
503 or 504. Not a failure: any 4xx; 501; and a 503 of type `outcome_unknown`, `unavailable` or `overloaded`, since
with these the upstream is alive, and says in its own words what is wrong behind it (trading has a breaker of its
own in front of the engine, which knows more than this one could).
"""

from dataclasses import dataclass
from typing import Literal

from chassis.clock import Clock
from chassis.errors import Unavailable
from gateway.metrics import BREAKER_REFUSED, BREAKER_STATE
from gateway.rate.leases import whole_seconds
from gateway.request_context import Answer, Handler, RequestContext, UpstreamFailed
from gateway.routes import BreakerClass, Route, Upstream

State = Literal["closed", "half_open", "open"]
_LEVELS: dict[State, int] = {"closed": 0, "half_open": 1, "open": 2}
_FAILED_STATUSES = frozenset({500, 502, 503, 504})
_SPOKEN = frozenset({"outcome_unknown", "unavailable", "overloaded"})


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When a breaker opens, and how it finds out that it may close again."""

    window_s: int = 10
    min_requests: int = 20
    """Fewer in the window say nothing."""
    failure_ratio: float = 0.5
    open_s: float = 2.0
    max_open_s: float = 16.0
    """Every probe that fails doubles the time, up to this."""
    probes: int = 3
    """At most so many at once while half open; as many successes close it."""


class Breaker:
    """The state machine alone; time comes from the clock. Pure."""

    def __init__(self, rules: BreakerRules, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._state: State = "closed"
        self._generation = 0
        """Goes up with every change of state: results of requests let in before it say nothing about the new one."""
        self._seconds: dict[int, list[int]] = {}
        self._second = -1
        self._current = [0, 0]
        self._open_until = 0.0
        self._open_s = rules.open_s
        self._probing = 0
        self._succeeded = 0

    @property
    def state(self) -> State:
        return self._state

    def admit(self) -> int | None:
        """A permit, to be handed to `record`; none while requests are refused."""
        if self._state == "closed":
            return self._generation
        if self._state == "open":
            if self._clock.monotonic() < self._open_until:
                return None
            self._change("half_open")
        if self._probing >= self._rules.probes:
            return None
        self._probing += 1
        return self._generation

    def record(self, permit: int, succeeded: bool | None) -> None:
        """How the request ended; none when it was given up and says nothing."""
        if permit != self._generation:
            return
        if self._state == "half_open":
            self._probing -= 1
            if succeeded is False:
                self._open_s = min(self._open_s * 2, self._rules.max_open_s)
                self._open()
            elif succeeded:
                self._succeeded += 1
                if self._succeeded >= self._rules.probes:
                    self._open_s = self._rules.open_s
                    self._change("closed")
        elif succeeded is not None:
            self._count(succeeded)

    def retry_after_s(self) -> float:
        """Until a refused request may find the way open."""
        return max(0.0, self._open_until - self._clock.monotonic())

    def _count(self, succeeded: bool) -> None:
        second = int(self._clock.monotonic())
        if second != self._second:
            self._second = second
            oldest = second - self._rules.window_s
            self._seconds = {s: counts for s, counts in self._seconds.items() if s > oldest}
            self._current = self._seconds.setdefault(second, [0, 0])
        self._current[0] += 1
        if succeeded:
            return
        self._current[1] += 1
        requests = sum(counts[0] for counts in self._seconds.values())
        failures = sum(counts[1] for counts in self._seconds.values())
        rules = self._rules
        if requests >= rules.min_requests and failures >= rules.failure_ratio * requests:
            self._open()

    def _open(self) -> None:
        self._open_until = self._clock.monotonic() + self._open_s
        self._change("open")

    def _change(self, state: State) -> None:
        self._state = state
        self._generation += 1
        self._probing = self._succeeded = 0
        self._seconds = {}
        self._second = -1


class Breakers:
    """Every attempt, retries too, passes its route's breaker."""

    def __init__(self, rules: BreakerRules, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._breakers: dict[tuple[Upstream, BreakerClass], Breaker] = {}

    def of(self, upstream: Upstream, class_: BreakerClass) -> Breaker:
        """The breaker that all rows with this upstream and class share."""
        key = (upstream, class_)
        if key not in self._breakers:
            breaker = self._breakers[key] = Breaker(self._rules, self._clock)
            BREAKER_STATE.labels(upstream, class_).set_function(lambda: _LEVELS[breaker.state])
        return self._breakers[key]

    def around(self, route: Route, proceed: Handler) -> Handler:
        breaker = self.of(route.upstream, route.breaker)
        refused = BREAKER_REFUSED.labels(route.upstream, route.breaker)

        async def guard(context: RequestContext) -> Answer:
            permit = breaker.admit()
            if permit is None:
                refused.inc()
                raise Unavailable(
                    f"{route.upstream} is failing and is left alone for a moment; nothing was done",
                    headers={"Retry-After": str(whole_seconds(breaker.retry_after_s()))},
                )
            succeeded: bool | None = None
            try:
                answer = await proceed(context)
                succeeded = not _is_failure(answer)
                return answer
            except UpstreamFailed:
                succeeded = False
                raise
            finally:
                breaker.record(permit, succeeded)

        return guard


def _is_failure(answer: Answer) -> bool:
    if answer.status not in _FAILED_STATUSES:
        return False
    return not (answer.status == 503 and answer.problem_type in _SPOKEN)
