"""How long the caller waits, whatever the caller writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from chassis.clock import ManualClock
from chassis.deadline import MAX_MS, deadline_from


def test_a_deadline_comes_nearer_and_passes() -> None:
    clock = ManualClock()
    deadline = deadline_from(Headers({"X-Deadline-Ms": "1500"}), clock, default_s=9)
    assert deadline.remaining_s() == 1.5
    clock.advance(1)
    assert deadline.remaining_s() == 0.5
    assert not deadline.passed
    clock.advance(0.5)
    assert deadline.passed
    clock.advance(10)
    assert deadline.remaining_s() == 0


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5", "1e3", " 5", "\u00b2", "9" * 10, "+1"])
def test_what_is_no_number_counts_as_none(text: str) -> None:
    deadline = deadline_from(Headers({"X-Deadline-Ms": text}), ManualClock(), default_s=9)
    assert deadline.remaining_s() == 9


@given(st.integers(0, 999_999_999))
def test_no_caller_waits_longer_than_ten_minutes(milliseconds: int) -> None:
    headers = Headers({"X-Deadline-Ms": str(milliseconds)})
    remaining = deadline_from(headers, ManualClock(), default_s=9).remaining_s()
    assert remaining == min(milliseconds, MAX_MS) / 1000


def test_no_header_means_the_default() -> None:
    assert deadline_from(Headers({}), ManualClock(), default_s=2.5).remaining_s() == 2.5
