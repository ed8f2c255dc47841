"""The platform in a cluster is the platform of `make run`: the same processes, told the same things.

What a process may be told is its settings class; an environment variable that none knows is a mistake that
nothing would ever say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from chart_matrix import BY_NAME, REPOSITORY, Object, rendered
from chart_objects import of_kind, pods
from pydantic_settings import BaseSettings

from audit_log.settings import ApiSettings as AuditLogApi
from audit_log.settings import WorkerSettings as AuditLogWorker
from auth.settings import AuthSettings
from auth.settings import VerifySettings as AuthVerify
from chassis.settings import StoreSettings
from devkit.cluster.images_table import PLATFORM_IMAGES
from devkit.services import OWNERS, SERVICES, Service
from gateway.settings import GatewaySettings
from market_data.settings import ApiSettings as MarketDataApi
from market_data.settings import WorkerSettings as MarketDataWorker
from tests.verify.settings import CompareSettings
from trading.settings import TradingSettings

VALUES = BY_NAME["default"].all_values()
SETTINGS: dict[str, type[BaseSettings]] = {
    "auth": AuthSettings,
    "trading": TradingSettings,
    "market-data": MarketDataApi,
    "market-data-worker": MarketDataWorker,
    "audit-log": AuditLogApi,
    "audit-log-worker": AuditLogWorker,
    "gateway": GatewaySettings,
}
PROGRAMS: dict[tuple[str, str], type[BaseSettings]] = {
    **{(owner.name, "migrate"): StoreSettings for owner in OWNERS},
    **{(owner.name, "verify"): StoreSettings for owner in OWNERS},
    ("auth", "verify"): AuthVerify,
    ("toolbox", "tests.verify"): CompareSettings,
}
"""By image and command."""
COMPOSE: Mapping[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())["services"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_is_what_the_platforms_table_says(service: Service) -> None:
    entry = {**VALUES["defaults"], **VALUES["services"][service.name]}
    assert entry["port"] == service.port
    assert entry.get("database") == service.database
    assert entry.get("key") == service.key
    if service.package is None:
        assert entry["args"] == []
    else:
        assert entry["args"] == [service.role]
        assert entry["image"] == service.package.replace("_", "-")


def test_there_is_nothing_besides_them_but_the_ui() -> None:
    assert set(VALUES["services"]) == {service.name for service in SERVICES} | {"ui"}


def test_every_database_has_the_owner_that_migrates_it() -> None:
    owners = {name: one["owner"] for name, one in VALUES["databases"].items()}
    assert owners == {owner.database: owner.name for owner in OWNERS}


def test_every_image_that_is_run_is_one_that_is_built_and_the_other_way_round() -> None:
    run = {
        container["image"].removeprefix("day-trading/").partition(":")[0]
        for pod in pods(rendered("default"))
        for _, container in pod.containers()
    }
    assert run == {spec.name for spec in PLATFORM_IMAGES}


def environment(objects: list[Object], container: Mapping[str, Any]) -> dict[str, str | None]:
    """A container's variables; None where the value is in a secret."""
    maps = {one["metadata"]["name"]: one["data"] for one in of_kind(objects, "ConfigMap")}
    found: dict[str, str | None] = {}
    for source in container.get("envFrom", []):
        found |= maps[source["configMapRef"]["name"]]
    for variable in container.get("env", []):
        found[variable["name"]] = variable.get("value")
    return found


def held_to(cls: type[BaseSettings], given: Mapping[str, Any], set_by_image: set[str]) -> None:
    """Every variable is a setting, every needed setting is given, and what can be read is valid."""
    fields = cls.model_fields
    assert {name.lower() for name in given} <= set(fields), "nobody reads these"
    needed = {name for name, field in fields.items() if field.is_required()} - set_by_image
    assert needed <= {name.lower() for name in given}
    for name, text in given.items():
        file = name in ("SERVICE_KEYS_FILE", "SERVICE_KEY_FILE")  # must be there: not here
        if text is not None and not file:
            check = cls.__pydantic_validator__.validate_assignment
            check(cls.model_construct(), name.lower(), text)


IMAGE_SETS = {"host", "port"}


@pytest.mark.parametrize("row", ["default", "kind", "production", "tracing"])
@pytest.mark.parametrize("name", SETTINGS)
def test_in_a_cluster_a_service_is_told_what_it_reads(name: str, row: str) -> None:
    objects = rendered(row)
    [deployment] = [
        one for one in of_kind(objects, "Deployment") if one["metadata"]["name"] == name
    ]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    held_to(SETTINGS[name], environment(objects, container), IMAGE_SETS)


@pytest.mark.parametrize("name", SETTINGS)
def test_in_compose_a_service_is_told_what_it_reads(name: str) -> None:
    given = {key: str(value) for key, value in COMPOSE[name]["environment"].items()}
    readable = {key: None if "${" in value else value for key, value in given.items()}
    held_to(SETTINGS[name], readable, IMAGE_SETS)


@pytest.mark.parametrize("row", ["default", "production"])
def test_programs_are_told_what_they_read(row: str) -> None:
    objects = rendered(row)
    seen = set()
    for pod in pods(objects):
        for _, container in pod.containers():
            image = container["image"].rpartition("/")[2].partition(":")[0]
            program = (image, *container.get("args", []))
            if program in PROGRAMS:
                seen.add(program)
                held_to(PROGRAMS[program], environment(objects, container), set())
    assert seen == set(PROGRAMS)


def test_the_engine_is_told_what_it_reads() -> None:
    source = REPOSITORY / "services/matching-engine/cmd/matching-engine/settings.go"
    # Go's own setting for its collector, and what the program reads.
    known = {"GOMEMLIMIT", *re.findall(r'"([A-Z][A-Z_]+)"', source.read_text())}
    objects = rendered("tracing")
    [engine] = of_kind(objects, "StatefulSet")
    [container] = engine["spec"]["template"]["spec"]["containers"]
    # The chart tells every service its port; the engine has it in its address.
    given = set(environment(objects, container)) - {"PORT"}
    assert given <= known
    assert {"DATA_DIR", "SERVICE_KEYS_FILE", "BROKER_URL", "LISTEN_ADDRESS"} <= given
    in_compose = set(COMPOSE["matching-engine"]["environment"])
    assert in_compose <= known
    assert {"SERVICE_KEYS_FILE", "BROKER_URL"} <= in_compose


def test_addresses_lead_to_the_ports_of_the_services() -> None:
    for row in ("default", "other-release"):
        objects = rendered(row)
        there = {
            f"http://{one['metadata']['name']}:{one['spec']['ports'][0]['port']}"
            for one in of_kind(objects, "Service")
        }
        for settings in of_kind(objects, "ConfigMap"):
            for variable, value in settings.get("data", {}).items():
                if variable.endswith("_URL"):
                    assert value in there, (row, settings["metadata"]["name"], variable)
