"""Words for what is in manifests: pods and their containers, whoever makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """A pod that an object makes, or is."""

    owner: Object
    labels: Mapping[str, str]
    spec: Mapping[str, Any]

    @property
    def name(self) -> str:
        return title(self.owner)

    @property
    def runs_to_its_end(self) -> bool:
        return self.owner["kind"] in ("Job", "CronJob") or self.spec.get("restartPolicy") == "Never"

    def containers(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """All of them, first the initial ones, each with a title for messages."""
        for one in [*self.spec.get("initContainers", []), *self.spec["containers"]]:
            yield f"{self.name}: {one['name']}", one


def title(one: Object) -> str:
    return f"{one['kind']}/{one['metadata']['name']}"


def pods(objects: list[Object]) -> list[Pod]:
    found = []
    for one in objects:
        template = pod_template(one)
        if template is not None:
            labels = template.get("metadata", {}).get("labels", {})
            found.append(Pod(one, labels, template["spec"]))
    return found


def pod_template(one: Object) -> Mapping[str, Any] | None:
    """With `metadata` and `spec`; None for what makes no pods."""
    template: Mapping[str, Any] | None = None
    if one["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
        template = one["spec"]["template"]
    elif one["kind"] == "CronJob":
        template = one["spec"]["jobTemplate"]["spec"]["template"]
    elif one["kind"] == "Pod":
        template = one
    return template


def of_kind(objects: list[Object], *kinds: str) -> list[Object]:
    return [one for one in objects if one["kind"] in kinds]


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector (matchLabels, matchExpressions) chooses these labels."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for term in selector.get("matchExpressions", []):
        value = labels.get(term["key"])
        holds = {
            "In": value in term.get("values", []),
            "NotIn": value not in term.get("values", []),
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }[term["operator"]]
        if not holds:
            return False
    return True
