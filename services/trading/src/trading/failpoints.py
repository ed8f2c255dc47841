"""Places where a fault test can make this process misbehave; inert unless `FAILPOINTS` names them.

`FAILPOINTS="after_commit=exit,after_send=unknown"`, each once: at `exit` the process dies as by kill -9, at `unknown`
and `refused` the call to the engine fails in that way, at `lost` the connection to the database is lost, at `pause`
the place is held for some seconds. Pages of nothing but ticks pass by the places of settlement.
"""

import asyncio
import os
import signal

from trading.engine.client import Refused, Unknown

NAMES = frozenset(
    {
        "before_commit",
        "commit_answer",
        "after_commit",
        "before_send",
        "after_send",
        "before_settle",
        "after_settle",
    }
)
ACTIONS = frozenset({"exit", "unknown", "refused", "lost", "pause"})
PAUSE_S = 3.0


class Failpoints:
    """Parsed from the setting. Raises `ValueError` for a name or an action that does not exist."""

    def __init__(self, text: str = "") -> None:
        self._armed: dict[str, str] = {}
        self.reached: set[str] = set()
        """The armed places that were come to."""
        self.arm(text)

    def arm(self, text: str) -> None:
        """Add what `text` names. Raises `ValueError`."""
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, _, action = part.partition("=")
            if name not in NAMES or action not in ACTIONS:
                raise ValueError(
                    f"FAILPOINTS: {part!r} is not <{'|'.join(sorted(NAMES))}>=<{'|'.join(sorted(ACTIONS))}>"
                )
            self._armed[name] = action

    async def reach(self, name: str) -> None:
        """Do what `name` is armed with, once."""
        if not self._armed or name not in self._armed:
            return
        self.reached.add(name)
        match self._armed.pop(name):
            case "exit":
                os.kill(os.getpid(), signal.SIGKILL)
            case "unknown":
                raise Unknown(f"failpoint {name}")
            case "refused":
                raise Refused(f"failpoint {name}")
            case "lost":
                raise ConnectionResetError(f"failpoint {name}")
            case "pause":
                await asyncio.sleep(PAUSE_S)
