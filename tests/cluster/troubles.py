"""What somebody wants to see of a namespace in which a test failed: pods, warnings, ends of logs."""

from __future__ import annotations

from devkit.cluster.kube import ClusterError, Kube

LINES = "25"


def troubles(kube: Kube) -> str:
    """Pods, events that are warnings, and the last lines of every container, the one before it too."""
    told = [
        asked(kube, "get", "pods", "--output", "wide"),
        asked(
            kube, "get", "events", "--field-selector", "type=Warning", "--sort-by", ".lastTimestamp"
        ),
    ]
    try:
        pods = kube.items("pods")
    except ClusterError as error:
        return "\n".join([*told, str(error)])
    for pod in pods:
        name, status = pod["metadata"]["name"], pod["status"]
        for one in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
            container = one["name"]
            options = [name, "--container", container, "--tail", LINES]
            told.append(f"--- {name} {container}\n{asked(kube, 'logs', *options)}")
            if one["restartCount"]:
                before = asked(kube, "logs", *options, "--previous")
                told.append(f"--- {name} {container}, before it started again\n{before}")
    return "\n".join(told)


def asked(kube: Kube, *arguments: str) -> str:
    """What kubectl says, or why it does not: one answer that is missing must not hide the others."""
    try:
        return kube.kubectl(*arguments)
    except ClusterError as error:
        return str(error)
