"""A write with an `Idempotency-Key` acts once, whatever is sent how often, and whatever crashes in between."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from trading_platform import Platform, Trader

from trading.idempotency import KeyedRequests, KeyedRoute

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
DEPOSITS = "/v1/funding/deposits"
ORDER = {
    "symbol": "ACME",
    "side": "buy",
    "qty": "1",
    "type": "limit",
    "time_in_force": "gtc",
    "limit_price": "10.00",
}


async def keyed(
    who: Trader, method: str, path: str, key: str = "monday", body: Any = None
) -> httpx.Response:
    return await who.request(method, path, json=body, headers={"Idempotency-Key": key})


def same(first: httpx.Response, again: httpx.Response) -> None:
    """The first answer, said to be a repeated one."""
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers.get("content-type") == first.headers.get("content-type")


async def test_a_key_moves_money_once(platform: Platform) -> None:
    trader, other = platform.trader(), platform.trader()
    first = await keyed(trader, "POST", DEPOSITS, body={"amount": "100"})
    assert first.status_code == 201
    same(first, await keyed(trader, "POST", DEPOSITS, body={"amount": "100"}))
    for path, amount in (("deposits", "200"), ("withdrawals", "100")):
        reused = await keyed(trader, "POST", f"/v1/funding/{path}", body={"amount": amount})
        assert (reused.status_code, reused.json()["type"]) == (422, "idempotency_key_reused")
    assert (await trader.get("/v2/account"))["cash"] == "100"
    await keyed(other, "POST", DEPOSITS, body={"amount": "7"})
    assert (await other.get("/v2/account"))["cash"] == "7"
    assert await platform.violations() == {}


async def test_every_write_of_an_order_is_answered_as_it_was_first(platform: Platform) -> None:
    trader = await platform.funded("15", shares="1")
    placed = await keyed(trader, "POST", "/v2/orders", "a", ORDER)
    assert placed.json()["status"] == "new"
    same(placed, await keyed(trader, "POST", "/v2/orders", "a", ORDER))
    assert len(await trader.get("/v2/orders")) == 1
    # A refusal is an answer, too: money that comes later does not turn it into an order.
    refused = await keyed(trader, "POST", "/v2/orders", "b", ORDER)
    assert refused.status_code == 403
    await trader.deposit("100")
    same(refused, await keyed(trader, "POST", "/v2/orders", "b", ORDER))

    path = f"/v2/orders/{placed.json()['id']}"
    gone = await keyed(trader, "DELETE", path, "c")
    assert (gone.status_code, gone.content) == (204, b"")
    same(gone, await keyed(trader, "DELETE", path, "c"))
    assert (await trader.cancel(placed.json()["id"])).status_code == 422

    await trader.post("/v2/orders", ORDER)
    everything = await keyed(trader, "DELETE", "/v2/orders", "d")
    await trader.post("/v2/orders", ORDER)
    same(everything, await keyed(trader, "DELETE", "/v2/orders", "d"))
    assert len(await trader.get("/v2/orders")) == 1
    assert await platform.violations() == {}


async def test_what_can_never_be_is_refused_each_time_in_the_same_words(
    platform: Platform,
) -> None:
    trader = await platform.funded()
    bad = await keyed(trader, "POST", DEPOSITS, "x", {"amount": "none"})
    assert bad.status_code == 422
    same(bad, await keyed(trader, "POST", DEPOSITS, "x", {"amount": "none"}))
    for key in ("", "with blank", "x" * 129, "\x7f"):
        refused = await keyed(trader, "POST", DEPOSITS, key, {"amount": "1"})
        assert (refused.status_code, refused.json()["type"]) == (422, "invalid_input")
    await keyed(trader, "POST", DEPOSITS, "x" * 128, {"amount": "1"})
    assert (await trader.get("/v2/account"))["cash"] == "100001"


async def test_a_key_without_the_right_to_write_does_nothing_and_keeps_nothing(
    platform: Platform,
) -> None:
    reader = platform.trader(scope="trading:read")
    for _ in range(2):
        refused = await keyed(reader, "POST", DEPOSITS, body={"amount": "1"})
        assert refused.status_code == 403
        assert "idempotency-replayed" not in refused.headers
    writer = platform.trader(reader.user_id)
    assert (await keyed(writer, "POST", DEPOSITS, body={"amount": "1"})).status_code == 201
    stranger = Trader(platform.client, str(uuid4()), "no token")
    assert (await keyed(stranger, "POST", DEPOSITS, body={"amount": "1"})).status_code == 401


async def test_the_same_request_many_times_at_one_moment_acts_once(platform: Platform) -> None:
    trader = await platform.funded("100")
    answers = await asyncio.gather(
        *(keyed(trader, "POST", "/v2/orders", body=ORDER) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["type"] == "idempotency_key_in_use"
            assert answer.headers["retry-after"] == "1"
    assert len({a.json()["id"] for a in answers if a.status_code == 200}) == 1
    assert len(await trader.get("/v2/orders")) == 1
    assert (await keyed(trader, "POST", "/v2/orders", body=ORDER)).status_code == 200


async def _died_before_it_was_answered(platform: Platform, lease_over: bool = True) -> None:
    """As if the process had ended between the effect and the stored answer, a lease ago."""
    age = "interval '1 hour'" if lease_over else "interval '0'"
    async with platform.app.state.database.raw() as connection:
        await connection.execute(
            "UPDATE keyed_requests SET status = NULL, headers = NULL, body = NULL,"
            f" claimed_at = now() - {age}"
        )


async def test_after_a_crash_before_the_answer_was_stored_nothing_is_done_twice(
    platform: Platform,
) -> None:
    trader = await platform.funded("100")
    order = await keyed(trader, "POST", "/v2/orders", "o", ORDER)
    money = await keyed(trader, "POST", DEPOSITS, "m", {"amount": "5"})
    asset = await keyed(platform.admin, "POST", "/v1/admin/assets", "s", {"symbol": "ONCE"})
    await _died_before_it_was_answered(platform, lease_over=False)
    waits = await keyed(trader, "POST", DEPOSITS, "m", {"amount": "5"})
    assert (waits.status_code, waits.json()["type"]) == (409, "idempotency_key_in_use")
    await _died_before_it_was_answered(platform)
    for who, path, key, body, first in (
        (trader, "/v2/orders", "o", ORDER, order),
        (trader, DEPOSITS, "m", {"amount": "5"}, money),
        (platform.admin, "/v1/admin/assets", "s", {"symbol": "ONCE"}, asset),
    ):
        again = await keyed(who, "POST", path, key, body)
        assert (again.status_code, again.json()["id"]) == (first.status_code, first.json()["id"])
        same(again, await keyed(who, "POST", path, key, body))
    assert len(await trader.get("/v2/orders")) == 1
    assert (await trader.get("/v2/account"))["cash"] == "105"
    assert await platform.violations() == {}


async def test_who_was_overtaken_stores_no_answer_and_has_no_effect(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An effect and its answer are one transaction: a run whose claim was taken over is undone."""
    trader = await platform.funded("100")
    claim = KeyedRequests.claim

    async def overtaken(self: KeyedRequests, run: Any) -> Any:
        answer = await claim(self, run)
        async with platform.app.state.database.raw() as connection:
            await connection.execute("UPDATE keyed_requests SET claim = $1", uuid4())
        return answer

    monkeypatch.setattr(KeyedRequests, "claim", overtaken)
    late = await keyed(trader, "POST", DEPOSITS, body={"amount": "5"})
    assert (late.status_code, late.json()["type"]) == (409, "idempotency_key_in_use")
    assert (await trader.get("/v2/account"))["cash"] == "100"


async def test_keys_are_forgotten_after_a_time_and_their_orders_are_not(
    platform: Platform,
) -> None:
    trader = await platform.funded("100")
    order = await keyed(trader, "POST", "/v2/orders", body=ORDER)
    requests: KeyedRequests = platform.app.state.keyed_requests
    assert await requests.prune() == 0
    async with platform.app.state.database.raw() as connection:
        await connection.execute("UPDATE keyed_requests SET claimed_at = now() - interval '25 h'")
    assert await requests.prune() == 1
    again = await keyed(trader, "POST", "/v2/orders", body=ORDER)
    assert "idempotency-replayed" not in again.headers
    assert again.json()["id"] == order.json()["id"]
    # Another request with a key that nobody remembers is another order.
    other = await keyed(trader, "POST", "/v2/orders", "tuesday", ORDER | {"qty": "2"})
    assert UUID(other.json()["id"]) != UUID(order.json()["id"])


def test_every_write_may_have_a_key(platform_app: Any) -> None:
    writes = []
    for route in _routes(platform_app.routes):
        methods = getattr(route, "methods", None) or set()
        if not methods.isdisjoint(WRITES):
            assert isinstance(route, KeyedRoute), route.path
            writes.append(route.path)
    assert {"/v2/orders", DEPOSITS, "/v1/admin/assets"} <= set(writes)
    bare = platform_app.bare._fixed | platform_app.bare._by_parent
    assert ("POST", "/v2/orders") in bare
    for (method, _), route in bare.items():
        if method in WRITES:
            assert route.endpoint.__qualname__.startswith("once."), route.path


def _routes(routes: Any) -> Iterator[Any]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from _routes(included.routes)
