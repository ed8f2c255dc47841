"""Runs a plan by k6 and reads what it measured."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from load.outcome import Outcome, Request, Served, judge
from load.plans import Plan
from load.runs import Run, RunFailed, programs_log
from replay.paths import CHECKOUT, LOCAL

PROGRAM = LOCAL / "bin" / "k6"
SCRIPT = CHECKOUT / "loadtest" / "k6" / "load.js"
_THRESHOLDS_CROSSED = 99


def run(run: Run) -> Outcome:
    """Raises RunFailed when k6 could not do it."""
    summary = run.folder / "k6-summary.json"
    report = run.folder / "report.html"
    environment = {
        **os.environ,
        **run.credentials(),
        "ADDRESS": run.address,
        "PLAN": run.plan.name,
        "RATE": str(run.plan.journeys_per_s),
        "SECONDS": str(run.plan.seconds),
        "USERS": str(run.plan.users),
        "SUMMARY": str(summary),
        "K6_NO_USAGE_REPORT": "true",
        "K6_WEB_DASHBOARD": "true",
        "K6_WEB_DASHBOARD_PORT": "-1",  # none: the report is all that is wanted of it
        "K6_WEB_DASHBOARD_EXPORT": str(report),
        "K6_WEB_DASHBOARD_PERIOD": f"{max(1, round(run.plan.seconds / 120))}s",
    }
    log = run.folder / "k6.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(run.program or PROGRAM), "run", "--quiet", "--no-color", str(SCRIPT)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        code = run.wait(process)
    if code not in (0, _THRESHOLDS_CROSSED) or not summary.is_file():
        raise RunFailed(f"k6 ended with {code}:\n{programs_log(log)}")
    told: dict[str, Any] = json.loads(summary.read_text())
    run.report = report
    return read(run.plan, told["metrics"], crossed=code == _THRESHOLDS_CROSSED)


def read(plan: Plan, metrics: Mapping[str, Any], *, crossed: bool) -> Outcome:
    """The metrics of k6's summary. `crossed`: k6 itself says that a threshold was."""
    outcome = Outcome()
    for phase in plan.phases:
        of = f"{{scenario:{phase.name}}}"
        if f"http_req_duration{of}" not in metrics:
            continue
        took = metrics[f"http_req_duration{of}"]["values"]
        # A body that is wrong fails a check, not the request.
        failed = metrics[f"http_req_failed{of}"]["values"]["passes"]
        wrong = metrics[f"checks{of}"]["values"]["fails"]
        outcome.phases[phase.name] = Served(
            journeys=int(metrics[f"iterations{of}"]["values"]["count"]),
            left_out=int(metrics[f"dropped_iterations{of}"]["values"]["count"]),
            requests=int(took["count"]),
            failed=int(max(failed, wrong)),
            p50_ms=took["med"],
            p95_ms=took["p(95)"],
            p99_ms=took["p(99)"],
        )
    for name, metric in metrics.items():
        if name.startswith("http_req_duration{name:") and metric["values"]["count"]:
            took = metric["values"]
            label = name.removeprefix("http_req_duration{name:").removesuffix("}")
            failed = metrics[f"http_req_failed{{name:{label}}}"]["values"]["passes"]
            outcome.requests[label] = Request(
                int(took["count"]), int(failed), took["med"], took["p(95)"], took["p(99)"]
            )
    outcome.broken = judge(plan, outcome)
    if crossed:
        outcome.broken += [one for one in _crossed(metrics) if one not in outcome.broken]
    return outcome


def _crossed(metrics: Mapping[str, Any]) -> list[str]:
    """k6's own words for the thresholds that were crossed."""
    return [
        f"k6: {name} must be {threshold}"
        for name, metric in metrics.items()
        for threshold, found in metric.get("thresholds", {}).items()
        if not found["ok"]
    ]
