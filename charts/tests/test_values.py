"""Values that cannot be meant are refused before anything is deployed, in words that say which and why.

Most are tried against values.schema.json itself, as Helm does; some through Helm, so that it does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
import pytest
import yaml
from chart_matrix import BY_NAME, CHART, ROWS, Row, helm_template, merged
from chart_objects import title

Path = tuple[str, ...]

FREE = {
    # Maps whose keys are whatever somebody needs.
    "affinity", "annotations", "env", "labels", "matchLabels", "nodeSelector", "podAnnotations",
    "podLabels", "tags",
}  # fmt: skip
NAMED = {"services", "databases", "serviceKeys"}
"""Maps from a name to an entry of a kind: an unknown name is a new entry, and held to that."""


@cache
def validator() -> jsonschema.protocols.Validator:
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def refusals(values: Mapping[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors(values)]


def everything() -> dict[str, Any]:
    """Values that use every part: the defaults under every row."""
    total: dict[str, Any] = {}
    for row in ROWS:
        total = merged(total, row.all_values())
    return total


def maps(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every map in values, through lists too."""
    if isinstance(value, Mapping):
        yield path
        for key, inner in value.items():
            yield from maps(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from maps(inner, (*path, str(index)))


def with_unknown_key(values: Any, path: Path) -> Any:
    if not path:
        return {**values, "unheardOf": "text"}
    key, *rest = path
    if isinstance(values, list):
        copy = list(values)
        copy[int(key)] = with_unknown_key(values[int(key)], tuple(rest))
        return copy
    return {**values, key: with_unknown_key(values[key], tuple(rest))}


@pytest.mark.parametrize("row", BY_NAME)
def test_every_way_to_use_the_chart_is_allowed(row: str) -> None:
    assert refusals(BY_NAME[row].all_values()) == []


def test_an_unknown_key_is_refused_at_every_level() -> None:
    values = everything()
    accepted = {
        path for path in maps(values) if validator().is_valid(with_unknown_key(values, path))
    }
    assert {path for path in accepted if not set(path) & FREE} == set()
    # What is free is so because it must be, not because nobody looked.
    assert {path[-1] for path in accepted} <= FREE
    assert len(list(maps(values))) > 100


def test_a_new_entry_is_held_to_what_an_entry_is() -> None:
    for name in NAMED:
        for wrong in ({}, {"unheardOf": 1}, "text"):
            given = merged(BY_NAME["default"].all_values(), {name: {"another": wrong}})
            if name == "services" and wrong == {}:
                continue  # helm fails on it by name: it has no image
            assert refusals(given), (name, wrong)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("a number as text", {"services": {"gateway": {"replicas": "three"}}}),
    ("fewer than none", {"services": {"gateway": {"replicas": -1}}}),
    ("a port that there is not", {"services": {"gateway": {"port": 70000}}}),
    ("memory in words", {"services": {"auth": {"resources": {"limits": {"memory": "1 GB"}}}}}),
    ("a device as a resource", {"services": {"auth": {"resources": {"limits": {"gpu": "1"}}}}}),
    ("a tag with a space", {"image": {"tag": "not a tag"}}),
    ("an address of no scheme", {"tracing": {"endpoint": "otel-collector:4318"}}),
    ("a scope that there is not", {"serviceKeys": {"gateway": {"scopes": ["everything"]}}}),
    ("a key set without its keys", {"secrets": {"existingServiceKeys": "ours"}}),
    ("a service of no kind", {"services": {"gateway": {"kind": "DaemonSet"}}}),
    ("a variable in small letters", {"services": {"gateway": {"env": {"log_level": "DEBUG"}}}}),
    ("a setting that is no text", {"services": {"gateway": {"env": {"RATE": {"a": 1}}}}}),
    ("a level that nobody logs", {"logLevel": "LOUD"}),
    ("pulling sometimes", {"image": {"pullPolicy": "Sometimes"}}),
    ("nothing at all of the engine", {"services": {"matching-engine": {"persistence": None}}}),
    ("two engines", {"services": {"matching-engine": {"replicas": 2}}}),
    ("no engine", {"services": {"matching-engine": {"replicas": 0}}}),
    ("an engine as a Deployment", {"services": {"matching-engine": {"kind": "Deployment"}}}),
    ("an engine that scales", {"services": {"matching-engine": {"autoscaling": {"enabled": True}}}}),
    ("a network that is none", {"ingress": {"trustedProxies": ["everybody"]}}),
    *((f"{text} as a network", {"ingress": {"trustedProxies": [text]}}) for text in (
        "0.0.0.0/0", "::/0", "10.0.0.0/33", "10.0.0.256/24", "10.0.0/8", "10.0.0.0",
        "fd00::/129", "fd00::1::2/64", "1:2:3:4:5:6:7:8:9/64", "fd00:/8")),
    *((f"{json.dumps(peer)} as a peer", {"ingress": {"controllerPeers": [peer]}}) for peer in (
        {}, {"namespaceSelector": {}}, {"podSelector": {}}, {"podSelector": {"matchLabels": {}}},
        {"namespaceSelector": {}, "podSelector": {}}, {"ipBlock": {"cidr": "0.0.0.0/0"}},
        {"namespaceSelector": {"matchExpressions": [
            {"key": "kubernetes.io/metadata.name", "operator": "Exists"}]}},
        {"namespaceSelector": {"matchExpressions": [
            {"key": "team", "operator": "NotIn", "values": ["them"]}]}},
        {"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {"matchLabels": {"app": "nginx"}}})),
    ("a path twice", {"services": {"ui": {"scratch": ["/tmp", "/tmp"]}}}),
]  # fmt: skip


@pytest.mark.parametrize("what", [what for what, _ in WRONG])
def test_what_cannot_be_meant_is_refused(what: str) -> None:
    assert refusals(merged(BY_NAME["default"].all_values(), dict(WRONG)[what]))


def test_networks_and_peers_that_name_somebody_are_allowed() -> None:
    networks = ["10.244.0.0/16", "127.0.0.1/32", "fd00:10:244::/56", "::1/128", "2001:db8::/32"]
    labels = {"matchLabels": {"app": "nginx"}}
    terms = [{"key": "team", "operator": "In", "values": ["us"]}]
    peers = [{"namespaceSelector": {"matchExpressions": terms}},
             {"namespaceSelector": {}, "podSelector": labels},
             {"namespaceSelector": labels, "podSelector": {}},
             *({"ipBlock": {"cidr": network}} for network in networks)]  # fmt: skip
    given = {"ingress": {"trustedProxies": networks, "controllerPeers": peers}}
    assert refusals(merged(BY_NAME["default"].all_values(), given)) == []


REFUSED_BY_HELM: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": ({"replicas": 2}, "additional properties 'replicas' not allowed"),
    "an unknown key deep inside": (
        {"services": {"auth": {"resources": {"limit": {}}}}},
        "additional properties 'limit' not allowed",
    ),
    "a second engine": (
        {"services": {"matching-engine": {"replicas": 2}}},
        "'/services/matching-engine/replicas': value must be 1",
    ),
    "a volume for another service that has several pods": (
        {"services": {"auth": {"persistence": {
            "mountPath": "/data", "size": "1Gi", "accessMode": "ReadWriteOnce"}}}},
        "services.auth keeps the one record of what happened on its volume",
    ),
    "a call to nobody": (
        {"services": {"gateway": {"calls": ["nobody"]}}},
        "there is no service called nobody to be called",
    ),
    "a key that is not made": (
        {"services": {"auth": {"key": "auth"}}},
        "there is no auth among the serviceKeys",
    ),
    "a database that is nowhere": (
        {"services": {"auth": {"database": "nowhere"}}},
        "there is no database called nowhere",
    ),
    "a grace period that its drain outlasts": (
        {"services": {"gateway": {"shutdown": {"terminationGracePeriodSeconds": 12}}}},
        "terminationGracePeriodSeconds (12) must be more than preStopSeconds + drainSeconds (15)",
    ),
    "a limit below what is requested": (
        {"services": {"auth": {"resources": {"limits": {"memory": "100Mi"}}}}},
        "auth: the limit of memory (100Mi) is below what is requested (144Mi)",
    ),
    "a program's limit below what it requests": (
        {"smoke": {"resources": {"requests": {"cpu": "1500m"}}}},
        "smoke: the limit of cpu (1) is below what is requested (1500m)",
    ),
    "two volumes at one path": (
        {"services": {"auth": {"scratch": ["/keys/set"]}}},
        "services.auth: two volumes at one path, of /keys/set, /keys/set",
    ),
    "a path of the ingress that leads nowhere": (
        {"ingress": {"paths": [{"path": "/", "service": "nobody"}]}},
        "ingress.paths: / leads to nobody, and there is no service called that",
    ),
    "spans to a port that is closed": (
        {"tracing": {"endpoint": "https://collector.example.com"}},
        "tracing.endpoint has port 443, and backing.collector.port",
    ),
    "a port besides the port": (
        {"services": {"auth": {"env": {"PORT": "9000"}}}},
        "services.auth.env: PORT comes from services.auth.port",
    ),
    "a label that is the chart's": (
        {"services": {"auth": {"podLabels": {"day-trading/redis": "client"}}}},
        "services.auth.podLabels: day-trading/redis is the chart's own",
    ),
    "a certificate for no name": ({"ingress": {"tls": {"secretName": "tls"}}}, "a certificate is for a name"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED_BY_HELM)
def test_helm_refuses_it_with_a_sentence(what: str) -> None:
    values, sentence = REFUSED_BY_HELM[what]
    done = helm_template(Row("refused", values=values))
    assert done.returncode != 0
    assert sentence in done.stderr


def test_the_longest_name_of_a_release_fits_into_kubernetes_labels() -> None:
    done = helm_template(Row("long", release="a" * 36))
    assert done.returncode == 0, done.stderr
    objects = [one for one in yaml.safe_load_all(done.stdout) if one]
    room = {"StatefulSet": 63 - len("-1234567890"), "CronJob": 52}
    for one in objects:
        assert len(one["metadata"]["name"]) <= room.get(one["kind"], 63), title(one)
        assert all(len(value) <= 63 for value in one["metadata"]["labels"].values()), title(one)
    done = helm_template(Row("too-long", release="a" * 37))
    assert done.returncode != 0
    assert "is too long (37): at most 36 letters" in done.stderr
