"""`python -m devkit load-in-cluster k6|jmeter`: a load plan as a job beside the platform, and its files fetched.

The platform is the one of `make deploy`; where none is deployed, it is deployed first. The job speaks to the gateway
from inside, so that what is measured is the platform and not the way into the cluster.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from secrets import token_hex
from typing import Any

import yaml

from devkit.bootstrap import LOCAL, REPOSITORY
from devkit.cluster.deploy import NAMESPACE, RELEASE, deploy, images_for
from devkit.cluster.deployment import Deployment
from devkit.cluster.images import build_images, push_images
from devkit.cluster.images_table import LOAD_IMAGE
from devkit.cluster.kube import POLL_S, ClusterError, Kube
from devkit.cluster.targets import Target, choose_target, give_up

MANIFESTS = REPOSITORY / "k8s" / "load"
RESULTS = "/results/run"
LONGEST_S = 5 * 3600.0
"""As the jobs' own deadline."""
FETCH_S = 120.0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tool", choices=("k6", "jmeter"))
    parser.add_argument("--namespace", default=NAMESPACE, help="default: %(default)s")
    parser.add_argument("--release", default=RELEASE, help="default: %(default)s")
    parser.add_argument("--plan", default="smoke", help="default: %(default)s")
    parser.add_argument("--rate", help="as for `python -m load`")
    parser.add_argument("--duration", help="as for `python -m load`")
    parser.add_argument("--users", help="as for `python -m load`")


def run(arguments: argparse.Namespace) -> int:
    """0: everything held. 1: something did not. Raises ClusterError when nothing was measured."""
    target = choose_target()
    try:
        kube = target.up(say)
    except BaseException:
        give_up(target, say)
        raise
    at = kube.at(arguments.namespace)
    deployment = Deployment(at, arguments.release, target)
    if not kube.exists("namespace", arguments.namespace) or deployment.revision() == 0:
        say("No platform is deployed there: deploying one")
        images = images_for(target, say)
        deploy(target, kube, images, say, namespace=arguments.namespace, release=arguments.release)
    image = _load_image(target)
    given = [part for name in ("plan", "rate", "duration", "users")
             if (value := getattr(arguments, name)) is not None for part in (f"--{name}", value)]  # fmt: skip
    objects = [one for one in yaml.safe_load_all(at.kubectl("kustomize", str(MANIFESTS))) if one]
    job, policies = adapted(objects, arguments.tool, image, arguments.release, given)
    at.apply(yaml.safe_dump_all(policies))
    at.kubectl("create", "--filename", "-", stdin=json.dumps(job))
    name = job["metadata"]["name"]
    say(f"job/{name}: {' '.join(job['spec']['template']['spec']['containers'][0]['args'])}")
    folder = LOCAL / "load" / f"{arguments.tool}-{arguments.plan}-cluster"
    fetched = fetch(at, name, folder)
    ended = at.wait_for_end(name, FETCH_S)
    print(at.kubectl("logs", f"job/{name}", "--tail=-1"), end="", flush=True)
    say(f"its files: {folder}" if fetched else "it ended without files")
    return 0 if ended == "Complete" else 1


def adapted(
    objects: Sequence[Mapping[str, Any]],
    tool: str,
    image: str,
    release: str,
    given: Sequence[str],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The job of a tool, under a name of its own, with this image and these arguments; and the policies."""
    kept = [dict(deepcopy(one)) for one in objects]
    policies = [one for one in kept if one["kind"] == "NetworkPolicy"]
    (job,) = (
        one for one in kept if one["kind"] == "Job" and one["metadata"]["name"].endswith(f"-{tool}")
    )
    job["metadata"]["name"] += f"-{token_hex(3)}"
    (container,) = job["spec"]["template"]["spec"]["containers"]
    container["image"] = image
    # The last one of an argument that stands there twice counts.
    container["args"] = [*container["args"], *given]
    for one in container["env"]:
        one["valueFrom"]["secretKeyRef"]["name"] = f"{release}-auth"
    return job, policies


def fetch(kube: Kube, job: str, folder: Path) -> bool:
    """Wait until the job's files are ready and copy them; False when it ended before. Raises ClusterError."""
    until = time.monotonic() + LONGEST_S
    for pod in _pods(kube, job, until):
        if _is_ready(kube, pod):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            copy = ["cp", "--retries=3", f"{kube.namespace}/{pod}:{RESULTS}", str(folder)]
            kube.kubectl(*copy, seconds=FETCH_S)
            kube.kubectl("exec", pod, "--", "touch", f"{RESULTS}/fetched")
            return True
    return False


def _pods(kube: Kube, job: str, until: float) -> Iterator[str]:
    """The job's pod, again and again while it runs. Raises ClusterError for a job that never ends."""
    while time.monotonic() < until:
        pods = kube.items("pod", f"job-name={job}")
        if any(one["status"]["phase"] in ("Succeeded", "Failed") for one in pods):
            return
        yield from (one["metadata"]["name"] for one in pods if one["status"]["phase"] == "Running")
        time.sleep(POLL_S * 4)
    raise ClusterError(f"job/{job} had not ended after {LONGEST_S:.0f} s")


def _is_ready(kube: Kube, pod: str) -> bool:
    found = kube.kubectl(
        "exec", pod, "--", "sh", "-c", f"test -e {RESULTS}/ready && echo yes || echo no"
    )
    return found.strip() == "yes"


def _load_image(target: Target) -> str:
    """Build the image and bring it to the cluster: its reference. Raises PlatformError."""
    name = LOAD_IMAGE.name
    if target.registry is not None:
        version = token_hex(6)
        pushed = push_images([name], target.registry, engine=target.engine, platforms=(),
                             version=version, labels={})  # fmt: skip
        return pushed[name]
    built = build_images([name], engine=target.engine, archives=target.closed, say=say)[name]
    target.load({built.reference: built.archive}, say)
    return built.reference


def say(text: str) -> None:
    print(text, flush=True)
