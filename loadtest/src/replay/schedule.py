"""Which command may be sent when, so that overlapping requests still make the recorded trades.

- An order that is marketable on arrival is a barrier: everything before it is answered first, and
  nothing after it is sent until it is.
- Commands on the same order, or at the same price and side, keep their order.
- An order waits for the earlier cancels of the orders that it would otherwise trade with.
- The rest overlaps.

"Keep their order" means that the later one is sent when the earlier one has been answered. Pure:
no clock, no requests.
"""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heappop, heappush

from replay.book import Order, Side
from replay.capture import Cancel
from replay.plan import Plan


class Schedule:
    """Hands out the indices of a plan's commands. Every index taken must be finished once."""

    def __init__(self, plan: Plan) -> None:
        self._followers: list[list[int]] = [[] for _ in plan.commands]
        self._waits_for: list[int] = [0] * len(plan.commands)
        self._stages = _stages(plan.marketable)
        self._next_stage = 0
        self._unfinished_in_stage = 0
        self._ready: list[int] = []
        self._running: set[int] = set()
        self._link(plan)
        self._open_next_stage()

    @property
    def finished(self) -> bool:
        return not self._unfinished_in_stage and self._next_stage == len(self._stages)

    def take(self) -> int | None:
        """The earliest command that may be sent now; None when none may until another finishes."""
        if not self._ready:
            return None
        index = heappop(self._ready)
        self._running.add(index)
        return index

    def finish(self, index: int) -> None:
        """The command was answered. Raises KeyError when it was not taken, or finished before."""
        self._running.remove(index)
        for follower in self._followers[index]:
            self._waits_for[follower] -= 1
            if not self._waits_for[follower]:
                heappush(self._ready, follower)
        self._unfinished_in_stage -= 1
        if not self._unfinished_in_stage:
            self._open_next_stage()

    def _open_next_stage(self) -> None:
        if self._next_stage < len(self._stages):
            stage = self._stages[self._next_stage]
            self._next_stage += 1
            self._unfinished_in_stage = len(stage)
            for index in stage:
                if not self._waits_for[index]:
                    heappush(self._ready, index)

    def _link(self, plan: Plan) -> None:
        orders = {c.order_id: c for c in plan.commands if isinstance(c, Order)}
        for stage in self._stages:
            latest: dict[Hashable, int] = {}
            cancels: dict[Side, list[tuple[int, int]]] = {Side.BUY: [], Side.SELL: []}
            for index in stage:
                command = plan.commands[index]
                order = orders[command.order_id]
                lanes: tuple[Hashable, ...] = (
                    order.order_id,
                    (order.side, order.limit_price_ticks),
                )
                earlier = {latest[lane] for lane in lanes if lane in latest}
                if isinstance(command, Cancel):
                    if order.limit_price_ticks is not None:
                        cancels[order.side].append((order.limit_price_ticks, index))
                else:
                    earlier.update(
                        cancel
                        for price_ticks, cancel in cancels[order.side.opposite]
                        if _crosses(order, price_ticks)
                    )
                for other in earlier:
                    self._followers[other].append(index)
                self._waits_for[index] = len(earlier)
                latest.update(dict.fromkeys(lanes, index))


def _stages(marketable: tuple[bool, ...]) -> list[range]:
    """Cut the commands at the barriers; each barrier is a stage of its own."""
    stages: list[range] = []
    start = 0
    for index, is_barrier in enumerate(marketable):
        if is_barrier:
            if start < index:
                stages.append(range(start, index))
            stages.append(range(index, index + 1))
            start = index + 1
    if start < len(marketable):
        stages.append(range(start, len(marketable)))
    return stages


def _crosses(order: Order, price_ticks: int) -> bool:
    if order.limit_price_ticks is None:
        return True
    if order.side is Side.BUY:
        return order.limit_price_ticks >= price_ticks
    return order.limit_price_ticks <= price_ticks
