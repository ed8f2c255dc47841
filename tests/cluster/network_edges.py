"""Who may connect to whom, by name: from the values of the installed chart, and what stands beside it.

The policies are made from the same values by templates; here they are read by themselves, so that what the
templates make of them, and what the cluster makes of that, is held against what the values say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

Port = tuple[str, int]
"""What listens, and where."""

SERVERS: dict[str, Port] = {
    "database": ("postgresql", 5432),
    "redis": ("redis", 6379),
    "broker": ("rabbitmq", 5672),
}
"""What a program that has this in its values connects to."""
COLLECTOR: Port = ("otel-collector", 4318)
DNS: Port = ("dns", 53)
PROMETHEUS = "prometheus"
SCRAPED: tuple[Port, ...] = (
    ("rabbitmq", 15692),
    ("otel-collector", 8888),
    ("otel-collector", 8889),
    ("prometheus", 9090),
    ("grafana", 3000),
    ("tempo", 3200),
)
"""What Prometheus asks besides the chart's services."""
OTHERS: dict[str, tuple[Port, ...]] = {
    "grafana": (DNS, ("prometheus", 9090), ("tempo", 3200)),
    "otel-collector": (DNS, ("tempo", 4318)),
    "tempo": (DNS,),
    "postgresql": (),
    "redis": (),
    "rabbitmq": (),
}
"""What else runs in a development cluster, and whom it may call."""
PROGRAMS = ("smoke", "verify")
"""Programs of the chart that have values like a service's."""


def edges(values: Mapping[str, Any]) -> dict[str, frozenset[Port]]:
    """Whom each name may connect to, when the chart was installed with these values (all of them)."""
    services: Mapping[str, Any] = values["services"]
    found: defaultdict[str, set[Port]] = defaultdict(set)
    for name, one in [*services.items(), *((name, values[name]) for name in PROGRAMS)]:
        found[name] = {DNS}
        for callee in one.get("calls", ()):
            found[name].add((callee, services[callee]["port"]))
        found[name].update(port for key, port in SERVERS.items() if one.get(key))
        traces = one.get("traces", values["defaults"].get("traces") and name in services)
        if traces and values["tracing"]["endpoint"]:
            found[name].add(COLLECTOR)
    # Compares the databases of all services with each other.
    found["verify"].add(SERVERS["database"])
    found["migrations"] = {DNS, SERVERS["database"]}
    found["permit-rollback"] = {DNS}
    for name, ports in OTHERS.items():
        found[name].update(ports)
    found[PROMETHEUS] = {DNS, *SCRAPED}
    for name, one in services.items():
        if one.get("metrics", values["defaults"].get("metrics")):
            found[PROMETHEUS].add((name, one["port"]))
    return {name: frozenset(ports) for name, ports in found.items()}
