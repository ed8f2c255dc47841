"""The dashboards as Grafana gets them: what the code says, asking only for what the platform counts."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

from dashboards.__main__ import DASHBOARDS, FOLDER, text_of

REPOSITORY = Path(__file__).parents[2]
ENGINE = REPOSITORY / "services" / "matching-engine"

TARGET = frozenset({"job", "instance", "pod", "namespace"})
"""Labels that Prometheus gives every series of a target (observability/prometheus/prometheus.yaml)."""

OTHERS: dict[str, set[str]] = {
    # Prometheus itself, about each target.
    "up": set(),
    # The same about each alert that fires or is about to.
    "ALERTS": {"alertname", "alertstate", "severity"},
    # The process collectors of Prometheus' client libraries, in Python and in Go.
    "process_resident_memory_bytes": set(),
    "process_cpu_seconds_total": set(),
    "process_open_fds": set(),
    "process_max_fds": set(),
    "process_start_time_seconds": set(),
    # RabbitMQ's plugin; the cluster's test asks a real one for them.
    "rabbitmq_detailed_queue_messages": {"queue", "vhost"},
    "rabbitmq_detailed_queue_consumers": {"queue", "vhost"},
    "rabbitmq_global_messages_received_total": {"protocol"},
    "rabbitmq_global_messages_delivered_total": {"protocol", "queue_type"},
    # The collector's span metrics, see observability/collector/collector.yaml.
    "traces_span_metrics_calls_total": {"span_name", "span_kind", "status_code"},
    "traces_span_metrics_duration_seconds_bucket": {"span_name", "span_kind", "status_code", "le"},
}
"""Metrics that no source of ours declares, with their labels."""


def declared_in_python() -> Iterator[tuple[str, str, set[str]]]:
    """Kind, name and labels of each metric that a Python service makes."""
    for file in sorted((REPOSITORY / "services").glob("*/src/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in ("Counter", "Gauge", "Histogram") or len(node.args) < 2:
                continue
            name, _, *labels = (ast.literal_eval(argument) for argument in node.args)
            yield node.func.id, name, set(labels[0]) if labels else set()


def declared_in_go() -> Iterator[tuple[str, str, set[str]]]:
    """The same of the matching engine."""
    telemetry = ENGINE / "internal/telemetry"
    metrics = (telemetry / "metrics.go").read_text()
    for kind, name, rest in re.findall(
        r'prometheus\.New(Counter|Gauge|Histogram)(?:Vec)?\(.*?Name: (?:namespace \+ )?"(\w+)"'
        r"(.*?\n\t*\}.*?)\n",
        metrics,
        re.S,
    ):
        labels = re.search(r"\[\]string\{(.*?)\}", rest)
        name = name if name.startswith("http_") else f"matching_engine_{name}"
        yield kind, name, set(re.findall(r'"(\w+)"', labels[1])) if labels else set()
    for kind, name in re.findall(r'\b(counter|gauge|histogram)\("(\w+)"', metrics):
        yield kind.capitalize(), f"matching_engine_{name}", set()
    journal = (telemetry / "journal.go").read_text()
    for name in re.findall(r'\badd\("(\w+)"', journal):
        yield "Gauge", f"matching_engine_{name}", set()
    for name, labels in re.findall(
        r'NewDesc\(\s*namespace\+"(\w+)".*?\[\]string\{(.*?)\}', journal, re.S
    ):
        yield "Gauge", f"matching_engine_{name}", set(re.findall(r'"(\w+)"', labels))
    for source in sorted((ENGINE / "cmd/matching-engine").glob("*.go")):
        for name in re.findall(r'metrics\.Gauge\("(\w+)"', source.read_text()):
            yield "Gauge", f"matching_engine_{name}", set()


def series() -> dict[str, set[str]]:
    """Every series that can be asked for, with the labels that are its own."""
    known = dict(OTHERS)
    for kind, name, labels in (*declared_in_python(), *declared_in_go()):
        if kind == "Histogram":
            known |= {f"{name}_{part}": labels for part in ("sum", "count")}
            known[f"{name}_bucket"] = labels | {"le"}
        else:
            known[name] = known.get(name, set()) | labels
    return known


def queries() -> Iterator[tuple[str, str, str]]:
    """Panel, expression and legend of every query of every dashboard."""
    for file in DASHBOARDS:
        for panel in json.loads((FOLDER / file).read_text())["panels"]:
            for target in panel.get("targets", []):
                yield panel["title"], target["expr"], target.get("legendFormat", "")


QUERIES = list(queries())
KNOWN = series()


def parsed(expression: str) -> promql.Expr:
    """Grafana's variables stand for what it puts in their place."""
    return promql.parse(expression.replace("$__rate_interval", "1m").replace("$service", ".+"))


def selectors(expression: promql.Expr) -> list[tuple[str, set[str]]]:
    """Name of each metric that is selected, and the labels by which."""
    found: list[tuple[str, set[str]]] = []

    def visit(node: promql.Expr) -> bool:
        if isinstance(node, promql.VectorSelector):
            found.append((str(node.name), {one.name for one in node.matchers.matchers}))
        return True

    promql.walk(expression, visit)
    return found


def groupings(expression: promql.Expr) -> list[tuple[promql.AggregateExpr, set[str]]]:
    found: list[tuple[promql.AggregateExpr, set[str]]] = []

    def visit(node: promql.Expr) -> bool:
        if isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            found.append((node, set(node.modifier.labels)))
        return True

    promql.walk(expression, visit)
    return found


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_is_what_its_code_makes(name: str) -> None:
    assert (FOLDER / name).read_text() == text_of(name), "run: .venv/bin/python -m dashboards"


@pytest.mark.parametrize(("panel", "expression", "legend"), QUERIES)
def test_a_query_asks_for_what_the_platform_counts(
    panel: str, expression: str, legend: str
) -> None:
    tree = parsed(expression)
    chosen = selectors(tree)
    assert chosen
    for name, labels in chosen:
        assert name in KNOWN, f"nothing makes {name}"
        assert labels <= KNOWN[name] | TARGET, f"{panel}: {name} has no {labels - KNOWN[name]}"
    for aggregate, labels in groupings(tree):
        own = set.union(*(KNOWN[name] for name, _ in selectors(aggregate)))
        assert labels <= own | TARGET, f"{panel}: no series has {labels - own - TARGET}"


@pytest.mark.parametrize(("panel", "expression", "legend"), QUERIES)
def test_a_legend_names_only_labels_that_are_left(panel: str, expression: str, legend: str) -> None:
    named = set(re.findall(r"\{\{(\w+)\}\}", legend))
    grouped = [labels for _, labels in groupings(parsed(expression))]
    if grouped:
        assert named <= set.union(*grouped), panel
    else:
        assert named <= TARGET, panel


@pytest.mark.parametrize(("panel", "expression", "legend"), QUERIES)
def test_what_only_grows_is_asked_for_as_a_rate(panel: str, expression: str, legend: str) -> None:
    grows = re.compile(r"_(total|bucket|count|sum)$")
    rated = re.findall(r"(?:rate|increase|changes)\((\w+)", expression)
    for name, _ in selectors(parsed(expression)):
        assert (name in rated) == bool(grows.search(name) or name == "process_start_time_seconds")


def test_every_service_of_the_platform_has_metrics_of_its_own_on_the_overview() -> None:
    shown = {name for _, query, _ in QUERIES for name, _ in selectors(parsed(query))}
    for prefix in ("auth", "trading", "market_data", "audit_log", "gateway", "matching_engine"):
        assert any(name.startswith(f"{prefix}_") for name in shown), prefix


def test_panels_fill_the_page_and_overlap_nowhere() -> None:
    for name in DASHBOARDS:
        taken: set[tuple[int, int]] = set()
        panels = json.loads((FOLDER / name).read_text())["panels"]
        for panel in panels:
            at: dict[str, int] = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(at["x"], at["x"] + at["w"])
                for y in range(at["y"], at["y"] + at["h"])
            }
            assert not cells & taken, panel["title"]
            assert at["x"] + at["w"] <= 24, panel["title"]
            taken |= cells
        assert len(taken) == 24 * (max(y for _, y in taken) + 1), "there are holes"
        assert len({panel["id"] for panel in panels}) == len(panels)


def test_dashboards_ask_the_data_sources_that_are_provisioned() -> None:
    provisioned: dict[str, Any] = yaml.safe_load(
        (REPOSITORY / "observability/grafana/datasources.yaml").read_text()
    )
    known = {(source["type"], source["uid"]) for source in provisioned["datasources"]}
    for name in DASHBOARDS:
        for panel in json.loads((FOLDER / name).read_text())["panels"]:
            asked = [target["datasource"] for target in panel.get("targets", [])]
            for source in (*asked, *([panel["datasource"]] if asked else [])):
                assert (source["type"], source["uid"]) in known, panel["title"]
