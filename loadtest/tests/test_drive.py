"""The driver makes the recorded trades whatever happens to its requests, and knows what it did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import repeat

import pytest
from aiohttp import web

from replay.book import Order, Side
from replay.capture import Cancel, Capture
from replay.gateway import PatienceExhausted
from replay.plan import Plan, head, make_plan
from replay.run import Options, Replay, replay
from replay.venue import Admin

from .desk import CANCEL_FAULTS, PLACE_FAULTS, Desk, some_faults

ADMIN = Admin("admin", "secret")
ONE_TRADE = make_plan(
    [
        Order("ask", Side.SELL, 5, 100),
        Order("bid", Side.BUY, 3, 100),
        Cancel("ask"),
        Order("far", Side.BUY, 7, 50),
        Cancel("far"),
    ]
)


@asynccontextmanager
async def served(desk: Desk) -> AsyncIterator[str]:
    runner = web.AppRunner(desk.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def replayed(plan: Plan, desk: Desk, patience_seconds: float = 20.0) -> Replay:
    options = Options(accounts=4, in_flight=32, patience_seconds=patience_seconds)
    async with served(desk) as url:
        return await replay(plan, url, ADMIN, options)


async def test_a_slice_is_replayed_with_many_requests_in_flight(capture: Capture) -> None:
    desk = Desk()
    done = await replayed(head(capture, 1_500), desk)
    assert done.comparison.same
    assert done.comparison.matching > 10
    assert done.record.refused() == []
    assert len(done.record.acknowledged()) == len(done.plan.commands)
    assert desk.max_in_flight > 8


@pytest.mark.parametrize("fault", PLACE_FAULTS)
async def test_a_fault_on_placing_changes_neither_trades_nor_count(fault: str) -> None:
    desk = Desk(faults=iter([fault, fault]))
    done = await replayed(ONE_TRADE, desk)
    assert done.comparison.same
    assert {one.capture_order_id for one in done.record.placed.values()} == {"ask", "bid", "far"}
    assert [one.status for one in done.record.cancelled.values()] == ["canceled"] * 2
    live = [kept for kept in desk.orders.values() if kept.status != "rejected"]
    assert len(live) == 3
    assert done.record.placed["ask"].order_id in desk.orders


@pytest.mark.parametrize("fault", CANCEL_FAULTS)
async def test_a_fault_on_cancelling_still_cancels_once(fault: str) -> None:
    plan = make_plan([Order("far", Side.BUY, 7, 50), Cancel("far")])
    done = await replayed(plan, Desk(faults=iter(["", fault])))
    assert done.record.cancelled["far"].status == "canceled"
    assert done.record.refused() == []


@pytest.mark.parametrize("seed", [1, 2])
async def test_many_faults_at_once_leave_the_recorded_trades(capture: Capture, seed: int) -> None:
    kinds = sorted({*PLACE_FAULTS, *CANCEL_FAULTS})
    done = await replayed(head(capture, 600), Desk(faults=some_faults(kinds, 0.2, seed)))
    assert done.comparison.same
    assert done.record.refused() == []
    assert done.figures()["looked_up"] > 20


async def test_an_acknowledgement_tells_whether_the_answer_or_a_look_up_said_it() -> None:
    done = await replayed(ONE_TRADE, Desk(faults=iter(["lost_after"])))
    assert done.record.placed["ask"].how == "look-up"
    assert done.record.placed["bid"].how == "answer"


async def test_a_refusal_is_kept_with_its_reason_and_not_repeated() -> None:
    desk = Desk()
    plan = make_plan([Order("far", Side.BUY, 7, 50), Cancel("far")])
    desk.cancels_work = False
    done = await replayed(plan, desk)
    assert [one.reason for one in done.record.refused()] == ["422 not_cancelable not_cancelable"]


async def test_patience_ends_with_the_reason() -> None:
    desk = Desk(faults=repeat("refused"))
    with pytest.raises(BaseExceptionGroup) as caught:
        await replayed(ONE_TRADE, desk, patience_seconds=0.2)
    assert caught.group_contains(PatienceExhausted, match="upstream_unavailable")


async def test_hooks_start_at_their_command_and_are_waited_for() -> None:
    seen: list[int] = []
    desk = Desk()

    async def look() -> None:
        await asyncio.sleep(0)
        seen.append(len(desk.orders))

    async with served(desk) as url:
        await replay(ONE_TRADE, url, ADMIN, Options(accounts=2), hooks={1: look, 5: look})
    assert len(seen) == 2
    assert seen[0] <= 1
    assert seen[1] == 3
