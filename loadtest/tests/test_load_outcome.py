"""What is read from both programs' figures, and how it is judged: every limit can be broken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from load import jmeter, k6
from load.memory import anonymous_bytes, growth
from load.outcome import Outcome, Served, judge, knee, percentile
from load.plans import Plan, plan

SPIKE = plan("spike", journeys_per_s=50, seconds=90)
GOOD = Served(journeys=100, left_out=0, requests=600, failed=0, p50_ms=10, p95_ms=50, p99_ms=90)


def all_good(of: Plan) -> Outcome:
    return Outcome({phase.name: GOOD for phase in of.phases})


# --- Judging ---------------------------------------------------------------------------------------


def test_a_run_that_keeps_every_limit_passes() -> None:
    assert judge(SPIKE, all_good(SPIKE)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(GOOD, failed=2), "after: 2 of 600 requests failed"),
        (replace(GOOD, left_out=3), "after: 3 journeys could not be begun"),
        (replace(GOOD, p95_ms=251), "after: p95 is 251 ms"),
        (replace(GOOD, p99_ms=501), "after: p99 is 501 ms"),
        (replace(GOOD, requests=0), "after: no request was answered"),
    ],
)
def test_each_limit_can_be_broken(wrong: Served, said: str) -> None:
    outcome = all_good(SPIKE)
    outcome.phases["after"] = wrong
    (broken,) = judge(SPIKE, outcome)
    assert broken.startswith(said)


def test_a_spike_may_cost_time_but_few_answers() -> None:
    outcome = all_good(SPIKE)
    outcome.phases["spike"] = replace(GOOD, p95_ms=5_000, p99_ms=9_000, failed=6)
    assert judge(SPIKE, outcome) == []
    outcome.phases["spike"] = replace(GOOD, failed=7)
    assert judge(SPIKE, outcome)


def test_a_phase_that_never_came_is_a_failure() -> None:
    outcome = all_good(SPIKE)
    del outcome.phases["after"]
    assert judge(SPIKE, outcome) == ["after: no request was answered"]


def test_the_knee_is_the_last_step_before_the_first_that_is_not_borne() -> None:
    ramp = plan("ramp", journeys_per_s=100, seconds=100)  # ten steps of ten seconds
    outcome = Outcome(
        {
            phase.name: replace(GOOD, journeys=round(phase.journeys_per_s * phase.seconds))
            for phase in ramp.phases
        }
    )
    found = knee(ramp, outcome)
    assert found is not None
    assert found.first_over is None
    outcome.phases["step-06"] = replace(outcome.phases["step-06"], p99_ms=800)
    found = knee(ramp, outcome)
    assert found is not None
    assert found.last is not None
    assert (found.last.name, found.why) == ("step-05", "p99 was 800 ms")
    outcome.phases["step-03"] = replace(outcome.phases["step-03"], journeys=290)
    found = knee(ramp, outcome)
    assert found is not None
    assert found.why == "290 of 300 journeys were done"
    assert knee(SPIKE, all_good(SPIKE)) is None


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert [percentile(range(1, 101), at) for at in (50, 95, 99)] == [50, 95, 99]
    assert percentile([7.0], 99) == 7.0
    assert percentile([], 50) == 0.0


# --- Reading k6 ------------------------------------------------------------------------------------


def k6_metrics(**changed: Any) -> dict[str, Any]:
    """A summary as k6 writes it, of the smoke plan."""
    took = {"med": 10.0, "p(95)": 50.0, "p(99)": 90.0, "count": 330, "avg": 1, "min": 1, "max": 99}
    ok = {"p(99)<=2000": {"ok": changed.get("in_time", True)}}
    return {
        "http_req_duration{scenario:smoke}": {"values": took, "thresholds": ok},
        "http_req_failed{scenario:smoke}": {"values": {"passes": changed.get("failed", 0)}},
        "checks{scenario:smoke}": {"values": {"fails": changed.get("wrong", 0)}},
        "iterations{scenario:smoke}": {"values": {"count": 60}},
        "dropped_iterations{scenario:smoke}": {"values": {"count": changed.get("dropped", 0)}},
        "http_req_duration{name:quote}": {"values": took},
        "http_req_failed{name:quote}": {"values": {"passes": 0}},
    }


def test_k6s_summary_is_read() -> None:
    outcome = k6.read(plan("smoke"), k6_metrics(), crossed=False)
    assert outcome.broken == []
    assert outcome.phases["smoke"] == Served(60, 0, 330, 0, 10.0, 50.0, 90.0)
    assert outcome.requests["quote"].count == 330


@pytest.mark.parametrize("changed", [{"failed": 1}, {"wrong": 1}, {"dropped": 1}])
def test_a_failure_a_wrong_body_and_a_journey_left_out_each_break_a_smoke_test(
    changed: dict[str, int],
) -> None:
    assert k6.read(plan("smoke"), k6_metrics(**changed), crossed=False).broken


def test_what_only_k6_found_is_told_in_its_words() -> None:
    outcome = k6.read(plan("smoke"), k6_metrics(in_time=False), crossed=True)
    assert outcome.broken == ["k6: http_req_duration{scenario:smoke} must be p(99)<=2000"]


# --- Reading JMeter --------------------------------------------------------------------------------


def samples(of: Plan, *, failing: str = "") -> Iterator[dict[str, str]]:
    """One journey a second, of a quote, an order and a look, from a minute past some epoch on."""
    for second in range(int(of.seconds)):
        for n, label in enumerate(("quote", "order", "account")):
            yield {
                "timeStamp": str(60_000 + second * 1000 + n * 100),
                "elapsed": str(10 * (n + 1)),
                "label": label,
                "success": "false" if label == failing else "true",
                "threadName": f"Traders 1-{second}",
            }


def test_jmeters_samples_fall_into_their_phases() -> None:
    outcome = jmeter.read(SPIKE, samples(SPIKE))
    assert [outcome.phases[phase.name].requests for phase in SPIKE.phases] == [90, 60, 30, 90]
    assert [outcome.phases[phase.name].journeys for phase in SPIKE.phases] == [30, 20, 10, 30]
    assert outcome.phases["after"].p50_ms == 20
    assert outcome.requests["order"].count == 90
    assert outcome.broken == []


def test_a_failed_sample_of_jmeter_breaks_the_phases_that_have_a_limit() -> None:
    broken = jmeter.read(SPIKE, samples(SPIKE, failing="order")).broken
    assert [sentence.split(":")[0] for sentence in broken] == ["before", "spike", "after"]


def test_requests_of_the_population_and_of_newcomers_count_for_no_phase() -> None:
    other = [
        {
            "timeStamp": "1",
            "elapsed": "9",
            "label": "register",
            "success": "true",
            "threadName": name,
        }
        for name in ("Population 1-1", "Newcomers 2-1")
    ]
    outcome = jmeter.read(SPIKE, [*other, *samples(SPIKE)])
    assert sum(served.requests for served in outcome.phases.values()) == 270
    assert outcome.requests["register"].count == 2


def test_what_is_sent_after_the_plan_is_over_makes_the_last_phase_no_faster() -> None:
    late = [{**sample, "timeStamp": str(60_000 + 95_000)} for sample in list(samples(SPIKE))[:3]]
    outcome = jmeter.read(SPIKE, [*samples(SPIKE), *late])
    assert outcome.phases["after"].requests == 90


def test_a_run_without_samples_passes_nothing() -> None:
    assert len(jmeter.read(SPIKE, []).broken) == len(SPIKE.phases)


# --- Memory ----------------------------------------------------------------------------------------


def test_growth_is_told_a_request() -> None:
    steady = [(float(at), {"trading": 80_000_000}) for at in range(60)]
    assert growth(steady, "trading", 100.0).per_request == 0
    leaking = [(float(at), {"trading": 80_000_000 + at * 100 * 500}) for at in range(60)]
    assert growth(leaking, "trading", 100.0).per_request == pytest.approx(500)


def test_a_burst_that_is_given_back_is_no_growth() -> None:
    burst = [
        (float(at), {"trading": 90_000_000 if at % 10 == 0 else 80_000_000}) for at in range(60)
    ]
    found = growth(burst, "trading", 100.0)
    assert found.per_request == 0
    assert found.highest == 90_000_000


def test_a_long_series_is_thinned_and_tells_the_same() -> None:
    leaking = [(at / 10, {"trading": round(80_000_000 + at * 5_000)}) for at in range(3_000)]
    assert growth(leaking, "trading", 100.0).per_request == pytest.approx(500)


def test_two_samples_are_no_line() -> None:
    with pytest.raises(ValueError, match="three"):
        growth([(0.0, {"a": 1}), (1.0, {"a": 1})], "a", 1.0)


def test_memory_that_a_process_takes_is_seen() -> None:
    before = anonymous_bytes({"this": [os.getpid()]})["this"]
    held = bytearray(os.urandom(1024) * 32 * 1024)
    after = anonymous_bytes({"this": [os.getpid()]})["this"]
    assert 30_000_000 < after - before < 60_000_000
    assert len(held) == 32 * 1024 * 1024
    assert anonymous_bytes({"gone": [2**22 + 1]}) == {"gone": 0}
