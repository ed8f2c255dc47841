"""What Prometheus finds: its own rules, applied to the pods of the chart and to those beside it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from devkit.cluster.kube import helm
from devkit.services import SERVICES

REPOSITORY = Path(__file__).parents[2]
NAME = "app.kubernetes.io/name"
Object = dict[str, Any]
Labels = dict[str, str]

CONFIGURATION: Object = yaml.safe_load(
    (REPOSITORY / "observability" / "prometheus" / "prometheus.yaml").read_text()
)


def pods_of(documents: Iterable[Object | None]) -> list[Object]:
    return [
        one["spec"]["template"]
        for one in documents
        if one and one["kind"] in ("Deployment", "StatefulSet")
    ]


def pods_of_folder(name: str) -> list[Object]:
    """The pods of a folder of k8s/, with the labels that its kustomization adds."""
    folder = REPOSITORY / "k8s" / name
    (added,) = yaml.safe_load((folder / "kustomization.yaml").read_text())["labels"]
    assert added["includeTemplates"]
    pods = [
        pod
        for file in sorted(folder.glob("*.yaml"))
        if file.name != "kustomization.yaml"
        for pod in pods_of(yaml.safe_load_all(file.read_text()))
    ]
    for pod in pods:
        pod["metadata"]["labels"] |= added["pairs"]
    return pods


def targets(pods: list[Object]) -> dict[tuple[str, str], str]:
    """Who is scraped, by Prometheus' own rules: (pod, port) -> `job`."""
    found = {}
    for scrape in CONFIGURATION["scrape_configs"]:
        assert scrape["kubernetes_sd_configs"] == [
            {"role": "pod", "namespaces": {"own_namespace": True}}
        ]
        for one in pods:
            for port in one["spec"]["containers"][0].get("ports", []):
                meta = {
                    f"pod_label_{re.sub('[^a-z_]', '_', key)}": value
                    for key, value in one["metadata"]["labels"].items()
                } | {
                    "pod_container_port_name": port["name"],
                    "pod_container_port_number": str(port["containerPort"]),
                    "pod_name": one["metadata"]["labels"][NAME],
                    "pod_phase": "Running",
                    "namespace": "any",
                }
                series = relabelled(scrape, meta)
                if series is not None:
                    key = (series.get("pod", one["metadata"]["labels"][NAME]), port["name"])
                    if scrape.get("metrics_path", "/metrics") == "/metrics":
                        assert key not in found, "scraped twice"
                        found[key] = series.get("job", scrape["job_name"])
    return found


def relabelled(scrape: Object, meta: Labels) -> Labels | None:
    """The labels that a target ends with; none when it is dropped."""
    made: Labels = {}
    for rule in scrape["relabel_configs"]:
        (source,) = rule["source_labels"]
        value = meta.get(source.removeprefix("__meta_kubernetes_"), "")
        matches = re.fullmatch(rule.get("regex", ".*"), value) is not None
        match rule.get("action", "replace"):
            case "keep" if not matches:
                return None
            case "drop" if matches:
                return None
            case "replace":
                made[rule["target_label"]] = value
    return made


def test_every_service_of_the_chart_is_found_and_nothing_that_has_no_metrics() -> None:
    command = [helm(), "template", "day-trading", str(REPOSITORY / "charts" / "day-trading")]
    rendered = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert targets(pods_of(yaml.safe_load_all(rendered))) == {
        (service.name, "http"): service.name for service in SERVICES
    }


def test_the_stack_itself_and_rabbitmq_are_found_and_no_other_server() -> None:
    pods = pods_of_folder("monitoring") + pods_of_folder("backing")
    assert targets(pods) == {
        ("prometheus", "http"): "prometheus",
        ("grafana", "http"): "grafana",
        ("tempo", "http"): "tempo",
        ("otel-collector", "metrics"): "otel-collector",
        ("otel-collector", "span-metrics"): "spans",
        ("rabbitmq", "metrics"): "rabbitmq",
    }
