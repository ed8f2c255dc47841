"""What operators do at the engine, behind trading's back: it is settled like everything else in the log."""

from typing import Any
from uuid import uuid4

import httpx
from trading_platform import Platform, Trader, until

from devkit.testing_support.engine import Engine


async def _tell(engine: Engine, kind: str, **members: Any) -> None:
    command = {"command_id": str(uuid4()), "kind": kind, **members}
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{engine.url}/v1/commands", json={"commands": [command]}, headers=engine.headers()
        )
    assert answer.json()["results"][0]["outcome"] == "journalled", answer.text


async def _buying_power(trader: Trader) -> str:
    return str((await trader.get("/v2/account"))["buying_power"])


async def test_a_symbol_that_is_halted_at_the_engine_refuses_orders_and_lets_cancels_through(
    platform: Platform, engine: Engine
) -> None:
    trader = await platform.funded("100")
    resting = await trader.order("buy", "1", "50.00")
    await _tell(engine, "halt_symbol", symbol="ACME")

    async def suspended() -> bool:
        return bool((await trader.get(f"/v2/orders/{resting['id']}"))["status"] == "suspended")

    await until(suspended)
    refused = await trader.order("buy", "1", "50.00", expect=422)
    assert refused["type"] == "symbol_halted"
    assert await _buying_power(trader) == "50"
    assert (await trader.cancel(resting["id"])).status_code == 204
    assert await _buying_power(trader) == "100"
    await _tell(engine, "resume_symbol", symbol="ACME")

    async def resumed() -> bool:
        asset = await trader.get("/v2/assets/ACME")
        return not asset["halted"]

    await until(resumed)
    assert (await trader.order("buy", "1", "50.00"))["status"] == "new"
    assert await platform.violations() == {}


async def test_an_operators_cancel_of_all_cancels_the_orders_and_releases_their_holds(
    platform: Platform, engine: Engine
) -> None:
    trader = await platform.funded("100")
    orders = [await trader.order("buy", "1", price) for price in ("10.00", "20.00")]
    assert await _buying_power(trader) == "70"
    await _tell(engine, "cancel_all", symbol="ACME")

    async def cancelled() -> bool:
        found = [await trader.get(f"/v2/orders/{order['id']}") for order in orders]
        return all(order["status"] == "canceled" for order in found)

    await until(cancelled)
    assert await _buying_power(trader) == "100"
    # Settlement goes on.
    assert (await trader.order("buy", "1", "10.00"))["status"] == "new"
    assert await platform.violations() == {}


async def test_an_engine_with_other_limits_says_so_and_rejects_what_is_too_much(
    platform: Platform, engine: Engine
) -> None:
    trader = await platform.funded("100")
    engine.stop()
    engine.start(MAX_OPEN_ORDERS="1")

    async def taken() -> bool:
        answer = await trader.request("GET", "/v2/orders")
        return platform.app.state.sender.open and answer.status_code == 200

    await until(taken)
    assert (await trader.order("buy", "1", "10.00"))["status"] == "new"
    rejected = await trader.order("buy", "1", "10.00")
    assert (rejected["status"], rejected["reject_reason"]) == ("rejected", "too_many_open_orders")
    assert await _buying_power(trader) == "90"
    assert await platform.violations() == {}
