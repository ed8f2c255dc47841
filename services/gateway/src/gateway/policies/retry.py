"""Trying again: reads whatever went wrong, writes only when not one byte was sent; under a budget, with full jitter.

Full jitter (a uniform wait up to a doubling bound) keeps clients that failed together from coming back together;
the budget keeps retries from becoming the load that holds an upstream down.
"""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_base

from chassis.clock import Clock
from gateway.metrics import RETRIES, RETRIES_DENIED
from gateway.request_context import Answer, Handler, RequestContext, UpstreamFailed
from gateway.routes import Route, Upstream

MAX_ATTEMPTS = 3
BASE_WAIT_S = 0.025
MAX_WAIT_S = 0.25
_RETRIED_STATUSES = frozenset({502, 503})


class Budget:
    """Retries may be `share` of the requests, plus a small reserve, so that quiet hours can retry at all. Pure."""

    def __init__(self, share: float, reserve: float = 10.0) -> None:
        self._share = share
        self._reserve = reserve
        self._saved = reserve

    def earn(self) -> None:
        """A request was made."""
        self._saved = min(self._saved + self._share, self._reserve)

    def spend(self) -> bool:
        """Whether a retry may be made; if so it is counted."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True


class _TryAgain(Exception):
    """An attempt that may be repeated: carries what the client gets when it is not."""

    def __init__(self, answer: Answer | None, failed: UpstreamFailed | None) -> None:
        super().__init__()
        self.answer = answer
        self.failed = failed

    def give_up(self) -> Answer:
        """The last answer, or the last failure raised."""
        if self.failed is not None:
            raise self.failed
        assert self.answer is not None
        return self.answer


class _FullJitter(wait_base):
    def __init__(self, random: Random) -> None:
        self._random = random

    def __call__(self, retry_state: RetryCallState) -> float:
        bound = min(MAX_WAIT_S, BASE_WAIT_S * 2 ** (retry_state.attempt_number - 1))
        return self._random.uniform(0, bound)


class Retries:
    """The gateway's own retries, the only ones between the client and trading."""

    def __init__(
        self,
        clock: Clock,
        random: Random,
        share: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._wait = _FullJitter(random)
        self._sleep = sleep
        self._budgets = {upstream: Budget(share) for upstream in Upstream}

    def around(self, route: Route, proceed: Handler) -> Handler:
        budget = self._budgets[route.upstream]

        async def attempt(context: RequestContext) -> Answer:
            try:
                answer = await proceed(context)
            except UpstreamFailed as failed:
                if _may_repeat(route, context, failed):
                    raise _TryAgain(None, failed) from None
                raise
            if (
                route.retry == "safe"
                and answer.status in _RETRIED_STATUSES
                and answer.problem_type != "outcome_unknown"
                and answer.stream is None
            ):
                raise _TryAgain(answer, None)
            return answer

        async def repeat(context: RequestContext) -> Answer:
            budget.earn()
            try:
                # Nearly every request ends here, without the machinery below.
                return await attempt(context)
            except _TryAgain as first:
                return await self._again(context, attempt, first, budget, route.upstream)

        return repeat

    async def _again(
        self,
        context: RequestContext,
        attempt: Handler,
        first: _TryAgain,
        budget: Budget,
        upstream: Upstream,
    ) -> Answer:
        pending: _TryAgain | None = first

        async def once() -> Answer:
            nonlocal pending
            if pending is not None:
                # The attempt that brought us here counts as the first.
                failed, pending = pending, None
                raise failed
            return await attempt(context)

        def is_over(state: RetryCallState) -> bool:
            if stop_after_attempt(MAX_ATTEMPTS)(state):
                return True
            if self._clock.monotonic() + state.upcoming_sleep >= context.deadline_at:
                return True
            if not budget.spend():
                RETRIES_DENIED.labels(upstream).inc()
                return True
            return False

        def count(state: RetryCallState) -> None:
            assert state.outcome is not None
            error = state.outcome.exception()
            assert isinstance(error, _TryAgain)
            reason = error.failed.failure.value if error.failed else "status"
            RETRIES.labels(upstream, reason).inc()

        retrying: Any = AsyncRetrying(
            stop=is_over,
            wait=self._wait,
            sleep=self._sleep,
            retry=retry_if_exception_type(_TryAgain),
            before_sleep=count,
            reraise=True,
        )
        try:
            answer: Answer = await retrying(once)
        except _TryAgain as last:
            return last.give_up()
        return answer


def _may_repeat(route: Route, context: RequestContext, failed: UpstreamFailed) -> bool:
    if context.body_stream is not None and context.body_stream.began:
        return False
    return route.retry == "safe" or not failed.sent
