"""What runs before a release takes another's place, and in which order."""

from __future__ import annotations

import re
from typing import Any

import pytest
from chart_matrix import BY_NAME, Object, rendered
from chart_objects import of_kind, title

from devkit.bootstrap import REPOSITORY


def hooks(row: str, event: str) -> list[Object]:
    """The hooks of an event, in the order in which Helm runs them."""
    found = [
        one
        for one in rendered(row)
        if event in one["metadata"].get("annotations", {}).get("helm.sh/hook", "").split(",")
    ]
    return sorted(found, key=lambda one: int(annotation(one, "helm.sh/hook-weight")))


def annotation(one: Object, name: str) -> str:
    value: str = one["metadata"]["annotations"][name]
    return value


@pytest.mark.parametrize("row", BY_NAME)
def test_the_engine_is_asked_before_anything_is_changed(row: str) -> None:
    """Going forward as well as back: an upgrade, too, may lead to an engine of older rules."""
    first, *others = hooks(row, "pre-upgrade")
    assert first["metadata"]["labels"]["app.kubernetes.io/name"] == "permit-release"
    weight = int(annotation(first, "helm.sh/hook-weight"))
    assert all(weight < int(annotation(one, "helm.sh/hook-weight")) for one in others)
    assert hooks(row, "pre-rollback") == [first]
    assert first not in hooks(row, "pre-install")
    spec = first["spec"]["template"]["spec"]
    [container], [volume] = spec["containers"], spec["volumes"]
    assert container["args"] == ["permit-release", "/rules/version"]
    assert container["volumeMounts"][0]["mountPath"] == "/rules"
    # A release from before there was such a ConfigMap can be upgraded.
    assert volume["configMap"]["optional"] is True


def test_the_chart_names_the_matching_rules_of_the_engine() -> None:
    source = REPOSITORY / "services/matching-engine/internal/sequencer/rules.go"
    found = re.search(r"^const RulesVersion = (\d+)$", source.read_text(), re.MULTILINE)
    assert found is not None
    assert BY_NAME["default"].all_values()["matchingRules"] == int(found[1])
    for row in BY_NAME:
        [rules] = [
            one
            for one in of_kind(rendered(row), "ConfigMap")
            if one["metadata"]["name"].endswith("-matching-rules")
        ]
        assert rules["data"] == {"version": found[1]}


@pytest.mark.parametrize("row", BY_NAME)
def test_a_job_that_helm_forgets_goes_by_itself(row: str) -> None:
    """Hooks are no part of a release: an uninstall leaves those that failed."""
    jobs: list[tuple[str, Any]] = [
        (title(one), one["spec"]) for one in of_kind(rendered(row), "Job")
    ]
    jobs += [
        (title(one), one["spec"]["jobTemplate"]["spec"])
        for one in of_kind(rendered(row), "CronJob")
    ]
    assert {name for name, spec in jobs if "ttlSecondsAfterFinished" not in spec} == set()
