"""compose.yaml, and each layer on it, held to the platform's own table and to the order of its start."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from ipaddress import IPv4Network, ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from devkit.keys import SCOPES
from devkit.services import OWNERS, SERVICES

REPOSITORY = Path(__file__).resolve().parents[2]
LAYERS = sorted(REPOSITORY.glob("compose*.yaml"))
COMPOSE = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
TABLE = {service.name: service for service in SERVICES}
HEALTHY, DONE = "service_healthy", "service_completed_successfully"
BACKING = ("postgresql", "redis", "rabbitmq")


def waits_for(name: str, condition: str) -> set[str]:
    needed = CONTAINERS[name].get("depends_on", {})
    return {other for other, how in needed.items() if how["condition"] == condition}


def hosts(name: str) -> set[str]:
    """The containers that a container is told the address of."""
    values = " ".join(str(value) for value in CONTAINERS[name].get("environment", {}).values())
    return set(re.findall(r"(?:://|@)([a-z][a-z-]*):\d+", values))


def transitive(name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        needed = set(CONTAINERS[waiting.pop()].get("depends_on", {})) - found
        found |= needed
        waiting.extend(needed)
    return found


def lasting() -> Iterator[str]:
    return (name for name, what in CONTAINERS.items() if what["restart"] == "unless-stopped")


def once() -> Iterator[str]:
    return (name for name, what in CONTAINERS.items() if what["restart"] == "no")


@pytest.mark.parametrize("layer", LAYERS, ids=lambda path: path.name)
def test_it_is_what_the_compose_specification_allows(layer: Path) -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [checker, "--builtin-schema", "vendor.compose-spec", layer]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("layer", LAYERS, ids=lambda path: path.name)
def test_every_file_that_is_mounted_or_built_from_is_there(layer: Path) -> None:
    what = yaml.safe_load(layer.read_text())
    files = [config["file"] for config in what.get("configs", {}).values()]
    files += [container["build"]["dockerfile"] for container in what["services"].values()
              if "build" in container]  # fmt: skip
    assert [file for file in files if not (REPOSITORY / file).exists()] == []


def test_its_containers_are_the_services_of_the_platform() -> None:
    beside = {*BACKING, "ui", "ingress"}
    assert set(lasting()) == set(TABLE) | beside


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_is_told_what_the_platforms_table_says(service: Any) -> None:
    container = CONTAINERS[service.name]
    environment = container["environment"]
    if service.package is not None:
        assert container["command"] == [service.role]
        assert environment["PORT"] == service.port
        assert f"http://127.0.0.1:{service.port}/readyz" in container["healthcheck"]["test"][-1]
    database = environment.get("DATABASE_URL")
    assert (database or "").rpartition("/")[2] == (service.database or "")
    key = None if service.key is None else f"/keys/{service.key}.pem"
    assert environment.get("SERVICE_KEY_FILE") == key
    for url in (value for name, value in environment.items() if name.endswith("_URL")):
        host, port = re.findall(r"(?:://|@)([a-z][a-z-]*):(\d+)", url)[-1]
        assert host in BACKING or TABLE[host].port == int(port), url


def test_the_start_has_an_order() -> None:
    TopologicalSorter(
        {name: container.get("depends_on", {}) for name, container in CONTAINERS.items()}
    ).prepare()


@pytest.mark.parametrize("name", CONTAINERS)
def test_everybody_waits_until_what_he_calls_is_ready(name: str) -> None:
    assert hosts(name) <= waits_for(name, HEALTHY)


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_is_waited_for_can_be_told(name: str) -> None:
    assert all("healthcheck" in CONTAINERS[other] for other in waits_for(name, HEALTHY))
    assert waits_for(name, DONE) <= set(once())
    everything = {*waits_for(name, HEALTHY), *waits_for(name, DONE)}
    assert set(CONTAINERS[name].get("depends_on", {})) == everything


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_waits_for_its_keys_and_for_its_migrations(service: Any) -> None:
    expected = {"prepare"}
    if service.database is not None:
        [owner] = [owner for owner in OWNERS if owner.database == service.database]
        expected.add(f"{owner.name}-migrations")
        migrations = CONTAINERS[f"{owner.name}-migrations"]
        assert migrations["command"] == ["migrate"]
        assert migrations["image"] == CONTAINERS[service.name]["image"]
        url = CONTAINERS[service.name]["environment"]["DATABASE_URL"]
        assert migrations["environment"] == {"DATABASE_URL": url}
    assert waits_for(service.name, DONE) == expected


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_nobody_waits_for_a_later_wave(service: Any) -> None:
    waves = [TABLE[name].wave for name in transitive(service.name) if name in TABLE]
    assert all(wave <= service.wave for wave in waves)


def test_the_ingress_alone_is_published_and_on_loopback() -> None:
    published = {name: what["ports"] for name, what in CONTAINERS.items() if "ports" in what}
    assert list(published) == ["ingress"]
    assert all(port.startswith("127.0.0.1:") for port in published["ingress"])


def test_only_the_gateway_stands_between_the_ingress_and_the_services() -> None:
    networks = {name: set(what.get("networks", [])) for name, what in CONTAINERS.items()}
    assert {name for name, on in networks.items() if "edge" in on} == {
        "gateway", "ui", "ingress", "smoke",
    }  # fmt: skip
    assert networks["ui"] == networks["ingress"] == {"edge"}
    for network in ("services", "backing"):
        assert COMPOSE["networks"][network]["internal"] is True
    for name in CONTAINERS:
        for host in hosts(name):
            assert networks[name] & networks[host], f"{name} cannot reach {host}"


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_confined(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["mem_limit"]
    assert container["pids_limit"]
    assert ("cap_add" in container) == (name == "prepare")


@pytest.mark.parametrize("layer", LAYERS, ids=lambda path: path.name)
def test_images_have_versions_and_no_registry(layer: Path) -> None:
    for name, container in yaml.safe_load(layer.read_text())["services"].items():
        if "image" in container:
            repository, _, tag = container["image"].partition(":")
            assert tag not in ("", "latest"), name
            assert "." not in repository, f"{name} names a registry"


@pytest.mark.parametrize("layer", LAYERS, ids=lambda path: path.name)
def test_an_image_of_ours_is_built_and_never_looked_for_in_a_registry(layer: Path) -> None:
    for name, container in yaml.safe_load(layer.read_text())["services"].items():
        ours = container.get("image", "").startswith("day-trading/")
        assert ours == ("build" in container), name
        assert container.get("pull_policy") == ("build" if ours else None), name


def test_the_gateway_believes_the_ingress_and_nobody_else_on_its_network() -> None:
    address = CONTAINERS["ingress"]["networks"]["edge"]["ipv4_address"]
    assert CONTAINERS["gateway"]["environment"]["TRUSTED_PROXIES"] == address
    [config] = COMPOSE["networks"]["edge"]["ipam"]["config"]
    assert ip_address(address) in IPv4Network(config["subnet"])
    assert ip_address(address) not in IPv4Network(config["ip_range"]), "others are given that one"
    assert IPv4Network(config["ip_range"]).subnet_of(IPv4Network(config["subnet"]))


@pytest.mark.parametrize("name", list(lasting()))
def test_what_lasts_says_when_it_is_ready_and_is_given_time_to_end(name: str) -> None:
    assert CONTAINERS[name]["healthcheck"]["start_period"]
    assert int(CONTAINERS[name]["stop_grace_period"].removesuffix("s")) > 10


def test_the_databases_are_those_of_the_table() -> None:
    script = (REPOSITORY / "compose" / "databases.sh").read_text()
    [names] = re.findall(r"^for name in (.*); do$", script, re.MULTILINE)
    assert sorted(names.split()) == sorted(str(owner.database) for owner in OWNERS)


def test_the_ingress_sends_the_api_to_the_gateway_and_the_rest_to_the_ui() -> None:
    http = yaml.safe_load((REPOSITORY / "compose" / "routes.yaml").read_text())["http"]
    api, ui = http["routers"]["api"], http["routers"]["ui"]
    assert re.findall(r"PathPrefix\(`(.*?)`\)", api["rule"]) == ["/v1", "/v2", "/stream"]
    assert api["service"] == "gateway"
    assert ui == {"rule": "PathPrefix(`/`)", "service": "ui"}
    for name in ("gateway", "ui"):
        assert http["services"][name]["loadBalancer"]["servers"] == [{"url": f"http://{name}:8080"}]


def prepare(folder: Path) -> None:
    """As compose.yaml has it: the script, and devkit's keys beside it."""
    script = folder / "script"
    script.mkdir(exist_ok=True)
    for source in ("compose/prepare.py", "devkit/src/devkit/keys.py"):
        (script / Path(source).name).write_text((REPOSITORY / source).read_text())
    for volume in ("keys", "data"):
        (folder / volume).mkdir(exist_ok=True)
    owner = folder.stat().st_uid
    subprocess.run(
        [sys.executable, script / "prepare.py", f"--owner={owner}",
         f"--keys={folder / 'keys'}", f"--data={folder / 'data'}"],
        check=True,
    )  # fmt: skip


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    contents = []
    for _ in range(2):
        prepare(tmp_path)
        contents.append({file.name: file.read_text() for file in (tmp_path / "keys").iterdir()})
    first, second = contents
    assert first == second
    assert set(first) == {"service-keys.json", *(f"{service}.pem" for service in SCOPES)}
    private = [text for name, text in sorted(first.items()) if name.endswith(".pem")]
    assert all(one != other for one, other in pairwise(private))
