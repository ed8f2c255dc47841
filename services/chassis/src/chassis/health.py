"""Liveness says that the process runs; readiness that it can do its work. The two are never the same question."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse

Check = Callable[[], Awaitable[str | None]]
"""Answers none when all is well, else a sentence that says what is not."""


class Readiness:
    """Named checks that must all pass before traffic should come."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}

    def add(self, name: str, check: Check) -> None:
        self._checks[name] = check

    async def failures(self) -> dict[str, str]:
        """The checks that do not pass, with their sentences."""
        found = {}
        for name, check in self._checks.items():
            try:
                sentence = await check()
            except Exception as error:
                sentence = f"{type(error).__name__}: {error}"
            if sentence is not None:
                found[name] = sentence
        return found


def health_router(readiness: Readiness) -> APIRouter:
    """`/healthz` and `/readyz`."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        failures = await readiness.failures()
        if failures:
            return JSONResponse({"status": "not ready", "failures": failures}, status_code=503)
        return JSONResponse({"status": "ready"})

    return router
