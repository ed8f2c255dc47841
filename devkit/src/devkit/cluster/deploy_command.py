"""`python -m devkit deploy`: the platform of this checkout in a cluster, and how to speak to it."""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from devkit.cluster.deploy import NAMESPACE, RELEASE, deploy, images_for
from devkit.cluster.kube import ClusterError
from devkit.cluster.targets import choose_target


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--namespace", default=NAMESPACE, help="default: %(default)s")
    parser.add_argument("--release", default=RELEASE, help="default: %(default)s")
    parser.add_argument("--values", type=Path, metavar="FILE",
                        help="further values, over values-kind.yaml")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Build, load, install or upgrade, and say where it answers."""
    values = {} if arguments.values is None else yaml.safe_load(arguments.values.read_text())
    if not isinstance(values, dict):
        raise ClusterError(f"{arguments.values} holds no values")
    target = choose_target()
    kube = target.up(say)
    images = images_for(target, say)
    deployment = deploy(
        target, kube, images, say,
        namespace=arguments.namespace, release=arguments.release, values=values,
    )  # fmt: skip
    secret = f"{deployment.release}-auth"
    for line in (
        "",
        f"Ready. Open {deployment.url}/ in a browser",
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
