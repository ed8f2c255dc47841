"""Redis: the newest trade, quote and book of every symbol, and how far into the log they are complete.

Redis holds nothing of its own. The worker writes here only what its database already has, all of a batch in
one MSET, so that a reader never sees a quote beside a book of another moment. A missing key is looked up in
the database, so a flushed or evicting Redis makes reads slower, never wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import msgspec
import structlog
from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chassis.clock import Clock
from market_data.journal import Position
from market_data.latest.state import Book, LatestTrade, Quote

log = structlog.get_logger(__name__)

TIMEOUT_S = 0.5
REST_S = 1.0
"""After a failure Redis is left alone for this long, so that one outage does not slow down every request."""

FAILURES = Counter("market_data_cache_failures_total", "Failed exchanges with Redis.")

_Latest = TypeVar("_Latest", LatestTrade, Quote, Book)
_PREFIXES: dict[type, str] = {
    LatestTrade: "market-data:trade:",
    Quote: "market-data:quote:",
    Book: "market-data:book:",
}
_POSITION = "market-data:position"
_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Position, LatestTrade, Quote, Book)
}


class CacheAway(Exception):
    """Redis did not answer, or has just failed to."""


@dataclass(slots=True)
class Update:
    """What a batch, or a look at the whole database, says is true at `position`."""

    position: Position
    books: Mapping[str, Book] = field(default_factory=dict)
    trades: Mapping[str, LatestTrade] = field(default_factory=dict)


class Cache:
    """Both roles' way to Redis. Every method raises `CacheAway` while it cannot be reached."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
        )
        self._clock = clock
        self._resting_until = float("-inf")

    async def close(self) -> None:
        await self._redis.aclose()

    async def position(self) -> Position | None:
        """How far the cache is complete; none when it holds nothing."""
        return _decode(Position, (await self._get([_POSITION]))[0])

    async def read(
        self, kind: type[_Latest], symbols: Sequence[str]
    ) -> tuple[Position | None, dict[str, _Latest]]:
        """What is here of `symbols`, and the position that goes with it, from one moment."""
        prefix: str = _PREFIXES[kind]
        values = await self._get([_POSITION, *(prefix + each for each in symbols)])
        found: dict[str, _Latest] = {}
        for symbol, value in zip(symbols, values[1:], strict=True):
            decoded: _Latest | None = _decode(kind, value)
            if decoded is not None:
                found[symbol] = decoded
        return _decode(Position, values[0]), found

    async def write(self, update: Update) -> None:
        """Show `update`, all of it at once."""
        values: dict[str, bytes] = {_POSITION: msgspec.json.encode(update.position)}
        for symbol, book in update.books.items():
            values[_PREFIXES[Book] + symbol] = msgspec.json.encode(book)
            values[_PREFIXES[Quote] + symbol] = msgspec.json.encode(book.quote())
        for symbol, trade in update.trades.items():
            values[_PREFIXES[LatestTrade] + symbol] = msgspec.json.encode(trade)
        self._require_awake()
        try:
            await self._redis.mset(values)
        except (RedisError, OSError) as error:
            raise self._failed(error) from error

    async def _get(self, keys: list[str]) -> list[bytes | None]:
        self._require_awake()
        try:
            values = await self._redis.mget(keys)
        except (RedisError, OSError) as error:
            raise self._failed(error) from error
        return cast("list[bytes | None]", values)  # text is not decoded unless asked for

    def _require_awake(self) -> None:
        if self._clock.monotonic() < self._resting_until:
            raise CacheAway("Redis has just failed")

    def _failed(self, error: Exception) -> CacheAway:
        self._resting_until = self._clock.monotonic() + REST_S
        FAILURES.inc()
        reason = f"{type(error).__name__}: {error}"  # redis-py's repr hides what happened
        log.warning("Redis is away", error=reason)
        return CacheAway(reason)


_Value = TypeVar("_Value")


def _decode(kind: type[_Value], value: bytes | None) -> _Value | None:
    if value is None:
        return None
    try:
        decoded: _Value = _DECODERS[kind].decode(value)
    except msgspec.MsgspecError:
        return None  # written by another version: as good as not there
    return decoded
