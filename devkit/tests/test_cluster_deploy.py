"""What a deployment tells Helm and Kubernetes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from devkit.cluster.deploy import BACKING, MONITORING, adapted, image_values
from devkit.cluster.deployment import merged

BUILT = {
    name: f"localhost/backing/{name}:1"
    for name in ("postgresql", "redis", "rabbitmq", "prometheus")
}


def test_values_are_merged_as_helm_does() -> None:
    base = {"a": {"b": 1, "c": [1, 2]}, "d": {"e": 1}}
    assert merged(base, {"a": {"c": [3]}, "d": 0}) == {"a": {"b": 1, "c": [3]}, "d": 0}
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": {"e": 1}}


def test_each_image_of_the_platform_keeps_its_tag_and_all_have_one_place() -> None:
    images = {
        "gateway": "localhost/day-trading/gateway:aa",
        "auth": "localhost/day-trading/auth:bb",
        "redis": "localhost/backing/redis:cc",
    }
    assert image_values(images) == {
        "image": {
            "registry": "localhost",
            "prefix": "day-trading",
            "tags": {"gateway": "aa", "auth": "bb"},
        }
    }
    with pytest.raises(ValueError, match="not in one place"):
        image_values({**images, "trading": "elsewhere:5000/day-trading/trading:dd"})


def test_an_open_cluster_gets_the_official_images_in_the_namespace_that_was_asked_for() -> None:
    objects = adapted(objects_in(BACKING), "elsewhere", {}, closed=False)
    assert {one["metadata"]["namespace"] for one in objects} == {"elsewhere"}
    assert {image.split(":")[0] for image in images_of(objects)} == {
        "postgres",
        "redis",
        "rabbitmq",
    }


def test_a_closed_cluster_gets_what_was_built_and_nothing_that_was_not() -> None:
    objects = adapted(objects_in(MONITORING), "elsewhere", BUILT, closed=True)
    assert images_of(objects) == {BUILT["prometheus"]}
    kinds = {(one["kind"], one["metadata"]["name"]) for one in objects}
    assert ("Deployment", "prometheus") in kinds or ("StatefulSet", "prometheus") in kinds
    assert not {kind for kind, name in kinds if name == "grafana"}
    for one in objects:
        assert one["metadata"]["namespace"] == "elsewhere"
        for subject in one.get("subjects", []):
            assert subject["namespace"] == "elsewhere"


def objects_in(folder: Path) -> list[dict[str, Any]]:
    """What stands in a folder's manifests, without what kustomize generates from other files."""
    return [
        one
        for file in sorted(folder.glob("*.yaml"))
        if file.name != "kustomization.yaml"
        for one in yaml.safe_load_all(file.read_text())
    ]


def images_of(objects: list[dict[str, Any]]) -> set[str]:
    found: set[str] = set()

    def walk(part: object) -> None:
        if isinstance(part, dict):
            found.update([part["image"]] if isinstance(part.get("image"), str) else [])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(objects)
    return found
