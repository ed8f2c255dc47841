"""A proof that is kept up to date, so that whoever asks need not wait for the whole chain.

It walks on behind the worker, a little at a time. What it verified once it does not look at again: for
that there are a full walk (`?full=true`, or the `verify` command) and, after a restart, its own.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import Counter, Gauge

from audit_log.chain import Walk
from audit_log.verify.proof import Proof, go_on
from chassis.clock import Clock
from chassis.database import Database, is_transient

log = structlog.get_logger(__name__)

SLICE_S = 0.25
"""How long it walks before it lets a waiting caller in."""
REST_S = 2.0
MAX_REST_S = 300.0
"""Each walk that ends at a break doubles the rest before the next, up to this: such a walk begins at the
first entry, and nothing mends the chain in seconds."""

VERIFIED = Gauge(
    "audit_log_verified_position_entries", "Last entry that this process has verified."
)
VERIFICATIONS = Counter("audit_log_verifications_total", "Walks over the chain.", ["outcome"])


class _SliceOver(Exception):
    """There is more to walk, later."""


class StandingProof:
    """The chain as far as this process has verified it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sleep = sleep
        self._walk = Walk()
        self._walking = asyncio.Lock()

    @property
    def position(self) -> int:
        """The last entry verified."""
        return self._walk.position

    async def up_to_now(self, check: Callable[[], None]) -> Proof:
        """The proof of the whole chain as of this moment. Raises what `check` raises; progress is kept."""
        async with self._walking:
            try:
                proof = await go_on(self._database, self._walk, check)
            finally:
                VERIFIED.set(self._walk.position)
            if not proof.verified:
                # Whoever mends the chain from a copy must be believed again, but only after a whole walk.
                self._walk = Walk()
                log.critical("the chain is broken", position=proof.broken_at, reason=proof.reason)
            return proof

    async def run(self) -> None:
        """Follow the chain until cancelled."""
        rest_s = REST_S
        while True:
            try:
                proof = await self.up_to_now(self._slice())
                VERIFICATIONS.labels("verified" if proof.verified else "broken").inc()
                rest_s = REST_S if proof.verified else min(rest_s * 2, MAX_REST_S)
                await self._sleep(rest_s)
            except _SliceOver:
                await self._sleep(0)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("the chain cannot be read", error=repr(error))
                await self._sleep(REST_S)

    def _slice(self) -> Callable[[], None]:
        end = self._clock.monotonic() + SLICE_S

        def check() -> None:
            if self._clock.monotonic() > end:
                raise _SliceOver

        return check
