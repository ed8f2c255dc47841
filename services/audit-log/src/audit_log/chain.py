"""The hash chain, pure: what an entry is as bytes, and how each entry seals all before it.

    hash(n) = SHA-256( hash(n - 1) || canonical(entry n) ),   hash(0) = 32 zero bytes

Canonical is JSON after RFC 8785 with two narrowings: numbers are integers only (money and quantities never
are floats here, so the RFC's hardest chapter falls away), and keys are sorted by code point.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import msgspec

GENESIS = bytes(32)
"""What the first entry is chained to."""

_encode_sorted = msgspec.json.Encoder(order="sorted").encode
_encode = msgspec.json.Encoder().encode


class NotCanonical(Exception):
    """Data that has no canonical form: a float, or something that is no JSON."""


class BrokenChain(Exception):
    """The first place where the record does not fit. `position` is that entry's; the text says why."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"entry {position}: {reason}")
        self.position = position
        self.reason = reason


class Entry(msgspec.Struct, frozen=True):
    """One entry as it is hashed. The fields stand in the order of their names, as canonical JSON wants."""

    account_id: str | None
    data: msgspec.Raw
    """The event's data as canonical JSON (`canonical_json`)."""
    kind: str
    log_id: str
    maker_account_id: str | None
    """Trades only, whose `account_id` and `order_id` are the taker's."""
    maker_order_id: str | None
    order_id: str | None
    position: int
    """1 for the first, then without a gap."""
    recorded_ns: int
    """When this service wrote it down; never decreases along the chain."""
    sequence: int
    """The event's place in its own log, `source` (an exchange's name) with the identity `log_id`."""
    source: str
    symbol: str | None
    time_ns: int
    """When it happened, as its source says."""
    user_id: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends."""

    position: int
    hash: bytes
    recorded_ns: int


@dataclass(slots=True)
class Day:
    """One UTC day of the chain (by `recorded_ns`), which can be verified alone."""

    day: date
    first_position: int
    last_position: int
    previous_hash: bytes
    """The head of the day before."""
    head: bytes


@dataclass(slots=True)
class Walk:
    """Follows a chain entry by entry from `position` and `head`, and remembers what it saw."""

    position: int = 0
    head: bytes = GENESIS
    recorded_ns: int = 0
    entries: int = 0
    days: list[Day] = field(default_factory=list)
    source_positions: dict[str, int] = field(default_factory=dict)
    _log_ids: dict[str, str] = field(default_factory=dict)

    def step(self, entry: Entry, previous_hash: bytes, stored_hash: bytes) -> None:
        """Check the next entry against everything before it. Raises `BrokenChain`."""
        expected = self.position + 1
        if entry.position != expected:
            raise BrokenChain(expected, f"is missing; the next one is {entry.position}")
        if previous_hash != self.head:
            raise BrokenChain(expected, "does not follow the entry before it")
        self.head = link(previous_hash, entry)
        if self.head != stored_hash:
            raise BrokenChain(expected, "is not what its hash was made of")
        if entry.recorded_ns < self.recorded_ns:
            raise BrokenChain(expected, "was recorded before the entry before it")
        self._step_source(entry)
        self._step_day(entry, previous_hash)
        self.position = expected
        self.recorded_ns = entry.recorded_ns
        self.entries += 1

    def _step_source(self, entry: Entry) -> None:
        source = entry.source
        if self._log_ids.get(source) != entry.log_id:
            self._log_ids[source] = entry.log_id
        elif entry.sequence <= self.source_positions[source]:
            raise BrokenChain(
                entry.position,
                f"repeats {source} {entry.sequence} after {self.source_positions[source]}",
            )
        self.source_positions[source] = entry.sequence

    def _step_day(self, entry: Entry, previous_hash: bytes) -> None:
        today = day_of(entry.recorded_ns)
        if not self.days or self.days[-1].day != today:
            self.days.append(Day(today, entry.position, 0, previous_hash, b""))
        self.days[-1].last_position = entry.position
        self.days[-1].head = self.head


def canonical_json(data: Mapping[str, Any]) -> bytes:
    """`data` as canonical JSON. Raises `NotCanonical`."""
    _refuse_floats(data)
    try:
        return _encode_sorted(data)
    except (TypeError, ValueError) as error:
        raise NotCanonical(str(error)) from error


def canonical(entry: Entry) -> bytes:
    """The bytes of an entry that are hashed."""
    return _encode(entry)


def link(previous_hash: bytes, entry: Entry) -> bytes:
    """The hash that seals `entry` and, through `previous_hash`, everything before it."""
    return hashlib.sha256(previous_hash + canonical(entry)).digest()


def day_of(time_ns: int) -> date:
    """The UTC day of a time."""
    return datetime.fromtimestamp(time_ns // 1_000_000_000, UTC).date()


def _refuse_floats(value: Any) -> None:
    # A work list and not recursion: how deep a document goes is its writer's choice.
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, dict):
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)
        elif isinstance(current, float):
            raise NotCanonical(f"{current!r} is a float; numbers must be integers or strings")
