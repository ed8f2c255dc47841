"""Runs a plan by JMeter, has it write its report, and reads what it measured."""

from __future__ import annotations

import csv
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from load.outcome import Outcome, Request, Served, judge, percentile
from load.plans import SYMBOLS, Phase, Plan
from load.runs import Run, RunFailed, programs_log
from replay.paths import CHECKOUT, LOCAL

HOME = LOCAL / "jmeter"
PLAN_FILE = CHECKOUT / "loadtest" / "jmeter" / "journeys.jmx"
REPORT_S = 300
DRAIN_S = 12
"""JMeter interrupts what is under way when its schedule ends; a request may take ten seconds."""
_TRADERS, _LAST = "Traders ", ("account", "positions")
# Every arrival is a thread of its own: small stacks, or a thousand that wait would need a gigabyte.
_JAVA = ["java", "-Xms256m", "-Xmx1g", "-Xss256k", "-Djava.awt.headless=true"]
_JAVA += ["-Djava.util.prefs.userRoot=/tmp", "-XX:-UsePerfData"]  # it shall write nowhere else


def run(run: Run) -> Outcome:
    """Raises RunFailed when JMeter could not do it."""
    home = run.program or HOME
    samples, log = run.folder / "samples.csv", run.folder / "jmeter.log"
    address = urlsplit(run.address)
    properties = {
        "protocol": address.scheme,
        "host": address.hostname or "",
        "port": str(address.port or (443 if address.scheme == "https" else 80)),
        "users": str(run.plan.users),
        "symbols": str(SYMBOLS),
        "schedule": schedule(run.plan.phases),
        "newcomers": newcomers(run.plan),
        # Idle threads of its pool would keep the process for another minute.
        "jmeterengine.force.system.exit": "true",
        "jmeter.save.saveservice.assertion_results_failure_message": "true",
        "jmeterengine.nongui.port": "0",
    }
    command = [*_JAVA, "-jar", str(home / "bin" / "ApacheJMeter.jar"), "-n"]
    command += ["-t", str(PLAN_FILE), "-l", str(samples), "-j", str(log)]
    command += [f"-J{name}={value}" for name, value in properties.items()]
    said = run.folder / "jmeter-said.log"
    with said.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=run.folder,
            env={**os.environ, **run.credentials()},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        code = run.wait(process)
    if code != 0 or not samples.is_file():
        raise RunFailed(f"JMeter ended with {code}:\n{programs_log(said)}")
    run.report = write_report(home, samples, run.folder)
    with samples.open(newline="") as lines:
        outcome = read(run.plan, csv.DictReader(lines))
    if not outcome.phases:
        raise RunFailed(f"the accounts could not be opened: see {samples}")
    return outcome


def write_report(home: Path, samples: Path, folder: Path) -> Path:
    """JMeter's own dashboard of the samples. Raises RunFailed."""
    report = folder / "report"
    command = [*_JAVA, "-jar", str(home / "bin" / "ApacheJMeter.jar"), "-g", str(samples)]
    command += ["-o", str(report), "-j", str(folder / "jmeter-report.log")]
    done = subprocess.run(
        command,
        cwd=folder,  # where it makes a folder for what it sorts
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=REPORT_S,
        check=False,
    )
    if done.returncode != 0 or not (report / "index.html").is_file():
        raise RunFailed(f"JMeter wrote no report:\n{done.stdout}{done.stderr}")
    return report / "index.html"


def schedule(phases: Iterable[Phase]) -> str:
    """Arrivals at random, in the words of JMeter's open model; each phase at its own steady rate."""
    steps = []
    for phase in phases:
        rate = f"rate({phase.journeys_per_s:g}/s)"
        steps.append(f"{rate} random_arrivals({phase.seconds:g} s) {rate}")
    return " ".join([*steps, f"pause({DRAIN_S} s)"])


def newcomers(plan: Plan) -> str:
    rate = f"rate({plan.newcomers_per_minute:g}/min)"
    return f"{rate} random_arrivals({plan.seconds:g} s) {rate} pause({DRAIN_S} s)"


@dataclass(slots=True)
class _Phase:
    took_ms: list[float] = field(default_factory=list)
    failed: int = 0
    done: int = 0


def read(plan: Plan, samples: Iterable[Mapping[str, str]]) -> Outcome:
    """The samples of a run: each request counts for the phase in which it was sent, a journey for that of its last."""
    took: defaultdict[str, list[float]] = defaultdict(list)
    failed: defaultdict[str, int] = defaultdict(int)
    traders: list[tuple[float, str, float, bool]] = []
    for sample in samples:
        label, elapsed = sample["label"], float(sample["elapsed"])
        good = sample["success"] == "true"
        took[label].append(elapsed)
        failed[label] += not good
        if sample["threadName"].startswith(_TRADERS):
            traders.append((float(sample["timeStamp"]) / 1000, label, elapsed, good))
    outcome = Outcome(phases=_by_phase(plan, traders))
    for label, values in took.items():
        values.sort()
        at = [percentile(values, percent) for percent in (50, 95, 99)]
        outcome.requests[label] = Request(len(values), failed[label], *at)
    outcome.broken = judge(plan, outcome)
    return outcome


def _by_phase(plan: Plan, traders: list[tuple[float, str, float, bool]]) -> dict[str, Served]:
    if not traders:
        return {}
    began = min(at for at, *_ in traders)
    phases = {phase.name: _Phase() for phase in plan.phases}
    for at, label, elapsed, good in traders:
        if at - began >= plan.seconds:
            continue  # of a platform that fell behind: nobody asked for it any more
        current = plan.phases[0]
        for phase in plan.phases:
            if phase.start <= at - began:
                current = phase
        of = phases[current.name]
        of.took_ms.append(elapsed)
        of.failed += not good
        of.done += good and label in _LAST
    served: dict[str, Served] = {}
    for name, of in phases.items():
        of.took_ms.sort()
        at50, at95, at99 = (percentile(of.took_ms, percent) for percent in (50, 95, 99))
        served[name] = Served(of.done, 0, len(of.took_ms), of.failed, at50, at95, at99)
    return served
