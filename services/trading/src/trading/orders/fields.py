"""The members of a JSON body, each asked for by name and kind; `null` and `""` are as good as absent."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from chassis.errors import InvalidInput, MalformedRequest
from trading.amounts import parse_amount
from trading.times import parse_time


class _Number(str):
    """The text of a JSON number: converted exactly, never through a binary float."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object; every method raises `InvalidInput` for a value that is not of its kind."""

    values: dict[str, Any]
    within: str = ""
    """What stands before the names in sentences."""

    def get(self, name: str) -> Any:
        return self.values.get(name)

    def refuse_others(self, known: frozenset[str]) -> None:
        for name in self.values:
            if name not in known:
                raise InvalidInput(f"unknown member {name[:64]!r}")

    def text(self, name: str, longest: int) -> str | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or isinstance(value, _Number):
            raise InvalidInput(f"{self.within}{name} must be text")
        if len(value) > longest:
            raise InvalidInput(f"{self.within}{name} must have at most {longest} characters")
        if not value.isprintable():  # control characters, NUL and lone surrogates
            raise InvalidInput(f"{self.within}{name} must have printable characters only")
        return value

    def choice(self, name: str, choices: Any) -> Any:
        """A required member of an enumeration."""
        chosen = self.optional_choice(name, choices)
        if chosen is None:
            raise InvalidInput(f"{name} is required")
        return chosen

    def optional_choice(self, name: str, choices: Any) -> Any:
        value = self.values.get(name)
        if value is None:
            return None
        try:
            return choices(value)
        except ValueError:
            offered = ", ".join(choices)
            raise InvalidInput(f"invalid {name}: it must be one of {offered}") from None

    def one_of(self, name: str, choices: tuple[str, ...]) -> str | None:
        value = self.values.get(name)
        if value is None or (isinstance(value, str) and value in choices):
            return value
        raise InvalidInput(f"invalid {name}: it must be one of {', '.join(choices)}")

    def decimal(self, name: str) -> Decimal | None:
        value = self.values.get(name)
        return None if value is None else parse_amount(f"{self.within}{name}", value)

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise InvalidInput(f"{name} must be true or false")
        return value

    def moment(self, name: str) -> datetime | None:
        value = self.text(name, 64)
        return None if value is None else parse_time(name, value)

    def inner(self, name: str) -> "Fields | None":
        """An object within the object."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise InvalidInput(f"{name} must be an object")
        return Fields(_given(value), f"{name}.")


def fields_of(body: bytes) -> Fields:
    """The object in `body`. Raises `MalformedRequest` or `InvalidInput`."""
    try:
        values = json.loads(
            body.decode(), parse_float=_Number, parse_int=_Number, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError):
        raise MalformedRequest("the body is not valid JSON") from None
    if not isinstance(values, dict):
        raise InvalidInput("the body must be a JSON object")
    return Fields(_given(values))


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value != ""}


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)
