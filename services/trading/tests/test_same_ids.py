"""Orders that meet in their ids: one request run twice at a time, and requests that want the same client order id."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from trading_platform import Platform, Trader

from chassis.clock import SystemClock
from chassis.deadline import Deadline
from chassis.errors import Problem
from trading.domain.order import Order
from trading.orders.placing import DuplicateClientOrderId, Placing
from trading.orders.requests import parse_order, parse_replacement

Start = Callable[..., Any]
ORDER: dict[str, Any] = {
    "symbol": "ACME",
    "side": "buy",
    "qty": "1",
    "type": "limit",
    "time_in_force": "gtc",
    "limit_price": "10.00",
}


async def account_of(trader: Trader) -> UUID:
    return UUID((await trader.get("/v2/account"))["id"])


async def place(
    platform: Platform, account_id: UUID, order_id: UUID | None = None, **terms: Any
) -> Order:
    """As the endpoint does, for a request whose id is known."""
    request = parse_order(json.dumps(ORDER | terms).encode())
    deadline = Deadline(SystemClock().monotonic() + 10.0, SystemClock())
    placing: Placing = platform.app.state.desk.placing
    order, _ = await placing.place(account_id, request, deadline, order_id)
    return order


@pytest.mark.parametrize("gate_batch", [1, 256])
async def test_a_request_that_runs_twice_at_a_time_is_one_order_and_answered_so(
    start: Start, gate_batch: int
) -> None:
    """A claim that was taken over while its first run still writes: in one transaction, and one after the other."""
    async with start(gate_batch=gate_batch) as platform:
        await platform.list_asset()
        trader = await platform.funded("100")
        account_id, order_id = await account_of(trader), uuid4()
        made = await asyncio.gather(*(place(platform, account_id, order_id) for _ in range(2)))
        assert [(order.id, order.status) for order in made] == [(order_id, "new")] * 2
        assert (await trader.get("/v2/account"))["buying_power"] == "90"
        assert len(await trader.get("/v2/orders")) == 1
        assert await platform.violations() == {}


@pytest.mark.parametrize("gate_batch", [1, 256])
async def test_a_replacement_that_runs_twice_at_a_time_is_one_and_answered_so(
    start: Start, gate_batch: int
) -> None:
    async with start(gate_batch=gate_batch) as platform:
        await platform.list_asset()
        trader = await platform.funded("100")
        account_id, new_id = await account_of(trader), uuid4()
        old = await trader.order("buy", "1", "10.00")
        request = parse_replacement(b'{"limit_price": "20.00"}')
        deadline = Deadline(SystemClock().monotonic() + 10.0, SystemClock())
        replacing = platform.app.state.desk.replacing
        made = await asyncio.gather(
            *(
                replacing.replace(account_id, UUID(old["id"]), request, deadline, new_id)
                for _ in range(2)
            )
        )
        assert [(order.id, order.status) for order, _ in made] == [(new_id, "new")] * 2
        assert (await trader.get("/v2/account"))["buying_power"] == "80"
        assert len(await trader.get("/v2/orders")) == 1
        assert await platform.violations() == {}


async def test_an_entry_is_not_stored_without_the_exit_that_it_names(platform: Platform) -> None:
    trader, seller = await platform.funded("100"), await platform.funded(shares="1")
    await seller.order("sell", "1", "10.00")
    await trader.order("buy", "1", "10.00")
    account_id, order_id = await account_of(trader), uuid4()
    taken = await place(platform, account_id, client_order_id=str(uuid5(order_id, "take")))
    bracket = {
        "order_class": "bracket",
        "limit_price": "9.00",
        "take_profit": {"limit_price": "12.00"},
        "stop_loss": {"stop_price": "8.00"},
    }
    with pytest.raises(DuplicateClientOrderId) as refused:
        await place(platform, account_id, order_id, **bracket)
    assert refused.value.document()["existing_order_id"] == str(taken.id)
    orders = await trader.get("/v2/orders", status="open")
    assert [order["id"] for order in orders] == [str(taken.id)]
    assert (await trader.get("/v2/account"))["buying_power"] == "80"
    assert await platform.violations() == {}


async def test_who_comes_behind_a_refused_order_with_his_id_is_judged_by_himself(
    platform: Platform,
) -> None:
    trader = await platform.funded("100")
    account_id = await account_of(trader)

    async def ask(limit_price: str) -> Order | Problem:
        try:
            return await place(platform, account_id, client_order_id="one", limit_price=limit_price)
        except Problem as problem:
            return problem

    dear, cheap, late = await asyncio.gather(ask("1000.00"), ask("10.00"), ask("11.00"))
    assert isinstance(dear, Problem)
    assert dear.status == 403
    assert isinstance(cheap, Order)
    assert cheap.status == "new"
    assert isinstance(late, DuplicateClientOrderId)
    assert (await trader.get("/v2/account"))["buying_power"] == "90"
    assert await platform.violations() == {}
