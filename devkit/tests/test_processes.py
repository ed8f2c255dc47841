"""Processes that are started without the supervisor."""

import functools
import threading
from pathlib import Path

import pytest

from devkit.processes import (
    Process,
    ProcessError,
    Running,
    accepts_connections,
    base_environment,
    free_port,
    is_free,
)


def listener(port: int) -> Process:
    return Process(
        name="listener",
        command=("python3", "-m", "http.server", "--bind", "127.0.0.1", str(port)),
        environment=base_environment(),
        is_ready=functools.partial(accepts_connections, port),
    )


def test_a_process_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    port = free_port()
    running = Running(listener(port), tmp_path / "log")
    thread = threading.Thread(target=running.start)
    thread.start()
    thread.join()
    try:
        assert accepts_connections(port)
    finally:
        running.stop()
    assert is_free(port)


def test_a_process_that_ends_at_its_start_is_shown_with_its_last_words(tmp_path: Path) -> None:
    broken = Process(
        name="broken",
        command=("sh", "-c", "echo cannot find my hat; exit 3"),
        environment=base_environment(),
        is_ready=lambda: False,
    )
    with pytest.raises(ProcessError, match="cannot find my hat"):
        Running(broken, tmp_path / "log").start()


def test_a_port_that_is_listened_on_is_not_free(tmp_path: Path) -> None:
    port = free_port()
    running = Running(listener(port), tmp_path / "log")
    assert is_free(port)
    running.start()
    try:
        assert not is_free(port)
    finally:
        running.kill()
