"""Places where a fault test can make this process misbehave; inert unless `FAILPOINTS` names them.

`FAILPOINTS="after_commit=exit,after_send=unknown"`: at `exit` the process dies as if by kill -9, at `unknown` and
`refused` the call to the engine fails in that way once, at `pause` the place waits five seconds, once.
"""

import asyncio
import os
import signal

from trading.engine.client import Refused, Unknown

NAMES = frozenset(
    {"before_commit", "after_commit", "before_send", "after_send", "before_settle", "after_settle"}
)
ACTIONS = frozenset({"exit", "unknown", "refused", "pause"})
PAUSE_S = 5.0


class Failpoints:
    """Parsed from the setting. Raises `ValueError` for a name or an action that does not exist."""

    def __init__(self, text: str = "") -> None:
        self._armed: dict[str, str] = {}
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
        match self._armed.pop(name):
            case "exit":
                os.kill(os.getpid(), signal.SIGKILL)
            case "unknown":
                raise Unknown(f"failpoint {name}")
            case "refused":
                raise Refused(f"failpoint {name}")
            case "pause":
                await asyncio.sleep(PAUSE_S)
