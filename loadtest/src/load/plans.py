"""The plans of `loadtest/plans.json`: how many journeys arrive when, and what must hold meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from replay.paths import CHECKOUT

PLANS_FILE = CHECKOUT / "loadtest" / "plans.json"
MOST_SECONDS = 4 * 3600
MOST_JOURNEYS_PER_S = 2_000.0
MOST_JOURNEYS = 2_000_000
MOST_USERS = 200
SYMBOLS = 4


class PlanError(ValueError):
    """A plan that is not there, is not whole, or asks for more than is sensible."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of steady arrivals. `start` counts seconds from the first journey's; limits may be None: none.

    `failed` is a share of all requests and of all checks; with it, no journey may be left out either.
    """

    name: str
    start: float
    seconds: float
    journeys_per_s: float
    failed: float | None
    p95_ms: float | None
    p99_ms: float | None


@dataclass(frozen=True, slots=True)
class Objective:
    """What a step must meet to count as borne: at most this share fails, p99 in time, at least this share is served."""

    failed: float
    p99_ms: float
    served: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan, at a rate (traders' journeys a second at its highest) and a length."""

    name: str
    about: str
    journeys_per_s: float
    seconds: float
    users: int
    newcomers_per_minute: float
    phases: tuple[Phase, ...]
    knee: Objective | None


def names() -> list[str]:
    return list(_written())


def plan(
    name: str,
    *,
    journeys_per_s: float | None = None,
    seconds: float | None = None,
    users: int | None = None,
) -> Plan:
    """A plan, with what is given in place of its own. Raises PlanError."""
    written = _written()
    if name not in written:
        raise PlanError(f"there is no plan {name!r}; there are {', '.join(written)}")
    of: Any = written[name]
    rate = float(of["rate"] if journeys_per_s is None else journeys_per_s)
    length = float(of["seconds"] if seconds is None else seconds)
    people = int(of["users"] if users is None else users)
    if not (0 < rate <= MOST_JOURNEYS_PER_S and 0 < length <= MOST_SECONDS):
        raise PlanError(
            f"at most {MOST_JOURNEYS_PER_S:,.0f} journeys a second and {MOST_SECONDS:,} s, more than none"
        )
    if rate * length > MOST_JOURNEYS:
        raise PlanError(f"{rate * length:,.0f} journeys are too many: at most {MOST_JOURNEYS:,}")
    if not 2 <= people <= MOST_USERS:
        raise PlanError(f"from 2 to {MOST_USERS} users: a trade needs two")
    knee = of.get("knee")
    return Plan(
        name=name,
        about=str(of["about"]),
        journeys_per_s=rate,
        seconds=length,
        users=people,
        newcomers_per_minute=float(of["newcomers_per_minute"]),
        phases=_phases(of["phases"], rate, length),
        knee=None if knee is None else Objective(knee["failed"], knee["p99_ms"], knee["served"]),
    )


def _phases(written: list[dict[str, Any]], rate: float, seconds: float) -> tuple[Phase, ...]:
    parts = sum(phase["time"] for phase in written)
    phases: list[Phase] = []
    start = 0.0
    for one in written:
        length = seconds * one["time"] / parts
        phases.append(
            Phase(
                one["name"],
                start,
                length,
                rate * one["rate"],
                one.get("failed"),
                one.get("p95_ms"),
                one.get("p99_ms"),
            )
        )
        start += length
    return tuple(phases)


def _written() -> Mapping[str, Any]:
    plans: dict[str, Any] = json.loads(PLANS_FILE.read_text())
    return plans
