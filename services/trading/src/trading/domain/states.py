"""The states of an order, in Alpaca's words, and the one table of which may follow which.

The code moves orders by it, the database refuses what it does not reach, and `docs/order-states.md` shows it.
"""

from enum import StrEnum


class Status(StrEnum):
    HELD = "held"
    """An exit of a bracket: waits here, not in the engine, until its entry is filled."""
    PENDING_NEW = "pending_new"
    """Stored; the engine's log has not told yet what became of it."""
    NEW = "new"
    """In the engine, nothing filled; stops that wait for their trigger, too."""
    PARTIALLY_FILLED = "partially_filled"
    SUSPENDED = "suspended"
    """In the engine, and its symbol is halted."""
    PENDING_CANCEL = "pending_cancel"
    PENDING_REPLACE = "pending_replace"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    """Another order (`replaced_by`) stands in its place."""
    REJECTED = "rejected"


_RESTING = frozenset({Status.NEW, Status.PARTIALLY_FILLED, Status.SUSPENDED})
_ASKED = frozenset({Status.PENDING_CANCEL, Status.PENDING_REPLACE})
_ENDED = frozenset({Status.FILLED, Status.CANCELED, Status.EXPIRED})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.PENDING_NEW, Status.CANCELED}),
    Status.PENDING_NEW: frozenset({Status.NEW, Status.REJECTED}),
    Status.NEW: frozenset({Status.PARTIALLY_FILLED, Status.SUSPENDED}) | _ASKED | _ENDED,
    Status.PARTIALLY_FILLED: frozenset({Status.PARTIALLY_FILLED, Status.SUSPENDED})
    | _ASKED
    | _ENDED,
    Status.SUSPENDED: frozenset({Status.NEW, Status.PARTIALLY_FILLED, Status.PENDING_CANCEL})
    | (_ENDED - {Status.FILLED}),
    # What was asked for may be rejected, or come too late.
    Status.PENDING_CANCEL: _RESTING | _ENDED,
    Status.PENDING_REPLACE: _RESTING | _ENDED | {Status.REPLACED},
    Status.FILLED: frozenset(),
    Status.CANCELED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.REPLACED: frozenset(),
    Status.REJECTED: frozenset(),
}
"""What one event or request may do; within one page of the log an order may make several of these steps."""

CLOSED = frozenset(state for state, following in TRANSITIONS.items() if not following)
OPEN = frozenset(Status) - CLOSED


def reachable(state: Status) -> frozenset[Status]:
    """Every state that an order in `state` can come to, in any number of steps."""
    found: set[Status] = set()
    ahead = list(TRANSITIONS[state])
    while ahead:
        following = ahead.pop()
        if following not in found:
            found.add(following)
            ahead.extend(TRANSITIONS[following])
    return frozenset(found)


class IllegalTransition(Exception):
    """The log asks for a change of state that no order can make: a defect, never an input."""
