"""One connection as the hub sees it: a socket that may be full, and what could not be told while it was.

Its memory is bounded by what it listens to, not by what happens: a place a symbol. Whoever does not read is
passed over, told the newest when there is room again, and closed when something is gone that it must not miss,
when it has not read for `PATIENCE_S`, or when it goes on asking without reading the answers.
"""

from collections import deque
from typing import Any, Generic

from chassis.clock import Clock
from chassis.websockets import POLICY_VIOLATION, TRY_AGAIN_LATER, Frames
from market_data.streams import figures
from market_data.streams.tape import TooSlow
from market_data.streams.view import Place, View

PATIENCE_S = 10.0
MAX_HELD = 16
"""So many answers wait for room."""


class Watch(Generic[Place]):
    """A client's place in what one view shows."""

    __slots__ = ("client", "place", "view")

    def __init__(self, client: "Client", view: View[Place], place: Place) -> None:
        self.client = client
        self.view = view
        self.place = place


class Client:
    """What all protocols share. `protocol` names it in metrics."""

    protocol = ""

    def __init__(self, frames: Frames, clock: Clock) -> None:
        self.frames = frames
        self._clock = clock
        self._late: set[Watch[Any]] = set()
        self._held: deque[bytes] = deque()
        self._full_since: float | None = None
        self._sent = figures.FRAMES.labels(self.protocol)
        self._conflated = figures.CONFLATED.labels(self.protocol)
        frames.on_writable = self._room

    def tell(self, watch: Watch[Any]) -> bool:
        """Lead `watch` to now; whether a frame was written."""
        if self.frames.full:
            self._pass_over(watch)
            return False
        try:
            frame, watch.place = watch.view.step(watch.place)
        except TooSlow:
            self.too_slow()
            return False
        if frame is None:
            return False
        self.frames.write(frame)
        return True

    def say(self, frame: bytes) -> None:
        """Write a frame that is for this client alone, or hold it until there is room."""
        if not self.frames.full:
            self.frames.write(frame)
            self._sent.inc()
        elif len(self._held) < MAX_HELD:
            self._held.append(frame)
        else:
            self.too_slow()

    def beat(self, heartbeat: bytes) -> None:
        """Called every second. The heartbeat is for protocols that have one, and may be left out."""
        if not self.frames.full:
            self.on_beat(heartbeat)
        elif self._full_since is None:
            self._full_since = self._clock.monotonic()
        elif self._clock.monotonic() - self._full_since > PATIENCE_S:
            self.too_slow()

    def too_slow(self) -> None:
        """Tell the client in its protocol's words, and close."""
        if not self.frames.closed:
            figures.SLOW.labels(self.protocol).inc()
            self.close(self.slow_words(), POLICY_VIOLATION, "slow client")

    def give_up(self, *, replaced: bool) -> None:
        """What was told so far is worth nothing any more: close, so that the client begins anew."""
        words = self.replaced_words() if replaced else None
        reason = "the log was replaced" if replaced else "the stream begins anew"
        self.close(words, TRY_AGAIN_LATER, reason)

    def close(self, words: bytes | None, code: int, reason: str) -> None:
        """Say the last words, behind what waits, and close."""
        while self._held:
            self.frames.write(self._held.popleft())
        if words is not None:
            self.frames.write(words)
        self.frames.close(code, reason)

    def on_beat(self, heartbeat: bytes) -> None:
        """A second went by, and there is room."""

    def on_added(self, symbol: str) -> None:
        """A symbol is new."""

    def slow_words(self) -> bytes:
        """The frame that says why it is closed."""
        raise NotImplementedError

    def replaced_words(self) -> bytes | None:
        """The frame that says that the log was replaced, in protocols that have one."""
        return None

    def _pass_over(self, watch: Watch[Any]) -> None:
        self._conflated.inc()
        self._late.add(watch)
        if not watch.view.holds(watch.place):
            self.too_slow()

    def _room(self) -> None:
        self._full_since = None
        while self._held and not self.frames.full:
            self.say(self._held.popleft())
        late, self._late = self._late, set()
        for watch in late:
            # What cannot be shown now will be told to all when it can.
            if watch.view.presentable and self.tell(watch):
                self._sent.inc()
