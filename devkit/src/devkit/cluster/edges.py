"""Who may call whom in a cluster, read from the chart's values; and the table of it in charts/README.md.

The chart's templates make network policies of the same values. Tests hold the two against each other, so
neither is the other's copy.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from devkit.bootstrap import REPOSITORY

VALUES = REPOSITORY / "charts" / "day-trading" / "values.yaml"
README = REPOSITORY / "charts" / "README.md"
BEGIN, END = "<!-- edges: begin -->\n", "<!-- edges: end -->\n"

CONTROLLER, PROMETHEUS = "ingress controller", "Prometheus"
SERVERS = {"database": "postgresql", "redis": "redis", "broker": "rabbitmq"}
"""The key of a program's values by which it is a backing server's client."""
PROGRAMS = ("smoke", "verify")
"""What runs to its end and has calls as a service has."""


@dataclass(frozen=True, order=True)
class Edge:
    """One may open connections to a port of another."""

    caller: str
    called: str
    port: int


def edges(values: Mapping[str, Any]) -> list[Edge]:
    """Every edge that these values (all of them, defaults included) allow, DNS left out."""
    services: Mapping[str, Any] = values["services"]
    backing: Mapping[str, Any] = values["backing"]
    found = []
    for name, program in [*services.items(), *((name, values[name]) for name in PROGRAMS)]:
        traces = program.get("traces", name in services and values["defaults"].get("traces"))
        used = [server for key, server in SERVERS.items() if program.get(key)]
        if traces and values["tracing"]["endpoint"]:
            used.append("collector")
        found += [
            Edge(name, called, services[called]["port"]) for called in program.get("calls", ())
        ]
        found += [Edge(name, server, backing[server]["port"]) for server in used]
    for name, service in services.items():
        if service.get("metrics", values["defaults"].get("metrics")):
            found.append(Edge(PROMETHEUS, name, service["port"]))
    if values["ingress"]["enabled"]:
        routed = dict.fromkeys(path["service"] for path in values["ingress"]["paths"])
        found += [Edge(CONTROLLER, name, services[name]["port"]) for name in routed]
    if values["migrations"]["enabled"]:
        found.append(Edge("migrations", "postgresql", backing["postgresql"]["port"]))
    return found


def table(found: Iterable[Edge]) -> str:
    """A row for each caller, in the order in which they come."""
    calls: dict[str, list[str]] = {}
    for edge in found:
        calls.setdefault(edge.caller, []).append(f"{edge.called}:{edge.port}")
    rows = [f"| {caller} | {', '.join(called)} |" for caller, called in calls.items()]
    return "\n".join(["| who | may call |", "|---|---|", *rows]) + "\n"


def with_table(readme: str, rows: str) -> str:
    """A README whose part between the markers is this table."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    assert rest, f"there is no {BEGIN.strip()} in {README.name}"
    return f"{before}{BEGIN}\n{rows}\n{END}{after}"


def default_values() -> Mapping[str, Any]:
    values: Mapping[str, Any] = yaml.safe_load(VALUES.read_text())
    return values


def run(_: argparse.Namespace) -> int:
    """Write the table."""
    write(README)
    return 0


def write(readme: Path) -> None:
    readme.write_text(with_table(readme.read_text(), table(edges(default_values()))))
