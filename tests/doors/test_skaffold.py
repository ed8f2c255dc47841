"""skaffold.yaml, held to its schema, to the chart and to the Dockerfiles that it names.

Skaffold itself is not to be had from the package registries: what is here is checked by reading it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from devkit.cluster.images_table import PLATFORM_IMAGES, PREFIX

REPOSITORY = Path(__file__).resolve().parents[2]
SCHEMA = REPOSITORY.parent / "shared" / "schemas" / "skaffold-v4beta14.json"
CONFIGS: list[dict[str, Any]] = list(yaml.safe_load_all((REPOSITORY / "skaffold.yaml").read_text()))
BACKING, PLATFORM = CONFIGS
DEV, DEBUG = PLATFORM["profiles"]
IMAGES = {f"{PREFIX}/{spec.name}": spec for spec in PLATFORM_IMAGES}
PYTHON = {name for name, spec in IMAGES.items() if spec.dockerfile.startswith("services/")}
PYTHON -= {f"{PREFIX}/matching-engine"}
VALUES = yaml.safe_load((REPOSITORY / "charts/day-trading/values.yaml").read_text())


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config["metadata"]["name"])
def test_it_is_what_skaffolds_schema_allows(config: dict[str, Any]) -> None:
    if not SCHEMA.is_file():
        pytest.skip(f"skaffold's schema is not beside this repository ({SCHEMA.name})")
    jsonschema.validate(config, json.loads(SCHEMA.read_text()))
    assert config["apiVersion"] == "skaffold/v4beta14"


@pytest.mark.parametrize("part", [PLATFORM, DEV], ids=["run", "dev"])
def test_every_image_of_the_platform_is_built_from_its_own_dockerfile(part: dict[str, Any]) -> None:
    built = {one["image"]: one["docker"]["dockerfile"] for one in part["build"]["artifacts"]}
    assert built == {name: spec.dockerfile for name, spec in IMAGES.items()}
    assert all((REPOSITORY / dockerfile).is_file() for dockerfile in built.values())


@pytest.mark.parametrize("part", [PLATFORM, DEV], ids=["run", "dev"])
def test_the_chart_is_told_what_was_built(part: dict[str, Any]) -> None:
    [release] = part["deploy"]["helm"]["releases"]
    told = release["setValueTemplates"]
    variable = re.compile(r"\{\{\.IMAGE_TAG_(\w+)\}\}")
    assert {re.sub(r"^image\.tags\.", f"{PREFIX}/", key) for key in told} == set(IMAGES)
    for key, template in told.items():
        name = f"{PREFIX}/{key.removeprefix('image.tags.')}"
        match = variable.fullmatch(template)
        assert match is not None
        assert match[1] == re.sub(r"\W", "_", name)
    assert VALUES["image"]["prefix"] == PREFIX
    assert VALUES["image"]["registry"] == ""


@pytest.mark.parametrize("part", [PLATFORM, DEV], ids=["run", "dev"])
def test_it_deploys_the_release_that_everything_else_calls_so(part: dict[str, Any]) -> None:
    [release] = part["deploy"]["helm"]["releases"]
    assert release["name"] == release["namespace"] == "day-trading"
    assert all((REPOSITORY / values).is_file() for values in release["valuesFiles"])
    assert (REPOSITORY / release["chartPath"] / "Chart.yaml").is_file()


def test_the_backing_servers_come_first_and_all_on_the_cluster_of_this_machine() -> None:
    assert PLATFORM["requires"] == [{"configs": [BACKING["metadata"]["name"]]}]
    [path] = BACKING["manifests"]["kustomize"]["paths"]
    assert (REPOSITORY / path / "kustomization.yaml").is_file()
    kind = yaml.safe_load((REPOSITORY / "kind-config.yaml").read_text())
    for config in CONFIGS:
        assert config["deploy"]["kubeContext"] == f"kind-{kind['name']}"


def artifacts(part: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["image"]: one for one in part["build"]["artifacts"]}


@pytest.mark.parametrize("name", sorted(PYTHON))
def test_changed_sources_reach_the_folder_that_the_dev_image_reloads_from(name: str) -> None:
    artifact = artifacts(DEV)[name]
    stages = (REPOSITORY / artifact["docker"]["dockerfile"]).read_text()
    assert re.search(rf"^FROM .* AS {artifact['docker']['target']}$", stages, re.MULTILINE)
    service = name.removeprefix(f"{PREFIX}/")
    for source in ("chassis", service):
        [rule] = [
            rule
            for rule in artifact["sync"]["manual"]
            if rule["src"] == f"services/{source}/src/**/*.py"
        ]
        assert rule["dest"] == "/live"
        assert any((REPOSITORY / "services" / source / "src").rglob("*.py"))
        assert f"/app/services/{source}/src" in stages


def test_in_the_dev_profile_every_python_service_has_a_folder_that_may_be_written() -> None:
    [release] = DEV["deploy"]["helm"]["releases"]
    values = yaml.safe_load((REPOSITORY / release["valuesFiles"][-1]).read_text())
    python = {
        name
        for name, service in VALUES["services"].items()
        if f"{PREFIX}/{service['image']}" in PYTHON
    }
    assert {name: one["scratch"] for name, one in values["services"].items()} == {
        name: ["/live"] for name in python
    }


def test_the_debugger_is_for_the_python_services() -> None:
    order = [one["image"] for one in PLATFORM["build"]["artifacts"]]
    debugged = {
        order[int(index[1])]
        for patch in DEBUG["patches"]
        if (index := re.fullmatch(r"/build/artifacts/(\d+)/runtimeType", patch["path"]))
    }
    assert debugged == PYTHON
