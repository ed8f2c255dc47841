"""Cancels of exits that wait for their entry, when the entry has filled already and settlement does not know yet."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from trading_platform import Platform, Trader, until

from trading.risk import endpoints

Start = Callable[..., Any]
BRACKET = {
    "order_class": "bracket",
    "take_profit": {"limit_price": "110.00"},
    "stop_loss": {"stop_price": "90.00"},
}


@asynccontextmanager
async def settlement_standing_still(platform: Platform) -> AsyncIterator[None]:
    """Its cursor is locked."""
    async with platform.app.state.database.raw() as connection:
        locked = connection.transaction()
        await locked.start()
        await connection.execute("SELECT FROM settlement FOR UPDATE")
        try:
            yield
        finally:
            await locked.rollback()


async def becomes(trader: Trader, order_id: str, status: str) -> None:
    async def there() -> bool:
        return bool((await trader.get(f"/v2/orders/{order_id}"))["status"] == status)

    await until(there)


async def entered(platform: Platform) -> tuple[Trader, Trader, Any]:
    """A seller, a buyer, and the buyer's entry, which rests."""
    await platform.list_asset()
    seller, buyer = await platform.funded(shares="10"), await platform.funded("1000")
    entry = await buyer.order("buy", "4", "100.00", **BRACKET)
    await becomes(buyer, entry["id"], "new")
    return seller, buyer, await buyer.get(f"/v2/orders/{entry['id']}", nested="true")


async def test_a_cancel_of_an_exit_is_carried_out_though_its_entry_fills_first(
    start: Start,
) -> None:
    async with start(settle_wait_s=0.5) as platform:
        seller, buyer, entry = await entered(platform)
        async with settlement_standing_still(platform):
            await seller.order("sell", "4", "100.00")
            answer = await buyer.cancel(entry["legs"][1]["id"])
            assert (answer.status_code, answer.json()["type"]) == (503, "outcome_unknown")
            assert (await buyer.cancel(entry["legs"][1]["id"])).status_code == 503
        for leg in entry["legs"]:
            await becomes(buyer, leg["id"], "canceled")
        await becomes(buyer, entry["id"], "filled")
        assert (await buyer.get("/v2/positions/ACME"))["qty_available"] == "4"
        await until(lambda: _nothing_undecided(platform))
        assert await platform.violations() == {}


async def test_a_cancel_of_an_exit_that_ends_with_its_entry_leaves_nothing_behind(
    start: Start,
) -> None:
    async with start() as platform:
        _, buyer, entry = await entered(platform)
        assert (await buyer.cancel(entry["legs"][0]["id"])).status_code == 204
        await until(lambda: _nothing_undecided(platform))
        whole = await buyer.get(f"/v2/orders/{entry['id']}", nested="true")
        assert {whole["status"], *(leg["status"] for leg in whole["legs"])} == {"canceled"}
        assert await platform.violations() == {}


async def test_the_kill_switch_takes_out_exits_of_an_entry_that_filled_before_it(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "CANCEL_WAIT_S", 0.5)
    async with start(settle_wait_s=0.5) as platform:
        seller, buyer, entry = await entered(platform)
        async with settlement_standing_still(platform):
            await seller.order("sell", "4", "100.00")
            answer = await platform.admin.request(
                "PUT", f"/v1/admin/halts/accounts/{buyer.user_id}", json={"reason": "a drill"}
            )
            assert (answer.status_code, answer.json()["open_orders"]) == (200, 3)
        for leg in entry["legs"]:
            await becomes(buyer, leg["id"], "canceled")
        assert (await buyer.get("/v2/positions/ACME"))["qty_available"] == "4"
        await until(lambda: _nothing_undecided(platform))
        assert await platform.violations() == {}


async def _nothing_undecided(platform: Platform) -> bool:
    async with platform.app.state.database.raw() as connection:
        return not await connection.fetchval("SELECT count(*) FROM commands")
