"""What the manifests of the backing servers promise beyond what charts/tests asks of every pod of k8s/."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml

from devkit.bootstrap import KUBERNETES
from devkit.servers import rabbitmq
from devkit.services import OWNERS

REPOSITORY = Path(__file__).parents[2]
BACKING = REPOSITORY / "k8s" / "backing"
PORTS = {"postgresql": {5432}, "redis": {6379}, "rabbitmq": {5672, 15692}}
COMPONENT = {"app.kubernetes.io/component": "backing"}
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((BACKING / "kustomization.yaml").read_text())
OBJECTS: list[dict[str, Any]] = [
    one
    for file in KUSTOMIZATION["resources"]
    for one in yaml.safe_load_all((BACKING / file).read_text())
]
SETS = {one["metadata"]["name"]: one for one in OBJECTS if one["kind"] == "StatefulSet"}
POLICIES = {one["metadata"]["name"]: one for one in OBJECTS if one["kind"] == "NetworkPolicy"}
each_server = pytest.mark.parametrize("name", sorted(PORTS))


def pod(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SETS[name]["spec"]["template"]["spec"]
    return found


def containers(name: str) -> list[dict[str, Any]]:
    return [*pod(name).get("initContainers", []), *pod(name)["containers"]]


def new_secret() -> dict[str, Any]:
    made: dict[str, Any] = runpy.run_path(str(BACKING / "secret.py"))["secret"]()
    return made


def secret_items() -> Iterator[str]:
    """Every key of the Secret that a pod mounts."""
    for name in SETS:
        for volume in pod(name)["volumes"]:
            if "secret" in volume:
                assert volume["secret"]["secretName"] == "day-trading-backing"
                yield from (item["key"] for item in volume["secret"]["items"])


def test_the_secret_is_what_the_api_takes() -> None:
    kubernetes_validate.validate(new_secret(), KUBERNETES, strict=True)


@each_server
def test_a_server_runs_as_the_user_of_its_official_image(name: str) -> None:
    security = pod(name)["securityContext"]
    assert security["runAsUser"] == security["runAsGroup"] == security["fsGroup"] == 999


@each_server
def test_a_server_runs_once_and_has_time_to_start(name: str) -> None:
    assert SETS[name]["spec"]["replicas"] == 1
    assert all("startupProbe" in container for container in pod(name)["containers"])


@each_server
def test_images_are_official_ones(name: str) -> None:
    assert not any("/" in container["image"] for container in containers(name))


@each_server
def test_the_service_leads_to_the_servers_ports(name: str) -> None:
    (service,) = [
        one for one in OBJECTS if one["kind"] == "Service" and one["metadata"]["name"] == name
    ]
    assert {port["port"] for port in service["spec"]["ports"]} == PORTS[name]
    (server,) = pod(name)["containers"]
    open_ports = {port["name"]: port["containerPort"] for port in server["ports"]}
    assert {open_ports[port["targetPort"]] for port in service["spec"]["ports"]} == PORTS[name]
    # What kustomize adds to every pod is in the selectors, written out.
    assert COMPONENT.items() <= service["spec"]["selector"].items()
    assert COMPONENT.items() <= KUSTOMIZATION["labels"][0]["pairs"].items()


def test_nobody_reaches_a_server_unless_a_policy_says_so_and_no_server_reaches_anybody() -> None:
    closed = POLICIES["backing-deny-all"]["spec"]
    assert closed["podSelector"]["matchLabels"] == KUSTOMIZATION["labels"][0]["pairs"]
    assert set(closed) == {"podSelector", "policyTypes"}
    assert set(closed["policyTypes"]) == {"Ingress", "Egress"}
    assert not any("egress" in policy["spec"] for policy in POLICIES.values())


@each_server
def test_only_labelled_clients_reach_a_server_and_only_prometheus_its_figures(name: str) -> None:
    spec = POLICIES[name]["spec"]
    assert spec["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == name
    reached = {
        port["port"]: sender["podSelector"]["matchLabels"]
        for rule in spec["ingress"]
        for sender in rule["from"]
        for port in rule["ports"]
    }
    client = {f"day-trading/{name}": "client"}
    figures = {"app.kubernetes.io/name": "prometheus"}
    assert reached == {port: figures if port == 15692 else client for port in PORTS[name]}
    assert all(
        set(sender) == {"podSelector"} for rule in spec["ingress"] for sender in rule["from"]
    )


def test_every_mounted_file_is_in_its_config_map() -> None:
    generated = {
        one["name"]: {Path(file).name for file in one["files"]}
        for one in KUSTOMIZATION["configMapGenerator"]
    }
    for one in KUSTOMIZATION["configMapGenerator"]:
        assert all((BACKING / file).is_file() for file in one["files"])
    for name in SETS:
        assert name in generated
        for container in containers(name):
            for mount in container["volumeMounts"]:
                if mount["name"] == "configuration" and "subPath" in mount:
                    assert mount["subPath"] in generated[name]
    on_disk = {file.name for name in SETS for file in (BACKING / name).iterdir()}
    assert on_disk == {file for files in generated.values() for file in files}


def test_the_secret_has_what_the_servers_mount_and_what_the_chart_reads() -> None:
    made = set(new_secret()["stringData"])
    assert set(secret_items()) <= made
    values = yaml.safe_load((REPOSITORY / "charts/day-trading/values.yaml").read_text())
    readers = [*values["databases"].values(), values["redis"], values["broker"]]
    assert all(one["secret"] == "day-trading-backing" for one in readers)
    assert {one["key"] for one in readers} <= made
    assert all(re.fullmatch(r"[-._a-zA-Z0-9]+", key) for key in made)


def test_addresses_lead_to_the_services_with_the_passwords_that_the_servers_are_given() -> None:
    made = new_secret()["stringData"]
    databases = {}
    for key, url in made.items():
        if not key.endswith("-url"):
            continue
        parts = urlsplit(url)
        assert parts.hostname in PORTS
        assert parts.port in PORTS[parts.hostname]
        assert parts.password == made[key.removesuffix("-url") + "-password"]
        if parts.hostname == "postgresql":
            databases[parts.path.removeprefix("/")] = parts.username
    assert databases == {owner.database: owner.database for owner in OWNERS}
    broker = urlsplit(made["rabbitmq-url"])
    assert (broker.username, broker.path) == (rabbitmq.USER, f"/{rabbitmq.VIRTUAL_HOST}")


def test_no_two_secrets_have_a_password_in_common_and_no_manifest_has_any() -> None:
    one, other = (
        [value for key, value in new_secret()["stringData"].items() if key.endswith("-password")]
        for _ in range(2)
    )
    assert len(set(one + other)) == 2 * 7
    assert all(len(value) == 48 for value in one)
    for name in SETS:
        for container in containers(name):
            assert not any(re.search("PASS", env["name"]) for env in container.get("env", []))


def test_rabbitmq_has_the_platforms_exchanges_and_makes_quorum_queues() -> None:
    definitions = json.loads((BACKING / "rabbitmq" / "definitions.json").read_text())
    (host,) = definitions["vhosts"]
    assert host["name"] == rabbitmq.VIRTUAL_HOST
    assert host["default_queue_type"] == host["metadata"]["default_queue_type"] == "quorum"
    contract = (REPOSITORY / "contracts" / "README.md").read_text()
    told = re.search(r"a durable fanout exchange per log, (.*?);", contract)
    assert told is not None
    assert {one["name"] for one in definitions["exchanges"]} == set(
        re.findall(r"`([a-z.]+)`", told[1])
    )
    for exchange in definitions["exchanges"]:
        assert (exchange["type"], exchange["durable"]) == ("fanout", True)
    assert "users" not in definitions


def test_the_hash_of_a_brokers_password_is_rabbitmqs() -> None:
    """The example of RabbitMQ's own documentation ("Computing password hash")."""
    made = runpy.run_path(str(BACKING / "secret.py"))["rabbitmq_users"](
        "test12", bytes.fromhex("908DC60A")
    )
    (user,) = json.loads(made)["users"]
    assert user["password_hash"] == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"
