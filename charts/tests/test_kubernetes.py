"""Every manifest is what Kubernetes' own schemas say, in their strict form: no field that it does not know."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
from chart_matrix import BY_NAME, FOLDERS, Object, kustomized, rendered
from chart_objects import title
from kubernetes_validate.utils import all_versions, schema_contents
from referencing import Registry, Resource

from devkit.bootstrap import KUBERNETES

OPERATORS = {
    "monitoring.coreos.com",  # Prometheus
    "postgresql.cnpg.io",  # CloudNativePG
    "barmancloud.cnpg.io",
    "rabbitmq.com",
    "redis.redis.opstreelabs.in",
    "cert-manager.io",
}
"""Whose resources are theirs to define: their schemas are in their operators, not in Kubernetes."""


def is_an_operators(one: Object) -> bool:
    return one["apiVersion"].partition("/")[0] in OPERATORS


@cache
def validator(kind: str, api_version: str) -> jsonschema.protocols.Validator:
    """As kubernetes_validate.validate makes it, but once for each kind: its definitions are large."""
    versions = [one for one in all_versions() if one.startswith(KUBERNETES)]
    folder = f"kubernetes-json-schema/v{versions[-1]}-local-strict"
    group, _, version = api_version.rpartition("/")
    name = "-".join([kind.lower(), *([group.partition(".")[0]] if group else []), version])
    schema = schema_contents(f"{folder}/{name}.json", KUBERNETES)
    return jsonschema.Draft202012Validator(schema, registry=definitions(folder))


@cache
def definitions(folder: str) -> Registry[Any]:
    found = Resource.from_contents(schema_contents(f"{folder}/_definitions.json", KUBERNETES))
    registry: Registry[Any] = found @ Registry()
    return registry


@cache
def wrong(text: str) -> str:
    """What is wrong with an object; most are the same in many ways to use the chart."""
    one = json.loads(text)
    return "; ".join(
        f"{title(one)}: {error.json_path}: {error.message}"
        for error in validator(one["kind"], one["apiVersion"]).iter_errors(one)
    )


@pytest.mark.parametrize("source", [*BY_NAME, *FOLDERS])
def test_kubernetes_knows_every_field(source: str) -> None:
    objects = rendered(source) if source in BY_NAME else kustomized(source)
    mistakes = [wrong(json.dumps(one)) for one in objects if not is_an_operators(one)]
    assert [mistake for mistake in mistakes if mistake] == []


def test_a_field_that_kubernetes_does_not_know_is_found() -> None:
    """And by the library's own door, too: what is done here by hand is what it does."""
    [one] = [one for one in rendered("default") if title(one) == "Deployment/gateway"]
    broken = {**one, "spec": {**one["spec"], "replica": 2}}
    assert "replica" in wrong(json.dumps(broken))
    assert wrong(json.dumps(one)) == ""
    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate(broken, KUBERNETES, strict=True)


def test_no_object_is_made_twice() -> None:
    for source in (*BY_NAME, *FOLDERS):
        objects = rendered(source) if source in BY_NAME else kustomized(source)
        names = [(title(one), one["metadata"].get("namespace")) for one in objects]
        assert len(names) == len(set(names)), source
