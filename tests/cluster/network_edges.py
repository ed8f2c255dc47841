"""Who may connect to whom in a development cluster, by name: the chart's edges and those beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from devkit.cluster.edges import CONTROLLER, PROMETHEUS, edges

Port = tuple[str, int]
"""What listens, and where."""

DNS: Port = ("dns", 53)
NAMES = {PROMETHEUS: "prometheus", "collector": "otel-collector"}
"""How pods are called that the table of edges calls otherwise."""
PROGRAMS = ("smoke", "verify", "migrations", "permit-release")
"""What runs to its end; the last one calls nobody."""
BESIDE: dict[str, tuple[Port, ...]] = {
    "prometheus": (
        DNS,
        ("rabbitmq", 15692),
        ("otel-collector", 8888),
        ("otel-collector", 8889),
        ("grafana", 3000),
        ("tempo", 3200),
    ),
    "grafana": (DNS, ("prometheus", 9090), ("tempo", 3200)),
    "otel-collector": (DNS, ("tempo", 4318)),
    "tempo": (DNS,),
    "postgresql": (),
    "redis": (),
    "rabbitmq": (),
}
"""Whom the servers and the monitoring of k8s/ may call, beside what the chart's values say."""


def allowed(values: Mapping[str, Any]) -> dict[str, frozenset[Port]]:
    """Whom each name may connect to, when the chart was installed with these values (all of them).

    At rest: the migrations' edge to their database is there for as long as they run, and ends with their
    Job. That it is there then is shown by a release that could be installed.
    """
    found: defaultdict[str, set[Port]] = defaultdict(set)
    for name in (*values["services"], *PROGRAMS):
        found[name].add(DNS)
    for edge in edges(values):
        # The controller's pods, where it has any, are in a namespace of their own.
        if edge.caller not in (CONTROLLER, "migrations"):
            called = NAMES.get(edge.called, edge.called)
            found[NAMES.get(edge.caller, edge.caller)].add((called, edge.port))
    for name, ports in BESIDE.items():
        found[name].update(ports)
    return {name: frozenset(ports) for name, ports in found.items()}
