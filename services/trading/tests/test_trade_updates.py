"""The trading stream: what it tells, in which order, to whom, and where it goes on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from stream_client import Listener, listening, serving
from trading_platform import Platform
from websockets.exceptions import ConnectionClosed

AUTHORIZED = {
    "stream": "authorization",
    "data": {"status": "authorized", "action": "authenticate"},
}
UNAUTHORIZED = {
    "stream": "authorization",
    "data": {"status": "unauthorized", "action": "authenticate"},
}


@pytest.fixture
async def host(platform: Platform) -> AsyncIterator[str]:
    async with serving(platform.app) as address:
        yield address


async def closed(listener: Listener) -> tuple[int, str]:
    """Code and reason of the close that must come now."""
    with pytest.raises(ConnectionClosed) as error:
        await listener.receive()
    assert error.value.rcvd is not None
    return error.value.rcvd.code, error.value.rcvd.reason


def brief(update: Any) -> tuple[str, str, str, str]:
    order = update["order"]
    return update["event_id"], update["event"], order["status"], order["filled_qty"]


async def test_the_updates_of_one_order_grow_with_its_fills(platform: Platform, host: str) -> None:
    """`new` and both fills are settled in one batch, and each shows the order as it was then."""
    seller, buyer = await platform.funded(shares="10"), await platform.funded("1000")
    await seller.order("sell", "3", "10.00")
    await seller.order("sell", "4", "10.50")
    async with listening(host, buyer) as stream:
        placed = await buyer.order("buy", "7", "11.00", client_order_id="mine")
        updates = await stream.updates(3)
    assert [brief(update) for update in updates] == [
        ("1", "new", "new", "0"),
        ("2", "partial_fill", "partially_filled", "3"),
        ("3", "fill", "filled", "7"),
    ]
    assert {u["order"]["id"] for u in updates} == {placed["id"]}
    new, *fills = updates
    assert "execution_id" not in new
    assert [(u["price"], u["qty"], u["position_qty"]) for u in fills] == [
        ("10", "3", "3"),
        ("10.5", "4", "7"),
    ]
    assert len({u["execution_id"] for u in fills}) == 2
    assert updates[2]["order"] == placed
    assert [u["at"] for u in updates] == sorted({u["at"] for u in updates})
    assert fills[1]["timestamp"] == placed["filled_at"]
    assert await platform.violations() == {}
