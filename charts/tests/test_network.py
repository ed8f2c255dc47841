"""Nobody talks to anybody but along an edge of the values; and each edge is open at both of its ends."""

from __future__ import annotations

from functools import cache

import pytest
from chart_matrix import BY_NAME, FOLDERS, kustomized, rendered
from chart_objects import of_kind, selects, title
from network_model import Network, peers, rules

from devkit.cluster.edges import CONTROLLER, PROMETHEUS, README, edges, table, with_table
from devkit.cluster.edges import default_values as values_of_the_readme

WITH_POLICIES = [name for name in BY_NAME if name != "without-policies"]
POLICED = [folder for folder in FOLDERS if of_kind(kustomized(folder), "NetworkPolicy")]
AROUND = {"traefik", "prometheus", "prometheus-to-cluster-api", "day-trading-db"}
"""Policies that may name networks instead of pods: what they reach or let in is no pod."""
DIRECTIONS = ("Egress", "Ingress")


@cache
def platform(row: str = "tracing") -> Network:
    """A development cluster: the chart, its backing servers and the monitoring, with tracing on."""
    beside = [*kustomized("k8s/backing"), *kustomized("k8s/monitoring")]
    return Network(BY_NAME[row].namespace, (*rendered(row), *beside))


@pytest.mark.parametrize("row", WITH_POLICIES)
def test_every_pod_is_denied_everything_first(row: str) -> None:
    network = Network(BY_NAME[row].namespace, tuple(rendered(row)))
    for pod in network.pods:
        for direction in DIRECTIONS:
            closed = [one for one in network.bound(pod, direction) if not rules(one, direction)]
            # The pods of hooks that come before the release have a policy of their own.
            assert closed, (pod.name, direction)


@pytest.mark.parametrize("folder", POLICED)
def test_what_stands_beside_the_chart_is_closed_too(folder: str) -> None:
    network = Network("day-trading", tuple(kustomized(folder)))
    for pod in network.pods:
        for direction in DIRECTIONS:
            assert network.bound(pod, direction), (pod.name, direction)


@pytest.mark.parametrize("source", [*WITH_POLICIES, *POLICED])
def test_no_edge_is_open(source: str) -> None:
    """A rule without peers is for everybody, one without ports for every port."""
    objects = rendered(source) if source in BY_NAME else kustomized(source)
    for policy in of_kind(objects, "NetworkPolicy"):
        assert policy["spec"]["policyTypes"], title(policy)
        for direction in DIRECTIONS:
            if rules(policy, direction):
                assert direction in policy["spec"]["policyTypes"], title(policy)
            for rule in rules(policy, direction):
                assert peers(rule, direction), (title(policy), direction)
                assert all(port["port"] for port in rule["ports"]), (title(policy), direction)
                for peer in peers(rule, direction):
                    named = policy["metadata"]["name"] in AROUND
                    chosen = peer.get("podSelector") or peer.get("namespaceSelector")
                    assert chosen or (named and peer["ipBlock"]["cidr"]), (title(policy), peer)


def test_every_rule_is_for_a_pod_that_there_is() -> None:
    network = platform()
    for policy in network.policies:
        selector = policy["spec"]["podSelector"]
        assert any(selects(selector, pod.labels) for pod in network.pods), title(policy)


def test_every_edge_that_is_open_at_one_end_is_open_at_the_other() -> None:
    network = platform()
    assert network.allowed("Egress") == network.allowed("Ingress")


def test_the_edges_are_those_of_the_values_and_no_other() -> None:
    names = {PROMETHEUS: "prometheus", "collector": "otel-collector"}
    expected = {
        (names.get(edge.caller, edge.caller), names.get(edge.called, edge.called), edge.port)
        for edge in edges(BY_NAME["tracing"].all_values())
        if edge.caller != CONTROLLER
    }
    ours = set(BY_NAME["tracing"].all_values()["services"]) | {"smoke", "verify", "migrations"}
    found = {edge for edge in platform().allowed("Egress") if edge[0] in ours or edge[1] in ours}
    assert found == expected


def test_the_controller_is_let_in_where_an_ingress_leads_and_nowhere_else() -> None:
    values = BY_NAME["default"].all_values()
    [namespace] = {
        peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        for peer in values["ingress"]["controllerPeers"]
    }
    let_in = {
        policy["metadata"]["name"]
        for policy in of_kind(rendered("default"), "NetworkPolicy")
        for rule in rules(policy, "Ingress")
        for peer in peers(rule, "Ingress")
        if peer.get("namespaceSelector", {})
        .get("matchLabels", {})
        .get("kubernetes.io/metadata.name")
        == namespace
    }
    [ingress] = of_kind(rendered("default"), "Ingress")
    paths = ingress["spec"]["rules"][0]["http"]["paths"]
    assert let_in == {path["backend"]["service"]["name"] for path in paths} == {"gateway", "ui"}
    assert let_in == {edge.called for edge in edges(values) if edge.caller == CONTROLLER}


def test_the_controller_of_this_repository_may_go_there() -> None:
    network = Network("ingress", tuple(kustomized("k8s/ingress")))
    [traefik] = network.pods
    [policy] = [one for one in network.bound(traefik, "Egress") if rules(one, "Egress")]
    [to_pods] = [rule for rule in rules(policy, "Egress") if "podSelector" in rule["to"][0]]
    for name in ("gateway", "ui"):
        assert selects(to_pods["to"][0]["podSelector"], {"app.kubernetes.io/name": name})
    for pod in platform().pods:
        chosen = selects(to_pods["to"][0]["podSelector"], pod.labels)
        assert chosen is (pod.name in ("Deployment/gateway", "Deployment/ui")), pod.name


def test_without_policies_there_are_none() -> None:
    assert of_kind(rendered("without-policies"), "NetworkPolicy") == []


def test_the_readme_has_the_table_that_the_values_give() -> None:
    readme = README.read_text()
    assert with_table(readme, table(edges(values_of_the_readme()))) == readme, "run `make edges`"
