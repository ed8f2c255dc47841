"""Password hashing with argon2id: off the event loop, few at a time, and as slow for unknown users as for known.

Nothing here knows users or stores anything.
"""

import asyncio
import secrets
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from prometheus_client import Gauge, Histogram

from chassis.errors import Unavailable

HASHING = Histogram(
    "auth_password_hashing_seconds",
    "Time of one argon2id computation, waiting for a place not included.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
WAITING = Gauge("auth_password_hashes_waiting", "Requests that wait for a place to hash in.")


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """argon2id's parameters (RFC 9106): passes, memory, lanes."""

    time_cost: int
    memory_kib: int
    parallelism: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fresh_hash` replaces the stored one when that was made with other parameters."""

    matches: bool
    fresh_hash: str | None = None


class Passwords:
    """Hashes and verifies. Raises `Unavailable` when more wait already than is sensible."""

    def __init__(self, cost: PasswordCost, *, at_once: int, waiting: int) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.time_cost,
            memory_cost=cost.memory_kib,
            parallelism=cost.parallelism,
            type=Type.ID,
        )
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting = waiting
        self._waiting = 0
        # What the password of a user who does not exist is compared with: nobody knows its password.
        self._decoy = self._hasher.hash(secrets.token_bytes(32))

    async def hash(self, password: str) -> str:
        """The encoded hash to store."""
        async with self._place():
            return await asyncio.to_thread(self._hash, password)

    async def verify(self, password: str, stored: str | None) -> Verdict:
        """Whether `password` made `stored`; with none (no such user) it takes as long and says no."""
        async with self._place():
            return await asyncio.to_thread(self._verify, password, stored)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._waiting >= self._most_waiting:
            raise Unavailable("too many log-ins at this moment", headers={"Retry-After": "1"})
        self._waiting += 1
        WAITING.inc()
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
            WAITING.dec()
        try:
            yield
        finally:
            self._places.release()

    def _hash(self, password: str) -> str:
        with HASHING.time():
            return self._hasher.hash(_bytes(password))

    def _verify(self, password: str, stored: str | None) -> Verdict:
        try:
            with HASHING.time():
                self._hasher.verify(stored or self._decoy, _bytes(password))
        except (VerificationError, InvalidHashError):
            return Verdict(False)
        if stored is None:
            return Verdict(False)
        outdated = self._hasher.check_needs_rehash(stored)
        return Verdict(True, self._hash(password) if outdated else None)


def _bytes(password: str) -> bytes:
    # The same password typed on another keyboard may be composed differently (RFC 8265, OpaqueString).
    return unicodedata.normalize("NFC", password).encode()
