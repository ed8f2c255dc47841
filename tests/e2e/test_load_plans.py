"""The load plans on a real platform, by both programs: they pass, they fail when it is broken, nothing grows.

These take minutes and programs that only `make test-slow` and the load doors install.
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devkit.home import Home
from load.door import Options, Tool, perform
from load.plans import plan
from replay.platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
TOOLS: tuple[Tool, ...] = ("k6", "jmeter")
LATE = re.compile(r": p9[59] |p\(9[59]\)|could not be begun|dropped_iterations")
POPULATION_ORDERS = 32
"""Eight for each book; what comes after them is load."""


def read_summary(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return summary


@pytest.mark.parametrize("tool", TOOLS)
def test_the_smoke_plan_passes(platform: Platform, tool: Tool, tmp_path: Path) -> None:
    outcome, told = perform(platform, Options(tool, plan("smoke"), tmp_path / "out"))
    # On a machine that does other things at the same time answers may be late; no answer may be wrong.
    late = [sentence for sentence in outcome.broken if LATE.search(sentence)]
    assert outcome.broken == late, "\n".join(told)
    assert outcome.phases["smoke"].journeys > 40
    for name in ("register", "log in", "fund", "quote", "order", "market order", "read order",
                 "cancel", "account", "positions"):  # fmt: skip
        assert outcome.requests[name].count > 0, name
        assert outcome.requests[name].failed == 0, name
    summary = read_summary(tmp_path / "out")
    assert summary["cpu_seconds_by_process"]["trading"] > 0
    report = tmp_path / "out" / ("report.html" if tool == "k6" else "report/index.html")
    assert "html" in report.read_text()[:200].lower()
    assert platform.verify().violations == 0


@pytest.mark.parametrize("tool", TOOLS)
def test_a_platform_whose_engine_stands_still_does_not_pass(
    platform: Platform, tool: Tool, tmp_path: Path
) -> None:
    """Stopped, not killed: nobody restarts it, as with a disk that hangs."""
    (engine,) = platform.processes()["matching-engine"]
    trading = Home(platform.root).access()["services"]["trading"]
    before = placed(trading)
    done = threading.Event()
    stopper = threading.Thread(
        target=stop_when, args=(engine, lambda: placed(trading) > before + POPULATION_ORDERS, done)
    )
    stopper.start()
    try:
        outcome, _ = perform(platform, Options(tool, plan("smoke"), tmp_path / "out"))
    finally:
        done.set()
        stopper.join()
        os.kill(engine, signal.SIGCONT)
    assert [sentence for sentence in outcome.broken if "requests failed" in sentence]
    assert outcome.requests["order"].failed > 0
    assert outcome.requests["quote"].failed == 0, "quotes need no engine"
    assert read_summary(tmp_path / "out")["passed"] is False
    settled(platform)


def test_no_process_grows_with_what_it_serves(platform: Platform, tmp_path: Path) -> None:
    """A short soak; the hour is `make load-k6 PLAN=soak`. A line through the second two thirds, bytes a request."""
    soak = plan("soak", journeys_per_s=20, seconds=240)
    # Caches and pools are still filling after a minute: an hour's limit is lower (door.GROWTH_LIMIT).
    outcome, told = perform(platform, Options("k6", soak, tmp_path / "out", growth_limit=1_500))
    memory = read_summary(tmp_path / "out")["memory"]
    assert {"trading", "gateway", "matching-engine", "postgres", "market-data"} <= set(memory)
    assert all(one["samples"] > 50 for one in memory.values())
    assert not [sentence for sentence in outcome.broken if "grows by" in sentence], "\n".join(told)
    assert platform.verify().violations == 0


def placed(trading: str) -> float:
    """How many orders were answered, by the service's own count."""
    with urllib.request.urlopen(f"{trading}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.findall(
        r'^http_server_requests_total\{[^}]*method="POST"[^}]*route="/v2/orders"[^}]*\} (\S+)$',
        text, re.MULTILINE,
    )  # fmt: skip
    return sum(map(float, found))


def stop_when(pid: int, condition: Callable[[], bool], done: threading.Event) -> None:
    while not done.wait(0.05):
        if condition():
            os.kill(pid, signal.SIGSTOP)
            return


def settled(platform: Platform) -> None:
    """Once the engine goes on, what was undecided is decided, and every invariant holds again."""
    until = time.monotonic() + 60
    while (verdict := platform.verify()).violations and time.monotonic() < until:
        pass  # each takes a second or two
    assert verdict.violations == 0, verdict.output
