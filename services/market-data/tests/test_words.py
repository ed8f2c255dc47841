"""Numbers and times as text, in both directions, to the last digit."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import rfc3339_ns
from market_data.assets.catalog import Asset
from market_data.numbers import number, plain
from market_data.timestamps import parse_ns


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1E-8", "0.00000001"),
        ("1E+3", "1000"),
        ("100.50", "100.5"),
        ("5.000", "5"),
        ("0", "0"),
        ("0.00", "0"),
        ("1000", "1000"),
    ],
)
def test_numbers_are_plain(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
    assert msgspec.json.encode({"n": number(Decimal(value))}) == b'{"n":%s}' % text.encode()


@given(ticks=st.integers(1, 10**15), exponent=st.integers(0, 12))
def test_a_price_is_exactly_ticks_times_tick_size(ticks: int, exponent: int) -> None:
    asset = Asset("A", Decimal(1).scaleb(-exponent), Decimal(1))
    assert Decimal(plain(asset.price(ticks))).scaleb(exponent) == ticks


def test_vwap_has_four_digits_more_than_the_tick() -> None:
    asset = Asset("A", Decimal("0.01"), Decimal("0.001"))
    assert plain(asset.vwap(Decimal(20_000), Decimal(3))) == "66.666667"


@given(st.integers(0, 9_199_999_999_999_999_999))
def test_times_go_there_and_back(time_ns: int) -> None:
    assert parse_ns(rfc3339_ns(time_ns)) == time_ns


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02", 86_400),
        ("1970-01-01T01:00:00Z", 3600),
        ("1970-01-01T01:00:00+00:00", 3600),
        ("1970-01-01T01:00:00 00:00", 3600),
        ("1970-01-01T01:00:00-05:30", 3600 * 6 + 1800),
        ("1970-01-01t06:30:00.000+05:30", 3600),
    ],
)
def test_every_form_that_clients_send(text: str, seconds: int) -> None:
    assert parse_ns(text) == seconds * 10**9


@pytest.mark.parametrize(
    "text",
    ["now", "2026-13-01", "2026-02-30", "1969-12-31", "2300-01-01", "2026-01-01T00:00:00+99:00",
     "2026-01-01T25:00:00Z", "2026-01-01T00:00:00.1234567890Z", "٢٠٢٦-01-01"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_ns(text)
