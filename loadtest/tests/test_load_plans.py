"""The plans: whole, bounded, the same for both programs, and sent to nobody who did not ask for them."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from load import jmeter
from load.addresses import AddressRefused, check_address
from load.jmeter import PLAN_FILE, schedule
from load.plans import MOST_JOURNEYS, PlanError, names, plan

K6 = Path(__file__).parents[1] / "k6"


@pytest.mark.parametrize("name", ["smoke", "ramp", "spike", "soak"])
def test_every_plan_fills_its_time_and_has_limits(name: str) -> None:
    found = plan(name)
    assert found.phases[0].start == 0
    for before, after in zip(found.phases, found.phases[1:], strict=False):
        assert after.start == pytest.approx(before.start + before.seconds)
    last = found.phases[-1]
    assert last.start + last.seconds == pytest.approx(found.seconds)
    assert max(phase.journeys_per_s for phase in found.phases) == found.journeys_per_s
    assert len({phase.name for phase in found.phases}) == len(found.phases)
    assert any(phase.failed is not None and phase.p99_ms is not None for phase in found.phases)


def test_no_plan_is_forgotten_above() -> None:
    assert names() == ["smoke", "ramp", "spike", "soak"]


def test_what_is_given_takes_the_place_of_the_plans_own() -> None:
    found = plan("spike", journeys_per_s=30, seconds=45, users=6)
    assert [phase.journeys_per_s for phase in found.phases] == pytest.approx([6, 30, 6, 6])
    assert [phase.seconds for phase in found.phases] == pytest.approx([15, 10, 5, 15])
    assert found.users == 6


@pytest.mark.parametrize(
    "asked",
    [
        {"journeys_per_s": 0.0},
        {"journeys_per_s": 1e9},
        {"seconds": 0.0},
        {"seconds": 1e9},
        {"journeys_per_s": 1500.0, "seconds": MOST_JOURNEYS / 1000},
        {"users": 1},
        {"users": 100_000},
    ],
)
def test_a_run_is_bounded_in_time_count_and_people(asked: dict[str, float]) -> None:
    with pytest.raises(PlanError):
        plan("soak", **asked)  # type: ignore[arg-type]  # each is of its own kind


def test_a_plan_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(PlanError, match="smoke, ramp, spike, soak"):
        plan("stress")


def test_jmeter_is_told_each_phase_at_its_own_steady_rate() -> None:
    text = schedule(plan("spike", journeys_per_s=30, seconds=45).phases)
    assert text.startswith(
        "rate(6/s) random_arrivals(15 s) rate(6/s) rate(30/s) random_arrivals(10 s)"
    )
    assert text.endswith(f"pause({jmeter.DRAIN_S} s)")


# --- Both programs make the same journeys ----------------------------------------------------------


def test_both_programs_make_the_same_requests_under_the_same_names() -> None:
    tree = ET.parse(PLAN_FILE).getroot()
    in_jmeter = {
        (sampler.get("testname"), sampler.findtext("stringProp[@name='HTTPSampler.method']"))
        for sampler in tree.iter("HTTPSamplerProxy")
    }
    text = "\n".join((K6 / name).read_text() for name in ("population.js", "journeys.js"))
    in_k6 = set(re.findall(r"(?:ask|insist)\('([^']+)', '(\w+)'", text))
    in_k6 |= {(name, "POST") for name in re.findall(r"place\('([^']+)'", text)}
    # Only k6 repeats a registration whose answer was lost, and then asks who that was.
    assert in_jmeter == in_k6 - {("who am I", "GET")}
    assert len(in_k6) > 10


def test_every_request_of_jmeters_plan_looks_at_its_answer() -> None:
    tree = ET.parse(PLAN_FILE).getroot()
    looked_at = 0
    for parent in tree.iter("hashTree"):
        children = list(parent)
        for sampler, below in itertools.pairwise(children):
            if sampler.tag == "HTTPSamplerProxy":
                assert below.find("ResponseAssertion") is not None, sampler.get("testname")
                looked_at += 1
    assert looked_at > 20


# --- Whom load is sent to --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://127.0.0.1:8080", {"127.0.0.1"}),
        ("http://localhost:8080/", {"127.0.0.1", "::1"}),
        ("http://198.18.0.2", {"198.18.0.2"}),
    ],
)
def test_this_machine_and_its_cluster_may_be_loaded(url: str, found: set[str]) -> None:
    assert check_address(url, resolve=lambda _: found, environment={}) == url.rstrip("/")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://example.com", {"93.184.215.14"}),
        ("http://10.0.0.7:8080", {"10.0.0.7"}),
        ("http://gateway:8080", {"10.96.0.9"}),
        # One address of several is enough: who answers is chosen later.
        ("http://mixed.example", {"127.0.0.1", "93.184.215.14"}),
    ],
)
def test_nobody_else_may(url: str, found: set[str]) -> None:
    with pytest.raises(AddressRefused, match="--anywhere"):
        check_address(url, resolve=lambda _: found, environment={})
    assert check_address(url, anywhere=True, resolve=lambda _: found, environment={})


@pytest.mark.parametrize(
    "host", ["gateway", "gateway.trading.svc", "gateway.trading.svc.cluster.local"]
)
def test_in_a_cluster_its_own_services_may_be_loaded_and_no_others(host: str) -> None:
    inside = {"KUBERNETES_SERVICE_HOST": "10.96.0.1"}
    url = f"http://{host}:8080"
    assert check_address(url, resolve=lambda _: {"10.96.0.9"}, environment=inside) == url
    with pytest.raises(AddressRefused):
        check_address(url, resolve=lambda _: {"93.184.215.14"}, environment=inside)
    with pytest.raises(AddressRefused):
        check_address("http://db.corp.example", resolve=lambda _: {"10.0.0.7"}, environment=inside)


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8080", "ftp://127.0.0.1", "http://127.0.0.1/v2", "http://u:p@127.0.0.1"]
)
def test_what_is_no_gateways_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(url, anywhere=True, resolve=lambda _: {"127.0.0.1"}, environment={})


def test_an_unknown_name_is_refused() -> None:
    def unknown(_: str) -> set[str]:
        raise OSError("no such name")

    with pytest.raises(AddressRefused, match="no such name"):
        check_address("http://nowhere.invalid", resolve=unknown, environment={})
