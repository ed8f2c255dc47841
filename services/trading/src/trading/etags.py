"""Entity tags (RFC 9110, 8.8.3 and 13.1): what has not changed is not sent again, nor written over unseen.

A tag is a hash of the document as it is sent, so it changes exactly when the document does.
"""

import hashlib
from typing import Annotated, Any, ClassVar

from fastapi import Header
from fastapi.responses import Response
from pydantic import BaseModel, TypeAdapter

from chassis.errors import Problem

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="Change it only while this is its entity tag."),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", description="304 while this is its entity tag."),
]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is as it was when the tag in `If-None-Match` was given."}
}
_MOST_TAGS = 20


class PreconditionFailed(Problem):
    """It has changed since the tag in `If-Match` was given; nothing was done."""

    status: ClassVar[int] = 412
    type: ClassVar[str] = "precondition_failed"
    code: ClassVar[int] = 41210000


def encode(document: BaseModel | list[Any], kind: Any = None) -> bytes:
    """A document's bytes as they are sent; `kind` is the type of what is no model itself."""
    if isinstance(document, BaseModel):
        return document.model_dump_json(by_alias=True).encode()
    return TypeAdapter(kind).dump_json(document, by_alias=True)


def tagged(body: bytes, if_none_match: str | None = None) -> Response:
    """`body` with its tag, or 304 when the client has it."""
    tag = _tag(body)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and _names(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def check_unchanged(body: bytes, if_match: str | None) -> None:
    """Raises `PreconditionFailed` when `If-Match` names tags, and none is that of `body`."""
    if if_match is not None and not _names(if_match, _tag(body)):
        raise PreconditionFailed("it has changed since; read it again")


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _names(header: str, tag: str) -> bool:
    # A proxy that compresses on the way makes a tag weak; the document is the same.
    tags = [each.strip().removeprefix("W/") for each in header.split(",", _MOST_TAGS)]
    return "*" in tags or tag in tags
