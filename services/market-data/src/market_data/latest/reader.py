"""Where an answer about now comes from: Redis first, the database for whatever Redis does not have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Depends, Request
from prometheus_client import Counter

from chassis.clock import Clock, rfc3339_ns
from chassis.database import Database, unavailable_when_away
from market_data.journal import Position
from market_data.latest import stored
from market_data.latest.cache import Cache, CacheAway
from market_data.latest.state import Book, LatestTrade, Quote

Source = Literal["cache", "database"]

ABSENT_S = 1.0
"""That neither Redis nor the database has something is believed for so long: a symbol that never traded must not
cost a query a read. Redis is still asked each time, so its first trade shows at once."""
STALE_AFTER_NS = 5_000_000_000
"""The engine's journal ticks every second even when nothing is traded; this much behind, something is down."""

READS = Counter("market_data_latest_reads_total", "Reads of what is true now.", ["source"])
_READS = {source: READS.labels(source) for source in ("cache", "database")}

_Latest = TypeVar("_Latest", LatestTrade, Quote, Book)


@dataclass(frozen=True, slots=True)
class Found(Generic[_Latest]):
    """What was found, where (`database` as soon as any of it came from there), and as of when."""

    items: dict[str, _Latest]
    source: Source
    position: Position

    def headers(self, clock: Clock) -> dict[str, str]:
        """Says on the answer where it comes from and how old it is."""
        stale = clock.time_ns() - self.position.time_ns > STALE_AFTER_NS
        return {
            "X-Market-Data-Source": self.source,
            "X-Market-Data-As-Of": rfc3339_ns(self.position.time_ns),
            "X-Market-Data-Stale": "true" if stale else "false",
        }


class LatestReader:
    """Reads what is true now. Raises `Unavailable` when the database was needed and is away."""

    def __init__(self, cache: Cache, database: Database, clock: Clock) -> None:
        self._cache = cache
        self._database = database
        self._clock = clock
        self._absent_until: dict[tuple[type, str], float] = {}
        """Callers ask only for symbols of assets, so it holds at most three entries an asset."""

    async def read(self, kind: type[_Latest], symbols: Sequence[str]) -> Found[_Latest]:
        """The newest `kind` of each of `symbols` that has one."""
        try:
            position, items = await self._cache.read(kind, symbols)
        except CacheAway:
            position, items = None, {}
        now = self._clock.monotonic()
        # Without a position nobody can say as of when the rest is: a flushed Redis is read past.
        missing: Sequence[str] = symbols
        if position is not None:
            missing = [s for s in symbols if s not in items and not self._is_absent(kind, s, now)]
            if not missing:
                _READS["cache"].inc()
                return Found(items, "cache", position)
        _READS["database"].inc()
        async with unavailable_when_away(), self._database.read() as connection:
            more = await stored.read(connection, kind, missing)
            reached = await stored.position(connection)
        if position is None:
            return Found(more, "database", reached)
        for symbol in missing:
            if symbol not in more:
                self._absent_until[kind, symbol] = now + ABSENT_S
        if not more:
            return Found(items, "cache", position)
        older = min(position, reached, key=lambda each: each.sequence)
        return Found(items | more, "database", older)

    def _is_absent(self, kind: type, symbol: str, now: float) -> bool:
        return now < self._absent_until.get((kind, symbol), now)

    async def check(self) -> str | None:
        """For readiness: either of the two is enough to answer something."""
        try:
            if await self._cache.position() is not None:
                return None
        except CacheAway:
            pass
        return await self._database.check()


def _latest_reader(request: Request) -> LatestReader:
    reader: LatestReader = request.app.state.latest
    return reader


Latest = Annotated[LatestReader, Depends(_latest_reader)]
"""The app's reader, for endpoints."""
