"""The OpenAPI document of this service, completed: what every route may answer, and an example of each answer.

A route declares what is its own. What all of them share (credentials, scopes, bad values, keys, a database that is
away, the gateway's limits) is added here, and so is an example for every success, made of its schema.
"""

from typing import Any

from fastapi import FastAPI

from chassis.errors import (
    MEDIA_TYPE,
    BadGateway,
    Forbidden,
    InvalidInput,
    MalformedRequest,
    OutcomeUnknown,
    PayloadTooLarge,
    Problem,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    problem_responses,
)
from trading.idempotency import LONGEST_KEY, REPLAYED, KeyInUse, KeyReused

JSON = "application/json"
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
BETWEEN_SERVICES = frozenset({"/v1/events"})
_WRITES = frozenset({"post", "put", "patch", "delete"})
_KEY_PARAMETER = {
    "name": "idempotency-key",
    "in": "header",
    "required": False,
    "description": "A name for this request: sent again with it, the request is answered as it was first,"
    " and carried out once. Another request with the same key is refused.",
    "schema": {"type": "string", "maxLength": LONGEST_KEY, "pattern": "^[\\x21-\\x7e]+$"},
}
_REPLAYED_HEADER = {
    REPLAYED: {
        "description": "`true`: the answer to an earlier request with the same key.",
        "schema": {"type": "string"},
    }
}
_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
_BY_FORMAT = {
    "uuid": _ID,
    "date-time": "2026-03-16T14:30:00.123456Z",
    "date": "2026-03-16",
    "binary": "",
}
_BY_NAME = {
    "symbol": "ACME",
    "asset": "USD",
    "name": "Acme Incorporated",
    "account_number": "100000001",
    "client_order_id": "bot-7-0001",
    "next_cursor": "WyIyMDI2LTAzLTE2Il0",
    "reason": "a sentence",
    "description": "a sentence",
    "event_id": "17",
    "exchange": "",
}
"""Texts that are no amounts; any other text stands for one."""


def describe(app: FastAPI) -> None:
    """Let `app` tell the completed document."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            _complete(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of extending it


def _complete(document: dict[str, Any]) -> None:
    schemas = document.get("components", {}).get("schemas", {})
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path not in OPEN_PATHS:
                _add_problems(path, method, operation)
                if method in _WRITES:
                    _add_key(operation)
            for answer in operation["responses"].values():
                content = answer.get("content", {}).get(JSON)
                if content is not None and "schema" in content:
                    content.setdefault("example", example_of(content["schema"], schemas))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    _share_refusals(document)


def _share_refusals(document: dict[str, Any]) -> None:
    """What several routes answer alike stands once, among the components, named for its status and types."""
    shared: dict[str, Any] = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                problem = answer.get("content", {}).get(MEDIA_TYPE)
                if problem is not None:
                    types = problem["schema"]["properties"]["type"]["enum"]
                    name = ".".join([status, *types])
                    shared[name] = answer
                    operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    document["components"]["responses"] = dict(sorted(shared.items()))


def _add_problems(path: str, method: str, operation: dict[str, Any]) -> None:
    shared: list[type[Problem]] = [Unauthorized, Forbidden, Problem, Unavailable]
    if path not in BETWEEN_SERVICES:
        shared += [TooManyRequests, BadGateway]
    if operation.get("parameters"):
        shared.append(InvalidInput)
    if "requestBody" in operation:
        shared += [MalformedRequest, InvalidInput, PayloadTooLarge]
    if method in _WRITES:
        shared += [InvalidInput, KeyReused, KeyInUse, OutcomeUnknown]
    responses = operation["responses"]
    if JSON in responses.get("422", {}).get("content", {}):
        del responses["422"]  # the framework's own shape, in which nothing is answered here
    for status, response in problem_responses(*shared).items():
        known = responses.setdefault(str(status), response)
        if known is not response:
            responses[str(status)] = _merged(known, response)
    operation["responses"] = dict(sorted(responses.items()))


def _merged(declared: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """Both as one; the route's own problems first."""
    first, second = declared["content"][MEDIA_TYPE], shared["content"][MEDIA_TYPE]
    ours, theirs = first["schema"]["properties"], second["schema"]["properties"]
    properties = ours | {
        "type": ours["type"]
        | {"enum": list(dict.fromkeys(ours["type"]["enum"] + theirs["type"]["enum"]))},
        "code": ours["code"] | {"enum": sorted({*ours["code"]["enum"], *theirs["code"]["enum"]})},
    }
    sentences = [declared["description"], shared["description"]]
    return {
        "description": " ".join(dict.fromkeys(sentences)),
        "content": {
            MEDIA_TYPE: {
                "schema": first["schema"] | {"properties": properties},
                "examples": first["examples"] | second["examples"],
            }
        },
    }


def _add_key(operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    if not any(each["name"].lower() == "idempotency-key" for each in parameters):
        parameters.append(_KEY_PARAMETER)
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            answer["headers"] = answer.get("headers", {}) | _REPLAYED_HEADER


def example_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Any:
    """A value of `schema`: its own example, or one made of its parts. `name` is of the member that it is."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    if schema.get("examples"):
        return schema["examples"][0]
    for fixed in ("const", "default"):
        if fixed in schema:
            return schema[fixed]
    if "enum" in schema:
        return schema["enum"][0]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        if {"type": "null"} in choices:
            return None  # unless an example says what else
        return example_of(choices[0], schemas, name)
    return _example_of_type(schema, schemas, name)


def _example_of_type(schema: dict[str, Any], schemas: dict[str, Any], name: str) -> Any:
    match schema.get("type"):
        case "object" if "properties" in schema:
            members = schema["properties"].items()
            return {member: example_of(of, schemas, member) for member, of in members}
        case "object":
            return {}
        case "array":
            return [example_of(schema["items"], schemas, name.removesuffix("s"))]
        case "boolean":
            return False
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "string":
            return _BY_FORMAT.get(schema.get("format", "")) or _BY_NAME.get(name, "100")
        case _:
            return None
