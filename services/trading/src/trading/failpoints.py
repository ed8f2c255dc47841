"""Places where a fault test can make this process misbehave; inert unless a setting enables them.

`FAILPOINTS="after_commit=exit,after_send=unknown@3"` arms places at the start: the third arrival at `after_send` is the
one that counts, and each rule acts once. `FAILPOINTS_FILE` names a file with the same text that is read again whenever
another one takes its place (by rename): its rules replace those of the file before. What acted is appended to
`<file>.acted`, a line `<process id> <place> <action>` each, before it acts.

Actions: `exit` is kill -9; `freeze` stops the process (SIGSTOP) until it is let go on; at `unknown` and `refused`
the call to the engine fails in that way; at `lost` the connection to the database is lost; `pause` holds the place for
some seconds. `wall_clock=shift:<seconds>` is no place: the process takes the machine's clock for so much later.
Pages of nothing but ticks pass by the places of settlement.
"""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from chassis.clock import Clock
from trading.engine.client import Refused, Unknown

API = (
    "before_gate",  # the request is read and checked, nothing is written
    "in_gate",  # cancels are written, orders are not
    "before_commit",  # all is written
    "commit_answer",  # committed, the answer is lost
    "after_commit",  # the batch goes to the engine next
    "before_send",
    "after_send",  # the engine answered
    "before_undo",  # refused for certain: the order is about to be taken back
    "after_undo",
    "before_answer",  # settled, the client knows nothing
)
SETTLER = (
    "settler_elected",  # the lock is held, nothing is read
    "before_settle",  # a page is read
    "settle_moved",  # the cursor is moved
    "settle_loaded",  # orders and balances are locked
    "settle_written",  # all is written
    "after_settle",  # committed, nobody waits no longer
    "settle_told",  # those who waited are woken
    "resubmit_taken",  # an attempt is counted
    "before_resubmit",  # that is committed
    "after_resubmit",  # the engine answered
    "exits_activated",  # an entry filled: its exits and their command are in the transaction
    "session_stored",  # the end of a session is in the transaction
    "session_committed",
)
NAMES = frozenset(API + SETTLER)
ACTIONS = frozenset({"exit", "freeze", "unknown", "refused", "lost", "pause"})
PAUSE_S = 3.0
WALL_CLOCK = "wall_clock"


@dataclass(slots=True)
class _Rule:
    action: str
    arrivals_left: int


class Failpoints:
    """Parsed from the setting. Raises `ValueError` for a name or an action that does not exist."""

    def __init__(self, text: str = "", file: Path | None = None) -> None:
        self._armed: dict[str, _Rule] = {}
        self._file = file
        self._read: tuple[int, int] | None = None
        self.shift_ns = 0
        """How far this process's wall clock is ahead of the machine's."""
        self.reached: set[str] = set()
        """The armed places that acted."""
        self.arm(text)

    def arm(self, text: str) -> None:
        """Add what `text` names. Raises `ValueError`."""
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, _, what = part.partition("=")
            action, at, arrival = what.partition("@")
            if name == WALL_CLOCK and action.startswith("shift:"):
                self.shift_ns = round(float(action.removeprefix("shift:")) * 1e9)
                continue
            if (
                name not in NAMES
                or action not in ACTIONS
                or (at and not (arrival.isdecimal() and int(arrival)))
            ):
                raise ValueError(
                    f"FAILPOINTS: {part!r} is not"
                    f" <{'|'.join(sorted(NAMES))}>=<{'|'.join(sorted(ACTIONS))}>[@<arrival>]"
                )
            self._armed[name] = _Rule(action, int(arrival or 1))

    def read_again(self) -> None:
        """Take over the file's rules when it is another than the last one that was read."""
        if self._file is None:
            return
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return
        version = (found.st_ino, found.st_mtime_ns)
        if version != self._read:
            self._read = version
            self._armed.clear()
            self.shift_ns = 0
            self.arm(self._file.read_text())

    async def reach(self, name: str) -> None:
        """Do what `name` is armed with, once."""
        if not self._armed and self._file is None:
            return
        self.read_again()
        rule = self._armed.get(name)
        if rule is None:
            return
        rule.arrivals_left -= 1
        if rule.arrivals_left:
            return
        del self._armed[name]
        self.reached.add(name)
        self._tell(name, rule.action)
        match rule.action:
            case "exit":
                os.kill(os.getpid(), signal.SIGKILL)
            case "freeze":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "unknown":
                raise Unknown(f"failpoint {name}")
            case "refused":
                raise Refused(f"failpoint {name}")
            case "lost":
                raise ConnectionResetError(f"failpoint {name}")
            case "pause":
                await asyncio.sleep(PAUSE_S)

    def clock(self, clock: Clock) -> Clock:
        """`clock` itself, or one that can be set wrong where that is enabled."""
        return clock if self._file is None else _ShiftedClock(clock, self)

    def _tell(self, name: str, action: str) -> None:
        """In one write, which a kill -9 does not take back."""
        if self._file is None:
            return
        with self._file.with_name(f"{self._file.name}.acted").open("ab", buffering=0) as acted:
            acted.write(f"{os.getpid()} {name} {action}\n".encode())


class _ShiftedClock:
    def __init__(self, clock: Clock, failpoints: Failpoints) -> None:
        self._clock = clock
        self._failpoints = failpoints

    def time_ns(self) -> int:
        self._failpoints.read_again()
        return self._clock.time_ns() + self._failpoints.shift_ns

    def monotonic(self) -> float:
        return self._clock.monotonic()


INERT = Failpoints()
