"""The whole market: all lanes on one platform, for as long as it is asked for, whatever happens to it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from replay.gateway import Gateway, Lost, PatienceExhausted, Refused
from replay.platform import PlatformMissing
from simulator.access import Access
from simulator.house import House
from simulator.instruments import Instrument
from simulator.lane import ROLES, Lane, Tally
from simulator.pace import Pace

_CONNECTIONS = 8
_PATIENCE_SECONDS = 60.0
_AGAIN_SECONDS = 5.0
_REPORT_SECONDS = 600.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What to trade, by which seed, and when to stop (None: never)."""

    instruments: Sequence[Instrument]
    seed: int
    seconds: float | None = None
    requests: int | None = None


async def run(read_access: Callable[[], Access], options: Options, pace: Pace) -> Tally:
    """Make a market until it is time to stop.

    A platform that is not there yet, goes away or comes back with other data is waited for: the
    agents begin anew with the prices that they find.
    """
    tally = Tally(limit=options.requests)
    market = asyncio.create_task(_for_ever(read_access, options, pace, tally))
    reports = asyncio.create_task(_report(tally))
    finished = asyncio.create_task(tally.done.wait())
    try:
        await asyncio.wait(
            (market, finished), timeout=options.seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if market.done():
            market.result()
    finally:
        for task in (market, reports, finished):
            task.cancel()
        await asyncio.gather(market, reports, finished, return_exceptions=True)
    return tally


async def scene(access: Access, options: Options, steps: int) -> Tally:
    """So many steps as fast as possible, then a full book that nobody moves any more.

    On new data and with nobody else trading, the same seed makes the same trades and the same book.
    """
    tally = Tally()
    async with _lanes(access, options, tally, alone=True) as lanes:

        async def play(lane: Lane, share: float) -> None:
            await lane.fill_book()
            await lane.steps(round(steps * share))
            await lane.fill_book()

        async with asyncio.TaskGroup() as group:
            for lane, share in zip(lanes, _shares(options.instruments), strict=True):
                group.create_task(play(lane, share))
    return tally


async def _for_ever(
    read_access: Callable[[], Access], options: Options, pace: Pace, tally: Tally
) -> None:
    said = ""
    while True:
        try:
            async with _lanes(read_access(), options, tally, alone=False) as lanes:
                said = ""
                async with asyncio.TaskGroup() as group:
                    for lane in lanes:
                        group.create_task(_open_and_run(lane, pace))
        except* (Refused, PatienceExhausted, Lost, PlatformMissing) as trouble:
            if str(trouble.exceptions[0]) != said:
                said = str(trouble.exceptions[0])
                _log.warning("no market for now: %s", said)
        await asyncio.sleep(_AGAIN_SECONDS)


async def _open_and_run(lane: Lane, pace: Pace) -> None:
    await lane.open()
    await lane.run(pace)


@asynccontextmanager
async def _lanes(
    access: Access, options: Options, tally: Tally, *, alone: bool
) -> AsyncIterator[list[Lane]]:
    """Sign everybody in and give each symbol its lane."""
    async with Gateway(access.platform.gateway, connections=_CONNECTIONS) as gateway:
        house = House(gateway, access, options.instruments, patience_seconds=_PATIENCE_SECONDS)
        await house.open(ROLES)
        run = f"sim-{secrets.token_hex(4)}"
        lanes = [
            Lane(
                instrument,
                house,
                tally,
                seed=options.seed,
                run=run,
                share=share,
                start_ticks=None if alone else await house.last_price_ticks(instrument),
                alone=alone,
            )
            for instrument, share in zip(
                options.instruments, _shares(options.instruments), strict=True
            )
        ]
        symbols = ", ".join(instrument.symbol for instrument in options.instruments)
        _log.info("a market in %s at %s", symbols, access.platform.gateway)
        yield lanes


def _shares(instruments: Sequence[Instrument]) -> list[float]:
    whole = sum(instrument.weight for instrument in instruments)
    return [instrument.weight / whole for instrument in instruments]


async def _report(tally: Tally) -> None:
    while True:
        await asyncio.sleep(_REPORT_SECONDS)
        _log.info(
            "%d orders, %d cancels, %d trades, %d refused",
            tally.orders, tally.cancels, tally.trades, tally.refused,
        )  # fmt: skip
