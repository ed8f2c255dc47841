"""How long the caller will still wait, as a moment of the local monotonic clock."""

from dataclasses import dataclass

from starlette.datastructures import Headers

from chassis.clock import Clock

HEADER = "x-deadline-ms"
MAX_MS = 600_000


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment (seconds of `clock.monotonic()`) after which nobody waits for the answer any more."""

    at: float
    clock: Clock

    def remaining_s(self) -> float:
        """Seconds left; never negative."""
        return max(0.0, self.at - self.clock.monotonic())

    @property
    def passed(self) -> bool:
        return self.clock.monotonic() >= self.at


def deadline_from(headers: Headers, clock: Clock, default_s: float) -> Deadline:
    """The caller's deadline, or `default_s` from now where it gave none or one that is no number."""
    text = headers.get(HEADER, "")
    seconds = min(int(text), MAX_MS) / 1000 if text.isdecimal() and len(text) < 10 else default_s
    return Deadline(clock.monotonic() + seconds, clock)
