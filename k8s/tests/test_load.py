"""The jobs of k8s/load: made from the manifests as they stand, and understood by the program that they start.

What holds for every pod of k8s/ is in charts/tests.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from devkit.cluster.load_command import MANIFESTS, RESULTS, adapted
from load.__main__ import argument_parser
from load.addresses import check_address

Object = dict[str, Any]


def objects() -> list[Object]:
    (kustomization,) = yaml.safe_load_all((MANIFESTS / "kustomization.yaml").read_text())
    return [
        one
        for file in kustomization["resources"]
        for one in yaml.safe_load_all((MANIFESTS / file).read_text())
    ]


def container(job: Object) -> Object:
    (only,) = job["spec"]["template"]["spec"]["containers"]
    return dict(only)


@pytest.mark.parametrize("tool", ["k6", "jmeter"])
def test_a_job_says_what_the_program_understands(tool: str) -> None:
    given = ["--plan", "spike", "--rate", "30", "--duration", "2m", "--users", "6"]
    job, _ = adapted(objects(), tool, "localhost/day-trading/load:abc", "mine", given)
    found = argument_parser().parse_args(container(job)["args"])
    assert (found.tool, found.plan, found.rate, found.duration, found.users) == (
        tool, "spike", 30, 120, 6,
    )  # fmt: skip
    assert found.out == Path(RESULTS)
    assert found.hold > 0
    inside = {"KUBERNETES_SERVICE_HOST": "10.96.0.1"}
    assert check_address(found.address, resolve=lambda _: {"10.96.0.7"}, environment=inside)


def test_a_job_runs_the_image_that_was_built_for_the_release_that_is_there() -> None:
    job, policies = adapted(objects(), "k6", "localhost/day-trading/load:abc", "mine", [])
    assert container(job)["image"] == "localhost/day-trading/load:abc"
    secrets = {one["valueFrom"]["secretKeyRef"]["name"] for one in container(job)["env"]}
    assert secrets == {"mine-auth"}
    assert len(policies) == 2
    again, _ = adapted(objects(), "k6", "localhost/day-trading/load:abc", "mine", [])
    assert job["metadata"]["name"] != again["metadata"]["name"], "jobs are never changed"


def test_the_two_ends_of_the_edge_to_the_gateway_fit() -> None:
    _, policies = adapted(objects(), "k6", "load", "mine", [])
    here, there = (one["spec"] for one in policies)
    (to_gateway, _to_dns) = here["egress"]
    (to,) = to_gateway["to"]
    (rule,) = there["ingress"]
    (source,) = rule["from"]
    assert to["podSelector"] == there["podSelector"]
    assert source["podSelector"] == here["podSelector"]
    assert to_gateway["ports"] == rule["ports"] == [{"protocol": "TCP", "port": 8080}]
    assert "ingress" not in here, "nobody speaks with the jobs"
    for job in (one for one in objects() if one["kind"] == "Job"):
        labels = job["spec"]["template"]["metadata"]["labels"]
        assert here["podSelector"]["matchLabels"].items() <= labels.items()
