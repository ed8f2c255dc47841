"""The written API is the real one, and the gateway's table opens exactly what the services answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chassis.errors import Problem
from gateway.matching import RouteIndex
from gateway.routes import BETWEEN_SERVICES, SAFE_METHODS, TABLE, Route
from tests.contract.openapi import FOLDER, documents, file_of

SAMPLE = "sample"
"""What stands for a parameter: one segment that no path has in its place."""


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return documents()


def operations(service: str) -> Iterator[tuple[str, str]]:
    """Method and path template of everything that a service answers to the outside, as it is written."""
    for path, methods in json.loads(file_of(service).read_text())["paths"].items():
        if path not in BETWEEN_SERVICES:
            yield from ((method.upper(), path) for method in methods)


def sample(template: str) -> str:
    return re.sub(r"\{\w+\}", SAMPLE, template)


SERVICES = sorted(file.stem for file in FOLDER.glob("*.json"))
PUBLIC = [(service, *operation) for service in SERVICES for operation in operations(service)]


def test_the_documents_are_what_the_services_say(made: dict[str, str]) -> None:
    assert sorted(made) == SERVICES
    stale = [service for service in made if made[service] != file_of(service).read_text()]
    assert stale == [], "`make contracts` writes them anew"


@pytest.mark.parametrize(("service", "method", "path"), PUBLIC)
def test_what_a_service_answers_is_routed_to_it(service: str, method: str, path: str) -> None:
    try:
        route = RouteIndex(TABLE).find(method, sample(path).encode(), b"")
    except Problem as refused:
        pytest.fail(f"{method} {path} of {service}: {refused.detail}")
    assert route.upstream == service


def test_what_is_routed_is_answered() -> None:
    assert unanswered(TABLE) == []


def test_a_row_without_an_endpoint_behind_it_is_found() -> None:
    deposits = next(row for row in TABLE if row.path == "/v1/funding/deposits")
    for wrong in (
        replace(deposits, path="/v1/funding/loans"),
        replace(deposits, path="/v1/funding/*"),
        replace(deposits, methods=frozenset({"GET"})),
    ):
        assert unanswered([wrong]) == [f"{next(iter(wrong.methods))} {wrong.path}"]


def unanswered(table: tuple[Route, ...] | list[Route]) -> list[str]:
    """Rows that open what nobody answers.

    A row that reads may end with `*` and stand for several endpoints. Any other has one endpoint of the
    same form, in which `*` is one parameter: a symbol, which may hold a slash.
    """
    found = []
    for row in table:
        for method in row.methods - {"HEAD"}:
            templates = [path for s, m, path in PUBLIC if s == row.upstream and m == method]
            same = sample(row.path).replace("*", SAMPLE) in map(sample, templates)
            below = (
                method in SAFE_METHODS
                and row.path.endswith("/*")
                and any(sample(path).startswith(row.path.removesuffix("*")) for path in templates)
            )
            if not (same or below):
                found.append(f"{method} {row.path}")
    return found
