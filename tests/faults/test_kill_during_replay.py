"""kill -9 of every process in turn, in the middle of recorded order flow: nothing is lost or doubled.

The replaying clients keep a list of what the platform told them. Afterwards that list must be in the
engine's log, every invariant must hold in every service, and the trades must be those of the recording:
the same prices, sizes and orders as if nothing had happened.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from killing import EVERY_PROCESS, Killer
from promises import broken_promises, read_log

from replay.capture import Capture, load
from replay.download import capture_folder
from replay.drive import Drive
from replay.plan import Plan, head
from replay.platform import Platform, started_platform
from replay.run import Options, replay, verify_audit

Kill = tuple[str, ...]
"""Processes that die in the same moment."""

ONCE_EACH: tuple[Kill, ...] = (
    ("rabbitmq",),
    ("matching-engine",),
    ("trading",),
    ("postgres",),
    ("gateway",),
    ("auth", "redis", "market-data", "audit-log"),
    ("market-data-worker", "audit-log-worker"),
)
"""Every process dies, and what every run of the tests can afford: those on the way of an order alone, the
others in company. The broker is first, since it takes longest to start."""


@pytest.fixture(scope="module")
def capture() -> Capture:
    return load(capture_folder())


async def survives(
    platform: Platform, plan: Plan, kills: Sequence[Kill], *, power_cuts: bool = False
) -> None:
    """Replay `plan` while `kills` happen, evenly spread over it, and check every promise.

    `power_cuts`: the supervisor dies with them each time, and nobody restarts anything by itself.
    """
    assert platform.root is not None
    root: Path = platform.root
    record = Drive()
    killer = Killer(root, record)
    every = len(plan.commands) // (len(kills) + 1)
    hooks: dict[int, Callable[[], Awaitable[None]]] = {
        every * (number + 1): killer.cut_the_power if power_cuts else partial(killer.kill, *names)
        for number, names in enumerate(kills)
    }
    done = await replay(
        plan,
        platform.gateway,
        platform.admin,
        Options(accounts=8, in_flight=64, patience_seconds=180),
        hooks=hooks,
        record=record,
    )
    for name in EVERY_PROCESS:
        await killer.back(name)

    # Each process died, and did so while commands were under way.
    assert sorted(name for _, name in killer.killed) == sorted(n for names in kills for n in names)
    assert all(sent < len(plan.commands) for sent, _ in killer.killed), killer.killed
    # Every command was carried out in the end, and its trades are the recorded ones.
    assert record.refused() == []
    assert len(record.acknowledged()) == len(plan.commands)
    assert list(done.comparison.differences) == []
    assert done.comparison.matching == len(plan.trades)
    # What clients were told is what the log holds.
    run = next(iter(record.placed.values())).client_order_id.split("-")[0]
    assert broken_promises(record.acknowledged(), await read_log(root), run) == []
    # And all services tell the same story.
    verdict = platform.verify()
    assert verdict.violations == 0, verdict.output
    audit = await verify_audit(platform.gateway, platform.admin, verdict)
    assert audit.intact, audit.sentence


async def test_orders_survive_the_death_of_every_process(
    platform: Platform, capture: Capture
) -> None:
    plan = head(capture, 2_000)
    assert len(plan.trades) == 21
    assert sorted(name for names in ONCE_EACH for name in names) == sorted(EVERY_PROCESS)
    await survives(platform, plan, ONCE_EACH)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_orders_survive_the_death_of_every_process_in_any_order(
    platform: Platform, capture: Capture, seed: int
) -> None:
    kills = [(name,) for name in EVERY_PROCESS]
    random.Random(seed).shuffle(kills)
    await survives(platform, head(capture, 8_000), kills)


@pytest.mark.slow
async def test_orders_survive_the_death_of_all_processes_at_once(
    platform: Platform, capture: Capture
) -> None:
    await survives(platform, head(capture, 3_000), [EVERY_PROCESS, EVERY_PROCESS])


@pytest.mark.slow
async def test_orders_survive_the_loss_of_power(
    tmp_path_factory: pytest.TempPathFactory, capture: Capture
) -> None:
    with started_platform(tmp_path_factory.mktemp("power")) as platform:
        await survives(platform, head(capture, 2_000), [EVERY_PROCESS], power_cuts=True)
