"""The monitoring stack's manifests: closed but for its edges, and their parts fit each other.

What holds for every pod of k8s/ is in charts/tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from devkit.services import SERVICES

REPOSITORY = Path(__file__).parents[2]
MONITORING = REPOSITORY / "k8s" / "monitoring"
CONFIGURATION = REPOSITORY / "observability"
NAME, PART_OF = "app.kubernetes.io/name", "app.kubernetes.io/part-of"
Object = dict[str, Any]
Labels = dict[str, str]


def documents(file: Path) -> Iterator[Object]:
    yield from (one for one in yaml.safe_load_all(file.read_text()) if one)


KUSTOMIZATION: Object = next(documents(MONITORING / "kustomization.yaml"))
OBJECTS = [
    one
    for file in KUSTOMIZATION["resources"]
    if file.endswith(".yaml")
    for one in documents(MONITORING / file)
]
WORKLOADS = {
    one["metadata"]["name"]: one for one in OBJECTS if one["kind"] in ("Deployment", "StatefulSet")
}
POLICIES = [one for one in OBJECTS if one["kind"] == "NetworkPolicy"]
CONFIG_MAPS: dict[str, list[Path]] = {
    one["name"]: [CONFIGURATION / file for file in one["files"]]
    for one in next(documents(CONFIGURATION / "kustomization.yaml"))["configMapGenerator"]
}


def pod(name: str) -> Object:
    spec: Object = WORKLOADS[name]["spec"]["template"]["spec"]
    return spec


def labels(name: str) -> Labels:
    """A pod's labels, with those that the kustomization adds."""
    own: Labels = WORKLOADS[name]["spec"]["template"]["metadata"]["labels"]
    added: Labels = KUSTOMIZATION["labels"][0]["pairs"]
    return own | added


def container(name: str) -> Object:
    (only,) = pod(name)["containers"]
    return dict(only)


def ports(name: str) -> dict[str, int]:
    return {one["name"]: one["containerPort"] for one in container(name)["ports"]}


def mounted(name: str) -> dict[str, Path]:
    """Where in the container which file of ours is."""
    maps = {
        volume["name"]: CONFIG_MAPS[volume["configMap"]["name"]]
        for volume in pod(name)["volumes"]
        if "configMap" in volume
    }
    return {
        f"{mount['mountPath']}/{file.name}": file
        for mount in container(name)["volumeMounts"]
        for file in maps.get(mount["name"], [])
    }


# --- Kubernetes --------------------------------------------------------------------------------------


def test_every_manifest_of_the_folder_is_applied() -> None:
    files = {file.name for file in MONITORING.glob("*.yaml")} - {"kustomization.yaml"}
    assert files | {"../../observability"} == set(KUSTOMIZATION["resources"])


@pytest.mark.parametrize("name", WORKLOADS)
def test_images_are_official_ones_at_a_version(name: str) -> None:
    assert re.fullmatch(r"[a-z]+/[a-z-]+:v?\d+\.\d+\.\d+", container(name)["image"])


def test_only_prometheus_may_ask_the_cluster_and_only_for_pods_of_its_namespace() -> None:
    for name in WORKLOADS:
        assert pod(name)["serviceAccountName"] == name
        assert pod(name)["automountServiceAccountToken"] == (name == "prometheus")
    (role,) = (one for one in OBJECTS if one["kind"] == "Role")
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch"]}]
    (binding,) = (one for one in OBJECTS if one["kind"] == "RoleBinding")
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert [one["name"] for one in binding["subjects"]] == ["prometheus"]
    assert not [one for one in OBJECTS if one["kind"].startswith("Cluster")]


@pytest.mark.parametrize("name", WORKLOADS)
def test_programs_are_started_with_the_files_that_are_mounted(name: str) -> None:
    files = mounted(name)
    assert files
    for argument in container(name).get("args", []):
        if match := re.search(r"config[.\w]*=(/.*)", argument):
            assert match[1] in files, argument
    used = {file for one in WORKLOADS for file in mounted(one).values()}
    assert used == {file for group in CONFIG_MAPS.values() for file in group}


# --- The network -------------------------------------------------------------------------------------


def selected(selector: Object, one: Labels) -> bool:
    if any(one.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "In"
        if one.get(expression["key"]) not in expression["values"]:
            return False
    return True


# Pods of the chart and of the backing servers, as far as policies here speak of them.
ELSEWHERE: dict[str, Labels] = {
    name: {NAME: name, PART_OF: "day-trading"}
    for name in [service.name for service in SERVICES] + ["ui", "rabbitmq", "postgresql", "redis"]
}
EVERYONE = ELSEWHERE | {name: labels(name) for name in WORKLOADS}
EDGES = {
    *(("prometheus", service.name, service.port) for service in SERVICES),
    ("prometheus", "rabbitmq", 15692),
    ("prometheus", "prometheus", 9090),
    ("prometheus", "grafana", 3000),
    ("prometheus", "tempo", 3200),
    ("prometheus", "otel-collector", 8888),
    ("prometheus", "otel-collector", 8889),
    ("grafana", "prometheus", 9090),
    ("grafana", "tempo", 3200),
    ("otel-collector", "tempo", 4318),
    *((service.name, "otel-collector", 4318) for service in SERVICES),
}


def allowed(direction: str) -> set[tuple[str, str, int]]:
    """Caller, called and port of all that the policies here let out (`egress`) or in (`ingress`)."""
    found = set()
    for policy in POLICIES:
        mine = [name for name in WORKLOADS if selected(policy["spec"]["podSelector"], labels(name))]
        for rule in policy["spec"].get(direction, []):
            peers = rule["to" if direction == "egress" else "from"]
            assert peers, "an open edge"
            assert rule["ports"], "an open edge"
            for peer in peers:
                if "podSelector" not in peer or "namespaceSelector" in peer:
                    continue
                theirs = [
                    name for name, one in EVERYONE.items() if selected(peer["podSelector"], one)
                ]
                for this in mine:
                    for other in theirs:
                        for port in rule["ports"]:
                            pair = (this, other) if direction == "egress" else (other, this)
                            found.add((*pair, port["port"]))
    return found


def test_everything_is_refused_that_is_no_edge() -> None:
    (deny,) = (one for one in POLICIES if one["metadata"]["name"] == "monitoring-deny-all")
    assert set(deny["spec"]["policyTypes"]) == {"Ingress", "Egress"}
    assert not {"ingress", "egress"} & set(deny["spec"])
    assert all(selected(deny["spec"]["podSelector"], labels(name)) for name in WORKLOADS)
    assert allowed("egress") == {edge for edge in EDGES if edge[0] in WORKLOADS}
    assert allowed("ingress") == {edge for edge in EDGES if edge[1] in WORKLOADS}


def test_edges_lead_to_ports_that_are_there() -> None:
    for _, called, port in EDGES:
        if called in WORKLOADS:
            assert port in ports(called).values(), (called, port)


def test_only_prometheus_gets_out_by_address() -> None:
    by_address = [
        policy["metadata"]["name"]
        for policy in POLICIES
        for rule in policy["spec"].get("egress", [])
        if any("ipBlock" in peer for peer in rule["to"])
    ]
    assert by_address == ["prometheus-to-cluster-api"]
