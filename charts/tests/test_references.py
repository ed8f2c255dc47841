"""Names that manifests use of each other lead somewhere: selectors to pods, ports to ports, keys to secrets."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from chart_matrix import (
    BACKING_SECRET,
    BY_NAME,
    FOLDERS,
    REPOSITORY,
    kustomized,
    rendered,
)
from chart_objects import Object, Pod, of_kind, pod_template, pods, selects, title
from network_model import ports_of

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
SOURCES = [*BY_NAME, *FOLDERS]


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def objects(source: str) -> list[Object]:
    return rendered(source) if source in BY_NAME else kustomized(source)


def test_a_workload_selects_its_own_pods_and_nobody_elses(objects: list[Object]) -> None:
    everybody = pods(objects)
    for workload in of_kind(objects, *WORKLOADS):
        selector = workload["spec"]["selector"]
        chosen = [pod.name for pod in everybody if selects(selector, pod.labels)]
        assert chosen == [title(workload)]


def test_a_selector_has_nothing_that_changes_with_a_release(objects: list[Object]) -> None:
    for workload in of_kind(objects, *WORKLOADS):
        labels = set(workload["spec"]["selector"]["matchLabels"])
        assert not labels & {"app.kubernetes.io/version", "helm.sh/chart", "app.kubernetes.io/managed-by"}  # fmt: skip


def test_a_service_leads_to_ports_of_one_workload(objects: list[Object]) -> None:
    everybody = pods(objects)
    for service in of_kind(objects, "Service"):
        selector = {"matchLabels": service["spec"]["selector"]}
        [pod] = [pod for pod in everybody if selects(selector, pod.labels)]
        named = ports_of(pod)
        for port in service["spec"]["ports"]:
            target = port.get("targetPort", port["port"])
            assert target in named or target in named.values(), (title(service), target)


def test_a_stateful_set_has_the_service_that_it_names(objects: list[Object]) -> None:
    services = {service["metadata"]["name"] for service in of_kind(objects, "Service")}
    for workload in of_kind(objects, "StatefulSet"):
        assert workload["spec"]["serviceName"] in services


def test_a_probe_asks_a_port_that_the_container_has(objects: list[Object]) -> None:
    for pod in pods(objects):
        for name, container in pod.containers():
            named = {port["name"] for port in container.get("ports", [])}
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                for how in ("httpGet", "tcpSocket"):
                    port = container.get(probe, {}).get(how, {}).get("port")
                    assert port is None or port in named, (name, probe)


def workloads(objects: list[Object]) -> dict[str, Object]:
    return {title(one): one for one in of_kind(objects, *WORKLOADS)}


def test_an_autoscaler_owns_the_number_of_pods_and_has_something_to_measure(
    objects: list[Object],
) -> None:
    scaled = set()
    for autoscaler in of_kind(objects, "HorizontalPodAutoscaler"):
        spec = autoscaler["spec"]
        target = f"{spec['scaleTargetRef']['kind']}/{spec['scaleTargetRef']['name']}"
        scaled.add(target)
        workload = workloads(objects)[target]
        assert "replicas" not in workload["spec"], f"{target}: every upgrade would reset it"
        assert 1 <= spec["minReplicas"] < spec["maxReplicas"]
        for container in workload["spec"]["template"]["spec"]["containers"]:
            assert container["resources"]["requests"]["cpu"]
    for name, workload in workloads(objects).items():
        assert ("replicas" in workload["spec"]) is (name not in scaled)


def fewest(workload: Object, objects: list[Object]) -> int:
    """How many pods a workload has at least."""
    for autoscaler in of_kind(objects, "HorizontalPodAutoscaler"):
        if autoscaler["spec"]["scaleTargetRef"]["name"] == workload["metadata"]["name"]:
            return int(autoscaler["spec"]["minReplicas"])
    return int(workload["spec"]["replicas"])


@pytest.mark.parametrize("row", BY_NAME)
def test_a_disruption_budget_protects_one_workload_and_blocks_no_drain_but_the_engines(
    row: str,
) -> None:
    objects = rendered(row)
    protected = set()
    for budget in of_kind(objects, "PodDisruptionBudget"):
        [workload] = [
            one
            for one in of_kind(objects, *WORKLOADS)
            if selects(budget["spec"]["selector"], one["spec"]["template"]["metadata"]["labels"])
        ]
        protected.add(title(workload))
        unavailable = budget["spec"]["maxUnavailable"]
        # Where nobody may evict, nobody may evict an engine that still reads its journal either.
        unready = "AlwaysAllow" if unavailable else "IfHealthyBudget"
        assert budget["spec"]["unhealthyPodEvictionPolicy"] == unready
        if workload["kind"] == "StatefulSet":
            assert unavailable in (0, 1)  # a person decides, or nothing is traded there
        else:
            assert 1 <= unavailable < fewest(workload, objects)
    for name, workload in workloads(objects).items():
        assert name in protected or fewest(workload, objects) == 1, name


def test_there_is_never_a_second_engine() -> None:
    for name in BY_NAME:
        [engine] = of_kind(rendered(name), "StatefulSet")
        assert engine["spec"]["replicas"] == 1
        assert engine["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Retain"
        assert engine["spec"]["volumeClaimTemplates"][0]["spec"]["accessModes"] != ["ReadWriteMany"]


def test_prometheus_operator_finds_the_service_of_each_monitor() -> None:
    objects = rendered("service-monitor")
    monitors = of_kind(objects, "ServiceMonitor")
    assert monitors
    for monitor in monitors:
        [service] = [
            one
            for one in of_kind(objects, "Service")
            if selects(monitor["spec"]["selector"], one["metadata"]["labels"])
        ]
        ports = {port["name"] for port in service["spec"]["ports"]}
        assert {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]} <= ports


def test_an_ingress_leads_to_ports_of_services() -> None:
    for name in BY_NAME:
        objects = rendered(name)
        services = {
            one["metadata"]["name"]: {port["name"] for port in one["spec"]["ports"]}
            for one in of_kind(objects, "Service")
        }
        for ingress in of_kind(objects, "Ingress"):
            for path in ingress["spec"]["rules"][0]["http"]["paths"]:
                backend = path["backend"]["service"]
                assert backend["port"]["name"] in services[backend["name"]]


# --- Secrets and ConfigMaps -----------------------------------------------------------------------


@cache
def backing_keys() -> frozenset[str]:
    """The keys of the Secret that k8s/backing/secret.py makes."""
    file = REPOSITORY / "k8s" / "backing" / "secret.py"
    spec = importlib.util.spec_from_file_location("backing_secret", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return frozenset(module.values())


def used(pod: Pod) -> Iterator[tuple[str, str, str | None]]:
    """Kind, name and key (None: all of them) of what a pod takes from secrets and ConfigMaps."""
    for _, container in pod.containers():
        for one in container.get("envFrom", []):
            for kind, field in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if field in one:
                    yield kind, one[field]["name"], None
        for variable in container.get("env", []):
            given: dict[str, Any] = variable.get("valueFrom", {})
            for kind, field in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
                if field in given:
                    yield kind, given[field]["name"], given[field]["key"]
    for volume in pod.spec.get("volumes", []):
        for kind, field, name in (
            ("ConfigMap", "configMap", "name"),
            ("Secret", "secret", "secretName"),
        ):
            if field in volume:
                items = [item["key"] for item in volume[field].get("items", [])]
                for key in items or [None]:
                    yield kind, volume[field][name], key


@pytest.mark.parametrize("row", [name for name in BY_NAME if name not in ("production",)])
def test_what_pods_take_from_secrets_is_in_them(row: str) -> None:
    """Production's secrets are its operators': k8s/tests/test_production.py."""
    objects = rendered(row)
    there = {
        (one["kind"], one["metadata"]["name"]): set(one.get("data", {}))
        for one in of_kind(objects, "Secret", "ConfigMap")
    }
    there["Secret", BACKING_SECRET] = set(backing_keys())
    keys = BY_NAME[row].all_values()["serviceKeys"]
    there["Secret", "our-keys"] = {f"{name}.pem" for name in keys}
    there["Secret", "our-key-set"] = {"service-keys.json"}
    there["Secret", "our-auth"] = {"signing-key-secret", "admin-username", "admin-password"}
    for pod in pods(objects):
        for kind, name, key in used(pod):
            assert (kind, name) in there, (pod.name, kind, name)
            assert key is None or key in there[kind, name], (pod.name, name, key)


def test_a_pod_is_given_no_private_key_but_its_own() -> None:
    values = BY_NAME["default"].all_values()
    for pod in pods(rendered("default")):
        taken = {key for _, name, key in used(pod) if name == "day-trading-service-keys"}
        name = pod.labels["app.kubernetes.io/name"]
        own = "verify" if name == "verify" else values["services"].get(name, {}).get("key")
        assert taken == ({f"{own}.pem"} if own else set()), pod.name


def test_what_auth_alone_may_know_is_given_to_no_other_service() -> None:
    for pod in pods(rendered("default")):
        keys = {key for _, name, key in used(pod) if name == "day-trading-auth"}
        allowed = {"auth": 3, "smoke": 2, "verify": 1}.get(pod.labels["app.kubernetes.io/name"], 0)
        assert len(keys) == allowed, (pod.name, keys)
        assert None not in keys


def test_a_service_is_given_the_address_of_its_own_database_only() -> None:
    values = BY_NAME["default"].all_values()
    for workload in of_kind(rendered("default"), *WORKLOADS):
        name = workload["metadata"]["name"]
        template = pod_template(workload)
        assert template is not None
        [pod] = pods([workload])
        taken = {str(key) for _, secret, key in used(pod) if secret == BACKING_SECRET}
        service = values["services"][name]
        expected = set()
        if service.get("database"):
            expected.add(values["databases"][service["database"]]["key"])
        if service.get("redis"):
            expected.add(values["redis"]["key"])
        if service.get("broker"):
            expected.add(values["broker"]["key"])
        assert taken == expected, name
