"""Every pair of programs, tried: those that the chart's values join connect, no other two do.

Neither does anybody in another namespace, whom no policy there holds back: what comes in is judged by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

import pytest
import yaml
from cluster_figures import Figures
from network_edges import DNS, PROGRAMS, allowed
from probing import Listener, Tried, listeners, sources, try_all

from devkit.cluster.deployment import Deployment
from devkit.cluster.kube import Kube

STRANGER_PORT = 8000
STARTED_S = 90
LISTEN = ["-m", "http.server", str(STRANGER_PORT), "--directory", "/tmp"]


@pytest.fixture
def bystanders(deployed: Deployment, images: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Pods beside the platform, by the name of who they are: their pod's name.

    `nobody` is a pod of the namespace without any label that a policy knows, and listens to everybody. The
    others carry the labels of programs that run only for moments: who steals those gets no further than they.
    """
    kube, image = deployed.kube, images["toolbox"]
    labels = {"nobody": {"app.kubernetes.io/name": "nobody"}, **labels_of_programs(deployed)}
    for name, carried in labels.items():
        kube.apply(json.dumps(stand_in(name, carried, image)))
    names = {name: f"stand-in-{name}" for name in labels}
    for pod in names.values():
        wait_started(kube, pod)
    yield names
    kube.kubectl("delete", "pod", *names.values(), "--grace-period=0", "--force")


@pytest.fixture
def outside(
    images: Mapping[str, str], own_namespace: Callable[[str], AbstractContextManager[Kube]]
) -> Iterator[Kube]:
    """Another namespace, without any policy, with the pod `outsider` in it, which listens to everybody."""
    with own_namespace("outside") as kube:
        labels = {"app.kubernetes.io/name": "outsider"}
        kube.apply(json.dumps(stand_in("outsider", labels, images["toolbox"])))
        wait_started(kube, "stand-in-outsider")
        yield kube


def test_each_edge_of_the_values_connects_and_no_other_pair_does(
    deployed: Deployment,
    bystanders: dict[str, str],
    outside: Kube,
    images: Mapping[str, str],
    figures: Figures,
    say: Callable[[str], None],
) -> None:
    kube = deployed.kube
    values = json.loads(kube.helm("get", "values", deployed.release, "--all", "--output", "json"))
    may = allowed(values)
    origins = sources(kube)
    targets = [*listeners(kube), dns(kube)]
    known = {one.name for one in origins}
    assert set(values["services"]) | set(bystanders) <= known, "somebody is not there to be tried"
    unknown = known - set(may) - {"nobody"}
    assert not unknown, f"nobody said whom {sorted(unknown)} may call"

    nobody = Listener("nobody", address(kube, bystanders["nobody"]), STRANGER_PORT)
    outsider = Listener("outsider", address(outside, "stand-in-outsider"), STRANGER_PORT)
    say(f"trying {len(origins)} programs against {len(targets) + 2} ports, and from outside")
    with figures.phase("edges"):
        tried = try_all(
            kube,
            images["toolbox"],
            origins,
            [*targets, nobody, outsider],
            # The policies of nobody are none: who listens decides alone.
            [
                may.get(one.name, frozenset({DNS, (outsider.name, outsider.port)}))
                for one in origins
            ],
        )
        tried += try_all(
            outside,
            images["toolbox"],
            sources(outside),
            [*targets, nobody],
            [frozenset({DNS, (nobody.name, nobody.port)})],
        )
    # Within a pod no packet passes a policy.
    tried = [one for one in tried if one.source != one.target]
    figures.set(
        "edges",
        {
            "tried": len(tried),
            "allowed": sum(one.allowed for one in tried),
            "forbidden": sum(not one.allowed for one in tried),
            "wrong": [f"{one.source} -> {one.target}:{one.port}" for one in tried if one.wrong],
            "reached": {source: summary(rows) for source, rows in by_source(tried).items()},
        },
    )
    closed = [f"{t.source} -> {t.target}:{t.port}" for t in tried if t.allowed and t.wrong]
    opened = [f"{t.source} -> {t.target}:{t.port}" for t in tried if not t.allowed and t.wrong]
    assert not closed, f"allowed, but no connection: {closed}"
    assert not opened, f"no edge, but a connection: {opened}"
    # What nobody reached proves nothing about who may not: it may not listen at all. What only the
    # ingress may reach is reached by the browser's journeys.
    reached = {(one.target, one.port) for one in tried if one.connected}
    listening = {(name, one["port"]) for name, one in values["services"].items()}
    listening |= {("postgresql", 5432), ("redis", 6379), ("rabbitmq", 5672)}
    assert {name for name, _ in listening - reached} <= {"ui"}


def by_source(tried: Iterable[Tried]) -> dict[str, list[Tried]]:
    found: dict[str, list[Tried]] = {}
    for one in tried:
        found.setdefault(one.source, []).append(one)
    return found


def summary(rows: list[Tried]) -> str:
    """One line of whom somebody reached, and how many others it did not."""
    reached = [f"{one.target}:{one.port}" for one in rows if one.connected]
    return f"{', '.join(reached) or 'nobody'}; not {len(rows) - len(reached)} others"


def wait_started(kube: Kube, pod: str) -> None:
    kube.kubectl(
        "wait", "--for=condition=Ready", f"pod/{pod}", f"--timeout={STARTED_S}s",
        seconds=STARTED_S + 10,
    )  # fmt: skip


def labels_of_programs(deployed: Deployment) -> dict[str, dict[str, str]]:
    """The labels of the pods of the chart's hooks and of its CronJob, by the program's name."""
    manifests = deployed.kube.helm("get", "hooks", deployed.release)
    manifests += "\n---\n" + deployed.kube.helm("get", "manifest", deployed.release)
    found: dict[str, dict[str, str]] = {}
    for one in yaml.safe_load_all(manifests):
        match one:
            case {"kind": "Job", "spec": {"template": {"metadata": {"labels": labels}}}}:
                pass
            case {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": template}}}}:
                labels = template["metadata"]["labels"]
            case {"kind": "Pod", "metadata": {"labels": labels}}:
                pass
            case _:
                continue
        found[labels["app.kubernetes.io/name"]] = labels
    assert set(found) == set(PROGRAMS)
    return found


def stand_in(name: str, labels: Mapping[str, str], image: str) -> dict[str, Any]:
    """A pod that listens and does nothing, as locked up as the namespace demands."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"stand-in-{name}", "labels": dict(labels)},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "stand-in",
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["python", *LISTEN],
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        },
    }


def dns(kube: Kube) -> Listener:
    """The cluster's name server; over TCP, as everything here."""
    pods = kube.at("kube-system").items("pods", "k8s-app=kube-dns")
    return Listener(DNS[0], pods[0]["status"]["podIP"], DNS[1])


def address(kube: Kube, pod: str) -> str:
    return str(kube.get("pod", pod)["status"]["podIP"])
