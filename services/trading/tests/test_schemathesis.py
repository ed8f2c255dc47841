"""Requests made from the OpenAPI document, good ones and bad ones: no 5xx, and no answer that is not in it."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from trading_platform import Platform, Trader

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FEW, MANY = 3, 150
BETWEEN_SERVICES = "/v1/events"


class Known:
    """Names of what there is, so that not every request ends at something that does not exist."""

    def __init__(self, **names: str) -> None:
        self._names = names

    def put_into(self, case: Any) -> None:
        for name in case.path_parameters or {}:
            if name in self._names:
                case.path_parameters[name] = self._names[name]
        if isinstance(case.body, dict) and "symbol" in case.body:
            case.body["symbol"] = "ACME"
        if isinstance(case.body, dict) and "account_id" in case.body:
            case.body["account_id"] = self._names["account_id"]


async def _scene(platform: Platform) -> tuple[Trader, Known]:
    """A trader with every scope, a resting order, a position and a watchlist."""
    seller = await platform.funded(shares="100")
    await seller.order("sell", "50", "10.00")
    trader = platform.trader(roles=["trader", "admin"], scope="trading:read trading:write admin")
    await trader.deposit("100000")
    await trader.order("buy", "5", "10.00")
    resting = await trader.order("buy", "5", "9.00")
    watchlist = await trader.post("/v2/watchlists", {"name": "mine", "symbols": ["ACME"]})
    account = await trader.get("/v2/account")
    return trader, Known(
        order_id=resting["id"],
        watchlist_id=watchlist["id"],
        account_id=account["id"],
        symbol="ACME",
        symbol_or_asset_id="ACME",
        activity_type="FILL",
    )


def _operations(platform: Platform) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(platform.app.openapi())
    schema.config.update(base_url="http://trading")
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path not in (BETWEEN_SERVICES, "/healthz", "/readyz", "/metrics"):
            yield operation


def _try(operation: Any, address: str, trader: Trader, known: Known, examples: int) -> int:
    """Send so many good and so many bad requests; how many were sent."""
    sent = 0

    def run(mode: GenerationMode) -> None:
        @seed(20260316)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), use_known=st.booleans())
        def request(case: Any, use_known: bool) -> None:
            nonlocal sent
            sent += 1
            if use_known:
                known.put_into(case)
            headers = {"Authorization": trader._headers["Authorization"]}
            case.call_and_validate(
                base_url=f"http://{address}", headers=headers, checks=CHECKS, timeout=30
            )

        request()

    run(GenerationMode.POSITIVE)
    with contextlib.suppress(Unsatisfiable):  # where whatever is sent is good
        run(GenerationMode.NEGATIVE)
    return sent


async def _try_all(platform: Platform, host: str, examples: int) -> None:
    trader, known = await _scene(platform)
    failures: list[str] = []
    tried = 0
    for operation in _operations(platform):
        try:
            tried += await asyncio.to_thread(_try, operation, host, trader, known, examples)
        except Exception as error:
            failures.append(f"{operation.method.upper()} {operation.path}: {_said(error)}")
    assert not failures, "\n\n".join(failures)
    assert tried > 100
    assert await platform.violations() == {}


def _said(error: BaseException) -> str:
    """What failed, with the request, and without the frames of the tools."""
    if isinstance(error, BaseExceptionGroup):
        return "\n".join(_said(each) for each in error.exceptions)
    return "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])])


async def test_what_the_document_allows_and_what_it_does_not_is_answered_as_it_says(
    platform: Platform, host: str
) -> None:
    await _try_all(platform, host, FEW)


@pytest.mark.slow
async def test_the_same_with_many_requests(platform: Platform, host: str) -> None:
    await _try_all(platform, host, int(os.environ.get("EXAMPLES", MANY)))
