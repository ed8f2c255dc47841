"""The supervisor and the order in which a platform comes and goes, with small stand-in programs.

The real servers and services are covered by the tests of the whole platform; here it is about
starting, restarting and stopping, which needs programs that do as they are told.
"""

import functools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devkit import platform
from devkit.__main__ import simulator_wanted
from devkit.home import Home, PlatformError
from devkit.plan import Plan
from devkit.platform import Supervisor, start_supervisor, wait_ready, wait_until
from devkit.processes import Process, accepts_connections, base_environment, free_port, is_free
from devkit.supervisor import bound_logs

PROGRAM = """
import signal, socket, sys
name, port, journal = sys.argv[1:]
def stop(*_):
    open(journal, "a").write(f"{name} stopped\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
server = socket.create_server(("127.0.0.1", int(port)))
print(name, "listens", flush=True)
while True:
    server.accept()
"""


def program(name: str, port: int, journal: Path) -> Process:
    return Process(
        name=name,
        command=(sys.executable, "-c", PROGRAM, name, str(port), str(journal)),
        environment=base_environment(),
        is_ready=functools.partial(accepts_connections, port),
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "home")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    def made(name: str) -> Process:
        return program(name, free_port(), tmp_path / "journal")

    return Plan(
        servers=[made("store")],
        waves=[[made("engine")], [made("front")]],
        companions=[made("visitor")],
    )


@pytest.fixture
def supervisor(home: Home, plan: Plan) -> Iterator[Supervisor]:
    lock = home.lock()
    assert lock is not None
    with lock:
        supervisor = start_supervisor(home, plan, lock, detach=False)
    for process in plan.processes():
        supervisor.start(process)
    wait_ready(home, supervisor, plan.processes())
    yield supervisor
    platform.down(home, lambda _: None)


def test_a_killed_process_is_started_again(home: Home, plan: Plan, supervisor: Supervisor) -> None:
    [before] = supervisor.pids("engine")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: supervisor.pids("engine") not in ([], [before]), "a new process", 10)
    wait_ready(home, supervisor, plan.processes())


def test_processes_stop_in_the_reverse_order_of_their_start(
    home: Home, plan: Plan, supervisor: Supervisor, tmp_path: Path
) -> None:
    platform.down(home, lambda _: None)
    stopped = (tmp_path / "journal").read_text().splitlines()
    assert stopped == ["visitor stopped", "front stopped", "engine stopped", "store stopped"]
    assert platform.status(home) == {"running": False, "processes": {}}


def test_a_second_platform_in_the_same_folder_is_refused(
    home: Home, supervisor: Supervisor
) -> None:
    with pytest.raises(PlatformError, match="already runs"):
        platform.up(home, platform.Overrides(), detach=True, say=print)


def test_data_of_a_running_platform_is_not_removed(home: Home, supervisor: Supervisor) -> None:
    with pytest.raises(PlatformError, match="make down"):
        platform.clean(home)
    platform.down(home, lambda _: None)
    platform.clean(home)
    assert list(home.root.iterdir()) == []


def test_the_supervisor_holds_no_pipe_of_what_it_runs(plan: Plan, supervisor: Supervisor) -> None:
    """A pipe with the number of another's that had died has stopped it, and kept a process from starting again."""
    for _ in range(3):
        before = {name: supervisor.pids(name) for name in ("engine", "store")}
        for [process] in before.values():
            os.kill(process, signal.SIGKILL)
        for name, old in before.items():
            wait_until(
                lambda name=name, old=old: supervisor.pids(name) not in ([], old), "a successor", 10
            )
    [process] = supervisor.pids("store")
    for stream in ("1", "2"):
        assert Path(f"/proc/{process}/fd/{stream}").readlink().name == "store.log"


def test_a_log_that_has_grown_too_long_begins_anew(
    home: Home, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = home.logs / "front.log"
    said = log.read_text()
    monkeypatch.setattr("devkit.supervisor.LOG_BYTES", len(said) - 1)
    bound_logs(home.logs)
    assert log.read_text() == ""
    assert (home.logs / "front.log.1").read_text() == said


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def test_nothing_outlives_a_supervisor_that_is_killed(
    home: Home, plan: Plan, supervisor: Supervisor, tmp_path: Path
) -> None:
    [process] = supervisor.pids("store")
    os.kill(parent_of(process), signal.SIGKILL)
    wait_until(lambda: not home.is_running(), "the lock to be free", 10)
    journal = tmp_path / "journal"
    wait_until(lambda: journal.is_file() and journal.read_text().count("stopped") == 4, "all", 10)


def test_output_is_kept_in_a_file_for_each_process(home: Home, supervisor: Supervisor) -> None:
    assert "front listens" in (home.logs / "front.log").read_text()


def test_a_process_that_ends_again_and_again_is_named_with_its_last_words(home: Home) -> None:
    broken = Process(
        name="broken",
        command=("sh", "-c", "echo no such luck; sleep 0.2; exit 1"),
        environment=base_environment(),
        is_ready=lambda: False,
    )
    plan = Plan(servers=[], waves=[[broken]])
    lock = home.lock()
    assert lock is not None
    with lock:
        supervisor = start_supervisor(home, plan, lock, detach=False)
    supervisor.start(broken)
    with pytest.raises(PlatformError, match="broken ends again and again") as raised:
        wait_ready(home, supervisor, [broken])
    assert "no such luck" in str(raised.value)
    supervisor.stop_all(plan, lambda _: None)


def test_a_taken_port_is_refused_before_anything_starts(home: Home, plan: Plan) -> None:
    port = free_port()
    assert is_free(port)
    with pytest.raises(PlatformError, match="AUTH_PORT must be a port number"):
        platform.Addresses.choose(home, {"AUTH_PORT": "eighty"})
    assert platform.Addresses.choose(home, {"AUTH_PORT": str(port)}).ports["AUTH_PORT"] == port


def test_a_person_gets_a_simulated_market_and_a_program_that_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for setting, attached, detached in (
        ("", True, False),
        ("on", True, True),
        ("off", False, False),
    ):
        monkeypatch.setenv("SIMULATOR", setting)
        assert simulator_wanted(detached=False) is attached
        assert simulator_wanted(detached=True) is detached
    monkeypatch.setenv("SIMULATOR", "yes")
    with pytest.raises(PlatformError, match="on or off"):
        simulator_wanted(detached=False)
