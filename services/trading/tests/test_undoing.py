"""What is taken back, as the engine refused it, leaves everything as if it had never been asked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from trading_platform import Trader, until

from trading.orders.undoing import undo
from trading.settings import TradingSettings

Start = Callable[..., Any]


async def test_what_was_kept_for_a_replacement_that_is_taken_back_is_available_again(
    start: Start, settings: TradingSettings
) -> None:
    async with start() as first:
        await first.list_asset()
    slow = {"resubmit_after_s": 50.0, "command_ttl_s": 30.0, "settle_wait_s": 0.2}
    # The buyer's fills are cheaper than what was held for them: his order rests.
    fees = {"maker_fee_rate": Decimal(0), "taker_fee_rate": Decimal("0.01")}
    async with start(failpoints="before_send=unknown@2", **slow, **fees) as platform:
        seller, buyer = await platform.funded(shares="4"), await platform.funded("1000")
        old = await buyer.order("buy", "10", "10.00")
        await until(lambda: _is(buyer, old["id"], "new"))
        answer = await buyer.request(
            "PATCH", f"/v2/orders/{old['id']}", json={"limit_price": "11.00"}
        )
        new = answer.json()
        assert new["status"] == "pending_new", new
        await until(lambda: platform.app.state.sender.open)
        await seller.order("sell", "4", "10.00")
        await until(lambda: _filled(buyer, old["id"], "4"))
        assert await _is(buyer, old["id"], "pending_replace")
        connection = await asyncpg.connect(settings.database_url)
        try:
            made = UUID(new["id"])
            command_id = await connection.fetchval(
                "SELECT id FROM commands WHERE order_id = $1", made
            )
            assert await undo(connection, command_id, [made], UUID(old["id"]))
        finally:
            await connection.close()
        assert await _is(buyer, old["id"], "partially_filled")
        assert (await buyer.get("/v2/account"))["buying_power"] == "899.4"  # 1000 - 40 - 60.6
        assert await platform.violations() == {}


async def _is(trader: Trader, order_id: str, status: str) -> bool:
    return bool((await trader.get(f"/v2/orders/{order_id}"))["status"] == status)


async def _filled(trader: Trader, order_id: str, qty: str) -> bool:
    return bool((await trader.get(f"/v2/orders/{order_id}"))["filled_qty"] == qty)
