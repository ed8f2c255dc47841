"""The comparison with naive settings is of like with like, and its settings are ones that the services have."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from bench import naive, orders
from bench.connection import Connection
from bench.measure import Desk, Sample
from bench.workload import Client
from trading.settings import TradingSettings


def test_the_naive_settings_of_trading_are_settings_of_trading() -> None:
    """A name that nobody reads would leave the platform as it is, and change the ratio without a word."""
    fields = TradingSettings.model_fields
    of_others = {"BATCH_EVERY_S", "VERIFIED_TOKENS", "UPSTREAM_TRANSPORT"}
    for name, value in naive.SETTINGS.items():
        if name not in of_others:
            assert fields[name.lower()].default > int(value), name


async def token() -> str:
    return "secret"


def desks_of(url: str, symbols: Sequence[str], count: int) -> list[Desk]:
    return [
        Desk(Client(f"r-{n}", symbols, random.Random(n)), Connection(url), token)
        for n in range(count)
    ]


async def test_both_sides_have_the_same_symbols_and_warm_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What reaches the platforms is written down instead of sent; everything else is the benchmark's own."""
    options = orders.Options(
        clients=3, symbols=2, warm_up=50, naive_rounds=2, naive_requests=10, accounts=1
    )
    loops: list[tuple[str, int, int]] = []

    @contextmanager
    def started() -> Iterator[Any]:
        yield SimpleNamespace(gateway="http://127.0.0.1:1")

    async def opened(_gateway: Any, platform: Any, _accounts: int) -> Any:
        return SimpleNamespace(symbol="AAA", platform=platform)

    async def added(_venue: Any) -> str:
        return "BBB"

    def take_seats(_platform: Any, _venue: Any, count: int, seed: int, client: Any) -> list[Desk]:
        return [
            Desk(client(f"naive-{n}", random.Random(seed)), Connection("http://127.0.0.1:1"), token)
            for n in range(count)
        ]

    async def seeded(_desks: Sequence[Desk], symbols: Sequence[str]) -> None:
        loops.append(("seeded", len(symbols), 0))

    async def looped(desks: Sequence[Desk], requests: int) -> Sample:
        side = "naive" if desks[0] is not tuned[0] else "tuned"
        loops.append((side, len(desks[0].client.symbols), requests))
        return Sample()

    monkeypatch.setattr(naive, "platform", started)
    for name, double in {
        "open_rich_venue": opened,
        "add_symbol": added,
        "open_desks": take_seats,
        "_seed": seeded,
        "closed_loop": looped,
    }.items():
        monkeypatch.setattr(orders, name, double)
    tuned = desks_of("http://127.0.0.1:1", ("AAA", "BBB"), options.clients)
    await orders._compare(tuned, options)

    assert loops == [
        ("seeded", 2, 0),
        ("naive", 2, 50),
        ("tuned", 2, 50),
        *[("naive", 2, 10), ("tuned", 2, 40)] * 2,
    ]
