"""Choices out of bytes: any bytes are a history, and shorter ones of smaller bytes are simpler."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    @property
    def left(self) -> bool:
        return self._at < len(self._content)

    def below(self, bound: int) -> int:
        """The next byte's choice of 0 to `bound` - 1; past the end, the first."""
        byte = self._content[self._at] if self.left else 0
        self._at += 1
        return byte % bound

    def between(self, lowest: int, highest: int) -> int:
        return lowest + self.below(highest - lowest + 1)

    def of(self, table: Sequence[T]) -> T:
        """An entry that stands there several times comes as often."""
        return table[self.below(len(table))]
