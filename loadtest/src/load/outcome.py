"""What a run did, phase by phase, whichever program ran it; and whether that was good enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from load.plans import Objective, Phase, Plan


@dataclass(frozen=True, slots=True)
class Served:
    """One phase as it was. Percentiles are of all requests of traders, those that failed included.

    `left_out` are journeys that arrived and were not begun, since too many were under way.
    """

    journeys: int
    left_out: int
    requests: int
    failed: int
    p50_ms: float
    p95_ms: float
    p99_ms: float

    @property
    def failed_share(self) -> float:
        return self.failed / self.requests if self.requests else 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """All requests of one name, those of newcomers and of the preparation too."""

    count: int
    failed: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


@dataclass(slots=True)
class Outcome:
    """`broken` are sentences about what did not hold; none: the run passed."""

    phases: dict[str, Served] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def judge(plan: Plan, outcome: Outcome) -> list[str]:
    """A sentence for every limit of the plan that was not kept."""
    broken: list[str] = []
    for phase in plan.phases:
        served = outcome.phases.get(phase.name)
        if served is None or served.requests == 0:
            broken.append(f"{phase.name}: no request was answered")
            continue
        broken += _over_limits(phase, served)
    return broken


def _over_limits(phase: Phase, served: Served) -> list[str]:
    broken: list[str] = []
    if phase.failed is not None:
        if served.failed_share > phase.failed:
            broken.append(
                f"{phase.name}: {served.failed:,} of {served.requests:,} requests failed, at most"
                f" {phase.failed:.1%} may"
            )
        if served.left_out:
            broken.append(f"{phase.name}: {served.left_out:,} journeys could not be begun in time")
    for name, limit, found in (
        ("p95", phase.p95_ms, served.p95_ms),
        ("p99", phase.p99_ms, served.p99_ms),
    ):
        if limit is not None and found > limit:
            broken.append(f"{phase.name}: {name} is {found:,.0f} ms, at most {limit:,.0f} may be")
    return broken


@dataclass(frozen=True, slots=True)
class Knee:
    """Where a ramp stops being borne: the last phase that was, and why the one after it was not."""

    last: Phase | None
    first_over: Phase | None
    why: str


def knee(plan: Plan, outcome: Outcome) -> Knee | None:
    """None for a plan that looks for none."""
    if plan.knee is None:
        return None
    last: Phase | None = None
    for phase in plan.phases:
        served = outcome.phases.get(phase.name)
        why = "nothing was answered" if served is None else _not_borne(phase, served, plan.knee)
        if why:
            return Knee(last, phase, why)
        last = phase
    return Knee(last, None, "")


def _not_borne(phase: Phase, served: Served, objective: Objective) -> str:
    arrived = phase.journeys_per_s * phase.seconds
    if served.failed_share > objective.failed:
        return f"{served.failed_share:.1%} of the requests failed"
    if served.p99_ms > objective.p99_ms:
        return f"p99 was {served.p99_ms:,.0f} ms"
    if served.journeys < objective.served * arrived:
        return f"{served.journeys:,} of {arrived:,.0f} journeys were done"
    return ""


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of an ordered sample; 0 of an empty one."""
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)
    return float(ordered[max(1, int(rank)) - 1])
