"""kind-config.yaml and the ingress controller of k8s/ingress: two halves of one way in."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIG: dict[str, Any] = yaml.safe_load((REPOSITORY / "kind-config.yaml").read_text())
INGRESS = REPOSITORY / "k8s" / "ingress"
OBJECTS: list[dict[str, Any]] = [
    one
    for file in yaml.safe_load((INGRESS / "kustomization.yaml").read_text())["resources"]
    for one in yaml.safe_load_all((INGRESS / file).read_text())
]
# kind publishes no schema: what its documentation (Configuration) and its types list.
NODE_FIELDS = {
    "role", "image", "labels", "extraMounts", "extraPortMappings", "kubeadmConfigPatches",
    "kubeadmConfigPatchesJSON6902",
}  # fmt: skip
CLUSTER_FIELDS = {
    "kind", "apiVersion", "name", "nodes", "networking", "featureGates", "runtimeConfig",
    "kubeadmConfigPatches", "kubeadmConfigPatchesJSON6902", "containerdConfigPatches",
    "containerdConfigPatchesJSON6902",
}  # fmt: skip
MAPPING_FIELDS = {"containerPort", "hostPort", "listenAddress", "protocol"}


def one(kind: str, name: str = "traefik") -> dict[str, Any]:
    [found] = [x for x in OBJECTS if x["kind"] == kind and x["metadata"]["name"] == name]
    return found


def test_the_cluster_is_described_in_kinds_own_words() -> None:
    assert (CONFIG["kind"], CONFIG["apiVersion"]) == ("Cluster", "kind.x-k8s.io/v1alpha4")
    assert set(CONFIG) <= CLUSTER_FIELDS
    for node in CONFIG["nodes"]:
        assert set(node) <= NODE_FIELDS
        assert node["role"] in ("control-plane", "worker")
        assert all(set(mapping) == MAPPING_FIELDS for mapping in node["extraPortMappings"])


def test_its_ports_are_on_loopback_and_lead_to_the_ingress() -> None:
    mappings = [mapping for node in CONFIG["nodes"] for mapping in node["extraPortMappings"]]
    assert {mapping["listenAddress"] for mapping in mappings} == {"127.0.0.1"}
    ports = one("Service")["spec"]["ports"]
    assert [mapping["containerPort"] for mapping in mappings] == [x["nodePort"] for x in ports]


def test_the_service_leads_to_ports_that_the_controller_listens_on() -> None:
    [container] = one("Deployment")["spec"]["template"]["spec"]["containers"]
    listening = {port["name"]: port["containerPort"] for port in container["ports"]}
    for port in one("Service")["spec"]["ports"]:
        assert port["targetPort"] in listening
        argument = f"--entrypoints.{port['targetPort']}.address=:{listening[port['targetPort']]}"
        assert argument in container["args"]
    allowed = {port["port"] for rule in one("NetworkPolicy")["spec"]["ingress"] for port in rule["ports"]}  # fmt: skip
    assert allowed == {listening[port["targetPort"]] for port in one("Service")["spec"]["ports"]}


def test_an_ingress_that_names_no_class_is_the_controllers() -> None:
    """As the chart's does by default."""
    annotations = one("IngressClass")["metadata"]["annotations"]
    assert annotations["ingressclass.kubernetes.io/is-default-class"] == "true"


def test_the_chart_lets_the_controller_in() -> None:
    values = yaml.safe_load((REPOSITORY / "charts/day-trading/values.yaml").read_text())
    [namespace] = [x["metadata"]["name"] for x in OBJECTS if x["kind"] == "Namespace"]
    [peer] = values["ingress"]["controllerPeers"]
    labels = peer["namespaceSelector"]["matchLabels"]
    assert labels == {"kubernetes.io/metadata.name": namespace}


def test_the_controller_calls_private_addresses_only() -> None:
    egress = one("NetworkPolicy")["spec"]["egress"]
    networks = [
        ip_network(peer["ipBlock"]["cidr"])
        for rule in egress
        for peer in rule["to"]
        if "ipBlock" in peer
    ]
    assert networks
    assert all(network.is_private and network.prefixlen for network in networks)
