"""Figures and traces in a real cluster: the overview's queries are understood, and spans arrive to be counted."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from devkit.cluster.deployment import Deployment

OVERVIEW = Path(__file__).parents[2] / "observability" / "dashboards" / "overview.json"
ARRIVES_WITHIN_S = 120.0
"""What a span takes at most: the service's batch, the collector's flush, Prometheus' scrape (15 s each)."""
FROM_ELSEWHERE = (
    "rabbitmq_detailed_queue_messages",
    "rabbitmq_detailed_queue_consumers",
    "rabbitmq_global_messages_received_total",
    "rabbitmq_global_messages_delivered_total",
    "process_resident_memory_bytes",
    "process_max_fds",
)
"""Series of the overview that no source of ours declares, so that no other test knows of them."""

Ask = Callable[[str], list[Any]]


@pytest.fixture(scope="module")
def ask(deployed: Deployment) -> Iterator[Ask]:
    """Puts a query to the cluster's Prometheus, which refuses what it cannot parse."""
    with deployed.kube.forwarded("service/prometheus", 9090) as port:

        def asked(query: str) -> list[Any]:
            address = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode(
                {"query": query}
            )
            with urllib.request.urlopen(address, timeout=30) as answer:
                samples: list[Any] = json.load(answer)["data"]["result"]
            return samples

        yield asked


def wait_for(ask: Ask, query: str) -> list[Any]:
    until = time.monotonic() + ARRIVES_WITHIN_S
    while not (samples := ask(query)):
        assert time.monotonic() < until, f"nothing for {query}"
        time.sleep(1)
    return samples


def test_prometheus_understands_every_query_of_the_overview(ask: Ask) -> None:
    panels = json.loads(OVERVIEW.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    assert queries
    for query in queries:
        ask(query.replace("$__rate_interval", "1m").replace("$service", ".+"))


@pytest.mark.parametrize("name", FROM_ELSEWHERE)
def test_what_others_count_is_called_what_the_overview_says(ask: Ask, name: str) -> None:
    assert wait_for(ask, name)


def test_a_traced_request_is_counted_at_the_collector_in_every_service_it_met(
    deployed: Deployment, ask: Ask
) -> None:
    counted = {service: calls(ask, service) for service in ("gateway", "auth")}
    username, password = deployed.admin()
    request = urllib.request.Request(
        f"{deployed.url}/v1/auth/login",
        json.dumps({"username": username, "password": password}).encode(),
        {
            "Content-Type": "application/json",
            "traceparent": f"00-{token_hex(16)}-{token_hex(8)}-01",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
    for service, before in counted.items():
        wait_for(ask, f"{calls_of(service)} > {before}")


def calls_of(service: str) -> str:
    return f'sum(traces_span_metrics_calls_total{{job="{service}"}})'


def calls(ask: Ask, service: str) -> float:
    """How many spans of a service were counted until now; 0 where none ever was."""
    samples = ask(calls_of(service))
    return float(samples[0]["value"][1]) if samples else 0.0
