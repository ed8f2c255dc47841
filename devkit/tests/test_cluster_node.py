"""The scripts of tests/cluster/node around a node of which only the outer part is real: namespaces, mounts, links.

Everything happens in namespaces of the test's own, so that a node of this machine is neither seen nor touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from devkit.bootstrap import REPOSITORY

NODE = REPOSITORY / "tests" / "cluster" / "node"
ALONE = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
SCRIPTS = ("settings", "up", "down", "init")
PROGRAMS = ("unshare", "ip", "pgrep", "openssl", "flock", "setsid", "mount")


def can_have_namespaces() -> bool:
    """Whether this machine lets the tests make namespaces, and has what the scripts call."""
    return (
        os.geteuid() == 0
        and all(shutil.which(program) for program in PROGRAMS)
        and subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0
    )


pytestmark = pytest.mark.skipif(
    not can_have_namespaces(), reason="needs root, namespaces and iproute2"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the scripts whose node does nothing once its network is up."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in SCRIPTS:
        shutil.copy(NODE / name, folder / name)
    outer, marker, _ = (NODE / "init").read_text().partition("sysctl -qw")
    assert marker, "init no longer has the line after which it starts Kubernetes"
    (folder / "init").write_text(f"{outer}\nsleep infinity\n")
    kubectl = tmp_path / "cache" / "bin" / "kubectl"
    kubectl.parent.mkdir(parents=True)
    kubectl.write_text("#!/bin/sh\n")
    kubectl.chmod(0o755)
    return folder


def run(checkout: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run lines of bash in which `$checkout` and `$CLUSTER_STATE` are the test's own."""
    root = checkout.parent
    environment = {
        **os.environ,
        "checkout": str(checkout),
        "CLUSTER_STATE": str(root / "state"),
        "CLUSTER_CACHE": str(root / "cache"),
    }
    return subprocess.run(
        [*ALONE, "bash", "-euc", f"mount -t tmpfs tmpfs /sys/fs/cgroup\n{script}"],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_a_node_is_known_by_whatever_path_and_whoever_asks(checkout: Path) -> None:
    shutil.copytree(checkout, checkout.with_name("another"))
    checkout.with_name("link").symlink_to(checkout)
    done = run(
        checkout,
        """
        $checkout/up >/dev/null
        node=$(<$CLUSTER_STATE/pid)
        [[ $(<$CLUSTER_STATE/started-by) == $$ ]]
        for up in $checkout/../another/up $checkout/../link/up; do
          [[ $($up) == $CLUSTER_STATE/admin.kubeconfig && $(<$CLUSTER_STATE/pid) == $node ]]
        done
        $checkout/../another/down
        [[ ! -e /proc/$node && ! -e $CLUSTER_STATE ]]
        """,
    )
    assert done.returncode == 0, done.stderr


def test_two_at_once_start_one_node(checkout: Path) -> None:
    done = run(
        checkout,
        """
        $checkout/up & first=$!
        $checkout/up & second=$!
        wait $first
        wait $second
        # The node's first process has copies of itself while it starts its commands; what launched it has none.
        [[ $(pgrep --count --full "^unshare .*$checkout/init") == 1 ]]
        """,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(checkout.parent / "state" / "admin.kubeconfig")] * 2


def test_whoever_ends_only_its_own_node_leaves_that_of_another(checkout: Path) -> None:
    done = run(
        checkout,
        """
        $checkout/up >/dev/null
        node=$(<$CLUSTER_STATE/pid)
        $checkout/down --started-by $(($$ + 1))
        [[ -e /proc/$node && -e $CLUSTER_STATE/ready ]]
        $checkout/down --started-by $$
        [[ ! -e /proc/$node && ! -e $CLUSTER_STATE ]]
        """,
    )
    assert done.returncode == 0, done.stderr


def test_a_lock_that_another_keeps_is_not_waited_for_longer_than_was_asked(checkout: Path) -> None:
    done = run(
        checkout,
        """
        exec 8>$CLUSTER_STATE.lock
        flock 8
        LOCK_WAIT_S=0 $checkout/up
        """,
    )
    assert done.returncode == 1
    assert "is held by another up" in done.stderr


def test_a_process_that_only_got_the_id_of_a_node_is_let_live(checkout: Path) -> None:
    done = run(
        checkout,
        """
        sleep 60 & other=$!
        mkdir -p $CLUSTER_STATE/log
        echo $other >$CLUSTER_STATE/pid
        touch $CLUSTER_STATE/ready
        $checkout/up >/dev/null
        [[ $(<$CLUSTER_STATE/pid) != $other ]]
        kill -0 $other
        """,
    )
    assert done.returncode == 0, done.stderr


def test_a_node_that_never_got_ready_is_ended_and_started_anew(checkout: Path) -> None:
    done = run(
        checkout,
        """
        $checkout/up >/dev/null
        half=$(<$CLUSTER_STATE/pid)
        rm $CLUSTER_STATE/ready
        $checkout/up >/dev/null
        [[ ! -e /proc/$half && $(<$CLUSTER_STATE/pid) != $half ]]
        """,
    )
    assert done.returncode == 0, done.stderr


def test_a_second_node_of_another_state_is_refused(checkout: Path) -> None:
    done = run(checkout, "$checkout/up >/dev/null; CLUSTER_STATE=$CLUSTER_STATE-2 $checkout/up")
    assert done.returncode == 1
    assert "Another node runs on this machine" in done.stderr


def test_where_namespaces_are_refused_the_end_of_the_log_says_so(checkout: Path) -> None:
    refused = checkout.parent / "refused" / "unshare"
    refused.parent.mkdir()
    refused.write_text("#!/bin/sh\necho 'unshare: Operation not permitted' >&2\nexit 1\n")
    refused.chmod(0o755)
    done = run(checkout, f"PATH={refused.parent}:$PATH $checkout/up")
    assert done.returncode == 1
    assert "The node did not start." in done.stderr
    assert "unshare: Operation not permitted" in done.stderr
