"""The chart from nothing: its own test passes, its pods are those of the table, monitoring sees them all."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

from cluster_figures import Figures

from devkit.cluster.deploy import RESTRICTED
from devkit.cluster.deployment import Deployment
from devkit.services import SERVICES

SCRAPED_WITHIN_S = 120.0


def test_helm_test_passes(deployed: Deployment, figures: Figures) -> None:
    with figures.phase("helm test"):
        said = deployed.kube.helm("test", deployed.release, "--timeout", "300s", seconds=360)
    assert "Phase:          Succeeded" in said


def test_every_service_runs_in_a_namespace_that_admits_restricted_pods_only(
    deployed: Deployment,
) -> None:
    namespace = deployed.kube.get("namespace", deployed.kube.namespace)
    assert RESTRICTED.items() <= namespace["metadata"]["labels"].items()
    ready = {
        pod["metadata"]["labels"]["app.kubernetes.io/name"]
        for pod in deployed.kube.items("pods", f"app.kubernetes.io/instance={deployed.release}")
        if (states := pod["status"].get("containerStatuses"))
        and all(one["ready"] for one in states)
    }
    assert {service.name for service in SERVICES} | {"ui"} <= ready


def test_prometheus_scrapes_every_service(deployed: Deployment) -> None:
    values = json.loads(
        deployed.kube.helm("get", "values", deployed.release, "--all", "--output", "json")
    )
    expected = {
        name
        for name, one in values["services"].items()
        if one.get("metrics", values["defaults"]["metrics"])
    }
    assert {service.name for service in SERVICES} <= expected
    with deployed.kube.forwarded("service/prometheus", 9090) as port:
        until = time.monotonic() + SCRAPED_WITHIN_S
        while True:
            samples = [(one["metric"]["job"], one["value"][1]) for one in ask(port, "up")]
            up = {job for job, value in samples if value == "1"}
            down = [job for job, value in samples if value != "1"]
            if expected <= up and not down:
                return
            assert time.monotonic() < until, f"missing {sorted(expected - up)}, down {down}"
            time.sleep(2)


def ask(port: int, query: str) -> list[Any]:
    """The samples that Prometheus has of a metric now."""
    address = f"http://127.0.0.1:{port}/api/v1/query?query={query}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        samples: list[Any] = json.load(answer)["data"]["result"]
    return samples
