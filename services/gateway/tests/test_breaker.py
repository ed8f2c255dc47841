"""The breaker's states against a plain model, with a clock that moves only when told to."""

from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import ManualClock
from gateway.policies.breaker import Breaker, BreakerRules, _is_failure
from gateway.policies.retry import Budget
from gateway.request_context import Answer

RULES = BreakerRules(window_s=10, min_requests=4, failure_ratio=0.5, open_s=2.0, max_open_s=8.0)


def ended(breaker: Breaker, succeeded: bool) -> None:
    permit = breaker.admit()
    assert permit is not None
    breaker.record(permit, succeeded)


def opened() -> tuple[Breaker, ManualClock]:
    clock = ManualClock()
    breaker = Breaker(RULES, clock)
    for _ in range(4):
        ended(breaker, False)
    assert breaker.state == "open"
    return breaker, clock


def test_few_failures_say_nothing() -> None:
    breaker = Breaker(RULES, ManualClock())
    for _ in range(3):
        ended(breaker, False)
    assert breaker.state == "closed"


def test_it_opens_at_the_ratio_and_not_below() -> None:
    breaker = Breaker(RULES, ManualClock())
    for _ in range(5):
        ended(breaker, True)
    for _ in range(4):
        ended(breaker, False)
    assert breaker.state == "closed"
    ended(breaker, False)
    assert breaker.state == "open"


def test_old_failures_are_forgotten() -> None:
    clock = ManualClock()
    breaker = Breaker(RULES, clock)
    for _ in range(3):
        ended(breaker, False)
    clock.advance(11)
    ended(breaker, False)
    assert breaker.state == "closed"


def test_while_open_nobody_passes_and_then_only_probes() -> None:
    breaker, clock = opened()
    clock.advance(1.99)
    assert breaker.admit() is None
    clock.advance(0.02)
    permits = [breaker.admit() for _ in range(RULES.probes)]
    assert None not in permits
    assert breaker.admit() is None
    for permit in permits:
        breaker.record(permit, True)
    assert breaker.state == "closed"


def test_a_probe_that_fails_doubles_the_wait_up_to_its_bound() -> None:
    breaker, clock = opened()
    for wait in (2.0, 4.0, 8.0, 8.0):
        assert breaker.retry_after_s() == wait
        clock.advance(wait)
        ended(breaker, False)
        assert breaker.state == "open"


def test_a_probe_that_was_given_up_makes_room_for_another() -> None:
    breaker, clock = opened()
    clock.advance(2)
    permits = [breaker.admit() for _ in range(RULES.probes)]
    breaker.record(permits[0], None)
    assert breaker.admit() is not None


def test_results_from_before_it_opened_change_nothing() -> None:
    clock = ManualClock()
    breaker = Breaker(RULES, clock)
    late = [breaker.admit() for _ in range(10)]
    for _ in range(4):
        ended(breaker, False)
    clock.advance(2)
    probe = breaker.admit()
    for permit in late:
        breaker.record(permit, False)
    assert breaker.state == "half_open"
    breaker.record(probe, True)
    assert breaker.state == "half_open"


class Model:
    """The same rules, told plainly: a list of results with their times."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.state, self.results, self.since, self.wait = "closed", [], 0.0, RULES.open_s
        self.successes = 0

    def call(self, succeeded: bool) -> bool:
        """One request from start to end; whether it passed."""
        now = self.clock.monotonic()
        if self.state == "open":
            if now < self.since + self.wait:
                return False
            self.state, self.successes = "half_open", 0
        if self.state == "half_open":
            if succeeded:
                self.successes += 1
                if self.successes == RULES.probes:
                    self.state, self.results, self.wait = "closed", [], RULES.open_s
            else:
                self.wait = min(self.wait * 2, RULES.max_open_s)
                self.state, self.since = "open", now
            return True
        self.results.append((int(now), succeeded))
        self.results = [r for r in self.results if r[0] > int(now) - RULES.window_s]
        failures = sum(not ok for _, ok in self.results)
        enough = len(self.results) >= RULES.min_requests
        if not succeeded and enough and failures >= RULES.failure_ratio * len(self.results):
            self.state, self.since, self.results = "open", now, []
        return True


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.0, 0.0, 0.0, 0.25, 1.0, 2.5, 5.0, 20.0])),
        max_size=200,
    )
)
def test_it_behaves_like_the_plain_model(steps: list[tuple[bool, float]]) -> None:
    clock = ManualClock()
    breaker, model = Breaker(RULES, clock), Model(clock)
    for succeeded, later in steps:
        clock.advance(later)
        permit = breaker.admit()
        if permit is not None:
            breaker.record(permit, succeeded)
        assert model.call(succeeded) == (permit is not None)
        assert breaker.state == model.state


def test_what_counts_as_a_failure() -> None:
    for status in (200, 204, 400, 401, 404, 409, 422, 429, 501):
        assert not _is_failure(Answer(status, []))
    for status in (500, 502, 503, 504):
        assert _is_failure(Answer(status, []))
    for spoken in ("outcome_unknown", "unavailable", "overloaded"):
        assert not _is_failure(Answer(503, [], problem_type=spoken))
        assert _is_failure(Answer(500, [], problem_type=spoken))
    assert _is_failure(Answer(503, [], problem_type="internal"))


@given(st.lists(st.booleans(), max_size=500))
def test_retries_never_exceed_their_share(steps: list[bool]) -> None:
    budget = Budget(0.2, reserve=10)
    requests = retries = 0
    for is_request in steps:
        if is_request:
            requests += 1
            budget.earn()
        elif budget.spend():
            retries += 1
        assert retries <= 10 + 0.2 * requests + 1e-6
