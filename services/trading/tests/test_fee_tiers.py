"""Fee tiers: set by administrators, in force for new orders, and never for open ones."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from trading_platform import Platform, Trader

from trading.fees.schedule import FeeRates

Start = Callable[..., Any]


async def put(trader: Trader, path: str, body: Any, expect: int = 200) -> Any:
    answer = await trader.request("PUT", path, json=body)
    assert answer.status_code == expect, answer.text
    return answer.json()


async def account_id(trader: Trader) -> str:
    return str((await trader.get("/v2/account"))["id"])


async def test_the_settings_are_the_default_tier_until_it_is_set(start: Start) -> None:
    rates = {"maker_fee_rate": Decimal("0.001"), "taker_fee_rate": Decimal("0.002")}
    async with start(**rates) as platform:
        listed = await platform.admin.get("/v1/admin/fee-tiers")
        assert listed["fee_tiers"] == [
            {"name": "default", "maker_rate": "0.001", "taker_rate": "0.002"}
        ]
        await put(
            platform.admin,
            "/v1/admin/fee-tiers/default",
            {"maker_rate": "0", "taker_rate": 0.0025},
        )
        fees = platform.app.state.fees
        assert await fees.rates_of(uuid4()) == FeeRates(Decimal(0), Decimal("0.0025"))
    async with start(**rates) as restarted:
        fees = restarted.app.state.fees
        assert await fees.rates_of(uuid4()) == FeeRates(Decimal(0), Decimal("0.0025"))


async def test_an_account_pays_what_its_own_tier_says_on_orders_from_then_on(
    platform: Platform,
) -> None:
    maker, taker = await platform.funded(shares="10"), await platform.funded()
    body = {"maker_rate": "0.01", "taker_rate": "0.02"}
    await put(platform.admin, "/v1/admin/fee-tiers/dear", body)
    resting = await maker.order("sell", "2", "10.00")
    for trader in (maker, taker):
        path = f"/v1/admin/accounts/{await account_id(trader)}/fee-tier"
        set_to = await put(platform.admin, path, {"tier": "dear"})
        assert (set_to["maker_rate"], set_to["taker_rate"]) == ("0.01", "0.02")
        told = await trader.get("/v2/account")
        assert (told["fee_tier"], told["taker_fee_rate"]) == ("dear", "0.02")
        assert told["maker_fee_rate"] == "0.01"
    # The resting order was accepted at no fee, the taking one at two percent.
    await taker.order("buy", "2", "10.00")
    assert (await maker.get(f"/v2/orders/{resting['id']}"))["status"] == "filled"
    assert (await maker.get("/v2/account"))["cash"] == "100020"
    assert (await taker.get("/v2/account"))["cash"] == "99979.6"
    # Both now pay: one percent as maker, two as taker.
    await maker.order("sell", "1", "10.00")
    await taker.order("buy", "1", "10.00")
    assert (await maker.get("/v2/account"))["cash"] == "100029.9"
    assert (await taker.get("/v2/account"))["cash"] == "99969.4"
    path = f"/v1/admin/accounts/{await account_id(taker)}/fee-tier"
    back = await put(platform.admin, path, {"tier": "default"})
    assert back["taker_rate"] == "0"
    assert await platform.violations() == {}


async def test_another_replica_knows_a_change_within_seconds(start: Start) -> None:
    async with start() as one, start() as other:
        trader = one.trader()
        account = await account_id(trader)
        fees = other.app.state.fees
        await fees.refresh()
        await put(one.admin, "/v1/admin/fee-tiers/vip", {"maker_rate": "0", "taker_rate": "0.0001"})
        await put(one.admin, f"/v1/admin/accounts/{account}/fee-tier", {"tier": "vip"})
        await fees.refresh()
        told = (await other.trader(trader.user_id).get("/v2/account"))["taker_fee_rate"]
        assert told == "0.0001"


async def test_what_cannot_be_a_tier_is_refused(platform: Platform) -> None:
    good = {"maker_rate": "0", "taker_rate": "0.1"}
    for body in (
        good | {"taker_rate": "1"},
        good | {"taker_rate": "-0.1"},
        good | {"maker_rate": "0.123456789"},
        good | {"maker_rate": "much"},
        good | {"more": 1},
        {"maker_rate": "0"},
    ):
        await put(platform.admin, "/v1/admin/fee-tiers/one", body, expect=422)
    await put(platform.admin, "/v1/admin/fee-tiers/No%20Name", good, expect=422)
    trader = platform.trader()
    await put(trader, "/v1/admin/fee-tiers/one", good, expect=403)
    account = await account_id(trader)
    path = f"/v1/admin/accounts/{account}/fee-tier"
    await put(platform.admin, path, {"tier": "unknown"}, expect=404)
    other = f"/v1/admin/accounts/{uuid4()}/fee-tier"
    await put(platform.admin, other, {"tier": "default"}, expect=404)
