"""What goes wrong, in which order and after how many orders: a pure function of a seed."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from trading.failpoints import API, SETTLER

ENGINE = (
    "before_apply",
    "before_write",
    "torn_write",
    "before_fsync",
    "after_fsync",
    "after_fsync_before_answer",
    "before_publish",
    "before_confirm",
)
"""Where the engine dies."""
ENGINE_ERRORS = ("fsync", "drop_answer", "no_room", "idle_tick")
"""Where something goes wrong in the engine without killing it; a failed fsync makes it end by itself."""
UNDO = ("before_undo", "after_undo")
RESUBMIT = ("resubmit_taken", "before_resubmit", "after_resubmit")
SESSION = ("session_stored", "session_committed")

Kind = Literal[
    "die",  # a replica, at a point of the api
    "settler dies",  # at a point of settlement
    "engine dies",  # at a point of the engine
    "engine errs",
    "answer lost",  # at a point of the api: the database's, or the engine's
    "settler held",  # for three seconds, in the middle of it
    "two settlers",  # the one is stopped in the middle of a page, the other elected, the first goes on
    "kill",  # -9, at any moment
    "database stopped",  # for five seconds
    "database restarted",
    "database killed",
    "connections cut",
    "lock cut",
    "engine refuses",  # connections
    "engine slow",
    "engine late",  # answers after the timeout
    "engine cut",  # the answer is lost on the way
    "broker away",
    "broker killed",
    "clock jumps",  # of one replica
    "engine clock jumps",  # with a restart
]
EACH = 5
"""How often each failpoint is to be hit, at least."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`after` so many orders since the last fault recovered; `what` and `arrival` as its kind has it; `dice` decides
    what else is free, such as which replica."""

    number: int
    kind: Kind
    what: str
    after: int
    arrival: int
    dice: int


def make_plan(
    seed: int, *, orders: int, each: int = EACH, others: int = 2, without: Collection[str] = ()
) -> list[Fault]:
    """Every failpoint `each` times, every other kind of fault `others` times, shuffled, spread over `orders`.

    `without`: points that these orders do not come to.
    """
    chance = random.Random(f"plan {seed}")
    wanted = [(kind, what) for kind, what in _points(each) if what not in without] + list(
        _others(others)
    )
    chance.shuffle(wanted)
    return _numbered(chance, wanted, orders)


def make_short_plan(seed: int, *, orders: int, faults: int = 12) -> list[Fault]:
    """One of each group of faults that takes little time, in the order of the seed."""
    chance = random.Random(f"short {seed}")
    wanted: list[tuple[Kind, str]] = [
        ("die", chance.choice(("before_commit", "after_commit", "after_send"))),
        ("die", chance.choice(("in_gate", "before_send", "before_answer", *UNDO))),
        ("settler dies", chance.choice(("settle_moved", "settle_loaded", "settle_written"))),
        ("settler dies", chance.choice(("before_settle", "after_settle", *RESUBMIT))),
        ("engine dies", chance.choice(("before_write", "torn_write", "before_fsync"))),
        ("engine dies", chance.choice(("after_fsync", "after_fsync_before_answer"))),
        ("engine errs", chance.choice(("fsync", "drop_answer", "no_room"))),
        ("answer lost", "commit_answer=lost"),
        ("two settlers", chance.choice(("before_settle", "settle_written"))),
        ("database killed", ""),
        ("connections cut", ""),
        ("engine cut", ""),
    ]
    chance.shuffle(wanted)
    return _numbered(chance, wanted[:faults], orders)


def _points(each: int) -> Iterable[tuple[Kind, str]]:
    for _ in range(each):
        yield from (("die", point) for point in API)
        yield from (("settler dies", point) for point in SETTLER)
        yield from (("engine dies", point) for point in ENGINE)
        yield from (("engine errs", point) for point in ENGINE_ERRORS)


def _others(times: int) -> Iterable[tuple[Kind, str]]:
    for _ in range(times):
        yield from (
            ("answer lost", "commit_answer=lost"),
            ("answer lost", "before_send=unknown"),
            ("answer lost", "after_send=unknown"),
            ("settler held", "settle_loaded"),
            ("two settlers", "before_settle"),
            ("two settlers", "settle_written"),
            ("kill", "trading"),
            ("kill", "matching-engine"),
            ("kill", "audit-log"),
            ("database stopped", ""),
            ("database restarted", ""),
            ("database killed", ""),
            ("connections cut", ""),
            ("lock cut", ""),
            ("engine refuses", ""),
            ("engine slow", ""),
            ("engine late", ""),
            ("engine cut", ""),
            ("broker away", ""),
            ("clock jumps", "ahead"),
            ("clock jumps", "back"),
            ("engine clock jumps", "ahead"),
            ("engine clock jumps", "back"),
        )
    yield from (
        ("broker killed", ""),
        ("broker killed", ""),
        ("kill", "auth"),
        ("kill", "market-data"),
    )


def _numbered(chance: random.Random, wanted: list[tuple[Kind, str]], orders: int) -> list[Fault]:
    every = max(1, orders // (2 * len(wanted)))
    return [
        Fault(
            number,
            kind,
            what,
            after=chance.randint(every // 2, every + every // 2),
            arrival=chance.randint(1, 4),
            dice=chance.getrandbits(32),
        )
        for number, (kind, what) in enumerate(wanted, start=1)
    ]
