"""The alerts: each asks for what the platform counts, has its page, its unit test, and is loaded."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "observability" / "prometheus"
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "rules.yaml").read_text())["groups"]
    for rule in group["rules"]
]
NAMES = [alert["alert"] for alert in ALERTS]
TESTS = yaml.safe_load((FOLDER / "rules.test.yaml").read_text())
MODULE = "github.com/prometheus/prometheus"


def metrics(expression: str) -> set[str]:
    found: set[str] = set()

    def visit(node: promql.Expr) -> bool:
        if isinstance(node, promql.VectorSelector):
            found.add(str(node.name))
        return True

    promql.walk(promql.parse(expression), visit)
    return found


def headings(page: str) -> Iterator[str]:
    for title in re.findall(r"^#+ (.+)$", (REPOSITORY / page).read_text(), re.M):
        yield title.lower().replace(" ", "-")


@pytest.mark.parametrize("alert", ALERTS, ids=NAMES)
def test_an_alert_asks_for_what_a_service_counts(alert: dict[str, Any]) -> None:
    sources = "".join(
        file.read_text() for file in sorted((REPOSITORY / "services").glob("*/src/**/*.py"))
    )
    asked = metrics(alert["expr"])
    assert asked
    for name in asked:
        assert f'"{name}"' in sources, f"nothing makes {name}"


@pytest.mark.parametrize("alert", ALERTS, ids=NAMES)
def test_an_alert_has_a_page_with_a_heading_of_its_own(alert: dict[str, Any]) -> None:
    page, _, heading = alert["annotations"]["runbook"].partition("#")
    assert page.startswith("docs/runbooks/")
    assert heading == alert["alert"].lower()
    assert heading in headings(page)


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_is_tried_silent_and_firing(name: str) -> None:
    expected = [
        bool(one["exp_alerts"])
        for case in TESTS["tests"]
        for one in case["alert_rule_test"]
        if one["alertname"] == name
    ]
    assert set(expected) == {True, False}


@pytest.mark.parametrize("name", NAMES)
def test_the_overview_shows_what_an_alert_is_about(name: str) -> None:
    (alert,) = (one for one in ALERTS if one["alert"] == name)
    overview = json.loads((REPOSITORY / "observability/dashboards/overview.json").read_text())
    shown = set[str]()
    for panel in overview["panels"]:
        for target in panel.get("targets", []):
            shown |= set(re.findall(r"\w+", target["expr"]))
    assert metrics(alert["expr"]) <= shown


@pytest.mark.parametrize(
    "file", ["observability/prometheus/prometheus.yaml", "compose/prometheus.yaml"]
)
def test_prometheus_loads_the_rules_that_lie_beside_its_configuration(file: str) -> None:
    assert yaml.safe_load((REPOSITORY / file).read_text())["rule_files"] == ["rules.yaml"]
    maps = yaml.safe_load((REPOSITORY / "observability/kustomization.yaml").read_text())
    (files,) = (
        one["files"] for one in maps["configMapGenerator"] if one["name"] == "prometheus-config"
    )
    assert "prometheus/rules.yaml" in files
    layer = yaml.safe_load((REPOSITORY / "compose.observability.yaml").read_text())
    targets = {one["source"]: one["target"] for one in layer["services"]["prometheus"]["configs"]}
    assert targets["rules"] == "/etc/prometheus/rules.yaml"
    assert layer["configs"]["rules"]["file"] == "observability/prometheus/rules.yaml"


@pytest.mark.slow
def test_prometheus_own_tool_finds_the_rules_right(tmp_path: Path) -> None:
    """It is built from the Go module of the version that runs, as the cluster's test does it."""
    dockerfile = (REPOSITORY / "tests/cluster/bases/prometheus/Dockerfile").read_text()
    (version,) = re.findall(rf"{MODULE}@(v\S+)", dockerfile)
    go = shutil.which("go") or "/usr/local/go/bin/go"
    environment = os.environ | {"GOWORK": "off", "CGO_ENABLED": "0"}
    downloaded = subprocess.run(
        [go, "mod", "download", "-json", f"{MODULE}@{version}"],
        cwd=tmp_path, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    promtool = tmp_path / "promtool"
    subprocess.run(
        [go, "build", "-trimpath", "-buildvcs=false", "-tags=remove_all_sd,enable_kubernetes_sd",
         "-ldflags=-s -w", "-o", promtool, "./cmd/promtool"],
        cwd=json.loads(downloaded.stdout)["Dir"], env=environment, check=True,
    )  # fmt: skip
    subprocess.run([promtool, "check", "rules", FOLDER / "rules.yaml"], check=True)
    subprocess.run([promtool, "check", "config", FOLDER / "prometheus.yaml"], check=True)
    subprocess.run([promtool, "test", "rules", FOLDER / "rules.test.yaml"], check=True)
