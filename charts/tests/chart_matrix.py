"""The chart, rendered for every way to use it that is promised; each once a process."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from devkit.bootstrap import KUBERNETES, REPOSITORY, helm_program, kustomize_command

Object = dict[str, Any]
CHART = REPOSITORY / "charts" / "day-trading"
RELEASE = "day-trading"
BACKING_SECRET = "day-trading-backing"


@dataclass(frozen=True)
class Row:
    """One way to use the chart: a profile, and what is set on top of it."""

    name: str
    profiles: tuple[str, ...] = ()
    """Of values-<profile>.yaml, in the order in which they are given to Helm."""
    values: Mapping[str, Any] = field(default_factory=dict)
    release: str = RELEASE
    namespace: str = "day-trading"

    def all_values(self) -> dict[str, Any]:
        """Defaults, profiles and what is set, as Helm merges them."""
        names = ["values.yaml", *(f"values-{profile}.yaml" for profile in self.profiles)]
        layers = [yaml.safe_load((CHART / name).read_text()) for name in names]
        total: dict[str, Any] = {}
        for layer in [*layers, self.values]:
            total = merged(total, layer)
        return total


AUTOSCALED = {"enabled": True, "minReplicas": 2, "maxReplicas": 5}
ROWS = (
    Row("default"),
    Row("kind", ("kind",)),
    Row("dev", ("kind", "dev")),
    Row("production", ("production",)),
    Row("autoscaling", values={"services": {"trading": {"autoscaling": AUTOSCALED}}}),
    Row("existing-secrets", values={"secrets": {
        "existingServiceKeys": "our-keys", "existingKeySet": "our-key-set",
        "existingAuth": "our-auth"}}),
    Row("tls", values={"ingress": {
        "className": "traefik", "host": "trading.example.com",
        "annotations": {"cert-manager.io/cluster-issuer": "letsencrypt"},
        "tls": {"secretName": "trading-tls"}}}),
    Row("without-policies", values={"networkPolicies": {"enabled": False}}),
    Row("service-monitor", values={"monitoring": {"serviceMonitor": {
        "enabled": True, "interval": "30s", "labels": {"release": "prometheus"}}}}),
    Row("tracing", values={"tracing": {"endpoint": "http://otel-collector:4318"}}),
    Row("least", values={"ingress": {"enabled": False}, "migrations": {"enabled": False}}),
    Row("registry", values={"image": {
        "registry": "registry.example.com/ours", "tag": "1.2.3", "pullPolicy": "Always",
        "pullSecrets": ["registry"], "tags": {"ui": "sha256:" + "0123456789abcdef" * 4}}}),
    Row("other-release", release="blue", namespace="markets"),
)  # fmt: skip
BY_NAME = {row.name: row for row in ROWS}


@cache
def _rendered(name: str) -> tuple[Object, ...]:
    row = BY_NAME[name]
    done = helm_template(row)
    assert done.returncode == 0, done.stderr
    return tuple(one for one in yaml.load_all(done.stdout, yaml.CSafeLoader) if one)


def rendered(name: str) -> list[Object]:
    """What a row renders to. It is rendered once: nobody changes what is in here."""
    return list(_rendered(name))


def helm_template(row: Row) -> subprocess.CompletedProcess[str]:
    """`helm template`, whether it succeeds or not."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as values:
        json.dump(row.values, values)
        values.flush()
        profiles = [part for name in row.profiles
                    for part in ("--values", str(CHART / f"values-{name}.yaml"))]  # fmt: skip
        return run_helm(
            "template", row.release, str(CHART), "--namespace", row.namespace,
            "--kube-version", KUBERNETES, *profiles, "--values", values.name,
        )  # fmt: skip


def run_helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    helm = helm_program()
    assert helm is not None, "there is no Helm 3: run `make setup-tests`"
    command = [helm, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@cache
def _kustomized(folder: str) -> tuple[Object, ...]:
    command = kustomize_command()
    assert command is not None, "there is neither kubectl nor kustomize: run `make setup-tests`"
    done = subprocess.run(
        [*command, str(REPOSITORY / folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return tuple(one for one in yaml.load_all(done.stdout, yaml.CSafeLoader) if one)


def kustomized(folder: str) -> list[Object]:
    """The objects of a kustomize folder of this repository. Nobody changes what is in here."""
    return list(_kustomized(folder))


FOLDERS = tuple(
    sorted(
        str(file.parent.relative_to(REPOSITORY))
        for file in (REPOSITORY / "k8s").rglob("kustomization.yaml")
    )
)
"""Every folder of k8s/ that can be applied."""


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """As Helm merges values: maps key by key, everything else replaced."""
    total = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(total.get(key), Mapping)
        total[key] = merged(total[key], value) if both else value
    return total
