"""One seeded run: the platform is staged, traders trade, faults happen, and everything that was told is checked."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faultrun.check import Verdict, engine_replays, judge
from faultrun.faults import Done, Faults, NotReached
from faultrun.kept import Kept
from faultrun.notes import Notes, read_notes
from faultrun.plan import Fault
from faultrun.stage import Servers, staged
from faultrun.turnstile import Turnstile
from faultrun.workload import Wishes, open_accounts
from replay.gateway import Gateway

REQUEST_S = 15.0
FATAL = ("exit",)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """`lanes` run at once, shared by `accounts`; `kinds` is how often each kind of wish comes up."""

    seed: int
    orders: int
    plan: Sequence[Fault]
    kinds: Mapping[str, float]
    replicas: int = 3
    accounts: int = 8
    lanes: int = 24
    servers: Servers = field(default_factory=Servers)


@dataclass
class Outcome:
    """What came of a run."""

    options: Options
    orders: int
    seconds: float
    done: list[Done]
    hits: Counter[str]
    verdict: Verdict
    unexpected_deaths: list[str]
    notes: Counter[str]

    @property
    def clean(self) -> bool:
        return self.verdict.clean and not self.unexpected_deaths

    def document(self) -> dict[str, Any]:
        recoveries = sorted(done.recovery_s for done in self.done)
        orders_after = sorted(done.orders_after_s for done in self.done)
        return {
            "seed": self.options.seed,
            "orders": self.orders,
            "faults": len(self.done),
            "faults_by_kind": dict(sorted(Counter(d.fault.kind for d in self.done).items())),
            "hits_by_point": dict(sorted(self.hits.items())),
            "told": dict(sorted(self.notes.items())),
            "acknowledged_lost": len(self.verdict.lost),
            "duplicated": len(self.verdict.duplicated),
            "invariant_violations": len(self.verdict.violations),
            "unexpected_deaths": len(self.unexpected_deaths),
            "orders_again_p50_s": quantile(orders_after, 0.5),
            "orders_again_p99_s": quantile(orders_after, 0.99),
            "recovery_p50_s": quantile(recoveries, 0.5),
            "recovery_p99_s": quantile(recoveries, 0.99),
            "recovery_by_kind": self.by_kind(),
            "seconds": round(self.seconds, 1),
        }

    def by_kind(self) -> dict[str, dict[str, float]]:
        kinds: dict[str, list[Done]] = {}
        for done in self.done:
            kinds.setdefault(done.fault.kind, []).append(done)
        return {
            kind: {
                "faults": len(faults),
                "orders_again_p50_s": round(statistics.median(d.orders_after_s for d in faults), 2),
                "recovery_p50_s": round(statistics.median(d.recovery_s for d in faults), 2),
                "recovery_max_s": round(max(d.recovery_s for d in faults), 2),
            }
            for kind, faults in sorted(kinds.items())
        }


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


async def run(options: Options, folder: Path, say: Say) -> Outcome:
    """Raises what keeps the run from its end, such as a fault that did not recover."""
    began = time.monotonic()
    async with AsyncExitStack() as ending:
        stage = await ending.enter_async_context(staged(folder, options.replicas, options.servers))
        say(
            f"staged after {time.monotonic() - began:.0f} s: {', '.join(k.name for k in stage.everything)}"
        )
        turnstile, notes = Turnstile(), Notes(folder / "acknowledged.jsonl")
        faults = Faults(stage, turnstile)
        doors = [
            await ending.enter_async_context(
                Gateway(replica.url, connections=options.lanes, timeout=REQUEST_S)
            )
            for replica in stage.replicas
        ]
        traders = await open_accounts(stage, options.accounts, notes, turnstile, doors)
        async with asyncio.TaskGroup() as group:
            for lane in range(options.lanes):
                wishes = Wishes(
                    traders[lane % len(traders)], f"{options.seed} {lane}", options.kinds
                )
                group.create_task(wishes.live())
            await _disturb(options, faults, turnstile, say)
            turnstile.close()
        await faults.finish()
        say("all faults are over: cancelling what is open, then checking")
        await asyncio.gather(*(trader.cancel_all() for trader in traders))
        notes.close()
        told = read_notes(notes.path)
        verdict = await judge(stage, told)
        hits = Counter(acted.point for kept in stage.everything for acted in kept.acted())
        unexpected = [sentence for kept in stage.everything for sentence in _unexpected(kept)]
    verdict.violations += engine_replays(stage)
    return Outcome(
        options=options,
        orders=turnstile.entered,
        seconds=time.monotonic() - began,
        done=faults.done,
        hits=hits,
        verdict=verdict,
        unexpected_deaths=unexpected,
        notes=Counter(f"{note['kind']} {note['status']}" for note in told),
    )


async def _disturb(options: Options, faults: Faults, turnstile: Turnstile, say: Say) -> None:
    """The whole plan, then the rest of the orders."""
    wanted = deque(options.plan)
    missed: list[Fault] = []
    while wanted:
        fault = wanted.popleft()
        await turnstile.let_through(fault.after)
        began = time.monotonic()
        try:
            await faults.do(fault)
        except NotReached as error:
            if fault in missed:
                raise
            say(f"{fault.number:3} is tried again later: {error}")
            missed.append(fault)
            wanted.append(fault)
            continue
        say(
            f"{fault.number:3}/{len(options.plan)} at order {turnstile.entered:6}:"
            f" {fault.kind} {fault.what} ({time.monotonic() - began:.1f} s)"
        )
    await turnstile.let_through(max(0, options.orders - turnstile.entered))


def _unexpected(kept: Kept) -> list[str]:
    """A process may die of the faults, and of nothing else."""
    meant = kept.expected_deaths + sum(acted.action in FATAL for acted in kept.acted())
    if kept.deaths <= meant:
        return []
    return [f"{kept.name} died {kept.deaths} times, {meant} of them of faults"]


def write(outcome: Outcome, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(outcome.document(), indent=2) + "\n")
