"""The list of acknowledgements is held against the log strictly: this is what fault tests rest on."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from promises import Logged, broken_promises

from replay.trader import Acknowledgement


def told(kind: Literal["place", "cancel"], name: str, client_order_id: str) -> Acknowledgement:
    return Acknowledgement(kind, name, f"id-{name}", client_order_id, "new", "0", "answer", 0.1)


PLACED, CANCELLED = told("place", "a", "run-a"), told("cancel", "a", "run-a")
IN_THE_LOG = Logged(Counter({"id-a": 1}), Counter({"id-a": 1}), Counter({"run-a": 1, "other": 2}))


def test_what_is_in_the_log_once_is_kept() -> None:
    assert broken_promises([PLACED, CANCELLED], IN_THE_LOG, "run") == []


def test_an_acknowledged_order_that_the_log_lacks_is_reported() -> None:
    (broken,) = broken_promises([PLACED], Logged(), "run")
    assert "place of order id-a (run-a)" in broken


def test_an_acknowledged_cancel_that_the_log_lacks_is_reported() -> None:
    logged = Logged(IN_THE_LOG.accepted, Counter(), IN_THE_LOG.client_order_ids)
    (broken,) = broken_promises([PLACED, CANCELLED], logged, "run")
    assert "cancel of order id-a (run-a)" in broken


def test_an_order_that_is_in_the_log_twice_is_reported() -> None:
    twice = Logged(Counter({"id-a": 2}), Counter(), Counter({"run-a": 2}))
    assert len(broken_promises([PLACED], twice, "run")) == 2
    under_two_ids = Logged(Counter({"id-a": 1, "id-b": 1}), Counter(), Counter({"run-a": 2}))
    assert len(broken_promises([PLACED], under_two_ids, "run")) == 1


def test_an_order_that_was_said_never_to_have_happened_and_did_is_reported() -> None:
    again = told("place", "b", "run-a-2")
    logged = Logged(Counter({"id-a": 1, "id-b": 1}), Counter(), Counter({"run-a": 1, "run-a-2": 1}))
    assert broken_promises([again], logged, "run") == [
        "run-a is in the log, and nobody was told so"
    ]
