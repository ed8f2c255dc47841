"""Every call to a cluster's tools ends, and ends in order."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from devkit.cluster import kube
from devkit.cluster.kube import ClusterError, Kube, run_bounded

WAIT_S = 20.0
INTERRUPTED = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: (open(sys.argv[1], "w").write("noted"), sys.exit(1)))
open(sys.argv[1], "w").write("runs")
time.sleep(600)
"""


def program(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.write_text(f"#!{sys.executable}\n{text}")
    file.chmod(0o755)


def wait_for(file: Path) -> None:
    until = time.monotonic() + WAIT_S
    while not (file.is_file() and file.read_text()):
        assert time.monotonic() < until, f"no {file.name}"
        time.sleep(0.01)


def test_what_takes_too_long_is_interrupted_so_that_it_can_note_how_far_it_came(
    tmp_path: Path,
) -> None:
    noted = tmp_path / "noted"
    with pytest.raises(ClusterError, match="was not done after 2 s"):
        run_bounded([sys.executable, "-c", INTERRUPTED, str(noted)], 2)
    assert noted.read_text() == "noted"


def test_what_does_not_end_when_it_is_interrupted_is_killed_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kube, "ENDED_S", 0.2)
    child = tmp_path / "child"
    deaf = f"trap '' INT; sleep 600 & echo $! >{child}; wait"
    with pytest.raises(ClusterError, match="was not done"):
        run_bounded(["sh", "-c", deaf], 1)
    until = time.monotonic() + WAIT_S
    stat = Path("/proc", child.read_text().strip(), "stat")
    while stat.exists() and ") Z" not in stat.read_text():
        assert time.monotonic() < until, "the child lives"
        time.sleep(0.01)


def test_ctrl_c_reaches_helm_as_an_interrupt_and_nothing_worse(tmp_path: Path) -> None:
    noted = tmp_path / "noted"

    def ctrl_c() -> None:
        wait_for(noted)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=ctrl_c).start()
    with pytest.raises(KeyboardInterrupt):
        run_bounded([sys.executable, "-c", INTERRUPTED, str(noted)], WAIT_S)
    assert noted.read_text() == "noted"


def test_a_failure_is_told_in_the_commands_own_words() -> None:
    with pytest.raises(ClusterError, match=r"sh -c .*: it is so$"):
        run_bounded(["sh", "-c", "echo it is so >&2; exit 3"], WAIT_S)


def test_helm_is_led_to_no_other_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, str] = {}

    def run(command: object, seconds: float, *, environment: dict[str, str], **_: Any) -> str:
        told.update(environment)
        return ""

    monkeypatch.setattr(kube, "run_bounded", run)
    monkeypatch.setattr(kube, "helm_program", lambda: "helm")
    monkeypatch.setenv("HELM_KUBECONTEXT", "production")
    monkeypatch.setenv("HELM_KUBEAPISERVER", "https://production.example.com")
    monkeypatch.setenv("HELM_CACHE_HOME", "kept")
    Kube(tmp_path / "config").helm("list")
    assert not [name for name in told if name.startswith("HELM_KUBE")]
    assert told["KUBECONFIG"] == str(tmp_path / "config")
    assert told["HELM_CACHE_HOME"] == "kept"


def test_a_forwarded_port_serves_however_much_kubectl_says_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = tmp_path / "over"
    program(
        tmp_path, "kubectl",
        'print("Forwarding from 127.0.0.1:4711 -> 80", flush=True)\n'
        'print("Handling connection for 4711\\n" * 10_000, flush=True)\n'
        f'open("{over}", "w").write("all said")\nimport time\ntime.sleep(600)\n',
    )  # fmt: skip
    monkeypatch.setenv("PATH", str(tmp_path))
    with Kube(tmp_path / "config").forwarded("pod/some", 80) as port:
        assert port == 4711
        wait_for(over)


def test_a_kubectl_that_says_nothing_of_its_port_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "kubectl", "import time\ntime.sleep(600)\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(kube, "FORWARDED_S", 0.2)
    with pytest.raises(ClusterError, match="kubectl said nothing"):
        with Kube(tmp_path / "config").forwarded("pod/some", 80):
            pass
