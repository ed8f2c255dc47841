"""What is printed of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from load.outcome import Outcome, knee
from load.plans import Plan


def lines(
    plan: Plan, outcome: Outcome, figures: Mapping[str, Any], report: Path | None, folder: Path
) -> list[str]:
    """A table of the phases, one of the requests, what else was found, where the files are, and the verdict."""
    told = [f"{'phase':<12} {'offered/s':>9} {'done/s':>8} {'requests':>9} {'failed':>7} {'left out':>8}"
            f" {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}"]  # fmt: skip
    for phase in plan.phases:
        served = outcome.phases.get(phase.name)
        if served is not None:
            told.append(
                f"{phase.name:<12} {phase.journeys_per_s:>9,.1f} {served.journeys / phase.seconds:>8,.1f}"
                f" {served.requests:>9,} {served.failed:>7,} {served.left_out:>8,}"
                f" {served.p50_ms:>8,.1f} {served.p95_ms:>8,.1f} {served.p99_ms:>8,.1f}"
            )
    told += [
        "",
        f"{'request':<22} {'count':>9} {'failed':>7} {'':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}",
    ]
    for name, one in sorted(outcome.requests.items(), key=lambda item: -item[1].count):
        told.append(
            f"{name:<22} {one.count:>9,} {one.failed:>7,} {'':>8}"
            f" {one.p50_ms:>8,.1f} {one.p95_ms:>8,.1f} {one.p99_ms:>8,.1f}"
        )
    told += ["", *_cost(figures), *_memory(figures), *_knee(plan, outcome)]
    told.append(f"report: {report}")
    told.append(f"figures: {folder / 'summary.json'}")
    told += [f"FAILED {sentence}" for sentence in outcome.broken]
    told.append("passed" if not outcome.broken else "not passed")
    return told


def _cost(figures: Mapping[str, Any]) -> list[str]:
    used: Mapping[str, float] = figures["cpu_seconds_by_process"]
    requests = figures["requests_all"]
    if not used or not requests:
        return []
    each = sorted(
        ((seconds * 1e6 / requests, name) for name, seconds in used.items()), reverse=True
    )
    named = ", ".join(f"{name} {cost:,.0f}" for cost, name in each if cost >= 10)
    own = figures["load_cpu_seconds"] * 1e6 / requests
    return [
        f"processor time a request: {sum(cost for cost, _ in each):,.0f} us ({named});"
        f" and {figures['tool']} itself {own:,.0f}"
    ]


def _memory(figures: Mapping[str, Any]) -> list[str]:
    return [
        f"memory of {name:<20} {one['first'] / 1e6:>7,.1f} -> {one['last'] / 1e6:>7,.1f} MB"
        f"  {one['per_request']:>8,.1f} bytes a request"
        for name, one in figures.get("memory", {}).items()
    ]


def _knee(plan: Plan, outcome: Outcome) -> list[str]:
    found = knee(plan, outcome)
    if found is None:
        return []
    if found.last is None:
        return [f"not even {plan.phases[0].journeys_per_s:,.1f} journeys a second were borne"]
    served = outcome.phases[found.last.name]
    borne = (
        f"{found.last.journeys_per_s:,.1f} journeys a second"
        f" ({served.requests / found.last.seconds:,.0f} requests a second) are borne"
    )
    if found.first_over is None:
        return [f"{borne}, the highest that was tried"]
    return [f"{borne}; at {found.first_over.journeys_per_s:,.1f} {found.why}"]
