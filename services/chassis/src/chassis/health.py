"""Liveness says that the process runs; readiness that it should get traffic. The two are never the same question."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from chassis.clock import Clock

Check = Callable[[], Awaitable[str | None]]
"""Answers none when all is well, else a sentence that says what is not."""

HOLD_BACK_S = 30.0
"""How long a new process may wait for what it could do without."""


class Report(NamedTuple):
    """The checks that do not pass, with their sentences."""

    failures: dict[str, str]
    """No traffic should come."""
    degraded: dict[str, str]
    """Something is refused or lags; everything else is served, so traffic should come."""


class _Named:
    """One check, and what its failure means by now."""

    def __init__(self, check: Check, held_back_until: float | None) -> None:
        self.check = check
        self.held_back_until = held_back_until
        self.passed_once = False

    def takes_out(self, now: float) -> bool:
        if self.held_back_until is None:
            return True
        return not self.passed_once and now < self.held_back_until


class Readiness:
    """Named checks of two kinds: without what one asks, nothing can be served; what the other asks is only told.

    A check that takes every replica out of service at once, because something that they share is away, takes with
    it what would still work. So what is asked by the first kind must be needed by every request.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._checks: dict[str, _Named] = {}

    def add(self, name: str, check: Check, *, degrades_after_s: float | None = None) -> None:
        """A check of the first kind; with `degrades_after_s` of the second.

        Then only a new process is held back by it: until it passed for the first time, for so many seconds at
        most. So a rollout waits for a replica that can do all of its work, and not for ever.
        """
        until = None if degrades_after_s is None else self._clock.monotonic() + degrades_after_s
        self._checks[name] = _Named(check, until)

    async def report(self) -> Report:
        """What every check says now."""
        report = Report({}, {})
        for name, named in self._checks.items():
            try:
                sentence = await named.check()
            except Exception as error:
                sentence = f"{type(error).__name__}: {error}"
            if sentence is None:
                named.passed_once = True
            elif named.takes_out(self._clock.monotonic()):
                report.failures[name] = sentence
            else:
                report.degraded[name] = sentence
        return report


def health_router(readiness: Readiness) -> APIRouter:
    """`/healthz` and `/readyz`."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        failures, degraded = await readiness.report()
        told = {"degraded": degraded} if degraded else {}
        if failures:
            return JSONResponse({"status": "not ready", "failures": failures} | told, 503)
        return JSONResponse({"status": "ready"} | told)

    return router
