"""Free text in a query string."""

from typing import Annotated

from fastapi import Query

QueryText = Annotated[str, Query(max_length=10_000, pattern=r"^[^\x00]*$")]
"""Anything but NUL, which PostgreSQL takes in no text."""
