"""Verify reckons what open orders need by itself: a hold that is wrong everywhere alike is found."""

import asyncio
import os
import signal
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from trading_platform import Platform, Trader

from chassis.database import ReadConnection
from devkit.testing_support.engine import Engine
from trading.verify.checks import NEEDS
from trading.verify.command import violations

# In the order, in the balance, and posted as a balanced set.
PLANTED = (
    "UPDATE orders SET hold = hold + :by WHERE id = CAST(:id AS uuid)",
    "UPDATE balances b SET held = held + :by, available = available - :by FROM orders o"
    " WHERE o.id = CAST(:id AS uuid) AND b.account_id = o.account_id"
    " AND b.asset = CASE o.side WHEN 'buy' THEN 'USD' ELSE o.symbol END",
    "INSERT INTO postings (account_id, asset, available, held, cause, cause_id)"
    " SELECT account_id, CASE side WHEN 'buy' THEN 'USD' ELSE symbol END, -CAST(:by AS numeric), :by, 'hold', id"
    " FROM orders WHERE id = CAST(:id AS uuid)",
)


async def _found(platform: Platform, order_id: str, by: float) -> dict[str, list[str]]:
    """Which orders each check names when this one's hold is wrong by so much; taken back again."""
    async with platform.app.state.database.engine.connect() as connection:
        for statement in PLANTED:
            planted = await connection.execute(text(statement), {"id": order_id, "by": by})
            assert planted.rowcount == 1
        found = await violations(ReadConnection(connection))
        await connection.rollback()
    return {name: [str(row["id"]) for row in rows] for name, rows in found.items()}


def _exits(side: str, **more: Any) -> dict[str, Any]:
    high, low = ("20.00", "5.00") if side == "sell" else ("5.00", "20.00")
    return {"take_profit": {"limit_price": high}, "stop_loss": {"stop_price": low}} | more


async def _every_kind(trader: Trader, other: Trader) -> dict[str, str]:
    """One open order of each way to hold something, partly filled where that changes it."""
    made = {}
    await trader.order("buy", "1", "10.00")
    await other.order("sell", "1", "10.00")  # there is a last price now
    made["buy"] = await trader.order("buy", "5", "10.01")
    await other.order("sell", "2", "10.00")
    made["sell"] = await trader.order("sell", "5", "15.00")
    for side in ("sell", "buy"):
        made[f"oco {side}"] = await trader.order(
            side, "4", None, type="limit", order_class="oco", **_exits(side)
        )
    made["entry"] = await trader.order("buy", "6", "10.50", order_class="bracket", **_exits("sell"))
    await other.order("sell", "4", "10.50")
    found = await trader.get("/v2/orders", nested="true", status="open")
    legs = next(each for each in found if each["id"] == made["entry"]["id"])["legs"]
    made["held"] = next(leg for leg in legs if leg["type"] == "limit")
    return {name: order["id"] for name, order in made.items()}


async def test_a_hold_that_is_wrong_everywhere_alike_is_found(platform: Platform) -> None:
    trader, other = await platform.funded(shares="100"), await platform.funded(shares="100")
    made = await _every_kind(trader, other)
    assert await platform.violations() == {}
    for order_id in made.values():
        for by in (1, -1):
            assert await _found(platform, order_id, by) == {NEEDS.name: [order_id]}


async def test_what_waits_to_be_replaced_is_reckoned_with_its_replacement(
    start: Any, engine: Engine
) -> None:
    async with start(settle_wait_s=0.1, maker_fee_rate=Decimal("0.001")) as platform:
        await platform.list_asset()
        trader, other = await platform.funded(shares="100"), await platform.funded(shares="100")
        made = await _every_kind(trader, other)
        changes = {
            "buy": {"qty": "7", "limit_price": "11.00"},
            "sell": {"qty": "8"},
            "oco buy": {"limit_price": "6.00"},
        }
        os.kill(engine.pid, signal.SIGSTOP)  # it takes what it is sent, and says nothing
        try:
            answers = await asyncio.gather(
                *(
                    trader.request("PATCH", f"/v2/orders/{made[name]}", json=terms)
                    for name, terms in changes.items()
                )
            )
            waiting = {name: answer.json() for name, answer in zip(changes, answers, strict=True)}
            assert {new.get("status") for new in waiting.values()} == {"pending_new"}, waiting
            await _expect_of_waiting(
                platform, made, {name: new["id"] for name, new in waiting.items()}
            )
        finally:
            os.kill(engine.pid, signal.SIGCONT)


async def _expect_of_waiting(
    platform: Platform, made: dict[str, str], waiting: dict[str, str]
) -> None:
    assert await platform.violations() == {}
    for name, order_id in waiting.items():
        # Less than what was missing before the first fill, 2 at 0.99 more each, cannot be told from it.
        assert await _found(platform, order_id, 3) == {NEEDS.name: [order_id]}, name
        assert await _found(platform, made[name], 1) == {}, "it releases nothing for now"
        assert NEEDS.name in await _found(platform, made[name], -1), name
    for name in ("buy", "sell"):
        assert await _found(platform, waiting[name], -1) == {NEEDS.name: [waiting[name]]}
