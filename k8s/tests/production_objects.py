"""The objects of k8s/production, and the values that they are for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

K8S = Path(__file__).parents[1]
CHART = K8S.parent / "charts" / "day-trading"
Object = dict[str, Any]


def documents(folder: Path) -> Iterator[Object]:
    for file in sorted(folder.glob("*.yaml")):
        if file.name != "kustomization.yaml":
            yield from yaml.safe_load_all(file.read_text())


OBJECTS = list(documents(K8S / "production"))


def of_kind(kind: str) -> list[Object]:
    return [each for each in OBJECTS if each["kind"] == kind]


def only(kind: str) -> Object:
    (found,) = of_kind(kind)
    return found


VALUES: Object = yaml.safe_load((CHART / "values-production.yaml").read_text())
"""The production profile alone: what it says, not what it inherits."""
DEFAULTS: Object = yaml.safe_load((CHART / "values.yaml").read_text())
