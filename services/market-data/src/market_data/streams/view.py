"""How a protocol shows a topic to many listeners at once: from where each of them is, to now.

A listener is no queue but a place: how far it has been told. Listeners at the same place get the same bytes,
made once; one that was not written to for a while is told in one message what the others heard in many.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import Generic, TypeVar

Place = TypeVar("Place", bound=Hashable)


class View(ABC, Generic[Place]):
    """`version` moves with what is shown; steps are remembered while it does not."""

    def __init__(self) -> None:
        self._steps: dict[Place, tuple[bytes | None, Place]] = {}
        self._seen: int | None = None

    def step(self, place: Place) -> tuple[bytes | None, Place]:
        """The frame (none: there is nothing new) that leads from `place` to the returned one. Raises `TooSlow`."""
        version = self.version
        if version != self._seen:
            self._steps.clear()
            self.begin()
            self._seen = version
        found = self._steps.get(place)
        if found is None:
            found = self._steps[place] = self.make(place)
        return found

    @property
    @abstractmethod
    def version(self) -> int:
        """Grows with every change of what is shown."""

    @property
    @abstractmethod
    def presentable(self) -> bool:
        """Whether it may be shown now: not in the middle of a command."""

    @abstractmethod
    def begin(self) -> None:
        """Forget what was made for the version before."""

    @abstractmethod
    def make(self, place: Place) -> tuple[bytes | None, Place]:
        """What `step` answers, when it has not been asked from there since the last change."""

    @abstractmethod
    def holds(self, place: Place) -> bool:
        """Whether a listener at `place` can still be told everything that it must not miss."""
