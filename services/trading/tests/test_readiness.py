"""Who gets traffic: reads stay up whatever stands, and a new replica gets no orders that it would refuse."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
from trading_platform import Platform, Trader, until

from chassis.clock import SystemClock
from chassis.health import HOLD_BACK_S
from devkit.testing_support.engine import Engine

Start = Callable[..., Any]


class Skipping(SystemClock):
    """The machine's clock, of whose monotonic time some can be skipped."""

    def __init__(self) -> None:
        self.skipped_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.skipped_s


async def test_an_event_that_cannot_be_settled_takes_orders_away_and_nothing_else(
    start: Start, engine: Engine
) -> None:
    async with start() as platform:
        await platform.list_asset()
        trader = await platform.funded("100")
        placed = await trader.order("buy", "1", "10.00")
        assert (await platform.client.get("/readyz")).json() == {"status": "ready"}

        await _place_for_nobody(engine)
        await until(lambda: platform.app.state.desk.gate.closed)

        ready = await platform.client.get("/readyz")
        assert ready.status_code == 200
        degraded = ready.json()["degraded"]
        assert "speaks of account" in degraded["settlement"]
        assert "speaks of account" in degraded["gate"]
        await _reads_are_answered(trader, placed["id"])
        assert (await trader.order("buy", "1", "5.00", expect=503))["type"] == "unavailable"


async def test_a_replica_that_starts_without_the_engine_is_held_back_and_then_let_go(
    start: Start, engine: Engine
) -> None:
    async with start() as first:
        await first.list_asset()
        user_id = (trader := await first.funded("100")).user_id
        placed = await trader.order("buy", "1", "10.00")
    engine.kill()
    clock = Skipping()
    async with start(ready=False, clock=clock) as platform:
        trader = platform.trader(user_id)
        held_back = await platform.client.get("/readyz")
        assert held_back.status_code == 503
        assert "trading is starting" in held_back.json()["failures"]["gate"]
        await until(lambda: "engine cannot be reached" in platform.app.state.desk.gate.closed)

        clock.skipped_s = HOLD_BACK_S
        let_go = await platform.client.get("/readyz")
        assert let_go.status_code == 200
        assert "engine cannot be reached" in let_go.json()["degraded"]["gate"]
        await _reads_are_answered(trader, placed["id"])
        assert (await trader.order("buy", "1", "5.00", expect=503))["type"] == "unavailable"

        engine.start()
        await until(lambda: _is_wholly_ready(platform))
        assert (await trader.order("buy", "1", "5.00"))["status"] == "new"


async def test_an_engine_that_goes_away_is_told_and_takes_no_replica_away(
    platform: Platform, engine: Engine
) -> None:
    trader = await platform.funded("100")
    placed = await trader.order("buy", "1", "10.00")
    assert (await platform.client.get("/readyz")).json() == {"status": "ready"}
    engine.kill()

    async def told() -> bool:
        ready = await platform.client.get("/readyz")
        assert ready.status_code == 200
        return "cannot be read" in ready.json().get("degraded", {}).get("settlement", "")

    await until(told)
    await _reads_are_answered(trader, placed["id"])
    engine.start()
    await until(lambda: _is_wholly_ready(platform))


async def _is_wholly_ready(platform: Platform) -> bool:
    return bool((await platform.client.get("/readyz")).json() == {"status": "ready"})


async def _reads_are_answered(trader: Trader, order_id: str) -> None:
    assert (await trader.get(f"/v2/orders/{order_id}"))["id"] == order_id
    assert (await trader.get("/v2/account"))["buying_power"] == "90"


async def _place_for_nobody(engine: Engine) -> None:
    """An order in the log of an account that trading does not have, as after a restore of its database."""
    order = {
        "order_id": str(uuid4()),
        "account_id": str(uuid4()),
        "client_order_id": "nobody's",
        "symbol": "ACME",
        "side": "buy",
        "order_type": "limit",
        "time_in_force": "gtc",
        "limit_price_ticks": 1,
        "quantity_lots": 1,
        "terms": {},
    }
    async with httpx.AsyncClient() as client:
        now_ns = SystemClock().time_ns()
        command = {
            "command_id": str(uuid4()),
            "kind": "place",
            "expires_at_ns": now_ns + 5_000_000_000,
            "order": order,
        }
        answer = await client.post(
            f"{engine.url}/v1/commands", json={"commands": [command]}, headers=engine.headers()
        )
        answer.raise_for_status()
