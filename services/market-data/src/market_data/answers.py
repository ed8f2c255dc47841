"""Answers as JSON bytes, and what they look like for the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.responses import Response

_encode = msgspec.json.Encoder().encode
_components: dict[str, Any] = {}


def answer(document: Any, headers: Mapping[str, str] | None = None) -> Response:
    """`document` (structs, dictionaries, `Number`s) as the answer."""
    return Response(_encode(document), media_type="application/json", headers=headers)


def answers_with(shape: Any) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: it answers a `shape`, which FastAPI cannot know since it gets bytes."""
    (schema,), components = msgspec.json.schema_components(
        [shape], ref_template="#/components/schemas/{name}"
    )
    _components.update(components)
    return {200: {"content": {"application/json": {"schema": schema}}}}


def document_shapes(app: FastAPI) -> None:
    """Put into the app's OpenAPI document what `answers_with` refers to."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        document.setdefault("components", {}).setdefault("schemas", {}).update(_components)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of extending it
