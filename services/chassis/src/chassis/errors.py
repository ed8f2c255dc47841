"""Errors as RFC 9457 problem documents, with the integer `code` and the `message` that Alpaca's clients read.

Raise a `Problem`; the handlers installed by `install_error_handlers` turn it, and everything else that goes
wrong, into one shape. Nothing internal leaks: an unforeseen exception is logged and answered with its request id.
"""

import inspect
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from chassis.context import request_id

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that says no. Subclasses fix status, `type` and `code`; `detail` is the sentence that helps.

    `members` are further fields of the document (decimal amounts as strings); `headers` go on the answer.
    """

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"
    code: ClassVar[int] = 50010000

    def __init__(
        self, detail: str, *, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers
        self.members = members

    def document(self) -> dict[str, Any]:
        """The problem document, without the request id."""
        return problem_document(self.status, self.type, self.code, self.detail) | self.members


class MalformedRequest(Problem):
    """The body is not valid JSON."""

    status, type, code = 400, "malformed_request", 40010000


class Unauthorized(Problem):
    """The credentials are missing or wrong."""

    status, type, code = 401, "unauthorized", 40110000


class Forbidden(Problem):
    """The caller may not do this."""

    status, type, code = 403, "forbidden", 40310000


class NotFound(Problem):
    """There is no such thing, or it is not the caller's."""

    status, type, code = 404, "not_found", 40410000


class Conflict(Problem):
    """It stands against what there is."""

    status, type, code = 409, "conflict", 40910000


class PayloadTooLarge(Problem):
    """The body is too large."""

    status, type, code = 413, "payload_too_large", 41310000


class InvalidInput(Problem):
    """Malformed: a value is missing, of the wrong type or out of range."""

    status, type, code = 422, "invalid_input", 40010001


class NotPossible(Problem):
    """Well formed, but not possible as things stand."""

    status, type, code = 422, "not_possible", 42210000


class TooManyRequests(Problem):
    """More requests than the caller may send; nothing was done."""

    status, type, code = 429, "too_many_requests", 42910000


class Unavailable(Problem):
    """Nothing was done, and trying again later is safe."""

    status, type, code = 503, "unavailable", 50310000


class OutcomeUnknown(Problem):
    """The effect may or may not come about; the document says how to find out."""

    status, type, code = 503, "outcome_unknown", 50310001


class BadGateway(Problem):
    """Something this service depends on gave an answer that makes no sense."""

    status, type, code = 502, "bad_gateway", 50210000


_LONGEST_SENTENCE = 500
_BY_STATUS: dict[int, type[Problem]] = {
    problem.status: problem
    for problem in (MalformedRequest, Unauthorized, Forbidden, NotFound, PayloadTooLarge)
}
"""What the framework's own refusals are called: as if a service had raised them."""


def problem_document(status: int, type_: str, code: int, detail: str) -> dict[str, Any]:
    """One problem document: `message` repeats `detail` for Alpaca's clients."""
    return {
        "type": type_,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "message": detail,
    }


def problem_response(problem: Problem) -> Response:
    """`problem` as an answer, with the id of the request being served."""
    return _response(problem.status, problem.document(), problem.headers)


def problem_responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a FastAPI route that may answer with these problems, an example of each."""
    by_status: dict[int, dict[str, type[Problem]]] = {}
    for problem in problems:
        by_status.setdefault(problem.status, {})[problem.type] = problem
    return {status: _documented(list(of.values())) for status, of in by_status.items()}


def _documented(problems: list[type[Problem]]) -> dict[str, Any]:
    """One status: the problems that it may stand for, told apart by `type`."""
    fixed: dict[str, Any] = {
        "type": {"type": "string", "enum": [problem.type for problem in problems]},
        "status": {"type": "integer", "const": problems[0].status},
        "code": {"type": "integer", "enum": sorted({problem.code for problem in problems})},
    }
    texts = {name: {"type": "string"} for name in ("title", "detail", "message")}
    return {
        "description": " ".join(dict.fromkeys(_sentence(problem) for problem in problems)),
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail", "code", "message"],
                    "properties": fixed | texts | {"request_id": {"type": ["string", "null"]}},
                },
                "examples": {
                    problem.type: {
                        "value": problem_document(
                            problem.status, problem.type, problem.code, _sentence(problem)
                        )
                    }
                    for problem in problems
                },
            }
        },
    }


def _sentence(problem: type[Problem]) -> str:
    said = inspect.cleandoc(problem.__dict__.get("__doc__") or "").partition("\n")[0]
    return said or problem.type.replace("_", " ")


def install_error_handlers(app: FastAPI) -> None:
    """Answer every exception that reaches `app` in the one shape."""

    async def on_problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return problem_response(error)

    async def on_validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_response(validation_problem(error.errors()))

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = error.status_code
        known = _BY_STATUS.get(status)
        type_ = known.type if known else HTTPStatus(status).phrase.lower().replace(" ", "_")
        code = known.code if known else status * 100_000 + 10_000
        document = problem_document(status, type_, code, str(error.detail))
        headers = dict(error.headers) if error.headers else None
        return _response(status, document, headers)

    async def on_unforeseen(_: Request, error: Exception) -> Response:
        log.error("unhandled exception", exc_info=error)
        # Starlette answers these outside of all middleware, so nobody else adds the header.
        known_id = request_id()
        return problem_response(
            Problem(
                "internal error; quote the request id when you report it",
                headers={"X-Request-ID": known_id} if known_id else None,
            )
        )

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_unforeseen)


def validation_problem(errors: Any) -> Problem:
    """The first thing wrong with a request, as a sentence that names the field."""
    first = errors[0]
    if first["type"] == "json_invalid":
        return MalformedRequest("the body is not valid JSON")
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    sentence = f"{where}: {first['msg']}" if where else str(first["msg"])
    return InvalidInput(_short(sentence))


def _short(sentence: str) -> str:
    # It may hold a field's name, which is the client's own text and as long as they like.
    return sentence if len(sentence) <= _LONGEST_SENTENCE else f"{sentence[:_LONGEST_SENTENCE]}..."


def _response(status: int, document: dict[str, Any], headers: dict[str, str] | None) -> Response:
    return JSONResponse(
        document | {"request_id": request_id()},
        status_code=status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )
