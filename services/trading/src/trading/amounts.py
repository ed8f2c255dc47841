"""Amounts in request bodies: exact decimals of sane size, whether they come as text or as JSON numbers."""

import json
import re
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BeforeValidator, ValidationInfo
from starlette.types import Scope

from chassis.errors import InvalidInput
from trading.domain.money import ZERO

_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,2})?\Z", re.ASCII)
_LARGEST_EXPONENT = 18


def parse_amount(name: str, value: Any) -> Decimal:
    """A positive decimal of sane size from the text of a number. Raises `InvalidInput`."""
    if not isinstance(value, str) or not _NUMBER.match(value):
        raise InvalidInput(f"{name} must be a decimal number")
    amount = Decimal(value)
    if amount <= ZERO:
        raise InvalidInput(f"{name} must be greater than 0")
    if abs(amount.adjusted()) > _LARGEST_EXPONENT:
        raise InvalidInput(f"{name} is out of range")
    return amount


def _amount(value: Any, info: ValidationInfo) -> Decimal:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return parse_amount(str(info.field_name), str(value) if is_number else value)


ExactAmount = BeforeValidator(_amount)
"""In the annotation of a model's `Decimal`, on routes of the class below."""


class ExactNumbersRoute(APIRoute):
    """Bodies are JSON, whatever their header says, since Alpaca's clients name no type, an empty one, or another.

    JSON numbers reach the models as they were written, never through a binary float.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_exactly(request: Request) -> Response:
            return await handle(_ExactRequest(_said_to_be_json(request.scope), request.receive))

        return handle_exactly


def _said_to_be_json(scope: Scope) -> Scope:
    if scope["method"] in ("GET", "HEAD"):
        return scope
    headers = [header for header in scope["headers"] if header[0] != b"content-type"]
    return {**scope, "headers": [*headers, (b"content-type", b"application/json")]}


class _ExactRequest(Request):
    async def json(self) -> Any:
        return json.loads(await self.body(), parse_float=Decimal)
