"""compose.observability.yaml watches what compose.yaml runs, as k8s/monitoring watches a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from devkit.services import SERVICES

REPOSITORY = Path(__file__).resolve().parents[2]
LAYER: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.observability.yaml").read_text())
BASE: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())
OWN = [name for name in LAYER["services"] if name not in BASE["services"]]
SCRAPES = yaml.safe_load((REPOSITORY / "compose" / "prometheus.yaml").read_text())["scrape_configs"]


def in_a_cluster(name: str) -> dict[str, Any]:
    """The container that k8s/monitoring runs."""
    objects = yaml.safe_load_all((REPOSITORY / "k8s" / "monitoring" / f"{name}.yaml").read_text())
    [workload] = [one for one in objects if one["kind"] in ("Deployment", "StatefulSet")]
    container: dict[str, Any] = workload["spec"]["template"]["spec"]["containers"][0]
    return container


def test_it_has_the_same_parts_as_a_cluster() -> None:
    assert set(OWN) == {"prometheus", "otel-collector", "tempo", "grafana"}


@pytest.mark.parametrize("name", OWN)
def test_a_part_is_what_it_is_in_a_cluster(name: str) -> None:
    here, there = LAYER["services"][name], in_a_cluster(name)
    assert here["image"] == there["image"]
    assert here.get("command", []) == there.get("args", [])
    environment = {one["name"]: one["value"] for one in there.get("env", [])}
    assert here.get("environment", {}) == environment


@pytest.mark.parametrize("name", OWN)
def test_a_part_is_confined(name: str) -> None:
    part = LAYER["services"][name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert part["mem_limit"]
    assert part["pids_limit"]
    assert all(port.startswith("127.0.0.1:") for port in part.get("ports", []))


def test_every_service_is_scraped_under_its_own_name() -> None:
    named = {
        scrape["job_name"]: scrape["static_configs"][0]["targets"]
        for scrape in SCRAPES
        if scrape["job_name"] not in ("spans", "rabbitmq", "rabbitmq-queues")
    }
    assert named == {service.name: [f"{service.name}:{service.port}"] for service in SERVICES}


def test_what_is_scraped_besides_is_scraped_as_in_a_cluster() -> None:
    cluster = yaml.safe_load((REPOSITORY / "observability/prometheus/prometheus.yaml").read_text())
    there = {scrape["job_name"]: scrape for scrape in cluster["scrape_configs"]}
    for scrape in SCRAPES:
        for setting in ("honor_labels", "metrics_path", "params"):
            expected = there.get(scrape["job_name"], {}).get(setting)
            assert scrape.get(setting) == expected, (scrape["job_name"], setting)


def test_prometheus_reaches_whatever_it_scrapes() -> None:
    own = set(LAYER["services"]["prometheus"]["networks"])
    for scrape in SCRAPES:
        [target] = scrape["static_configs"][0]["targets"]
        name = target.partition(":")[0]
        networks = (LAYER["services"] if name in OWN else BASE["services"])[name]["networks"]
        assert own & set(networks), name


def test_every_service_sends_its_spans_to_the_collector_which_it_reaches() -> None:
    collector = set(LAYER["services"]["otel-collector"]["networks"])
    for service in SERVICES:
        told = LAYER["services"][service.name]["environment"]
        assert told["OTLP_ENDPOINT"] == "http://otel-collector:4318"
        assert collector & set(BASE["services"][service.name]["networks"])


def test_its_networks_are_there() -> None:
    known = {*BASE["networks"], *LAYER["networks"]}
    assert all(set(LAYER["services"][name]["networks"]) <= known for name in OWN)
