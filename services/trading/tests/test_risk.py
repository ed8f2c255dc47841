"""Each check before an order, refused with its own code, and undone when its reason is gone."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from trading_platform import Platform, Trader, until

from chassis.errors import Problem
from trading.domain.risk import RiskLimits
from trading.risk import rates

Start = Callable[..., Any]


async def refused(trader: Trader, status: int, code: int, type_: str, **terms: Any) -> Any:
    price = terms.pop("limit_price", "10.00")
    problem = await trader.order(
        terms.pop("side", "buy"), terms.pop("qty", "1"), price, expect=status, **terms
    )
    assert (problem["code"], problem["type"]) == (code, type_), problem
    return problem


async def account_id(trader: Trader) -> str:
    return str((await trader.get("/v2/account"))["id"])


async def put(platform: Platform, path: str, body: Any, expect: int = 200) -> Any:
    answer = await platform.admin.request("PUT", f"/v1/admin/{path}", json=body)
    assert answer.status_code == expect, answer.text
    return answer.json()


async def lift(platform: Platform, path: str, expect: int = 204) -> None:
    answer = await platform.admin.request("DELETE", f"/v1/admin/halts/{path}")
    assert answer.status_code == expect, answer.text


async def test_size_value_and_open_orders_have_limits_that_an_account_may_have_of_its_own(
    start: Start,
) -> None:
    limits = {"max_order_qty": Decimal(100), "max_order_value": Decimal(5000), "max_open_orders": 3}
    async with start(**limits) as platform:
        await platform.list_asset()
        trader = await platform.funded()
        await refused(trader, 422, 42210010, "order_qty_too_large", qty="101")
        await refused(trader, 422, 42210011, "order_value_too_large", qty="100", limit_price="51")
        resting = [await trader.order("buy", "1", "10.00") for _ in range(3)]
        await refused(trader, 403, 40310014, "too_many_open_orders")
        assert (await trader.cancel(resting[0]["id"])).status_code == 204
        await trader.order("buy", "1", "10.00")
        bracket = {
            "order_class": "bracket",
            "take_profit": {"limit_price": "12"},
            "stop_loss": {"stop_price": "8"},
        }
        await trader.cancel(resting[1]["id"])
        await refused(trader, 403, 40310014, "too_many_open_orders", **bracket)

        path = f"accounts/{trader.user_id}/risk"
        own = await put(platform, path, {"max_order_qty": "200", "max_open_orders": 5})
        assert (own["max_order_qty"], own["max_order_value"]) == ("200", None)
        assert own["defaults"]["max_order_value"] == "5000"
        assert (await trader.order("buy", "150", "10.00"))["status"] == "new"
        await refused(trader, 422, 42210010, "order_qty_too_large", qty="201")
        assert (await platform.admin.get(f"/v1/admin/{path}"))["max_open_orders"] == 5
        again = await put(platform, path, {})
        assert again["max_order_qty"] is None
        await refused(trader, 422, 42210010, "order_qty_too_large", qty="101")
        assert await platform.violations() == {}


async def test_the_limit_of_open_orders_holds_for_orders_that_come_together(start: Start) -> None:
    async with start(max_open_orders=4) as platform:
        await platform.list_asset()
        trader = await platform.funded()
        body = {"symbol": "ACME", "side": "buy", "type": "limit", "time_in_force": "gtc"}
        answers = await asyncio.gather(
            *(
                trader.request("POST", "/v2/orders", json=body | {"qty": n, "limit_price": "1"})
                for n in range(1, 11)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200] * 4 + [403] * 6


async def test_how_fast_and_how_often_the_same(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "MOMENT_S", 3600.0)
    async with start(max_orders_per_second=3, max_identical_orders=2) as platform:
        await platform.list_asset()
        trader = await platform.funded()
        await put(platform, f"accounts/{trader.user_id}/risk", {"max_orders_per_second": 1000})
        same = [await trader.order("buy", "1", "10.00") for _ in range(2)]
        await refused(trader, 422, 42210015, "duplicate_burst")
        await trader.order("buy", "1", "10.01")
        await trader.order("buy", "1", "10.00", client_order_id="on purpose")
        await put(platform, f"accounts/{trader.user_id}/risk", {})

        async def named(n: int) -> Any:
            body = {"symbol": "ACME", "side": "buy", "qty": 1, "type": "limit", "limit_price": 1}
            more = {"time_in_force": "gtc", "client_order_id": f"id-{n}"}
            return await trader.request("POST", "/v2/orders", json=body | more)

        answers = await asyncio.gather(*(named(n) for n in range(60)))
        fast = [answer for answer in answers if answer.status_code == 429]
        assert fast
        assert {answer.json()["code"] for answer in fast} == {42910010}
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in fast)
        placed = len(same) + 2 + sum(answer.status_code == 200 for answer in answers)
        assert len(await trader.get("/v2/orders", limit=500)) == placed


class Hand:
    """A clock that is turned by hand."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def time_ns(self) -> int:
        return int(self.now * 1e9)


def test_the_pace_of_an_account_is_a_bucket_that_fills_by_itself() -> None:
    limits = RiskLimits(None, None, 10, 2, 3, Decimal("0.1"))
    clock, account = Hand(), uuid4()
    pace = rates.OrderRates(clock)

    def admitted(terms: object = None) -> str:
        try:
            pace.admit(account, limits, terms)
        except Problem as problem:
            return problem.type
        return "yes"

    assert [admitted() for _ in range(3)] == ["yes", "yes", "too_many_orders_per_second"]
    clock.now = 0.5
    assert [admitted() for _ in range(2)] == ["yes", "too_many_orders_per_second"]
    clock.now = 60.0  # never more than a second's
    assert [admitted() for _ in range(3)] == ["yes", "yes", "too_many_orders_per_second"]


def test_orders_alike_are_counted_within_a_moment() -> None:
    limits = RiskLimits(None, None, 10, 1000, 2, Decimal("0.1"))
    clock, account = Hand(), uuid4()
    pace = rates.OrderRates(clock)
    for _ in range(2):
        pace.admit(account, limits, "same")
    pace.admit(uuid4(), limits, "same")
    pace.admit(account, limits, "other")
    pace.admit(account, limits, None)
    clock.now = 0.99
    with pytest.raises(Problem, match="same terms"):
        pace.admit(account, limits, "same")
    clock.now = 1.0
    pace.admit(account, limits, "same")


async def test_bands_of_prices_are_the_assets(platform: Platform) -> None:
    seller, trader = await platform.funded(shares="10"), await platform.funded()
    await platform.admin.request("PATCH", "/v1/admin/assets/ACME", json={"price_band": "0.05"})
    await trader.order("buy", "1", "200.00")  # no trade yet: no band
    await seller.order("sell", "1", "100.00")  # at 200
    await refused(trader, 422, 42210012, "price_outside_band", limit_price="210.01")
    assert (await trader.order("buy", "1", "210.00"))["status"] == "new"
    changed = await platform.admin.request(
        "PATCH", "/v1/admin/assets/ACME", json={"price_band": None}
    )
    assert changed.json()["price_band"] is None
    assert (await trader.order("buy", "1", "1.00"))["status"] == "new"
    wrong = await platform.admin.request("PATCH", "/v1/admin/assets/ACME", json={"price_band": 1})
    assert wrong.status_code == 422


async def test_a_market_order_stays_within_the_collar_of_its_account(platform: Platform) -> None:
    seller, buyer = await platform.funded(shares="10"), await platform.funded()
    await refused(buyer, 422, 42210013, "no_reference_price", limit_price=None)
    await seller.order("sell", "1", "100.00")
    await buyer.order("buy", "1", "100.00")
    await seller.order("sell", "1", "104.00")
    await put(platform, f"accounts/{buyer.user_id}/risk", {"market_collar": "0.03"})
    missed = await buyer.order("buy", "1", None, time_in_force="ioc")
    assert (missed["status"], missed["filled_qty"]) == ("canceled", "0")
    await put(platform, f"accounts/{buyer.user_id}/risk", {})
    assert (await buyer.order("buy", "1", None, time_in_force="ioc"))["status"] == "filled"


async def test_a_blocked_and_a_suspended_account(platform: Platform) -> None:
    trader = await platform.funded()
    resting = await trader.order("buy", "1", "10.00")
    blocked = await put(platform, f"accounts/{trader.user_id}/risk", {"blocked": True})
    assert blocked["blocked"] is True
    await refused(trader, 403, 40310010, "account_blocked")
    changed = await trader.request(
        "PATCH", f"/v2/orders/{resting['id']}", json={"limit_price": "11"}
    )
    assert changed.json()["code"] == 40310010
    assert (await trader.cancel(resting["id"])).status_code == 204
    await put(platform, f"accounts/{trader.user_id}/risk", {"blocked": False})
    await trader.order("buy", "1", "10.00")
    async with platform.app.state.database.raw() as connection:
        await connection.execute(
            "UPDATE accounts SET suspend_trade = true WHERE user_id IS NOT NULL"
        )
    await refused(trader, 403, 40310013, "trade_suspended")


async def test_the_kill_switch_refuses_and_cancels(platform: Platform) -> None:
    one, other = await platform.funded(), await platform.funded()
    await platform.list_asset("OTHR")
    mine = await one.order("buy", "1", "10.00")
    theirs = await other.order("buy", "1", "10.00")
    elsewhere = await other.order("buy", "1", "10.00", symbol="OTHR")

    halted = await put(platform, f"halts/accounts/{one.user_id}", {"reason": "a program gone wild"})
    assert (halted["scope"], halted["target"], halted["open_orders"]) == (
        "account",
        await account_id(one),
        0,
    )
    assert (await one.get(f"/v2/orders/{mine['id']}"))["status"] == "canceled"
    problem = await refused(one, 403, 40310012, "account_halted")
    assert "a program gone wild" in problem["message"]
    assert (await other.order("buy", "1", "10.00"))["status"] == "new"

    await put(platform, "halts/symbols/ACME", {"reason": "news"})
    assert (await other.get(f"/v2/orders/{theirs['id']}"))["status"] == "canceled"
    assert (await other.get(f"/v2/orders/{elsewhere['id']}"))["status"] == "new"
    await refused(other, 422, 42210014, "symbol_halted")
    await other.order("buy", "1", "10.00", symbol="OTHR")

    await put(platform, "halts/all", {"reason": "drill"})
    assert await other.get("/v2/orders") == []
    await refused(other, 403, 40310011, "trading_halted", symbol="OTHR")
    listed = await platform.admin.get("/v1/admin/halts", limit=2)
    assert [halt["scope"] for halt in listed["halts"]] == ["account", "all"]
    rest = await platform.admin.get("/v1/admin/halts", cursor=listed["next_cursor"])
    assert [(halt["scope"], halt["target"]) for halt in rest["halts"]] == [("symbol", "ACME")]
    assert rest["next_cursor"] is None
    for path in ("all", "symbols/ACME", f"accounts/{one.user_id}"):
        await lift(platform, path)
    await lift(platform, "all", expect=404)
    await one.order("buy", "1", "10.00")
    async with platform.app.state.database.raw() as connection:
        kinds = await connection.fetch("SELECT kind FROM outbox WHERE kind LIKE 'trading_%'")
    assert sorted(row["kind"] for row in kinds) == ["trading_halted"] * 3 + ["trading_resumed"] * 3
    assert await platform.violations() == {}


async def test_no_order_slips_past_a_switch_that_is_pulled_while_it_is_written(
    start: Start,
) -> None:
    """In two replicas at once: whatever was acknowledged is cancelled, whatever came later was refused."""
    async with start() as first, start() as second:
        await first.list_asset()
        trader = await first.funded("1000000")
        others = [first.trader(trader.user_id), second.trader(trader.user_id)]

        async def keep_placing(who: Trader) -> int:
            for count in range(1000):
                answer = await who.request(
                    "POST",
                    "/v2/orders",
                    json={
                        "symbol": "ACME",
                        "side": "buy",
                        "qty": 1,
                        "type": "limit",
                        "limit_price": f"{1 + count % 50}",
                        "time_in_force": "gtc",
                    },
                )
                if answer.status_code == 403:
                    assert answer.json()["code"] == 40310012
                    return count
            raise AssertionError("never refused")

        placing = [asyncio.create_task(keep_placing(who)) for who in others for _ in range(4)]
        await until(lambda: _some_open(trader))
        await put(first, f"halts/accounts/{trader.user_id}", {"reason": "stop"})
        placed = await asyncio.gather(*placing)
        assert sum(placed) > 0
        await until(lambda: _none_open(trader))
        found = await trader.get("/v2/orders", status="all", limit=500)
        assert {order["status"] for order in found} == {"canceled"}
        assert await first.violations() == {}


async def _some_open(trader: Trader) -> bool:
    return len(await trader.get("/v2/orders")) > 5


async def _none_open(trader: Trader) -> bool:
    return await trader.get("/v2/orders") == []


async def test_a_symbol_halted_in_the_engine_keeps_its_orders_and_takes_none(
    platform: Platform,
) -> None:
    trader = await platform.funded()
    resting = await trader.order("buy", "1", "10.00")
    halted = await platform.admin.post("/v1/admin/assets/ACME/halt", None)
    assert halted["halted"] is True
    assert (await trader.get(f"/v2/orders/{resting['id']}"))["status"] == "suspended"
    await refused(trader, 422, 42210014, "symbol_halted")
    changed = await trader.request(
        "PATCH", f"/v2/orders/{resting['id']}", json={"limit_price": "11"}
    )
    assert changed.status_code == 422
    resumed = await platform.admin.post("/v1/admin/assets/ACME/resume", None)
    assert resumed["halted"] is False
    assert (await trader.get(f"/v2/orders/{resting['id']}"))["status"] == "new"
    assert (await trader.order("buy", "1", "10.00"))["status"] == "new"
    assert await platform.violations() == {}


async def test_only_administrators_pull_switches(platform: Platform) -> None:
    trader = await platform.funded()
    for method, path in (
        ("PUT", "/v1/admin/halts/all"),
        ("DELETE", "/v1/admin/halts/all"),
        ("PUT", f"/v1/admin/accounts/{trader.user_id}/risk"),
        ("POST", "/v1/admin/assets/ACME/halt"),
        ("PATCH", "/v1/admin/assets/ACME"),
    ):
        assert (await trader.request(method, path, json={})).status_code == 403
    unknown = await platform.admin.request(
        "PUT", "/v1/admin/halts/symbols/NOPE", json={"reason": "x"}
    )
    assert unknown.status_code == 404
