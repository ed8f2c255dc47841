"""`python -m devkit deploy`: the platform of this checkout in a cluster, and how to speak to it."""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from devkit.cluster.deploy import NAMESPACE, RELEASE, deploy, images_for
from devkit.cluster.kube import ClusterError
from devkit.cluster.targets import choose_target, give_up


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--namespace", default=NAMESPACE, help="default: %(default)s")
    parser.add_argument("--release", default=RELEASE, help="default: %(default)s")
    parser.add_argument("--values", type=Path, metavar="FILE",
                        help="further values, over values-kind.yaml")  # fmt: skip
    parser.add_argument("--adopt", action="store_true",
                        help="use the namespace though this command did not make it")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Build, load, install or upgrade, and say where it answers."""
    values = {} if arguments.values is None else yaml.safe_load(arguments.values.read_text())
    if not isinstance(values, dict):
        raise ClusterError(f"{arguments.values} holds no values")
    target = choose_target()
    try:
        kube = target.up(say)
    except BaseException:
        give_up(target, say)  # half a cluster is of no use to anybody
        raise
    images = images_for(target, say)
    deployment = deploy(
        target, kube, images, say,
        namespace=arguments.namespace, release=arguments.release, values=values,
        adopt=arguments.adopt,
    )  # fmt: skip
    secret = f"{deployment.release}-auth"
    forward = f"kubectl --namespace {arguments.namespace} port-forward service/"
    reached = (
        f"Open {deployment.url}/ in a browser"
        if deployment.has_ingress()
        else f"It has no ingress: {forward}... leads to a service"
    )
    for line in (
        "",
        f"Ready. {reached}",
        "  to use kubectl and helm:",
        f"    export KUBECONFIG={kube.kubeconfig}",
        f"    kubectl --namespace {arguments.namespace} get pods",
        "  the administrator's password:",
        f"    kubectl --namespace {arguments.namespace} get secret {secret}"
        " --output go-template='{{index .data \"admin-password\" | base64decode}}'",
        "  is everything as it should be?",
        f"    helm --namespace {arguments.namespace} test {deployment.release}",
    ):
        say(line)
    return 0


def say(text: str) -> None:
    print(text, flush=True)
