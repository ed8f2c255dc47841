"""`python -m bench orders`: how many orders a second, how fast, at what processor time.

First a closed loop (each client waits for its answer), which finds the throughput; then a fixed
arrival rate, which gives the latency that a trader would see; then what one account can do to the others
(`crowding`), and how long it takes to cancel everything (`sweeping`). With `--naive` the closed loop is run on
a second platform, too, that has the settings of `naive`, turn by turn.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import crowding, naive, sweeping
from bench.cpu import cpu_seconds_by_process, microseconds_per
from bench.desks import add_symbol, open_desks, open_rich_venue
from bench.measure import Desk, Sample, closed_loop, fixed_rate
from bench.workload import MID_PRICE_TICKS, TICKS_PER_UNIT, Client, Kind
from replay.figures import machine
from replay.gateway import Gateway
from replay.platform import Platform

_SEEDED_LEVELS = 10
_SEEDED_ORDERS_A_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Options:
    """`sweep_orders` 0, `crowd_seconds` 0, `naive_rounds` 0: without that part."""

    clients: int = 128
    accounts: int = 32
    symbols: int = 4
    warm_up: int = 2_000
    requests: int = 20_000
    fixed_per_second: float = 800.0
    fixed_seconds: float = 15.0
    crowd_seconds: float = 10.0
    sweep_orders: int = 10_000
    naive_rounds: int = 0
    naive_requests: int = 1_500
    seed: int = 1


async def bench(platform: Platform, options: Options) -> dict[str, Any]:
    """Measure a running platform; answers the figures. Raises what preparing a venue raises."""
    async with Gateway(platform.gateway, connections=8) as gateway:
        desks, symbols = await _open(gateway, platform, options)
        try:
            figures = await _measure(platform, desks, symbols, options)
            if options.naive_rounds:
                figures |= await _compare(desks, options)
            if options.crowd_seconds:
                figures["crowding"] = await crowding.measure(
                    gateway, platform, desks, options.crowd_seconds, options.seed
                )
            if options.sweep_orders:
                figures["sweeping"] = await sweeping.measure(
                    gateway, platform, options.sweep_orders
                )
            return figures
        finally:
            for desk in desks:
                desk.connection.close()


async def _open(
    gateway: Gateway, platform: Platform, options: Options
) -> tuple[list[Desk], list[str]]:
    """The desks of a venue of their own, and its symbols."""
    venue = await open_rich_venue(gateway, platform, options.accounts)
    symbols = [venue.symbol]
    for _ in range(options.symbols - 1):
        symbols.append(await add_symbol(venue))
    desks = open_desks(
        platform,
        venue,
        options.clients,
        options.seed,
        lambda name, chance: Client(name, symbols, chance),
    )
    return desks, symbols


async def _measure(
    platform: Platform, desks: Sequence[Desk], symbols: Sequence[str], options: Options
) -> dict[str, Any]:
    # Asked first: it takes seconds on a busy machine, in which idle connections would be closed.
    processes = {**platform.processes(), "client": [os.getpid()]}
    await _seed(desks, symbols)
    await closed_loop(desks, options.warm_up)
    before = cpu_seconds_by_process(processes)
    closed = await closed_loop(desks, options.requests)
    used = microseconds_per(before, cpu_seconds_by_process(processes), closed.requests)
    figures = closed.figures()
    rate = options.fixed_per_second
    opened = await fixed_rate(desks, rate, options.fixed_seconds, options.seed)
    client = used.pop("client")
    return figures | {
        "clients": options.clients,
        "accounts": options.accounts,
        "symbols": len(symbols),
        "cpu_us_per_request": round(sum(used.values()), 1),
        "cpu_us_per_request_by_process": used,
        "client_cpu_us_per_request": client,
        "fixed_rate": {"offered_per_s": round(rate, 1)} | opened.figures(),
        "seed": options.seed,
        "machine": machine(),
    }


async def _compare(desks: Sequence[Desk], options: Options) -> dict[str, Any]:
    """The closed loop here and on a naive platform, turn by turn, so that both meet the same machine: with as many
    symbols, and warmed up alike right before."""
    with naive.platform() as plain:
        async with Gateway(plain.gateway, connections=8) as gateway:
            others, symbols = await _open(gateway, plain, options)
            try:
                await _seed(others, symbols)
                for side in (others, desks):
                    await closed_loop(side, options.warm_up)
                tuned, plainly = Sample(), Sample()
                for _ in range(options.naive_rounds):
                    await _round(plainly, others, options.naive_requests)
                    await _round(tuned, desks, options.naive_requests * 4)
            finally:
                for desk in others:
                    desk.connection.close()
    ours, theirs = tuned.figures(), plainly.figures()
    ratio = ours["requests_per_s"] / max(theirs["requests_per_s"], 1e-9)
    return {
        "speedup_vs_naive": round(ratio, 2),
        "naive": {
            "settings": naive.SETTINGS,
            "requests_per_s": theirs["requests_per_s"],
            "p50_ms": theirs["p50_ms"],
            "p99_ms": theirs["p99_ms"],
            "tuned_requests_per_s": ours["requests_per_s"],
        },
    }


async def _round(into: Sample, desks: Sequence[Desk], requests: int) -> None:
    into.merge(await closed_loop(desks, requests))


async def _seed(desks: Sequence[Desk], symbols: Sequence[str]) -> None:
    """Give every book some depth and one trade: a market order needs both.

    Raises RuntimeError when the platform takes none of it.
    """
    sample = Sample()
    for symbol in symbols:
        maker, taker = desks[0], desks[1]
        maker.client.symbols = taker.client.symbols = (symbol,)
        for distance_ticks in range(1, _SEEDED_LEVELS + 1):
            for _ in range(_SEEDED_ORDERS_A_LEVEL):
                for side in ("buy", "sell"):
                    order = maker.client.resting(distance_ticks, side)
                    await maker.send(Kind.LIMIT, order, sample)
        await taker.send(Kind.LIMIT, taker.client.resting(-1, "buy"), sample)
    for desk in desks[:2]:
        desk.client.symbols = symbols
    if set(sample.answers[Kind.LIMIT]) != {"200"}:
        raise RuntimeError(
            f"the platform did not take the first orders at {MID_PRICE_TICKS / TICKS_PER_UNIT}: "
            f"{dict(sample.answers[Kind.LIMIT])}"
        )
