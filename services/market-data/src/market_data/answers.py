"""Answers as JSON bytes."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi.responses import Response

_encode = msgspec.json.Encoder().encode


def answer(document: Any, headers: Mapping[str, str] | None = None) -> Response:
    """`document` (structs, dictionaries, `Number`s) as the answer."""
    return Response(_encode(document), media_type="application/json", headers=headers)
