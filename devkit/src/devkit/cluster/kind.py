"""`make kind-up`, `make dev` and `make kind-down`: a cluster in Docker for those who work on the services."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from pathlib import Path

from devkit.bootstrap import LOCAL, REPOSITORY, docker_runs, helm_program
from devkit.cluster.kube import ClusterError
from devkit.cluster.targets import KIND_NAME, Kind
from devkit.home import PlatformError

KUBECONFIG = LOCAL / "kind.kubeconfig"
HOW_TO_GET = {
    "docker": "see https://docs.docker.com/engine/install",
    "kind": "go install sigs.k8s.io/kind@v0.33.0, or see https://kind.sigs.k8s.io",
    "kubectl": "see https://kubernetes.io/docs/tasks/tools",
    "skaffold": "see https://skaffold.dev/docs/install",
}
WITHOUT_DOCKER = (
    "Without Docker `make deploy` installs the platform on a Kubernetes node of its own,"
    " which it builds first."
)


def run(arguments: argparse.Namespace) -> int:
    """Raises PlatformError where a tool is missing; the text says how to get it."""
    what: str = arguments.what
    {"up": up, "dev": dev, "down": down}[what]()
    return 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["up", "dev", "down"])


def up() -> None:
    """The cluster, with an ingress controller in it; nothing when it runs."""
    need("docker", "kind", "kubectl")
    target = Kind()
    kube = target.up(print)
    print(
        f"The cluster {KIND_NAME} runs, with an ingress on {target.ingress_url(kube)}.\n"
        f"  export KUBECONFIG={KUBECONFIG}   for kubectl and helm\n"
        "Next: make deploy (once), or make dev (and again at every change)."
    )


def dev() -> None:
    """Skaffold, on the cluster of `up`, until Ctrl-C."""
    need("docker", "kind", "kubectl", "skaffold")
    helm = helm_program()
    assert helm is not None, "the Makefile has it installed"
    if not KUBECONFIG.is_file():
        raise ClusterError("There is no cluster to deploy to: run `make kind-up`")
    environment = {
        **os.environ,
        "KUBECONFIG": str(KUBECONFIG),
        "PATH": f"{Path(helm).parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = ["skaffold", "dev", "--profile", "dev", "--cleanup=false"]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, check=False)
    if done.returncode != 0:
        raise ClusterError("skaffold ended with an error: see what it says above")


def down() -> None:
    """Removes the cluster and all that is in it."""
    need("docker", "kind")
    subprocess.run(["kind", "delete", "cluster", "--name", KIND_NAME], check=True)
    KUBECONFIG.unlink(missing_ok=True)


def need(*programs: str) -> None:
    """Raises PlatformError with all that is missing and where it is to be had."""
    missing = [program for program in programs if shutil.which(program) is None]
    lines = [f"{program} is missing: {HOW_TO_GET[program]}" for program in missing]
    if "docker" in missing:
        lines.append(WITHOUT_DOCKER)
    elif not docker_runs():
        lines.append(f"docker is here, but no Docker engine answers: start it. {WITHOUT_DOCKER}")
    if lines:
        raise PlatformError("\n".join(lines))
