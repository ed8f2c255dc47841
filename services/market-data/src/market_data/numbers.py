"""Decimals as JSON: the exact digits, never through a binary float, and never with an exponent."""

from decimal import Decimal
from typing import Annotated

import msgspec

Number = Annotated[msgspec.Raw, msgspec.Meta(extra_json_schema={"type": "number"})]
"""A JSON number that is already text."""


def plain(value: Decimal) -> str:
    """`value` without exponent or trailing zeros: 5, 0.00012345, 1000."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def number(value: Decimal) -> Number:
    """`value` for a field that Alpaca's clients read as a JSON number."""
    return msgspec.Raw(plain(value).encode())
