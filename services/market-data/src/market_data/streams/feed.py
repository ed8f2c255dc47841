"""The market in memory: begun from the database, kept true by the engine's log, begun anew when that is another one."""

import asyncio
from collections.abc import Iterable
from typing import Protocol

import structlog

from chassis.clock import Clock
from chassis.database import Database, is_transient
from chassis.event_log.cursor import LogMismatch
from chassis.event_log.events import Event
from chassis.event_log.follower import LogFollower
from chassis.event_log.source import LogSource
from market_data.assets.catalog import Asset
from market_data.streams.bars import MINUTE_NS
from market_data.streams.commands import WholeCommands
from market_data.streams.instrument import EXPIRIES_ARE_OVER, KINDS, Instrument
from market_data.streams.load import load, load_assets
from market_data.streams.lookup import AssetLookUp

log = structlog.get_logger(__name__)

ENGINE_LOG = "engine.events"
BEGIN_AGAIN_S = 1.0
LOOK_FOR_ASSETS_S = 1.0
SILENT_AFTER_S = 3.0
"""The engine ticks every second."""


class Audience(Protocol):
    """Who wants to know."""

    def begun(self, instruments: Iterable[Instrument]) -> None:
        """There is a market, with these symbols."""

    def added(self, instrument: Instrument) -> None:
        """A symbol, now with an asset, is new."""

    def changed(self, instruments: Iterable[Instrument], since_ns: int) -> None:
        """Some events were applied, the first of them stamped `since_ns`; these symbols changed by them."""

    def ended(self, *, replaced: bool) -> None:
        """All of this is void; another beginning may follow. `replaced`: the log is another one now."""


class Feed:
    """`run` keeps `instruments` true. `ready`: there is a market to be shown."""

    def __init__(
        self,
        database: Database,
        source: LogSource,
        *,
        broker_url: str,
        clock: Clock,
        audience: Audience,
    ) -> None:
        self._database = database
        self._look_up = AssetLookUp(database, clock)
        self._audience = audience
        self._follower = LogFollower(
            ENGINE_LOG,
            service="market-data-stream",
            source=source,
            broker_url=broker_url,
            clock=clock,
            apply=self._follow_up,
        )
        self.instruments: dict[str, Instrument] = {}
        self.sequence = 0
        self.time_ns = 0
        self._commands = WholeCommands()
        self._loaded = False

    @property
    def ready(self) -> bool:
        return self._loaded and self._follower.oriented

    @property
    def live(self) -> bool:
        """Whether the engine is heard: what is shown is as good as new."""
        return self._follower.silent_s < SILENT_AFTER_S

    @property
    def hears_broker(self) -> bool:
        """Or else the log itself, which is as quick."""
        return self._follower.hears_broker

    @property
    def log_id(self) -> str | None:
        """None only while an empty database has not met its log."""
        return self._follower.cursor.log_id

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            replaced = False
            try:
                await self._follow()
            except LogMismatch as error:
                replaced = True
                log.error("the streams begin anew", error=str(error))
            except Exception as error:
                if is_transient(error):
                    log.warning("the streams cannot begin", error=repr(error))
                else:  # such as an event that breaks the contract; the worker stops at it too
                    log.critical("the streams begin anew", exc_info=error)
            finally:
                if self._loaded:
                    self._loaded = False
                    self._audience.ended(replaced=replaced)
            await asyncio.sleep(BEGIN_AGAIN_S)

    async def find(self, symbols: Iterable[str]) -> dict[str, Instrument]:
        """Those of `symbols` that have an asset, one that has only just come included."""
        wanted = list(symbols)
        unknown = [symbol for symbol in wanted if not self._is_known(symbol)]
        if unknown:
            instruments = self.instruments
            assets = await self._look_up.find(unknown)
            self._learn(instruments, assets)
        return {symbol: self.instruments[symbol] for symbol in wanted if self._is_known(symbol)}

    async def _follow(self) -> None:
        async with self._database.read() as connection:
            cursor, instruments = await load(connection, ENGINE_LOG)
        self.instruments = instruments
        self.sequence, self.time_ns = cursor.sequence, cursor.time_ns
        self._commands = WholeCommands()
        self._audience.begun(each for each in instruments.values() if each.asset is not None)
        self._loaded = True
        tasks = [
            asyncio.create_task(self._follower.follow(cursor)),
            asyncio.create_task(self._look_for_assets()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _follow_up(self, events: list[Event], log_ended: bool) -> None:
        if whole := self._commands.add(events, log_ended=log_ended):
            self._apply(whole)

    def _apply(self, events: list[Event]) -> None:
        changed: dict[str, Instrument] = {}
        for event in events:
            if event.kind in KINDS:
                symbol = event.data["symbol"]
                instrument = self.instruments.get(symbol)
                if instrument is None:
                    instrument = self._new(symbol)
                instrument.apply(event)
                changed[symbol] = instrument
            elif event.kind in EXPIRIES_ARE_OVER:
                changed |= {
                    each.symbol: each for each in self.instruments.values() if each.expired()
                }
        minute_before = self.time_ns // MINUTE_NS
        self.sequence, self.time_ns = events[-1].sequence, events[-1].time_ns
        if self.time_ns // MINUTE_NS != minute_before:
            for each in self.instruments.values():
                each.reach(self.time_ns)
            changed = self.instruments
        shown = [each for each in changed.values() if each.asset is not None]
        self._audience.changed(shown, events[0].time_ns)
        for each in changed.values():
            if each.asset is None:
                each.told()  # nobody listens to it

    def _new(self, symbol: str) -> Instrument:
        instrument = Instrument(symbol, sequence=self.sequence, time_ns=self.time_ns)
        instrument.book.sequence, instrument.book.time_ns = self.sequence, self.time_ns
        self.instruments[symbol] = instrument
        return instrument

    def _is_known(self, symbol: str) -> bool:
        instrument = self.instruments.get(symbol)
        return instrument is not None and instrument.asset is not None

    async def _look_for_assets(self) -> None:
        """A symbol may be listed, and traded, before this service has heard what it is."""
        while True:
            await asyncio.sleep(LOOK_FOR_ASSETS_S)
            instruments = self.instruments
            unknown = [each.symbol for each in instruments.values() if each.asset is None]
            try:
                if unknown:
                    async with self._database.read() as connection:
                        assets = await load_assets(connection, unknown)
                    self._learn(instruments, assets)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("assets cannot be read", error=repr(error))

    def _learn(self, instruments: dict[str, Instrument], assets: dict[str, Asset]) -> None:
        """Take in `assets`, which were looked up for `instruments`: void if those are by now."""
        if not self._loaded or instruments is not self.instruments:
            return
        for symbol, asset in assets.items():
            if self._is_known(symbol):
                continue
            instrument = self.instruments.get(symbol) or self._new(symbol)
            instrument.asset = asset
            self._audience.added(instrument)
