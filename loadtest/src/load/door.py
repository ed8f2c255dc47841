"""One run from its beginning to its files: which platform, which program, what it cost, what it says."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from bench.cpu import cpu_seconds_by_process
from load import jmeter, k6
from load.memory import Growth, Sampler, growth
from load.outcome import Outcome, knee
from load.plans import Plan
from load.report import lines
from load.runs import Run
from replay.figures import machine, write_figures
from replay.platform import Platform

Tool = Literal["k6", "jmeter"]
WARM_UP_SHARE = 1 / 3
"""Of a run, before the memory of what serves it must have settled."""
MOST_MEMORY_SAMPLES = 360
GROWTH_LIMIT = 300.0
"""Bytes a request that a process may grow by in a soak: less than any order kept in memory would take."""


@dataclass(frozen=True, slots=True)
class Options:
    """`growth_limit` (bytes a request) is looked at by plans called soak. `program`: instead of the one in .local."""

    tool: Tool
    plan: Plan
    folder: Path
    growth_limit: float = GROWTH_LIMIT
    program: Path | None = None


def perform(platform: Platform, options: Options) -> tuple[Outcome, list[str]]:
    """Run it and write `summary.json` into the folder; answers what came of it, and the lines to print.

    Raises RunFailed.
    """
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    processes = {} if platform.root is None else platform.processes()
    run = Run(options.plan, platform.gateway, platform.admin, options.folder, options.program)
    every_s = max(0.5, options.plan.seconds / MOST_MEMORY_SAMPLES)
    program = k6.run if options.tool == "k6" else jmeter.run
    before, own = cpu_seconds_by_process(processes), _children_s()
    began = time.monotonic()
    with Sampler(processes, every_s) as sampler:
        outcome = program(run)
    seconds = time.monotonic() - began
    own = _children_s() - own
    after = cpu_seconds_by_process(processes)
    used = {name: round(after[name] - before[name], 2) for name in processes}
    figures: dict[str, Any] = {
        "tool": options.tool,
        "address": platform.gateway,
        "plan": asdict(options.plan),
        "seconds": round(seconds, 1),
        "requests_all": sum(one.count for one in outcome.requests.values()),
        "cpu_seconds_by_process": used,
        "load_cpu_seconds": round(own, 2),
        "machine": machine(),
    }
    if options.plan.name == "soak" and processes:
        held = memory_by_process(sampler, options.plan, outcome)
        figures["memory"] = {name: asdict(one) for name, one in held.items()}
        outcome.broken += _grown(held, options.growth_limit)
    found = knee(options.plan, outcome)
    if found is not None:
        figures["knee"] = asdict(found)
        if found.last is None:
            outcome.broken.append(f"not even the first step was borne: {found.why}")
    figures |= outcome.as_json() | {"passed": not outcome.broken}
    write_figures("summary", figures, options.folder)
    return outcome, lines(options.plan, outcome, figures, run.report, options.folder)


def _children_s() -> float:
    """Processor seconds of the programs that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_by_process(sampler: Sampler, plan: Plan, outcome: Outcome) -> dict[str, Growth]:
    """The growth of every process of the platform after the warm-up."""
    samples = sampler.samples
    requests = sum(served.requests for served in outcome.phases.values())
    settled = samples[int(len(samples) * WARM_UP_SHARE) :]
    names = list(settled[0][1]) if settled else []
    return {name: growth(settled, name, requests / plan.seconds) for name in names}


def _grown(held: Mapping[str, Growth], limit: float) -> list[str]:
    return [
        f"{name} grows by {one.per_request:,.0f} bytes a request, at most {limit:,.0f} may be"
        for name, one in held.items()
        if one.per_request > limit
    ]
