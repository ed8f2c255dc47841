"""Any history of orders of every kind settles to what a plain ledger says, page by page, however the pages are cut, and
stands as the plain matching engine says.
"""

from random import Random

import pytest
from histories import run
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from trading.settlement.apply import HANDLERS


@settings(
    max_examples=100,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[
        HealthCheck.large_base_example,
        HealthCheck.data_too_large,
        HealthCheck.too_slow,
    ],
)
@given(st.binary(min_size=100, max_size=600))
def test_any_history_settles_to_what_the_plain_ledger_says(content: bytes) -> None:
    run(content)


@pytest.mark.slow
def test_long_histories_settle_to_what_the_plain_ledger_says() -> None:
    """A history's whole length meets what many orders alone can do: deep books, chains of replacements."""
    kinds: set[str] = set()
    given = 0
    for seed in range(300):
        brokerage = run(Random(seed).randbytes(3000))
        kinds |= {event.kind for event in brokerage.log}
        given += len(brokerage.books.given)
    assert kinds >= HANDLERS.keys() - {"limits_changed"}
    assert given > 100
