"""The engine's journal time as trading can know it: what was last reported, plus what has passed here since."""

from chassis.clock import Clock


class JournalClock:
    """Expiries are set on this clock and checked on the engine's, so that no wall clock that jumps decides anything."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._reported_ns = 0
        self._reported_at = clock.monotonic()

    def report(self, journal_time_ns: int) -> None:
        """The engine said its time."""
        # An older report that comes late must not set the clock back, but a newer one may correct it.
        if journal_time_ns > self._reported_ns:
            self._reported_ns = journal_time_ns
            self._reported_at = self._clock.monotonic()

    def time_ns(self) -> int:
        """The journal time now, in nanoseconds; 0 while the engine has not said any."""
        return self.expiry(0) if self._reported_ns else 0

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def expiry(self, ttl_s: float) -> int:
        """The journal time `ttl_s` from now, in nanoseconds."""
        elapsed = self._clock.monotonic() - self._reported_at
        return self._reported_ns + round((elapsed + ttl_s) * 1e9)
