"""What Kubernetes' network policies mean for pods whose labels are known: who may connect to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chart_objects import Object, Pod, of_kind, pods, selects

NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Network:
    """Objects that are all in one namespace."""

    namespace: str
    objects: tuple[Object, ...]

    @cached_property
    def pods(self) -> list[Pod]:
        return pods(list(self.objects))

    @cached_property
    def policies(self) -> list[Object]:
        return of_kind(list(self.objects), "NetworkPolicy")

    def allowed(self, direction: str) -> set[tuple[str, str, int]]:
        """Caller, called and port, by the pods' names, as one end (Egress or Ingress) allows them.

        Ports are those that the called pods' containers name.
        """
        return {
            (name_of(caller), name_of(called), port)
            for caller in self.pods
            for called in self.pods
            for port in ports_of(called).values()
            if self._lets(direction, caller, called, port)
        }

    def bound(self, pod: Pod, direction: str) -> list[Object]:
        """The policies that a pod is under."""
        return [
            policy
            for policy in self.policies
            if direction in policy["spec"]["policyTypes"]
            and selects(policy["spec"]["podSelector"], pod.labels)
        ]

    def _lets(self, direction: str, caller: Pod, called: Pod, port: int) -> bool:
        own, other = (caller, called) if direction == "Egress" else (called, caller)
        policies = self.bound(own, direction)
        return not policies or any(
            self._is_peer(peer, other) and includes(rule, called, port)
            for policy in policies
            for rule in rules(policy, direction)
            for peer in peers(rule, direction)
        )

    def _is_peer(self, peer: Mapping[str, Any], pod: Pod) -> bool:
        if "ipBlock" in peer:
            return False  # of networks around the cluster: no pod is meant
        here = {NAMESPACE_NAME: self.namespace}
        if not selects(peer.get("namespaceSelector", {}), here):
            return False
        return selects(peer.get("podSelector", {}), pod.labels)


def name_of(pod: Pod) -> str:
    return pod.labels.get("app.kubernetes.io/name", pod.name)


def ports_of(pod: Pod) -> dict[str, int]:
    """The ports of a pod by their names."""
    return {
        port.get("name", str(port["containerPort"])): port["containerPort"]
        for _, container in pod.containers()
        for port in container.get("ports", [])
    }


def rules(policy: Object, direction: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = policy["spec"].get(direction.lower(), [])
    return found


def peers(rule: Mapping[str, Any], direction: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = rule.get("to" if direction == "Egress" else "from", [])
    return found


def includes(rule: Mapping[str, Any], called: Pod, port: int) -> bool:
    """Whether a rule's ports, numbers or names of the called pod's, hold this one."""
    named = ports_of(called)
    return any(
        one.get("protocol", "TCP") == "TCP" and port in (one["port"], named.get(str(one["port"])))
        for one in rule["ports"]
    )
