"""The platform in a cluster, for all tests of this folder: brought up once, gone after the last.

`deployed` is the platform that they share. A test that wants one of its own takes `deploy_into`, which
brings up another namespace from the same images and removes it at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import namespaces
import pytest
from cluster_figures import Figures, by_program, use_of_pods
from namespaces import KEEP
from troubles import troubles

from devkit.cluster.deploy import deploy, images_for
from devkit.cluster.deployment import Deployment, merged
from devkit.cluster.images import read_images
from devkit.cluster.kube import ClusterError, Kube
from devkit.cluster.targets import Named, Target, choose_target, give_up

HERE = Path(__file__).parent
TEST_S = 2400
"""How long a test may take, with what the session's first one brings up."""
ORDER = ("backing", "install", "edges", "browser", "replay", "rollback", "restore")
"""The cheap questions first, and what changes the shared platform last; files not named here in between."""
AT_REST_S = 20
"""How long nothing happens before memory at rest is read."""

CROWD = {
    "services": {
        "gateway": {
            "env": {
                "RATE_SIGN_IN_PER_MINUTE": "6000",
                "RATE_PUBLIC_PER_MINUTE": "60000",
                "RATE_UI_PER_MINUTE": "60000",
                "STREAMS_PER_ADDRESS": "500",
            }
        }
    }
}
"""Everybody comes from one address here: what the gateway gives an address is for one household."""

USED_NAMESPACES: dict[str, Kube] = {}
"""Where a failing test's report looks for troubles."""
TROUBLES: dict[str, str] = {}
"""What was found in a failing test's own namespace, before that was removed."""

Deploy = Callable[..., Any]
OwnNamespace = Callable[[str], AbstractContextManager[Kube]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("cluster")
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(TEST_S))
    items.sort(key=place)


def place(item: pytest.Item) -> int:
    """Where a test of this folder stands among the others; those elsewhere stay where they are, first."""
    if HERE not in item.path.parents:
        return -1
    name = item.path.stem.removeprefix("test_")
    return ORDER.index(name) if name in ORDER else ORDER.index("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure is reported with the events and the last lines of every pod's log."""
    report = yield
    if report.failed and HERE in item.path.parents:
        found = TROUBLES | {name: troubles(kube) for name, kube in USED_NAMESPACES.items()}
        TROUBLES.clear()
        report.sections += [(f"namespace {name}", text) for name, text in found.items()]
    return report


@pytest.fixture(scope="session")
def figures() -> Figures:
    """What this run measures, for `.local/bench/cluster.json`."""
    return Figures()


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Tells whoever watches what goes on: the steps of this take minutes."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    started = time.monotonic()

    def tell(text: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"  [{time.monotonic() - started:5.0f} s] {text}", flush=True)

    return tell


@pytest.fixture(scope="session")
def target() -> Target:
    """The kind of cluster that this run uses."""
    return choose_target()


@pytest.fixture(scope="session")
def cluster(target: Target, figures: Figures, say: Callable[[str], None]) -> Iterator[Kube]:
    """The running cluster. One that was started for this run ends with it, unless CLUSTER_KEEP is set."""
    try:
        with figures.phase("cluster"):
            kube = target.up(say)
        version = kube.get("--raw", "/version")["gitVersion"]
        figures.set("cluster", {"kind": target.name, "kubernetes": version})
        say(f"Kubernetes {version} ({target.name})")
        # What is on somebody's own cluster is never guessed at.
        if not KEEP and not isinstance(target, Named):
            for name in namespaces.remove_left_behind(kube):
                say(f"removed {name}, which an earlier run left")
    except BaseException:
        if not KEEP:
            give_up(target, say)
        raise
    try:
        yield kube
    finally:
        if not KEEP:
            target.down()


@pytest.fixture(scope="session")
def images(
    target: Target, cluster: Kube, figures: Figures, say: Callable[[str], None]
) -> Mapping[str, str]:
    """References of the platform's images by name, of what the sources are now; the cluster has them.

    Where the cluster reaches no registry, those of the backing servers too.
    """
    timed: dict[str, float] = {}
    references = images_for(target, say, timed)
    for step, seconds in timed.items():
        figures.took(step, seconds)
    sizes = {
        name: one.bytes_compressed for name, one in read_images().items() if name in references
    }
    figures.set(
        "images_compressed_mb", {name: round(size / 1e6, 1) for name, size in sizes.items() if size}
    )
    return references


@pytest.fixture(scope="session")
def own_namespace(cluster: Kube) -> OwnNamespace:
    """`with own_namespace("alone") as kube`: a namespace that nobody else uses, with nothing in it yet.

    Its name begins with `day-trading-test-` and what was asked for. Removed at the end, unless CLUSTER_KEEP is set.
    """

    @contextmanager
    def own(what: str) -> Iterator[Kube]:
        kube = namespaces.own(cluster, what)
        USED_NAMESPACES[kube.namespace] = kube
        try:
            yield kube
        except BaseException:
            TROUBLES[kube.namespace] = troubles(kube)
            raise
        finally:
            if not KEEP:
                namespaces.remove(kube)
            USED_NAMESPACES.pop(kube.namespace)

    return own


@pytest.fixture(scope="session")
def deploy_into(
    target: Target,
    cluster: Kube,
    images: Mapping[str, str],
    own_namespace: OwnNamespace,
    say: Callable[[str], None],
) -> Deploy:
    """`with deploy_into("restored", values={...}) as deployment`: a whole platform in `own_namespace`.

    Removed at the end, unless CLUSTER_KEEP is set. An Ingress without a host answers for the whole
    cluster, so such a platform has none but where `values` say so: speak to it by `kube.forwarded`.
    """

    @contextmanager
    def into(
        what: str,
        *,
        values: Mapping[str, Any] | None = None,
        timed: dict[str, float] | None = None,
    ) -> Iterator[Deployment]:
        given = {"ingress": {"enabled": False}} if values is None else values
        with own_namespace(what) as kube:
            yield deploy(
                target,
                cluster,
                images,
                say,
                namespace=kube.namespace,
                values=merged(CROWD, given),
                timed=timed,
            )

    return into


@pytest.fixture(scope="session")
def deployed(
    cluster: Kube, deploy_into: Deploy, figures: Figures, say: Callable[[str], None]
) -> Iterator[Deployment]:
    """The platform that the tests share, installed from nothing, with what it used at rest measured."""
    timed: dict[str, float] = {}
    check_no_other_ingress(cluster)
    with deploy_into("shared", values={}, timed=timed) as deployment:
        for step, seconds in timed.items():
            figures.took(f"install: {step}", seconds)
        say(f"at rest for {AT_REST_S} s")
        time.sleep(AT_REST_S)  # what is measured is that nothing happens meanwhile
        used = by_program(use_of_pods(deployment.kube))
        figures.set("memory_at_rest_mib", {name: use.memory_mib for name, use in used.items()})
        yield deployment


def check_no_other_ingress(cluster: Kube) -> None:
    """Raises ClusterError where a platform is there whose Ingress answers for the whole cluster, as ours does."""
    for one in cluster.get("ingress", "--all-namespaces")["items"]:
        namespace = one["metadata"]["namespace"]
        kept = KEEP and namespace == f"{namespaces.PREFIX}-shared-kept"
        if not kept and any("host" not in rule for rule in one["spec"].get("rules", [])):
            raise ClusterError(
                f"the Ingress of the namespace {namespace} answers for the whole cluster, and the tests' own"
                " would too: take that release out of the cluster (or give it a host), or use another cluster"
            )
