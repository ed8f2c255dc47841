"""Holds every answer of a test against the OpenAPI document: its status, its schema, and of a refusal its type."""

import copy
import json
import re
from functools import cache
from typing import Any

import httpx
import jsonschema
from fastapi import FastAPI

PROBLEM = "application/problem+json"


class Document:
    """The application's own document, made strict: a member that it does not name is an error."""

    def __init__(self, document: dict[str, Any]) -> None:
        document = copy.deepcopy(document)
        self.paths: dict[str, Any] = document["paths"]
        self.components: dict[str, Any] = document["components"]
        for schema in self.components["schemas"].values():
            if schema.get("type") == "object":
                schema["additionalProperties"] = False
        for operations in self.paths.values():
            for operation in operations.values():
                self._look_up(operation["responses"])
        # The one with the fewest parameters first, as the routes are found.
        self._templates = [
            (
                re.compile(_PARAMETER.sub("[^/]+" if "symbol" not in template else ".+", template)),
                template,
            )
            for template in sorted(self.paths, key=lambda template: template.count("{"))
        ]
        self._validators: dict[tuple[str, str, int], Any] = {}

    def _look_up(self, responses: dict[str, Any]) -> None:
        for status, answer in responses.items():
            if "$ref" in answer:
                name = answer["$ref"].rpartition("/")[2]
                responses[status] = self.components["responses"][name]

    def path_of(self, path: str) -> str | None:
        """The template of `path`, if the document knows it."""
        found = (template for pattern, template in self._templates if pattern.fullmatch(path))
        return next(found, None)

    def check(self, method: str, path: str, status: int, kind: str, body: bytes) -> None:
        """Fails for an answer that is not documented so."""
        template = self.path_of(path)
        operation = self.paths.get(template, {}).get(method.lower())
        if template is None or operation is None:
            return  # 404 and 405 of the framework
        where = f"{method} {template} {status}"
        assert str(status) in operation["responses"], f"{where} is not documented: {body[:500]!r}"
        content = operation["responses"][str(status)].get("content", {})
        if not body:
            assert not content or status == 304, f"{where} is documented with a body"
            return
        kind = kind.partition(";")[0]
        assert kind in content, f"{where} is not documented as {kind}"
        if kind.endswith("json"):
            self._validator(method, template, status, content[kind]).validate(json.loads(body))

    def validate_request(self, method: str, path: str, body: Any) -> None:
        operation = self.paths[self.path_of(path.partition("?")[0])][method.lower()]
        self._make(operation["requestBody"]["content"]["application/json"]["schema"]).validate(body)

    def _validator(self, method: str, template: str, status: int, content: Any) -> Any:
        key = (method, template, status)
        if key not in self._validators:
            self._validators[key] = self._make(content["schema"])
        return self._validators[key]

    def _make(self, schema: Any) -> Any:
        return jsonschema.Draft202012Validator(
            schema | {"components": self.components}, format_checker=jsonschema.FormatChecker()
        )


_PARAMETER = re.compile(r"{\w+}")


@cache
def _document(text: str) -> Document:
    return Document(json.loads(text))


def document_of(app: FastAPI) -> Document:
    """Of `app`; one for all apps that say the same."""
    return _document(json.dumps(app.openapi()))


def held_to(document: Document) -> Any:
    """Event hooks for an httpx client."""

    async def check(answer: httpx.Response) -> None:
        body = await answer.aread()
        request = answer.request
        kind = answer.headers.get("content-type", "")
        document.check(request.method, request.url.path, answer.status_code, kind, body)

    return {"response": [check]}
