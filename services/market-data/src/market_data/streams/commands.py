"""Batches of the engine's log into whole commands, so that nobody is shown a state that the engine never had. Pure."""

from chassis.event_log.events import Event

MAX_WAITING = 20_000
"""Events. One command that makes more is told in parts, as the batches bring them."""


class WholeCommands:
    """All events of a command, and no other's, have its stamp as their time. What a batch has of its last command
    waits for the next batch, unless the log is known to have ended there: it never ends within a command.
    """

    def __init__(self) -> None:
        self._waiting: list[Event] = []

    def add(self, events: list[Event], *, log_ended: bool) -> list[Event]:
        """Those that may be applied now, of what waited and of `events`, which go on from there."""
        waiting = [*self._waiting, *events]
        end = len(waiting)
        if waiting and not log_ended:
            while end > 0 and waiting[end - 1].time_ns == waiting[-1].time_ns:
                end -= 1
            if len(waiting) - end > MAX_WAITING:
                end = len(waiting)
        self._waiting = waiting[end:]
        return waiting[:end]
